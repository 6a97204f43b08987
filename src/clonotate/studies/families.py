"""Does what was learnt on eight families help on the ninth? Each family left out once.

Published: on tasks kept out, zero-shot success is about 0 %, and few demonstrations after pretraining do more
than many from nothing. Here a policy learns eight families, then some demonstrations of the ninth; another
learns the same demonstrations from nothing, in as many steps; and the first is asked before it saw any.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from clonotate.records import Kind
from clonotate.studies.figures import INK, blank
from clonotate.studies.pupils import TREMOR, judged, place, recorded, trained
from clonotate.studies.rates import Rate, above, below, mean, ratio, share
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, markdown, select
from clonotate.tasks import NINE
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BEFORE, AFTER, NOTHING = "eight others", "eight others, then it", "it alone"
"""What a policy learnt."""
NEVER = 0.05
"""Successes below this are none."""
SIZES: dict[Scale, tuple[str, str, int, int, int, int]] = {
    "laptop": ("easy", "pico", 200, 20, 60, 8),
    "workstation": ("standard", "nano", 12_000, 100, 1_500, 50),
    "full": ("standard", "small", 100_000, 500, 10_000, 100),
}


@dataclass(frozen=True)
class Job:
    """One family left out."""

    task: str
    level: str
    preset: str
    before: int  # steps on the eight others, of two lessons each
    demonstrations: int  # of the ninth
    steps: int  # on these
    tested: int  # worlds of the ninth
    seed: int = 0


def jobs(scale: Scale) -> list[Job]:
    """Every family."""
    return [Job(task, *SIZES[scale]) for task in NINE]


def measure(bench: Bench, job: Job) -> list[Row]:
    """A row a world and way of learning: what its clicks cost, how many were right, how it went alone."""
    home = place(bench, "families", *vars(job).values())
    eight = trained(of_others(job), home / "eight")
    shown = recorded(home / "ninth.parquet", job.task, job.level, job.demonstrations, job.seed)
    ways = {
        BEFORE: eight,
        AFTER: trained(of_the_ninth(job, shown, str(eight)), home / "after"),
        NOTHING: trained(of_the_ninth(job, shown, ""), home / "nothing"),
    }
    kinds: tuple[Kind, ...] = ("navigate", "place")
    return [
        {"learnt": way, **row}
        for way, policy in ways.items()
        for row in judged(policy, job.task, job.level, job.tested, kinds)
    ]


def of_others(job: Job) -> Run:
    """The training on eight."""
    tasks = tuple((task, job.level) for task in NINE if task != job.task)
    curriculum = Curriculum(tasks, tremor=TREMOR, seed=1_200 + job.seed)
    return Run(curriculum, job.preset, steps=job.before, average=0.98, seed=job.seed)


def of_the_ninth(job: Job, shown: str, start: str) -> Run:
    """The training on demonstrations of the ninth; the same steps wherever it starts."""
    curriculum = Curriculum(
        ((job.task, job.level),), recorded=(shown,), recorded_share=1.0, tremor=TREMOR, seed=1_300 + job.seed
    )
    return replace(of_others(job), curriculum=curriculum, start=start, steps=job.steps, warmup=20)


def nats(rows: Sequence[Row]) -> Rate:
    """What a click of a careful expert costs, by bootstrap over worlds."""
    return ratio(rows, "nats", "shown")


def saved(rows: Sequence[Row]) -> Rate:
    """By how many nats a click the ninth family is cheaper after eight others; the mean of families."""
    differences = [
        nats(select(here, learnt=NOTHING)).value - nats(select(here, learnt=AFTER)).value
        for task in dict.fromkeys(row["task"] for row in rows)
        if (here := select(rows, task=task))
    ]
    return mean([one for one in differences if not np.isnan(one)])


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Every family, by what was learnt."""
    lines = [
        (
            str(task),
            way,
            nats(here).plain(),
            *(ratio(here, f"{kind}_right", f"{kind}_asked").percent() for kind in ("navigate", "place")),
            share(here, "success").percent(),
        )
        for task in dict.fromkeys(row["task"] for row in rows)
        for way in (BEFORE, AFTER, NOTHING)
        if (here := select(rows, task=task, learnt=way))
    ]
    headings = ("left out", "learnt", "nats a click (95 %)", "navigate right", "place right", "success alone")
    return {"Each family left out": markdown(headings, lines)} if lines else {}


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """Nats a click on each family, by what was learnt."""
    tasks = list(dict.fromkeys(str(row["task"]) for row in rows))
    if not tasks:
        return {}
    drawn = blank(7.2, 1.2 + 0.42 * len(tasks))
    axes = drawn.subplots()
    for i, way in enumerate((BEFORE, AFTER, NOTHING)):
        found = [nats(select(rows, task=task, learnt=way)) for task in tasks]
        value = np.array([one.value for one in found])
        reach = np.abs(np.array([one.interval for one in found]).T - value)
        places = np.arange(len(tasks)) + 0.2 * (i - 1)
        axes.errorbar(value, places, xerr=reach, fmt="o", color=INK[i], capsize=2, label=way)
    axes.set_yticks(range(len(tasks)), tasks, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("nats a click on the family left out; less is better")
    axes.legend(title="learnt", frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    axes.spines[["top", "right"]].set_visible(False)
    return {"nats": drawn}


def findings(rows: Sequence[Row]) -> list[Finding]:
    """Whether eight families help on the ninth, and whether anything succeeds unshown."""
    if not rows:
        return []
    gain, unshown = saved(rows), share(select(rows, learnt=BEFORE), "success")
    return [
        Finding(
            "a ninth family is learnt better after eight others than from nothing, at equal demonstrations",
            "76.6 % with 500 against 0 % with 7,800 (shape matching)",
            f"{gain.plain()} nats a click less, mean of {gain.count} families",
            above(gain, 0.0),
        ),
        Finding(
            "a family that was never shown is not finished",
            "about 0 %",
            unshown.percent(),
            below(unshown, NEVER),
            f"Not finished: less than {NEVER:.0%}",
        ),
    ]


STUDY = Study("families", jobs, measure, figures, tables, findings)
