"""Grid against pointer, paired: the same lessons in the same order, at equal minutes and at equal frames.

    python benchmarks/designs.py --minutes 60 --processes 2 --weights vit_small.safetensors

Trains every design on every task for so many minutes, and to step --meet where that takes longer, one after
the other, and asks the checkpoints on its way (after 1, 2, 4, ... times --every steps, and when the minutes
are over) about validation worlds. Kill it and run it again: it goes on. Step k has the same lessons in every
design: equal steps are equal frames. The learning rate stays flat, and the averaged weights are judged.
--weights: a backbone for the third design (see backbone.py), else left out.
"""

import argparse
import csv
import io
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch

from clonotate.episodes.rollout import Guards
from clonotate.evaluation.closed_loop import closed_loop
from clonotate.evaluation.contenders import contender
from clonotate.evaluation.teacher_forced import teacher_forced
from clonotate.models import build
from clonotate.models.checkpoint import read_page, save_model
from clonotate.training.curriculum import Curriculum
from clonotate.training.gather import copy
from clonotate.training.train import Run, train
from clonotate.whole import write_whole
from costs import CLICKS, Cost, cost
from curves import draw

DESIGNS = {"pointer": "nano", "grid, from scratch": "grid-nano", "grid, pretrained": "grid-nano-vit"}
TASKS = ("colored-dot-tracking", "neuron-tracking", "animal-limb-tracking")
PRETRAINED = "grid, pretrained"
VALIDATION = 10_000
BUDGET = 300
TIMELY = "timely"
"""Beside a training: its checkpoint when the minutes were over, before it goes on to meet the others."""


@dataclass(frozen=True)
class Row:
    """One checkpoint of one design on one task; rates in [0, 1], `low` and `high` bound the 95 %."""

    design: str
    task: str
    step: int
    frames: int
    minutes: float
    placed: float  # within 5 px, teacher-forced
    placed_low: float
    placed_high: float
    buttons: float
    nll: float  # nats a click
    success: float | None = None  # closed loop, where it was let alone
    low: float | None = None
    high: float | None = None


def main() -> None:
    """Train, measure, and write curves.csv, curves.png and table.md."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--designs", nargs="+", default=DESIGNS, help="others keep the rows that they have")
    options.add_argument("--minutes", type=float, default=60, help="of training for each design and task")
    options.add_argument("--meet", type=int, default=0, help="a step that every design is trained to")
    options.add_argument("--tasks", nargs="+", default=TASKS)
    options.add_argument("--level", default="standard")
    options.add_argument("--weights", type=Path, help="safetensors of timm's vit_small_patch14_dinov2")
    options.add_argument("--processes", type=int, default=1)
    options.add_argument("--every", type=int, default=25, help="steps of the first checkpoint on the way")
    options.add_argument("--episodes", type=int, default=20, help="validation worlds of each task")
    options.add_argument("--alone", type=int, default=20, help="the same, in closed loop")
    options.add_argument("--out", type=Path, default=Path("runs/designs"), help="for trainings")
    options.add_argument("--results", type=Path, default=Path("benchmarks/designs"))
    options.add_argument("--note", default="", help="said above the table")
    chosen = options.parse_args()
    names = [name for name in chosen.designs if name != PRETRAINED or chosen.weights]
    file = chosen.results / "curves.csv"
    rows = read(file)
    for task in chosen.tasks:
        folders = {name: trained(name, task, chosen) for name in names}
        for row in measured(folders, task, chosen, rows):
            rows.append(row)
            write_whole(file, written(rows))
    draw(rows, chosen.results / "curves.png", chosen.note)
    names = [name for name in DESIGNS if any(row.design == name for row in rows)]
    costs = {
        name: {row.task: cost(DESIGNS[name], row.task) for row in rows if row.design == name}
        for name in names
    }
    write_whole(chosen.results / "table.md", "\n".join(page(rows, costs, chosen)).encode())


def trained(name: str, task: str, chosen: argparse.Namespace) -> Path:
    """A design's training on one task: until its minutes are over, and to the step to meet at."""
    folder = chosen.out / f"{DESIGNS[name]}-{task}"
    run = Run(
        Curriculum(((task, chosen.level),)),
        preset=DESIGNS[name],
        start=str(begun(chosen)) if name == PRETRAINED else "",
        steps=1_000_000,
        decay_from=1.0,
        processes=chosen.processes,
        log_every=10,
        save_every=chosen.every,
        snapshot_every=chosen.every,
    )
    gone = read_page(folder)["metrics"]["minutes"] if (folder / "model.json").exists() else 0.0
    if gone < chosen.minutes - 0.05:
        train(run, folder, chosen.minutes - gone)
        shutil.rmtree(folder / TIMELY, ignore_errors=True)
        copy(folder, folder / TIMELY)
    if read_page(folder)["metrics"]["step"] < chosen.meet:
        train(run, folder, until=chosen.meet)
    return folder


def begun(chosen: argparse.Namespace) -> Path:
    """A checkpoint of the pretrained design before its first step."""
    folder: Path = chosen.out / "pretrained"
    if not (folder / "model.json").exists():
        torch.manual_seed(0)
        save_model(folder, build(DESIGNS[PRETRAINED], weights=str(chosen.weights)))
    return folder


