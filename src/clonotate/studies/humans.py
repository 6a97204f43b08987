"""Do the virtual people work like people? Their habits beside the published study of three annotators.

    clonotate study humans

A population of habits marks colored dots, five stacks a person as in the published study, and every figure
the study reports is measured on each person. A figure of a real annotator is spanned if it lies within the
population's 5-95 % range.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from clonotate.annotators.virtual import Habits, VirtualAnnotator, sample_habits
from clonotate.episodes.rollout import Guards, rollout
from clonotate.episodes.session import Session
from clonotate.records import Source
from clonotate.tasks import task_named

TASK = "colored-dot-tracking"
TEST_SEED = 20_000

ANNOTATORS = ("annotator 1", "annotator 3", "annotator 4")
PUBLISHED: dict[str, tuple[float, tuple[float, float, float]]] = {
    "navigation %": (73.8, (78.1, 70.0, 66.6)),
    "placement %": (14.4, (15.4, 21.1, 22.9)),
    "MIP toggle %": (10.0, (4.9, 6.4, 8.5)),
    "undo %": (1.0, (0.8, 1.3, 0.6)),
    "navigation : placement": (5.1, (5.3, 3.8, 2.9)),
    "steps": (118.0, (111.0, 88.0, 71.0)),
    "correction rate %": (6.6, (4.6, 7.6, 2.4)),
    "done right %": (100.0, (100.0, 80.0, 100.0)),
}
"""Each figure for the published virtual annotator and for the three competent people.

Chandok and Park, A Systematic Study of Behavioral Cloning for Scientific Data Annotation, arXiv 2606.07568.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: ours over the population, and theirs."""

    figure: str
    mean: float
    low: float  # 5th percentile over people
    high: float  # 95th
    virtual: float  # the published virtual annotator
    people: tuple[float, float, float]  # the published people, in the order of ANNOTATORS

    @property
    def missed(self) -> dict[str, float]:
        """How far outside the range a real annotator lies, signed, by name; empty where all are spanned."""
        apart = {
            name: value - float(np.clip(value, self.low, self.high)) for name, value in self.by_name.items()
        }
        return {name: distance for name, distance in apart.items() if distance}

    @property
    def by_name(self) -> dict[str, float]:
        """The published people by name."""
        return dict(zip(ANNOTATORS, self.people, strict=True))


def run(
    people: int = 40, stacks: int = 5, seed: int = TEST_SEED, progress: Callable[[], None] = lambda: None
) -> list[Row]:
    """Let `people` sampled annotators mark `stacks` stacks each, and compare every published figure.

    `progress` is called after each person.
    """
    rng = np.random.default_rng(seed)
    persons = []
    for i in range(people):
        persons.append(person(sample_habits(rng), range(seed + i * stacks, seed + (i + 1) * stacks)))
        progress()
    return compare(persons)


def person(habits: Habits, seeds: Sequence[int]) -> dict[str, float]:
    """The study's figures for one person over several worlds."""
    targets: Counter[str] = Counter()
    right = 0
    version = task_named(TASK).version
    for seed in seeds:
        session = Session(Source(TASK, "standard", seed, version))
        rollout(session, VirtualAnnotator(session, habits, np.random.default_rng(seed)), Guards(budget=1000))
        targets.update(step.label.target for step in session.steps if step.label)
        right += session.score().success
    return figures(targets, right, len(seeds))


def figures(targets: Mapping[str, int], right: int, episodes: int) -> dict[str, float]:
    """The published figures from how often each widget was clicked; the widget decides, not the intention."""
    total = sum(targets.values())
    navigation = targets.get("+z", 0) + targets.get("-z", 0)
    placed, undone = targets.get("canvas", 0), targets.get("undo", 0)
    return {
        "navigation %": 100 * navigation / total,
        "placement %": 100 * placed / total,
        "MIP toggle %": 100 * targets.get("mip", 0) / total,
        "undo %": 100 * undone / total,
        "navigation : placement": navigation / max(placed, 1),
        "steps": total / episodes,
        "correction rate %": 100 * undone / max(placed + undone, 1),
        "done right %": 100 * right / episodes,
    }


def compare(persons: Sequence[Mapping[str, float]]) -> list[Row]:
    """Mean and 5-95 % range over people of every figure, beside the published ones."""
    rows = []
    for figure, (virtual, people) in PUBLISHED.items():
        values = np.array([one[figure] for one in persons])
        low, high = np.percentile(values, [5, 95])
        rows.append(Row(figure, float(values.mean()), float(low), float(high), virtual, people))
    return rows


HEADINGS = ("figure", "ours", "5-95 %", "published virtual", *ANNOTATORS, "spanned")


def cells(row: Row) -> tuple[str, ...]:
    """A row for the eye, under `HEADINGS`."""
    numbers = (f"{row.mean:.1f}", f"{row.low:.1f} - {row.high:.1f}", f"{row.virtual:g}")
    return (row.figure, *numbers, *(f"{value:g}" for value in row.people), verdict(row))


def as_dict(row: Row) -> dict[str, Any]:
    """A row in plain JSON values."""
    return asdict(row) | {"missed": row.missed}


def page(rows: Sequence[Row], people: int, stacks: int, seed: int) -> str:
    """The study as a Markdown page."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *map(cells, rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return PAGE.format(people=people, stacks=stacks, seed=seed, table=table)


def verdict(row: Row) -> str:
    """Whether all three people lie in the range, else who lies how far outside."""
    if not row.missed:
        return "yes"
    return "; ".join(f"{name} {distance:+.1f}" for name, distance in row.missed.items())


PAGE = """# Do the virtual people work like people?

    clonotate study humans --people {people} --stacks {stacks} --seed {seed} --out docs/humans.md

{people} virtual annotators, each with habits of their own, marked {stacks} stacks of colored dots each
(standard level). Beside them are the three competent annotators, five stacks each, and the virtual annotator
of Chandok and Park, *A Systematic Study of Behavioral Cloning for Scientific Data Annotation* (arXiv
2606.07568). The range is over people, each averaged over the stacks. What was clicked decides, not why: a
look at the next slice counts as navigation. The correction rate is undo / (place + undo).

{table}

"Spanned" says whether all three people lie in the range, else who lies how far outside. One of the people got
one stack of five wrong; our annotators repair every mistake they see before Done, because a demonstration
that leaves one would teach to leave it.
"""
