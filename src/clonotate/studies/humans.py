"""Do the virtual people work like people? Their habits beside the published study of three annotators.

    clonotate study humans --out docs/results

A population of habits marks colored dots (standard level), five stacks a person as in the published study;
every figure the study reports is measured on each person. A figure of a real annotator is spanned if it lies
within the population's 5-95 % range. What was clicked decides, not why: a look at the next slice counts as
navigation. The correction rate is undo / (place + undo). Virtual people repair every mistake they see before
Done, since a demonstration that leaves one would teach to leave it; one of the published ones left one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clonotate.annotators.virtual import Habits, VirtualAnnotator, sample_habits
from clonotate.episodes.rollout import Guards, rollout
from clonotate.episodes.session import Session
from clonotate.records import Source
from clonotate.studies.figures import INK, blank
from clonotate.studies.study import Bench, Finding, Scale, Study, markdown, number, select
from clonotate.studies.study import Row as Measured
from clonotate.tasks import task_named

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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


@dataclass(frozen=True)
class Job:
    """One person, and which stacks it marks."""

    person: int
    stacks: int = 5
    seed: int = TEST_SEED


@dataclass(frozen=True, slots=True)
class Compared:
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


def jobs(scale: Scale) -> list[Job]:
    """Five stacks a person, as in the published study."""
    return [Job(one) for one in range({"laptop": 40, "workstation": 100, "full": 400}[scale])]


def measure(bench: Bench, job: Job) -> list[Measured]:
    """One person's figures, a row each."""
    first = job.seed + job.person * job.stacks
    habits = sample_habits(np.random.default_rng([job.seed, job.person]))
    found = person(habits, range(first, first + job.stacks))
    return [{"figure": figure, "value": value} for figure, value in found.items()]


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


def compare(rows: Sequence[Measured]) -> list[Compared]:
    """Mean and 5-95 % range over people of every figure that was measured, beside the published ones."""
    found = []
    for figure, (virtual, people) in PUBLISHED.items():
        values = np.array([number(row, "value") for row in select(rows, figure=figure)])
        if len(values):
            low, high = np.percentile(values, [5, 95])
            found.append(Compared(figure, float(values.mean()), float(low), float(high), virtual, people))
    return found


HEADINGS = ("figure", "ours", "5-95 %", "published virtual", *ANNOTATORS, "spanned")


def cells(one: Compared) -> tuple[str, ...]:
    """A comparison for the eye, under `HEADINGS`."""
    numbers = (f"{one.mean:.1f}", f"{one.low:.1f} - {one.high:.1f}", f"{one.virtual:g}")
    return (one.figure, *numbers, *(f"{value:g}" for value in one.people), spanned(one))


def spanned(one: Compared) -> str:
    """Whether all three people lie in the range, else who lies how far outside."""
    if not one.missed:
        return "yes"
    return "; ".join(f"{name} {distance:+.1f}" for name, distance in one.missed.items())


def tables(rows: Sequence[Measured]) -> dict[str, str]:
    """Every figure beside the published ones."""
    lines = [cells(one) for one in compare(rows)]
    return {"Virtual people and published ones": markdown(HEADINGS, lines)} if lines else {}


def figures_of(rows: Sequence[Measured]) -> dict[str, "Figure"]:
    """Every figure as a share of the published virtual annotator's: our range, and the three people."""
    lines = [one for one in compare(rows) if one.virtual]
    if not lines:
        return {}
    drawn = blank(6.4, 3.6)
    axes = drawn.subplots()
    for i, one in enumerate(lines):
        axes.barh(i, (one.high - one.low) / one.virtual, 0.3, one.low / one.virtual, color=INK[0], alpha=0.35)
        axes.plot(one.mean / one.virtual, i, "|", color=INK[0], markersize=12, markeredgewidth=2)
        axes.plot([value / one.virtual for value in one.people], [i] * 3, "o", color=INK[1], markersize=5)
    axes.barh([], [], color=INK[0], alpha=0.35, label="virtual people, 5-95 %")
    axes.plot([], [], "o", color=INK[1], markersize=5, label="published people")
    axes.axvline(1, color="0.6", linewidth=0.8)
    axes.set_yticks(range(len(lines)), [one.figure for one in lines], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("over the published virtual annotator's")
    axes.legend(frameon=False, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    return {"ranges": drawn}


def findings(rows: Sequence[Measured]) -> list[Finding]:
    """Whether the population spans the published people, figure by figure."""
    return [
        Finding(
            f"Virtual people span the published ones: {one.figure}",
            " / ".join(f"{value:g}" for value in one.people),
            f"{one.low:.1f} to {one.high:.1f}, mean {one.mean:.1f}",
            "contradicted" if one.missed else "confirmed",
            spanned(one) if one.missed else "",
        )
        for one in compare(rows)
    ]


STUDY = Study("humans", jobs, measure, figures_of, tables, findings)
