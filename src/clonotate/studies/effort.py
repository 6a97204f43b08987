"""What a co-pilot saves a person: seconds, clicks and interventions at equal final score.

Nobody is measured here: people are simulated, virtual annotators with the published median times before each
kind of action, with their slips and their pace. The same person annotates the same world alone and beside the
co-pilot, under several confidence thresholds of a run. Sessions of real people give the same columns:

    clonotate effort sessions.parquet
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from clonotate.annotators.virtual import VirtualAnnotator, sample_habits
from clonotate.copilot.effort import effort
from clonotate.copilot.partner import Manner, Pair, alone
from clonotate.copilot.run import Rule
from clonotate.episodes.session import Session
from clonotate.evaluation.contenders import contender
from clonotate.evaluation.intervals import Interval, bootstrap, wilson
from clonotate.records import Episode, Source
from clonotate.studies.figures import INK, blank
from clonotate.studies.pupils import TEST_SEED
from clonotate.studies.rates import Rate, above
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, markdown
from clonotate.tasks import NINE, task_named

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BUDGET = 500  # clicks
THRESHOLDS = (0.0, 0.7, 0.9, 1.01)
"""Confidence below which a run stops; above 1 it never goes on, and each click is accepted by itself."""
BY_POLICY = ("by_policy", "accepted", "corrections")
"""Clicks in which a policy had a hand."""
USUAL = 0.7
"""The threshold that findings speak of."""
LOST = 0.02
"""A score lower by no more than this is no lower."""
SIZES: dict[Scale, tuple[tuple[str, ...], int]] = {
    "laptop": (("colored-dot-tracking", "neuron-tracking"), 30),
    "workstation": (NINE, 40),
    "full": (NINE, 100),
}
"""Tasks, and worlds of each in each condition."""


@dataclass(frozen=True)
class Job:
    """One task in one condition; without a threshold people are alone."""

    task: str
    threshold: float | None
    episodes: int
    level: str = "standard"
    first: int = TEST_SEED


@dataclass(frozen=True, slots=True)
class Sitting:
    """One session of one person."""

    task: str
    level: str
    seed: int  # of the world
    together: bool
    threshold: float | None  # of a run; None alone, and where people chose for themselves
    success: bool | None  # None without a truth
    score: float | None  # the mean of the graded parts
    seconds: float
    acting: float
    watching: float
    own: int
    corrections: int
    accepted: int
    by_policy: int
    interventions: int


def jobs(scale: Scale) -> list[Job]:
    """Every task alone, then at every threshold."""
    tasks, episodes = SIZES[scale]
    return [Job(task, threshold, episodes) for task in tasks for threshold in (None, *THRESHOLDS)]


def measure(bench: Bench, job: Job) -> list[Row]:
    """A row a session: the same people and the same worlds at every threshold."""
    return [asdict(sitting(simulate(bench, job, job.first + k), job.threshold)) for k in range(job.episodes)]


def simulate(bench: Bench, job: Job, seed: int) -> Episode:
    """The session of one simulated person with habits of its own, a pure function of its arguments."""
    rng = np.random.default_rng([seed, 3])
    session = Session(Source(job.task, job.level, seed, task_named(job.task, job.level).version), "original")
    person = VirtualAnnotator(session, sample_habits(rng), rng)
    if job.threshold is None:
        return alone(session, person, BUDGET)
    who = contender(bench.policy)
    rule = Rule(confidence=job.threshold)
    return Pair(session, person, who.network(), rule, Manner(), who.unrest).work(BUDGET)


def sitting(episode: Episode, threshold: float | None = None) -> Sitting:
    """The row of any session, simulated or recorded; together is where a policy had a hand in it."""
    cost, score = asdict(effort(episode.steps)), episode.score
    cost["by_policy"] = cost.pop("policy")
    return Sitting(
        task=episode.source.task,
        level=episode.source.level,
        seed=episode.source.seed,
        together=threshold is not None or any(cost[name] for name in BY_POLICY),
        threshold=threshold,
        success=score.success if score else None,
        score=float(np.mean(list(score.parts.values()))) if score and score.parts else None,
        **cost,
    )


def sittings(rows: Sequence[Row]) -> list[Sitting]:
    """Rows of a table as what they are of."""
    names = [field.name for field in fields(Sitting)]
    return [Sitting(**{name: row[name] for name in names}) for row in rows]  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Cell:
    """All sessions of one task in one condition. `saved` and `worse` are against the same people alone.

    `even`: how many ms a watched step of a run could take until nothing is saved any more.
    """

    task: str
    condition: str
    sessions: int
    seconds: float
    acting: float
    own: float
    corrections: float
    accepted: float
    by_policy: float
    interventions: float
    saved: float | None  # the share of seconds; None where nobody was alone
    saved_interval: Interval | None
    even: float | None
    success: float | None
    success_interval: Interval | None
    worse: float | None  # by how much the score is lower
    worse_interval: Interval | None


MEANS = ("seconds", "acting", "own", "corrections", "accepted", "by_policy", "interventions")


def cells_of(rows: Sequence[Sitting]) -> list[Cell]:
    """Means and 95 % intervals by task and condition: bootstrap over sessions, Wilson for success."""
    return [cell(name, chosen, against) for name, chosen, against in conditions(rows)]


def conditions(
    rows: Sequence[Sitting],
) -> Iterator[tuple[str, list[Sitting], dict[int, Sitting]]]:
    """The rows of every task and condition, and those of the same task alone, by seed."""
    for task in dict.fromkeys(row.task for row in rows):
        here = [row for row in rows if row.task == task]
        by_oneself = {row.seed: row for row in here if not row.together}
        for kind in dict.fromkeys((row.together, row.threshold) for row in here):
            yield called(*kind), [row for row in here if (row.together, row.threshold) == kind], by_oneself


def called(together: bool, threshold: float | None) -> str:
    """A condition in words."""
    if not together:
        return "alone"
    if threshold is None:
        return "together"
    return "each click accepted" if threshold > 1 else f"runs, confidence >= {threshold:g}"


def cell(condition: str, rows: Sequence[Sitting], by_oneself: dict[int, Sitting]) -> Cell:
    """One line of the table."""
    means = {name: float(np.mean([getattr(row, name) for row in rows])) for name in MEANS}
    known = [row.success for row in rows if row.success is not None]
    pairs = [(row, by_oneself[row.seed]) for row in rows if row.together and row.seed in by_oneself]
    seconds = [row.seconds for row, _ in pairs], [other.seconds for _, other in pairs]
    scored = [(row.score, other.score) for row, other in pairs]
    lost = [other - score for score, other in scored if score is not None and other is not None]
    ratio = bootstrap(*seconds) if pairs else None
    return Cell(
        task=rows[0].task,
        condition=condition,
        sessions=len(rows),
        **means,
        saved=1 - sum(seconds[0]) / sum(seconds[1]) if pairs else None,
        saved_interval=Interval(1 - ratio.high, 1 - ratio.low) if ratio else None,
        even=break_even(pairs),
        success=float(np.mean(known)) if known else None,
        success_interval=wilson(sum(known), len(known)) if known else None,
        worse=float(np.mean(lost)) if lost else None,
        worse_interval=bootstrap(lost) if lost else None,
    )


def break_even(pairs: Sequence[tuple[Sitting, Sitting]]) -> float | None:
    """From pairs of sessions together and alone: ms of a watched step at which both cost the same."""
    steps = sum(row.by_policy for row, _ in pairs)
    return 1000 * sum(other.seconds - row.acting for row, other in pairs) / steps if steps else None


HEADINGS = (
    "task",
    "condition",
    "sessions",
    "seconds",
    "seconds saved (95 %)",
    "even at, ms a step",
    "own clicks",
    "corrections",
    "accepted",
    "by runs",
    "interventions",
    "all right (95 %)",
    "score lost (95 %)",
)


def cells(one: Cell) -> tuple[str, ...]:
    """A line for the eye, under `HEADINGS`."""
    counts = (f"{getattr(one, name):.1f}" for name in MEANS[2:])
    return (
        one.task,
        one.condition,
        str(one.sessions),
        f"{one.seconds:.1f}",
        spoken(one.saved, one.saved_interval, 100, "{:.0f}", " %"),
        "-" if one.even is None else f"{one.even:,.0f}",
        *counts,
        spoken(one.success, one.success_interval, 100, "{:.0f}", " %"),
        spoken(one.worse, one.worse_interval, 1, "{:.3f}"),
    )


def spoken(value: float | None, interval: Interval | None, by: float, form: str, unit: str = "") -> str:
    """A number with its interval."""
    if value is None or interval is None:
        return "-"
    low, high = (form.format(by * bound) for bound in interval)
    return f"{form.format(by * value)}{unit} ({low} to {high})"


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """What sessions cost in every condition, after what was assumed."""
    lines = cells_of(sittings(rows))
    told = f"{ASSUMED.format(**asdict(Manner()))}\n\n{markdown(HEADINGS, [*map(cells, lines)])}"
    return {"What sessions cost": told} if lines else {}


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """Seconds saved in every condition."""
    return {"saved": drawing(cells_of(sittings(rows)))} if rows else {}


def drawing(lines: Sequence[Cell]) -> "Figure":
    """Seconds saved, with intervals, in every condition: a line for each task."""
    drawn = blank()
    axes = drawn.subplots()
    shown = [line for line in lines if line.saved is not None and line.saved_interval is not None]
    names = list(dict.fromkeys(line.condition for line in shown))
    tasks = list(dict.fromkeys(line.task for line in shown))
    for i, task in enumerate(tasks):
        here = [line for line in shown if line.task == task]
        places = [names.index(line.condition) + 0.12 * (i - (len(tasks) - 1) / 2) for line in here]
        saved = np.array([line.saved for line in here], float)
        bounds = np.array([line.saved_interval for line in here], float).T
        reach = 100 * np.abs(bounds - saved)
        axes.errorbar(places, 100 * saved, reach, fmt="o-", color=INK[i % len(INK)], capsize=3, label=task)
    axes.axhline(0, color="0.6", linewidth=0.8)
    axes.set_xticks(range(len(names)), [name.replace(", ", ",\n") for name in names], fontsize=8)
    axes.set_ylabel("seconds saved, %")
    axes.set_title("Simulated people beside the co-pilot, 95 % intervals", fontsize=10)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return drawn


def findings(rows: Sequence[Row]) -> list[Finding]:
    """Whether a co-pilot saves seconds on a task, and whether the score stays."""
    found = []
    for line in cells_of(sittings(rows)):
        if line.condition != called(True, USUAL) or not line.saved_interval or not line.worse_interval:
            continue
        saved = Rate(line.saved or 0.0, line.saved_interval, line.sessions)
        low, high = line.worse_interval
        kept = Rate(-(line.worse or 0.0), Interval(-high, -low), line.sessions)
        found += [
            Finding(
                f"{line.task}: simulated people need fewer seconds", "-", saved.percent(), above(saved, 0)
            ),
            Finding(
                f"{line.task}: and their score is no lower by more than {LOST}",
                "-",
                f"{kept.plain(3)} against alone",
                above(kept, -LOST),
            ),
        ]
    return found


ASSUMED = """How a simulated person works beside the co-pilot is stated, not measured (`copilot/partner.py`):

- a run shows a step every {frame:.0f} ms, and all of it is watched: watching counts as the person's time;
- where the rule stops the run, the person reads the ghost in {read:.0f} ms and accepts it, with a key of
  {key:.0f} ms, if it is what they would do or no worse: nothing gets wrong by it and no progress is lost;
  else they do their own click in their own time, which comes on top;
- a run never presses Done: the person accepts it, or does not;
- a wrong mark is noticed at once or one to three steps later, as with their own slips; then Escape, and they
  work alone until it is mended; also where {patience} steps in a row brought nothing forward.

"Seconds saved" is of the sum of seconds, by bootstrap over sessions; "score lost" is the mean of the graded
parts alone minus together. An intervention is a stretch of clicks by the person's own hand. "Even at" is the
time a watched step could take until nothing is saved: how far the stated time may be wrong."""

STUDY = Study("effort", jobs, measure, figures, tables, findings)
