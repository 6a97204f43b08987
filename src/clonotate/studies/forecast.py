"""How many more sessions until the policy does this user's work? A learning curve and its continuation.

Fine-tuned on the first sessions of one person, more and more of them; the share of failures is fitted by a
power law. The largest counts are held out, and the law of the others is asked for them: a forecast that
misses these is not to be believed. Nothing of the kind was published. At laptop scale the person works on a
task that the policy knows, under a layout it never saw: an hour is not enough to learn a new task.

Of one's own sessions:

    clonotate forecast sessions.parquet
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clonotate.annotators.collect import demonstrate
from clonotate.annotators.virtual import sample_habits
from clonotate.episodes.files import write_episodes
from clonotate.evaluation.agreement import agreed
from clonotate.evaluation.contenders import folder_of
from clonotate.evaluation.intervals import Interval, wilson
from clonotate.models.checkpoint import load as load_model
from clonotate.records import ClonotateError, Episode, Source
from clonotate.studies.figures import INK, blank
from clonotate.studies.powers import Power, fit, spread
from clonotate.studies.pupils import FIRST_KEPT_SEED, alone, grouped, place, preset_of, trained
from clonotate.studies.rates import Rate, Verdict
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, markdown, number
from clonotate.tasks import task_named
from clonotate.training.curriculum import Curriculum, load
from clonotate.training.train import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TAIL = 2
"""The largest counts of sessions are held out, so many."""
FEWEST_COUNTS = 3
"""Counts of sessions that a law is fitted to, at least."""
TELLING = 0.4
"""A forecast wider than this could hardly be wrong."""
AIM = 0.9
"""The success that is asked for in tables and findings."""
FAILS, DIFFERS = "fails alone", "clicks otherwise"
"""What is counted: worlds it does not finish; clicks of held-out sessions that the person did not make."""


@dataclass(frozen=True)
class Job:
    """Fine-tuning on the first so many sessions."""

    task: str
    level: str
    layout: str
    data: str  # a Parquet file of sessions; "" for those of one virtual person
    sessions: int
    held_out: int  # sessions after the largest count, to agree with
    largest: int
    steps: int
    tested: int  # worlds to be worked on alone
    seed: int  # of the person, and of the training


def jobs(scale: Scale) -> list[Job]:
    """Twice as many sessions every time."""
    known, new = ("colored-dot-tracking", "easy", "dark-split"), ("shape-matching", "standard", "original")
    work, counts, held_out, steps, tested, people = {
        "laptop": (known, (5, 10, 20, 40, 80), 10, 200, 20, 1),
        "workstation": (new, (5, 10, 20, 40, 80, 160, 320), 40, 600, 100, 3),
        "full": (new, (5, 10, 20, 40, 80, 160, 320, 640, 1280), 40, 3_000, 200, 3),
    }[scale]
    return [
        Job(*work, "", count, held_out, max(counts), steps, tested, seed)
        for seed in range(people)
        for count in counts
    ]


def jobs_on(file: Path, steps: int = 100, worlds: int = 20) -> list[Job]:
    """The learning curve of the sessions in a file, all of one kind; `worlds` to be worked on alone, or 0.

    A sixth of them is held out; of the rest all are learnt from, half of them, and so on. Raises
    ClonotateError for sessions of several tasks, levels or layouts, or too few of them.
    """
    sessions = [episode for episode, _ in load((str(file),))]
    kinds = sorted({(one.source.task, one.source.level, one.layout) for one in sessions})
    if len(kinds) != 1:
        raise ClonotateError(
            f"{file} holds sessions of {len(kinds)} tasks, levels or layouts; a forecast needs one: {kinds}"
        )
    largest = len(sessions) - max(len(sessions) // 6, 1)
    counts = [largest >> k for k in reversed(range(FEWEST_COUNTS + TAIL))]
    if counts[0] < 1:
        least = 2 ** (FEWEST_COUNTS + TAIL - 1)
        raise ClonotateError(f"{file} holds {len(sessions)} sessions; a forecast needs {6 * least // 5 + 1}")
    return [
        Job(*kinds[0], str(file), count, len(sessions) - largest, largest, steps, worlds, 0)
        for count in counts
    ]


def measure(bench: Bench, job: Job) -> list[Row]:
    """How many clicks differ from the person's; and how many worlds it fails alone, where that is asked."""
    sessions = work_of(job)
    policy = fine_tuned(bench, job, [episode for episode, _ in sessions[: job.sessions]])
    model = load_model(policy)
    apart = [agreed(model, *one) for one in sessions[job.largest : job.largest + job.held_out]]
    wrong, of = sum(one.differing for one in apart), sum(one.clicks for one in apart)
    rows: list[Row] = [{"what": DIFFERS, "wrong": wrong, "of": of}]
    if job.tested:
        own = alone(policy, job.task, job.level, job.tested, layout=job.layout)
        rows.append({"what": FAILS, "wrong": sum(not row["success"] for row in own), "of": len(own)})
    return rows


