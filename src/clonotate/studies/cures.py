"""What cures the neglect of rare decisions: weighting them, showing more of them, or practice?

Undo and Done are few among clicks and decide whether an episode succeeds. Published: plain likelihood
suppresses them, and weighting is named as untried. Every cure gets as many steps as plain cloning does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clonotate.episodes.dataset import Lesson
from clonotate.records import Kind
from clonotate.studies.figures import INK, blank
from clonotate.studies.pupils import TREMOR, grouped, judged, place, rounds, trained
from clonotate.studies.rates import Rate, less, ratio, share
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, markdown, select
from clonotate.training.curriculum import Curriculum
from clonotate.training.dagger import Dagger
from clonotate.training.train import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PLAIN = "none"
CURES = (PLAIN, "weighting", "oversampling", "practice")
RARE: tuple[Kind, ...] = ("undo", "done")
COUNTED: tuple[Kind, ...] = ("undo", "done", "place")
WORTH = 5.0
"""What a rare decision counts in the cure by weighting; any other click counts 1."""
PRACTISED = 0.3
"""The share of the steps that come after practice, in the cure of that name."""


@dataclass(frozen=True)
class Oversampled(Curriculum):
    """Of several lessons the one in which rare decisions have the largest share."""

    among: int = 4

    def lesson(self, index: int) -> Lesson:
        """The best of lessons that no other step sees, of the task whose turn it is."""
        apart = len(self.tasks) * 10**6
        return max(
            (super(Oversampled, self).lesson(index + k * apart) for k in range(self.among)), key=rarity
        )


def rarity(lesson: Lesson) -> float:
    """The share of a lesson's clicks that are rare decisions."""
    return float(np.isin(lesson.kinds, RARE).mean())


@dataclass(frozen=True)
class Job:
    """One policy from nothing, with one cure."""

    task: str
    level: str
    preset: str
    cure: str  # of CURES
    steps: int  # in all, of two lessons each
    practised: int  # episodes, where practice is the cure
    tested: int
    seed: int


def jobs(scale: Scale) -> list[Job]:
    """Every cure, with several seeds where there is time."""
    sizes = {
        "laptop": (("colored-dot-tracking",), "easy", "pico", 400, 40, 30, 1),
        "workstation": (("colored-dot-tracking", "neuron-tracking"), "standard", "nano", 6_000, 300, 100, 3),
        "full": (
            ("colored-dot-tracking", "neuron-tracking", "animal-limb-tracking"),
            "standard",
            "base",
            30_000,
            2_000,
            200,
            3,
        ),
    }
    tasks, level, preset, steps, practised, tested, seeds = sizes[scale]
    return [
        Job(task, level, preset, cure, steps, practised, tested, seed)
        for task in tasks
        for seed in range(seeds)
        for cure in CURES
    ]


def measure(bench: Bench, job: Job) -> list[Row]:
    """A row a world: what was right when asked, and how it went alone."""
    cured = practised(bench, job) if job.cure == "practice" else cloned(bench, job, job.steps)
    return judged(cured, job.task, job.level, job.tested, COUNTED)


def cloned(bench: Bench, job: Job, steps: int) -> Path:
    """A policy by demonstrations alone."""
    curriculum = lessons(job)
    if job.cure == "weighting":
        curriculum = replace(curriculum, worth=tuple((kind, WORTH) for kind in RARE))
    elif job.cure == "oversampling":
        curriculum = Oversampled(**vars(curriculum))
    return trained(run_of(job, curriculum, steps), place(bench, "cures", *vars(job).values()))


def practised(bench: Bench, job: Job) -> Path:
    """A policy that was cloned for most of the steps, and learnt from its own practice in the others."""
    after = max(round(PRACTISED * job.steps), 1)
    start = cloned(bench, job, job.steps - after)
    run = run_of(job, replace(lessons(job), recorded_share=0.5), after)
    return rounds(Dagger(str(start), run, 1, job.practised, seed=job.seed), start / "practice")[-1]


def lessons(job: Job) -> Curriculum:
    """What is learnt from where nothing is done about rare decisions."""
    return Curriculum(((job.task, job.level),), tremor=TREMOR, seed=1_100 + 10 * job.seed)


def run_of(job: Job, curriculum: Curriculum, steps: int) -> Run:
    """A training."""
    return Run(curriculum, job.preset, steps=steps, average=0.98, seed=job.seed)


def groups(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows that are of one task, level, preset and number of steps, with all their cures and seeds."""
    return grouped(rows, "task", "level", "preset", "steps")


def spoken(rows: Sequence[Row]) -> str:
    """What rows of one group are of, for the eye."""
    return f"{rows[0]['task']}, {rows[0]['level']}, {rows[0]['preset']}"


def rates(rows: Sequence[Row], cure: str) -> dict[str, Rate]:
    """How often clicks of each kind were right, teacher-forced, and whole worlds, alone."""
    here = select(rows, cure=cure)
    right: dict[str, Rate] = {kind: ratio(here, f"{kind}_right", f"{kind}_asked") for kind in COUNTED}
    return {**right, "alone": share(here, "success")}


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Every cure, by what it is meant to cure and by what counts in the end."""
    lines = [
        (spoken(here), cure, *(rate.percent() for rate in rates(here, cure).values()))
        for here in groups(rows)
        for cure in CURES
        if select(here, cure=cure)
    ]
    headings = ("training", "cure", *(f"{kind} right (95 %)" for kind in COUNTED), "success alone (95 %)")
    return {"Cures of rare decisions, at equal steps": markdown(headings, lines)} if lines else {}


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """What each cure does to rare decisions, to placing and to success, a panel a group."""
    here = groups(rows)
    if not here:
        return {}
    drawn = blank(1.6 + 3.8 * len(here), 3.6)
    panels = drawn.subplots(1, len(here), sharey=True, squeeze=False)[0]
    for axes, group in zip(panels, here, strict=True):
        for i, (cure, at) in enumerate(zip(CURES, np.linspace(-0.24, 0.24, len(CURES)), strict=True)):
            found = rates(group, cure)
            value = 100 * np.array([rate.value for rate in found.values()])
            reach = np.abs(100 * np.array([rate.interval for rate in found.values()]).T - value)
            axes.errorbar(
                np.arange(len(value)) + at, value, reach, fmt="o", color=INK[i], capsize=2, label=cure
            )
        axes.set_xticks(range(len(COUNTED) + 1), [*(f"{kind}\nright" for kind in COUNTED), "success\nalone"])
        axes.set_title(spoken(group), fontsize=9)
        axes.set_ylim(-2, 102)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("%")
    panels[-1].legend(title="cure", frameon=False, fontsize=8, bbox_to_anchor=(1, 0.5), loc="center left")
    return {"effects": drawn}


def findings(rows: Sequence[Row]) -> list[Finding]:
    """For every cure: is Undo right more often than without, and does the policy succeed more often?"""
    found = []
    for here in groups(rows):
        plain = rates(here, PLAIN)
        for cure in CURES[1:]:
            cured = rates(here, cure)
            for what, name in (("Undo is right more often", "undo"), ("it succeeds more often", "alone")):
                if plain[name].count and cured[name].count:
                    ours = f"{plain[name].percent()} without, {cured[name].percent()} with"
                    claim = f"{spoken(here)}: by {cure}, {what}"
                    found.append(Finding(claim, "not tried", ours, less(plain[name], cured[name])))
    return found


STUDY = Study("cures", jobs, measure, figures, tables, findings)
