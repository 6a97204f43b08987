"""In which order do skills come? Policies trained from nothing, looked at again and again on the way.

Published: hitting buttons and placing markers come first; when to undo and when to press Done come last.

A skill is the share of screens on which the policy does what a careful expert would, teacher-forced on worlds
it never saw, by what that is; `alone` is success in closed loop. Several seeds, each another network and
other lessons; a rank test over seeds says whether they agree on the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from clonotate.evaluation.closed_loop import closed_loop
from clonotate.evaluation.contenders import contender
from clonotate.evaluation.teacher_forced import teacher_forced
from clonotate.models.checkpoint import read_page
from clonotate.studies.figures import INK, blank
from clonotate.studies.pupils import GUARDS, TEST_SEED, TREMOR, place, trained
from clonotate.studies.rates import Verdict
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, markdown, number, select
from clonotate.tasks import NINE
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIXES = {"dots": ("colored-dot-tracking",), "nine": NINE}
SKILLS = ("navigate", "place", "select", "adjust", "verify", "undo", "done")
EARLY, LATE = ("navigate", "place"), ("undo", "done")
ALONE = "alone"
SHARES = (0.5, 0.9)
"""A skill has come when it first passes these."""
SURE = 0.05
"""The p-value below which seeds are taken to agree."""


@dataclass(frozen=True)
class Job:
    """One training from nothing, and how often it is looked at."""

    mix: str  # a name of MIXES
    level: str
    preset: str
    steps: int  # of two lessons each
    every: int  # steps between looks
    episodes: int  # worlds of each task a look
    seed: int


def jobs(scale: Scale) -> list[Job]:
    """Three seeds on one task and on nine."""
    sizes = {
        "laptop": (("dots", "easy", "pico", 600, 50, 12), ("nine", "easy", "pico", 600, 100, 3)),
        "workstation": (
            ("dots", "standard", "nano", 6_000, 300, 50),
            ("nine", "standard", "nano", 40_000, 2_000, 20),
        ),
        "full": (
            ("dots", "standard", "small", 20_000, 500, 100),
            ("nine", "standard", "small", 200_000, 5_000, 50),
        ),
    }
    return [Job(*size, seed) for size in sizes[scale] for seed in range(3)]


def measure(bench: Bench, job: Job) -> list[Row]:
    """Train, then look at every snapshot: a row a task and skill."""
    folder = trained(run_of(job), place(bench, "emergence", *vars(job).values()))
    snapshots = sorted((folder / "snapshots").iterdir())
    return [
        row for snapshot in snapshots for task in MIXES[job.mix] for row in looked_at(snapshot, task, job)
    ]


def run_of(job: Job) -> Run:
    """The training of a job."""
    tasks = tuple((task, job.level) for task in MIXES[job.mix])
    return Run(
        Curriculum(tasks, tremor=TREMOR, seed=700 + job.seed),
        job.preset,
        steps=job.steps,
        average=0.98,
        log_every=job.every,
        save_every=job.every,
        snapshot_every=job.every,
        seed=job.seed,
    )


def looked_at(snapshot: Path, task: str, job: Job) -> list[Row]:
    """One snapshot on one task: every skill that was asked for, and alone."""
    who = contender(str(snapshot))
    told = teacher_forced(who, task, job.episodes, TEST_SEED, job.level).summary()
    own = closed_loop(who, task, job.episodes, TEST_SEED, job.level, guards=GUARDS).summary()
    about: Row = {
        "task": task,
        "frames": round(read_page(snapshot)["metrics"]["frames"]),
        "nats": told["nll"],
    }
    skills = [
        {**about, "skill": kind, "asked": told["counts"][kind], "right": share}
        for kind, share in told["kinds"].items()
    ]
    return [*skills, {**about, "skill": ALONE, "asked": job.episodes, "right": own["success"]}]


class Training(NamedTuple):
    """What tells one kind of training from another, whatever its seed."""

    mix: str
    level: str
    preset: str


def trainings(rows: Sequence[Row]) -> dict[Training, dict[int, list[Row]]]:
    """Rows by training and seed."""
    found: dict[Training, dict[int, list[Row]]] = {}
    for row in rows:
        kind = Training(*(str(row[name]) for name in Training._fields))
        found.setdefault(kind, {}).setdefault(int(number(row, "seed")), []).append(row)
    return found


def curve(rows: Sequence[Row], skill: str) -> tuple[list[int], list[float]]:
    """Frames seen, and the share right over all tasks together, of one seed."""
    here = select(rows, skill=skill)
    frames = sorted({int(number(row, "frames")) for row in here})
    looks = [select(here, frames=count) for count in frames]
    asked = [sum(number(row, "asked") for row in look) for look in looks]
    right = [sum(number(row, "asked") * number(row, "right") for row in look) for look in looks]
    return frames, [r / a for r, a in zip(right, asked, strict=True)]


def passed(rows: Sequence[Row], skill: str, share: float) -> float:
    """The frames after which a skill first passes a share, of one seed; infinity where it never does."""
    frames, shares = curve(rows, skill)
    return next((count for count, right in zip(frames, shares, strict=True) if right >= share), inf)


def skills_of(seeds: dict[int, list[Row]]) -> list[str]:
    """The skills that every seed was asked for."""
    return [skill for skill in SKILLS if all(select(rows, skill=skill) for rows in seeds.values())]


def agreement(seeds: dict[int, list[Row]]) -> tuple[float, float]:
    """Kendall's W of the order in which skills pass a half, and the p-value of Friedman's test, or nan."""
    from scipy.stats import friedmanchisquare

    skills = skills_of(seeds)
    times = np.array([[passed(rows, skill, SHARES[0]) for skill in skills] for rows in seeds.values()])
    times = np.nan_to_num(times, posinf=1e18)  # never is later than ever
    if min(times.shape) < 3 or (times == times[:, :1]).all():
        return float("nan"), float("nan")
    statistic, p = friedmanchisquare(*times.T)
    return float(statistic / (times.shape[0] * (times.shape[1] - 1))), float(p)


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """For every training and skill, when it came in each seed, and where it ended."""
    lines = []
    for kind, seeds in trainings(rows).items():
        for skill in (*skills_of(seeds), ALONE):
            times = [
                " / ".join(in_thousands(passed(one, skill, share)) for one in seeds.values())
                for share in SHARES
            ]
            last = " / ".join(f"{100 * curve(one, skill)[1][-1]:.0f} %" for one in seeds.values())
            lines.append((" ".join(kind), skill, *times, last))
    headings = (
        "training",
        "skill",
        *(f"passes {100 * share:.0f} %, frames" for share in SHARES),
        "at the end",
    )
    return {"When each skill came, seed by seed": markdown(headings, lines)} if lines else {}


def in_thousands(frames: float) -> str:
    """Frames for the eye."""
    return "never" if frames == inf else f"{frames / 1000:.0f}K"


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """For every mix, the skills against frames: a thin line a seed, a thick one for their mean."""
    return {f"{kind.mix}": drawn(kind, seeds) for kind, seeds in trainings(rows).items()}


def drawn(kind: Training, seeds: dict[int, list[Row]]) -> "Figure":
    """One kind of training."""
    figure = blank(6.6, 4.0)
    axes = figure.subplots()
    for i, skill in enumerate((*skills_of(seeds), ALONE)):
        color = "black" if skill == ALONE else INK[i % len(INK)]
        curves = [curve(rows, skill) for rows in seeds.values()]
        for frames, shares in curves:
            axes.plot(np.array(frames) / 1000, 100 * np.array(shares), color=color, linewidth=0.6, alpha=0.5)
        shortest = min(len(shares) for _, shares in curves)
        frames = np.mean([frames[:shortest] for frames, _ in curves], axis=0) / 1000
        shares = 100 * np.mean([shares[:shortest] for _, shares in curves], axis=0)
        axes.plot(frames, shares, color=color, linewidth=2, label=skill)
    axes.set_xlabel("frames seen, thousands")
    axes.set_ylabel("right, %")
    axes.set_title(f"{kind.preset} on {kind.mix}, {kind.level}; {len(seeds)} seeds", fontsize=10)
    axes.set_ylim(0, 101)
    axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def findings(rows: Sequence[Row]) -> list[Finding]:
    """Whether mechanics come before decisions, and whether seeds agree on an order at all."""
    found = []
    for kind, seeds in trainings(rows).items():
        skills = skills_of(seeds)
        if not set(EARLY) | set(LATE) <= set(skills):
            continue
        w, p = agreement(seeds)
        orders = [order(one, skills) for one in seeds.values()]
        ours = f"{' '.join(kind)}: {'; '.join(orders)}; W {w:.2f}, p {p:.3f}"
        found += [
            Finding(
                f"Steering and placing come before {late} ({kind.mix})",
                "buttons and placement first; undo and done last",
                ours,
                before(list(seeds.values()), late, p),
                "Decided where it is so in every seed, or in none, and the seeds agree on an order",
            )
            for late in LATE
        ]
    return found


def order(rows: Sequence[Row], skills: Sequence[str]) -> str:
    """Skills by when they pass a half, in one seed; those that never do come after all others, unordered."""
    times = {skill: passed(rows, skill, SHARES[0]) for skill in skills}
    came = " < ".join(sorted((skill for skill in skills if times[skill] < inf), key=times.__getitem__))
    never = ", ".join(skill for skill in skills if times[skill] == inf)
    return f"{came} < never {never}" if never else came


def before(seeds: Sequence[Sequence[Row]], late: str, p: float) -> Verdict:
    """Whether all early skills pass a half before a late one: in every seed, in none, or in some.

    A seed in which neither came says nothing.
    """
    times = [
        (max(passed(rows, skill, SHARES[0]) for skill in EARLY), passed(rows, late, SHARES[0]))
        for rows in seeds
    ]
    held = [early < after for early, after in times if (early, after) != (inf, inf)]
    if len(held) < 3 or not p < SURE:
        return "undecided"
    return "confirmed" if all(held) else "contradicted" if not any(held) else "undecided"


STUDY = Study("emergence", jobs, measure, figures, tables, findings)
