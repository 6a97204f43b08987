"""What the virtual people of every task do: how often they succeed, what they click, what they repair."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

import numpy as np

from clonotate.annotators.virtual import VirtualAnnotator, sample_habits
from clonotate.episodes.session import Session
from clonotate.records import ClonotateError, Kind, Label, Source
from clonotate.tasks import task_named
from clonotate.whole import write_whole

PLACING: tuple[Kind, ...] = ("place", "select", "adjust")
BUDGET = 1000  # clicks


@dataclass(frozen=True)
class Work:
    """One episode of one person."""

    success: bool
    left: bool  # a mistake stood uncorrected at the end
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class Row:
    """The people of one task: shares in [0, 1]."""

    task: str
    version: int  # of the task
    level: str
    episodes: int
    seed: int
    success: float
    steps: tuple[int, int, int]  # the median, and the 5th and 95th percentile
    kinds: dict[str, float]  # of all clicks
    mistakes: float  # of the placements
    repaired: float  # of the mistakes


def run(
    task: str, episodes: int, seed: int, level: str = "standard", progress: Callable[[], None] = lambda: None
) -> Row:
    """Let a person with habits of its own work on each of the worlds `seed`, `seed + 1`, ..."""
    works = []
    for i in range(episodes):
        works.append(work(task, level, seed + i))
        progress()
    labels = [label for each in works for label in each.labels]
    counted = Counter(label.kind for label in labels)
    median, low, high = np.percentile([len(each.labels) for each in works], (50, 5, 95)).round().astype(int)
    made = [sum(label.mistake for label in each.labels) for each in works]
    lasting = sum(count for count, each in zip(made, works, strict=True) if each.left)
    return Row(
        task=task,
        version=task_named(task, level).version,
        level=level,
        episodes=episodes,
        seed=seed,
        success=share(sum(each.success for each in works), episodes),
        steps=(int(median), int(low), int(high)),
        kinds={kind: share(counted[kind], len(labels)) for kind in get_args(Kind)},
        mistakes=share(sum(made), sum(counted[kind] for kind in PLACING)),
        repaired=share(sum(made) - lasting, sum(made), nothing=1.0),
    )


def work(task: str, level: str, seed: int) -> Work:
    """One person's episode on one world; nobody looks, so no screen is drawn."""
    session = Session(Source(task, level, seed, task_named(task, level).version))
    rng = np.random.default_rng([seed, 1])
    person, unseen = VirtualAnnotator(session, sample_habits(rng), rng), np.empty((0, 0, 3), np.uint8)
    while not session.done and len(session.steps) < BUDGET:
        session.click(person(unseen))
    left = session.task.standing(session.world).in_error
    labels = tuple(step.label for step in session.steps if step.label)
    return Work(session.score().success, left, labels)


def share(part: float, whole: float, nothing: float = 0.0) -> float:
    """`part` of `whole`, to four places; `nothing` where there is no whole."""
    return round(part / whole, 4) if whole else nothing


def write_rows(path: Path, rows: Mapping[str, Row]) -> None:
    """Rows by task as JSON, to make a page of them again."""
    text = json.dumps({name: asdict(row) for name, row in rows.items()}, indent=1)
    write_whole(path, (text + "\n").encode())


def read_rows(path: Path) -> dict[str, Row]:
    """What `write_rows` wrote; ClonotateError where it did not."""
    if not path.is_file():
        raise ClonotateError(f"nothing was measured yet: no such file: {path}")
    page = json.loads(path.read_text(encoding="utf-8"))
    return {name: Row(**row | {"steps": tuple(row["steps"])}) for name, row in page.items()}
