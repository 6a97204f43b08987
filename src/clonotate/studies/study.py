"""What every study is: a question, jobs that measure, a table on disk, figures and findings read from it.

    clonotate study layouts --scale laptop --out docs/results

A job is a frozen record of plain values and gives rows with its values in them. The table has one row a
measurement; a job whose rows are there is not done again, so a study goes on where it was stopped.
"""

import csv
import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import torch

from clonotate.records import ClonotateError
from clonotate.studies.figures import write_figure
from clonotate.whole import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Value: TypeAlias = str | int | float | bool | None
Row: TypeAlias = Mapping[str, Value]
Scale: TypeAlias = Literal["laptop", "workstation", "full"]
SCALES: tuple[Scale, ...] = ("laptop", "workstation", "full")
"""Laptop: under an hour on two cores. Workstation: a night on one GPU. Full: as published."""


@dataclass(frozen=True)
class Bench:
    """Where a job is done: whose policy is asked, and a folder for what it leaves (runs, checkpoints)."""

    policy: str  # a checkpoint folder, or "shipped"
    work: Path


@dataclass(frozen=True)
class Finding:
    """One claim, what was published for it, what we measured, and whether that agrees."""

    claim: str
    published: str
    ours: str
    verdict: Literal["confirmed", "contradicted", "undecided"]
    why: str = ""  # in one sentence, where the verdict needs one


@dataclass(frozen=True)
class Study:
    """A study: each module of one ends in one. `jobs` gives what there is to do at a scale.

    `measure` is a function of a module, done in a process of its own, and gives one row or more; `figures`
    gives pictures by name, `tables` Markdown by title, `findings` what the rows say. All three take the
    whole table, also where it is not finished, and must not fail on that.
    """

    name: str
    jobs: Callable[[Scale], Sequence[Any]]
    measure: Callable[[Bench, Any], Sequence[Row]]
    figures: Callable[[Sequence[Row]], Mapping[str, "Figure"]]
    tables: Callable[[Sequence[Row]], Mapping[str, str]]
    findings: Callable[[Sequence[Row]], Sequence[Finding]]


def run(
    study: Study,
    scale: Scale,
    bench: Bench,
    out: Path,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Row]:
    """Does what is not done yet, and writes NAME.csv and the figures to `out`; returns the whole table.

    `progress` hears how many jobs are done of how many. Raises ClonotateError where `out` holds a table with
    other columns.
    """
    file = out / f"{study.name}.csv"
    jobs = [keyed(study, job, scale, bench) for job in study.jobs(scale)]
    rows = read_rows(file)
    todo = [job for job, key in jobs if not any(holds(row, key) for row in rows)]
    keys = {id(job): key for job, key in jobs}
    progress(len(jobs) - len(todo), len(jobs))
    for count, (job, found) in enumerate(done(study, bench, todo, workers), len(jobs) - len(todo) + 1):
        rows += [keys[id(job)] | dict(row) for row in found]
        write_rows(file, rows)
        progress(count, len(jobs))
    draw(study, rows, out)
    return rows


def keyed(study: Study, job: Any, scale: Scale, bench: Bench) -> tuple[Any, dict[str, Value]]:
    """A job, and the values that tell its rows from others: its own, and whose policy was asked."""
    return job, {"policy": bench.policy, **asdict(job)}


def holds(row: Row, key: Row) -> bool:
    """Whether a row is of the job with that key."""
    return all(row.get(name) == value for name, value in key.items())


def done(
    study: Study, bench: Bench, todo: Sequence[Any], workers: int
) -> Iterator[tuple[Any, Sequence[Row]]]:
    """Every job with its rows, as they come; in processes of one thread each where there are several."""
    if workers <= 1 or len(todo) <= 1:
        for job in todo:
            yield job, study.measure(bench, job)
        return
    spawn = get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(todo)), spawn, settle) as pool:
        futures: dict[Future[Sequence[Row]], Any] = {
            pool.submit(study.measure, bench, job): job for job in todo
        }
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def settle() -> None:
    """A process of the pool takes one core, and ends with whoever started it, however that ended."""
    torch.set_num_threads(1)
    Thread(target=leave_with, args=(parent_process(),), daemon=True).start()


def leave_with(parent: BaseProcess | None) -> None:
    """Waits for the end of a process, and ends this one."""
    if parent is not None:
        parent.join()
        os._exit(1)


def draw(study: Study, rows: Sequence[Row], out: Path) -> None:
    """The figures of a table, as PNG and SVG beside it."""
    for name, figure in study.figures(rows).items():
        write_figure(figure, out / f"{study.name}-{name}.png")


def read_rows(file: Path) -> list[Row]:
    """A table from disk; none where there is no file. ClonotateError for what is not such a table."""
    if not file.exists():
        return []
    try:
        return [
            {name: parsed(text) for name, text in row.items()}
            for row in csv.DictReader(io.StringIO(file.read_text()), strict=True)
        ]
    except (csv.Error, UnicodeDecodeError, AttributeError):
        raise ClonotateError(f"{file} is not a table of a study; move it away") from None


def write_rows(file: Path, rows: Sequence[Row]) -> None:
    """A table as CSV, whole; its columns are all that any row has, in the order they first came."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(file, text.getvalue().encode())


def parsed(text: str) -> Value:
    """A value as it was written: nothing, a truth, a number or words."""
    named: dict[str, Value] = {"": None, "True": True, "False": False}
    if text in named:
        return named[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def select(rows: Sequence[Row], **values: Value) -> list[Row]:
    """The rows that have these values."""
    return [row for row in rows if holds(row, values)]


def number(row: Row, name: str) -> float:
    """A value that is a number, or a truth as 0 or 1; nan where nothing was measured."""
    value = row.get(name)
    return float(value) if isinstance(value, int | float) else float("nan")


def markdown(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (headings, ["---"] * len(headings), *lines))
