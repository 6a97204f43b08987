"""Policies that a study trains for itself: trained to the end or not at all, then put to work alone."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from clonotate.annotators.collect import demonstrate
from clonotate.episodes.files import write_episodes
from clonotate.episodes.rollout import Guards
from clonotate.evaluation.closed_loop import closed_loop
from clonotate.evaluation.contenders import contender, folder_of
from clonotate.evaluation.teacher_forced import Mark, teacher_forced
from clonotate.models.checkpoint import read_page
from clonotate.records import ClonotateError, Kind, Source
from clonotate.studies.study import Bench, Row, Value, select
from clonotate.tasks import task_named
from clonotate.training.curriculum import FIRST_TRAINING_SEED
from clonotate.training.dagger import Dagger, dagger, finished
from clonotate.training.train import Run, train

TEST_SEED = 20_000
FIRST_KEPT_SEED = FIRST_TRAINING_SEED + 250_000_000
"""Worlds of recorded demonstrations lie above: never those of fresh lessons, of practice or of a test."""
GUARDS = Guards(300, loop=24)
TREMOR = 7.0  # px, as in the recipes


def place(bench: Bench, study: str, *values: Value) -> Path:
    """The folder of one training, named after all that decides it."""
    return bench.work / study / "-".join(str(value) for value in (Path(bench.policy).name, *values))


def trained(run: Run, folder: Path) -> Path:
    """Trains to the last step. ClonotateError where it was stopped from outside; the same call goes on."""
    if not finished(run, folder):
        train(run, folder)
    if not finished(run, folder):
        raise ClonotateError(f"stopped; the same command goes on in {folder}")
    return folder


def rounds(plan: Dagger, folder: Path) -> list[Path]:
    """The checkpoints of all rounds of a practice; like `trained` where one was stopped."""
    if not finished(plan.run, dagger(plan, folder)):
        raise ClonotateError(f"stopped; the same command goes on in {folder}")
    return [folder / f"round-{turn:02d}" for turn in range(plan.rounds)]


def preset_of(policy: str) -> str:
    """The preset that a policy is of."""
    return str(read_page(folder_of(policy))["run"].get("preset", "nano"))


def recorded(file: Path, task: str, level: str, count: int, seed: int) -> str:
    """A file of so many demonstrations by people of the population, made once; a larger one begins alike."""
    if not file.exists():
        first = FIRST_KEPT_SEED + 1_000_000 * seed
        version = task_named(task, level).version
        sources = (Source(task, level, first + i, version) for i in range(count))
        file.parent.mkdir(parents=True, exist_ok=True)
        write_episodes(file, [demonstrate(source) for source in sources])
    return str(file)


def judged(
    checkpoint: Path | str, task: str, level: str, worlds: int, kinds: Sequence[Kind] = ()
) -> list[Row]:
    """How a policy does on test worlds, a row a world: teacher-forced, then by itself."""
    told, own = asked(checkpoint, task, level, worlds, kinds), alone(checkpoint, task, level, worlds)
    return [{**one, **other} for one, other in zip(told, own, strict=True)]


def alone(
    checkpoint: Path | str,
    task: str,
    level: str,
    episodes: int,
    seed: int = TEST_SEED,
    layout: str = "original",
) -> list[Row]:
    """How a policy does by itself: a row a world."""
    found = closed_loop(contender(str(checkpoint)), task, episodes, seed, level, layout, GUARDS)
    return [
        {
            "world": row.seed,
            "success": row.success,
            "done": row.done,
            "looped": row.looped,
            "clicks": row.steps,
            "score": float(np.mean(list(row.parts.values()))),
        }
        for row in found.rows
    ]


def asked(
    checkpoint: Path | str,
    task: str,
    level: str,
    episodes: int,
    kinds: Sequence[Kind] = (),
    seed: int = TEST_SEED,
) -> list[Row]:
    """Teacher-forced, a row a world: of the clicks `shown`, how many were `right` and their `nats` in all;
    and how often some kinds of click were asked for and right."""
    found = teacher_forced(contender(str(checkpoint)), task, episodes, seed, level)
    return [answers(marks, kinds) for marks in found.episodes]


def answers(marks: Sequence[Mark], kinds: Sequence[Kind]) -> Row:
    """The clicks of one world, counted."""
    row: dict[str, Value] = {"nats": sum(mark.nats for mark in marks)}
    row |= {"shown": len(marks), "right": sum(mark.right for mark in marks)}
    for kind in kinds:
        here = [mark.right for mark in marks if mark.kind == kind]
        row |= {f"{kind}_asked": len(here), f"{kind}_right": sum(here)}
    return row


def grouped(rows: Sequence[Row], *names: str) -> list[list[Row]]:
    """The rows that are alike in these columns, group by group, in the order they first came."""
    kinds = dict.fromkeys(tuple(row.get(name) for name in names) for row in rows)
    return [select(rows, **dict(zip(names, kind, strict=True))) for kind in kinds]