def work_of(job: Job) -> list[tuple[Episode, Any]]:
    """The sessions of one person, in the order of their making, each with its world where that is real."""
    if job.data:
        return list(load((job.data,)))
    habits = sample_habits(np.random.default_rng(job.seed))
    first, version = FIRST_KEPT_SEED + 1_000_000 * (50 + job.seed), task_named(job.task, job.level).version
    count = job.largest + job.held_out
    sources = (Source(job.task, job.level, first + i, version) for i in range(count))
    return [(demonstrate(source, job.layout, habits), None) for source in sources]


def fine_tuned(bench: Bench, job: Job, sessions: Sequence[Episode]) -> Path:
    """The policy of the bench after learning from these."""
    who = Path(job.data).stem or "virtual"
    folder = place(bench, "forecast", who, *(value for name, value in vars(job).items() if name != "data"))
    file = folder / "sessions.parquet"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_episodes(file, sessions)
    run = Run(
        Curriculum(((job.task, job.level),), recorded=(str(file),), recorded_share=1.0, seed=job.seed),
        preset_of(bench.policy),
        start=str(folder_of(bench.policy)),
        steps=job.steps,
        lr=5e-4,
        warmup=max(job.steps // 10, 1),
        average=0.97,
        seed=job.seed,
    )
    return trained(run, folder)


@dataclass(frozen=True)
class Forecast:
    """A law through a learning curve, and others through points as they could have come out."""

    law: Power
    others: tuple[Power, ...]

    def at(self, sessions: float) -> tuple[float, Interval]:
        """The share that goes wrong after so many sessions, with 95 %."""
        low, high = spread([law(sessions) for law in self.others])
        return min(self.law(sessions), 1.0), Interval(min(low, 1.0), min(high, 1.0))

    def seen(self, sessions: float, of: int) -> Interval:
        """Within what the share that goes wrong of so many trials is to be expected, with 95 %."""
        rng = np.random.default_rng(1)
        return spread([rng.binomial(of, min(law(sessions), 1.0)) / of for law in self.others])

    def needed(self, wrong: float) -> tuple[float, Interval]:
        """The sessions until no more than that share goes wrong, with 95 %; infinity where it never comes."""
        return self.law.reaches(wrong), spread([law.reaches(wrong) for law in self.others])


def forecast(counts: Sequence[int], wrong: Sequence[int], of: Sequence[int]) -> Forecast:
    """From a learning curve: `wrong` of `of` trials after `counts` sessions each.

    Uncertainty is that of the trials: each point is drawn again by its own binomial (parametric bootstrap).
    Raises ClonotateError for fewer than three counts.
    """
    if len(set(counts)) < FEWEST_COUNTS:
        raise ClonotateError(f"a forecast needs {FEWEST_COUNTS} different counts of sessions at least")
    rng = np.random.default_rng(0)
    shares = smoothed(np.asarray(wrong), np.asarray(of))
    drawn = (smoothed(rng.binomial(of, shares), np.asarray(of)) for _ in range(200))
    return Forecast(fit(counts, shares), tuple(fit(counts, again) for again in drawn))


def smoothed(wrong: NDArray[np.int64], of: NDArray[np.int64]) -> list[float]:
    """Shares that are never 0 or 1, so that they have logarithms: half a trial is added to each side."""
    return [float(share) for share in (wrong + 0.5) / (of + 1)]


def curves(rows: Sequence[Row]) -> list[list[Row]]:
    """The learning curves that are long enough for a forecast that can be checked."""
    found = grouped(rows, "policy", "task", "level", "layout", "data", "seed", "steps", "largest", "what")
    return [one for one in found if len({row["sessions"] for row in one}) >= FEWEST_COUNTS + TAIL]


def points(rows: Sequence[Row]) -> tuple[list[int], list[int], list[int]]:
    """A learning curve in the order of its sessions: how many, wrong and of how many trials."""
    ordered = sorted(rows, key=lambda row: number(row, "sessions"))
    counts, wrong, of = ([int(number(row, name)) for row in ordered] for name in ("sessions", "wrong", "of"))
    return counts, wrong, of


def checked(rows: Sequence[Row]) -> list[tuple[int, float, Interval]]:
    """What was held out: after so many sessions, the share that went wrong, and what was forecast for it."""
    counts, wrong, of = points(rows)
    told = forecast(counts[:-TAIL], wrong[:-TAIL], of[:-TAIL])
    return [
        (n, w / o, told.seen(n, o)) for n, w, o in zip(counts[-TAIL:], wrong[-TAIL:], of[-TAIL:], strict=True)
    ]


def held(rows: Sequence[Row]) -> Verdict:
    """Whether the forecast contains all that was held out; undecided where it could hardly be wrong."""
    tail = checked(rows)
    if len(set(points(rows)[1])) == 1:
        return "undecided"
    if any(not low <= share <= high for _, share, (low, high) in tail):
        return "contradicted"
    return "confirmed" if all(high - low <= TELLING for _, _, (low, high) in tail) else "undecided"


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """What was forecast for the counts held out, and how many sessions it would take."""
    checks, needs = [], []
    for here in curves(rows):
        told = forecast(*points(here))
        for sessions, share, (low, high) in checked(here):
            expected = f"{100 * low:.0f} to {100 * high:.0f} %"
            checks.append((spoken(here), f"{sessions:,}", expected, f"{100 * share:.0f} %"))
        value, (low, high) = told.needed(1 - AIM)
        needs.append((spoken(here), many(value), f"{many(low)} to {many(high)}"))
    if not checks:
        return {}
    return {
        "Forecasts, checked on what was held out": markdown(
            ("wrong", "sessions", "forecast (95 %)", "measured"), checks
        ),
        f"Sessions until no more than {1 - AIM:.0%} go wrong": markdown(("wrong", "sessions", "95 %"), needs),
    }


def spoken(rows: Sequence[Row]) -> str:
    """What a curve is of, for the eye."""
    first = rows[0]
    who = Path(str(first["data"])).stem if first["data"] else f"virtual person {first['seed']}"
    return f"{first['task']}, {first['level']}, {first['layout']}, {who}: {first['what']}"


def many(sessions: float) -> str:
    """Sessions for the eye."""
    return f"{sessions:,.0f}" if sessions < 1e6 else "never"


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """Learning curves: what the law was fitted to, what was held out, and the law with its 95 %."""
    here = curves(rows)
    if not here:
        return {}
    drawn = blank(0.6 + 4.2 * len(here), 3.6)
    for axes, curve in zip(drawn.subplots(1, len(here), squeeze=False)[0], here, strict=True):
        panel(axes, curve)
    return {"curves": drawn}


def panel(axes: Any, rows: Sequence[Row]) -> None:
    """One learning curve."""
    counts, wrong, of = points(rows)
    told = forecast(counts[:-TAIL], wrong[:-TAIL], of[:-TAIL])
    grid = np.geomspace(min(counts), 2 * max(counts), 40)
    found = [told.at(sessions) for sessions in grid]
    axes.plot(grid, [100 * share for share, _ in found], color=INK[0], linewidth=1, label="forecast")
    low, high = (100 * np.array(bounds) for bounds in zip(*(interval for _, interval in found), strict=True))
    axes.fill_between(grid, low, high, color=INK[0], alpha=0.15, linewidth=0)
    for part, color, label in ((slice(-TAIL), INK[0], "fitted"), (slice(-TAIL, None), INK[1], "held out")):
        shares = [Rate(w / o, wilson(w, o), o) for w, o in zip(wrong[part], of[part], strict=True)]
        value = 100 * np.array([one.value for one in shares])
        reach = np.abs(100 * np.array([one.interval for one in shares]).T - value)
        axes.errorbar(counts[part], value, reach, fmt="o", color=color, capsize=2, label=label)
    axes.set_xscale("log")
    axes.set_ylim(-2, 102)
    axes.set_xlabel("sessions learnt from")
    axes.set_ylabel(f"{rows[0]['what']}, %")
    axes.set_title(spoken(rows).partition(":")[0], fontsize=8)
    axes.legend(frameon=False, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def findings(rows: Sequence[Row]) -> list[Finding]:
    """Whether forecasts hold for what was held out."""
    found = []
    for here in curves(rows):
        value, (low, high) = forecast(*points(here)).needed(1 - AIM)
        ours = "; ".join(
            f"after {sessions:,} {100 * share:.0f} % (forecast {100 * low:.0f} to {100 * high:.0f})"
            for sessions, share, (low, high) in checked(here)
        )
        ours += f". Sessions until {AIM:.0%} are right: {many(value)} ({many(low)} to {many(high)})"
        why = f"Undecided where the forecast is wider than {100 * TELLING:.0f} points, or nothing changed"
        found.append(Finding(f"{spoken(here)}: a power law foretells it", "not tried", ours, held(here), why))
    return found


STUDY = Study("forecast", jobs, measure, figures, tables, findings)