def measured(
    folders: dict[str, Path], task: str, chosen: argparse.Namespace, known: list[Row]
) -> Iterator[Row]:
    """The rows of a task that are not known yet; let alone when the minutes were over, and at `meet`."""
    done = {(row.design, row.task, row.step) for row in known}
    for name, folder in folders.items():
        for step, found in checkpoints(folder, chosen).items():
            if (name, task, step) not in done:
                yield Row(
                    name,
                    task,
                    **judged(found, task, chosen, alone=step == chosen.meet or found.name == TIMELY),
                )


def checkpoints(folder: Path, chosen: argparse.Namespace) -> dict[int, Path]:
    """Checkpoints by their step: the 1st, 2nd, 4th, ... kept, when the minutes were over, at `meet`."""
    wanted = {chosen.every * 2**k for k in range(32)} | {chosen.meet}
    kept = {step: folder / "snapshots" / f"{step:06d}" for step in sorted(wanted)}
    timely = int(read_page(folder / TIMELY)["metrics"]["step"])
    return {step: path for step, path in kept.items() if path.exists()} | {timely: folder / TIMELY}


def judged(folder: Path, task: str, chosen: argparse.Namespace, alone: bool) -> dict[str, Any]:
    """What a checkpoint is worth on validation worlds."""
    who, counts = contender(str(folder)), read_page(folder)["metrics"]
    asked = teacher_forced(
        who, task, chosen.episodes, VALIDATION, chosen.level, workers=chosen.processes
    ).summary()
    low, high = asked["intervals"]["place_5px"]
    found = {
        "step": int(counts["step"]),
        "frames": int(counts["frames"]),
        "minutes": counts["minutes"],
        "placed": asked["place_5px"],
        "placed_low": low,
        "placed_high": high,
        "buttons": asked["buttons"],
        "nll": asked["nll"],
    }
    if alone:
        guards = Guards(BUDGET)
        result = closed_loop(
            who, task, chosen.alone, VALIDATION, chosen.level, guards=guards, workers=chosen.processes
        ).summary()
        found |= {name: result[name] for name in ("success", "low", "high")}
    return found


def page(rows: list[Row], costs: dict[str, dict[str, Cost]], chosen: argparse.Namespace) -> Iterator[str]:
    """The tables, as Markdown."""
    if chosen.note:
        yield f"**{chosen.note}**\n"
    yield f"{chosen.minutes:g} minutes of training for each design and task, on {chosen.processes} core(s),"
    yield "or as many frames as the slower of them saw;"
    yield f"{chosen.episodes} validation worlds ({chosen.level}, seeds from {VALIDATION}), 95 % intervals;"
    yield f"budget {BUDGET} clicks.\n"
    yield "| task | at equal | design | steps | frames | minutes | placed <= 5 px | nats | success |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for task in dict.fromkeys(row.task for row in rows):
        here = [row for row in rows if row.task == task]
        for name in costs:
            if timely := [r for r in here if r.design == name and r.minutes < chosen.minutes + 1]:
                yield line(task, "minutes", max(timely, key=lambda row: row.step))
        for step in met(here, len(costs)):
            yield from (line(task, "frames", row) for row in here if row.step == step)
    kept = ", ".join(map(str, CLICKS))
    yield f"\n| design | task | parameters | GFLOP a screen | ms a click | MB kept after {kept} clicks |"
    yield "|---|---|---|---|---|---|"
    for name, by_task in costs.items():
        for task, one in by_task.items():
            memory = ", ".join(f"{size:.1f}" for size in one.memory.values())
            size, work = f"{one.parameters / 1e6:.2f}M", f"{one.flops / 1e9:.2f}"
            yield f"| {name} | {task} | {size} | {work} | {one.ms:.1f} | {memory} |"
    yield ""


def met(rows: list[Row], designs: int) -> list[int]:
    """The last steps at which all designs, all but one, ..., two were asked; none twice."""
    asked = Counter(row.step for row in rows)
    common = [[step for step, count in asked.items() if count >= least] for least in range(2, designs + 1)]
    return sorted({max(steps) for steps in common if steps})


def line(task: str, equal: str, row: Row) -> str:
    """A line of the first table."""
    placed = f"{100 * row.placed:.1f} % ({100 * row.placed_low:.0f}-{100 * row.placed_high:.0f})"
    alone = "-"
    if row.success is not None and row.low is not None and row.high is not None:
        alone = f"{100 * row.success:.0f} % ({100 * row.low:.0f}-{100 * row.high:.0f})"
    counts = f"{row.step} | {row.frames} | {row.minutes:.1f}"
    return f"| {task} | {equal} | {row.design} | {counts} | {placed} | {row.nll:.2f} | {alone} |"


def read(file: Path) -> list[Row]:
    """The rows of an earlier call."""
    if not file.exists():
        return []
    kinds = {"design": str, "task": str, "step": int, "frames": int}
    rows = csv.DictReader(file.read_text().splitlines())
    return [
        Row(**{name: kinds.get(name, float)(value) if value else None for name, value in row.items()})
        for row in rows
    ]


def written(rows: list[Row]) -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    table = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    table.writeheader()
    table.writerows(map(asdict, rows))
    return text.getvalue().encode()


if __name__ == "__main__":
    main()
