"""What commands say: results on standard output, progress on standard error and only on a terminal."""

import json
import multiprocessing
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from clonotate.whole import write_whole

Job = TypeVar("Job")
Result = TypeVar("Result")
STANDARD_OUTPUT = Path("-")
PIPED_WIDTH = 160  # columns, where no terminal says how wide it is


def progress_on_terminal() -> Progress:
    """Bars of the house style on standard error; nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


@contextmanager
def bar(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error, if that is a terminal; call what it gives at each advance."""
    with progress_on_terminal() as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """The same for work whose size is only known on the way: tell it how much is done, of how much."""
    with progress_on_terminal() as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def progressing(results: Iterable[Result], total: int, what: str) -> Iterator[Result]:
    """The same results, with a bar that goes on with each."""
    with bar(what, total) as advance:
        for result in results:
            yield result
            advance()


def spread(work: Callable[[Job], Result], jobs: Sequence[Job], processes: int) -> Iterator[Result]:
    """`work(job)` for every job, in order, as they come, over processes; `work` is a function of a module."""
    if processes <= 1 or len(jobs) <= 1:
        yield from map(work, jobs)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(processes, len(jobs)), context)
    try:
        yield from pool.map(work, jobs)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def table(title: str, *columns: str) -> Table:
    """An empty table in the house style; its first column is never broken."""
    made = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for i, column in enumerate(columns):
        made.add_column(column, no_wrap=i == 0)
    return made


def report(shown: Table, numbers: Any, file: Path | None) -> None:
    """Print a table; write `numbers` as JSON to a file, or in the table's place to standard output."""
    if file == STANDARD_OUTPUT:
        print(as_json(numbers))
        return
    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(shown)
    if file:
        write_text(file, as_json(numbers) + "\n")


def as_json(numbers: Any) -> str:
    """Plain values as indented JSON."""
    return json.dumps(numbers, indent=2, ensure_ascii=False)


def write_text(file: Path, text: str) -> None:
    """Write a file whole; ClonotateError where that is not possible."""
    write_whole(file, text.encode())
