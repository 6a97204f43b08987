"""Habits of one person: fitted to figures, or to recorded sessions and held against them.

    clonotate fit-habits sessions.parquet --json habits.json

Colored dots at the standard level, as in `humans.py`: the figures of the published study, of many stacks.
Care, slips, how late these are noticed and glances are searched by the cross-entropy method (de Boer et al.
2005); the pace is read off the times. The tremor of a hand leaves no trace in figures, so it stays as it is.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp

from clonotate.annotators.virtual import MEDIAN_MS, Habits, sample_habits
from clonotate.episodes.replay import replay
from clonotate.records import ClonotateError, Episode, Kind
from clonotate.screens.pointing import hit
from clonotate.studies.humans import PUBLISHED, TASK, figures, person

SEARCHED = ("care", "mistake", "late", "glance")
ROUNDS, ELITE = 4, 0.15  # generations, and which share of each the next is drawn from
LEAST = 5  # episodes to compare; with fewer nothing could ever differ
KINDS: dict[str, Kind] = {
    "canvas": "place",
    "+z": "navigate",
    "-z": "navigate",
    "mip": "verify",
    "undo": "undo",
    "done": "done",
}
Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fit:
    """Habits that come near the figures that were wanted, and how well."""

    habits: Habits
    spread: Mapping[str, float]  # of each searched habit where the search ended: no interval of confidence
    wanted: Figures
    reached: Figures  # on worlds that the search did not see


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of recorded sessions and of as many fitted ones: a two-sample Kolmogorov-Smirnov test."""

    figure: str
    recorded: float  # mean over sessions
    fitted: float
    distance: float
    p: float  # Holm-corrected over the figures


def read_figures(path: Path) -> dict[str, float]:
    """Figures of a person from a JSON object; ClonotateError for what is none of `humans.PUBLISHED`."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        found = {str(name): float(value) for name, value in said.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ClonotateError(f"{path} is no JSON object of figures: {error}") from None
    if not found or not found.keys() <= PUBLISHED.keys() or not np.isfinite(list(found.values())).all():
        raise ClonotateError(f"{path} should hold finite numbers by name, of: {', '.join(PUBLISHED)}")
    return found


def fitted(
    wanted: Figures,
    people: int = 60,
    stacks: int = 3,
    seed: int = 0,
    progress: Callable[[], None] = lambda: None,
) -> Fit:
    """The habits whose figures come nearest, each figure in spreads of the population."""
    rng = np.random.default_rng(seed)
    first = [sample_habits(rng) for _ in range(people)]
    habits, scale = first, np.ones(len(wanted))
    elite = np.empty((0, len(SEARCHED)))
    for generation in range(ROUNDS):
        reached = []
        for i, one in enumerate(habits):
            begin = seed + (generation * people + i) * stacks
            reached.append(chosen(person(one, range(begin, begin + stacks)), wanted))
            progress()
        table = np.array(reached)
        scale = np.maximum(table.std(axis=0), 1e-6) if generation == 0 else scale
        off = (((table - list(wanted.values())) / scale) ** 2).mean(axis=1)
        best = np.argsort(off)[: max(int(ELITE * people), 3)]
        elite = np.array([searched(habits[i]) for i in best])
        habits = [near(elite, rng) for _ in range(people)]
    found = of_values(elite.mean(axis=0))
    fresh = seed + ROUNDS * people * stacks
    spread = dict(zip(SEARCHED, elite.std(axis=0).tolist(), strict=True))
    return Fit(found, spread, wanted, person(found, range(fresh, fresh + 4 * stacks)))


def chosen(found: Figures, wanted: Figures) -> list[float]:
    """Those figures that are wanted, in their order."""
    return [found[name] for name in wanted]


def searched(habits: Habits) -> list[float]:
    """What is searched of habits."""
    return [float(getattr(habits, name)) for name in SEARCHED]


def near(elite: NDArray[np.float64], rng: np.random.Generator) -> Habits:
    """Habits drawn about the best ones."""
    return of_values(rng.normal(elite.mean(axis=0), elite.std(axis=0) + 0.01))


def of_values(values: NDArray[np.float64]) -> Habits:
    """Habits of searched values, kept among those that a person may have."""
    most = {"mistake": 0.5, "glance": 0.6}
    clipped = {n: float(np.clip(v, 0, most.get(n, 1))) for n, v in zip(SEARCHED, values, strict=True)}
    return replace(Habits(), **clipped)


def recorded(episodes: Sequence[Episode]) -> tuple[list[dict[str, float]], float]:
    """The figures of every session, and the pace: how many median times a click takes, at the median.

    ClonotateError for fewer than `LEAST` finished sessions of the task at its standard level.
    """
    usable = [e for e in episodes if e.source.task == TASK and e.source.level == "standard" and e.done]
    usable = [episode for episode in usable if not episode.source.data]
    if len(usable) < LEAST:
        raise ClonotateError(
            f"{len(usable)} finished sessions of {TASK} at standard level; at least {LEAST} are needed"
        )
    found, times = [], []
    for episode in usable:
        targets: Counter[str] = Counter()
        before = 0
        for session, step in zip(replay(episode), episode.steps, strict=False):
            event = hit(session.view, session.layout, step.click)
            if event is not None:
                targets[event.widget] += 1
                times.append((step.ms - before) / MEDIAN_MS[KINDS[event.widget]])
            before = step.ms
        found.append(figures(targets, int(bool(episode.score and episode.score.success)), 1))
    return found, float(np.median(times))


def pooled(sessions: Sequence[Figures]) -> dict[str, float]:
    """The mean of every figure over sessions."""
    return {name: float(np.mean([one[name] for one in sessions])) for name in PUBLISHED}


def compared(sessions: Sequence[Figures], habits: Habits, seed: int) -> list[Comparison]:
    """Recorded sessions against as many of fitted habits, figure by figure."""
    made = [person(habits, [seed + i]) for i in range(max(len(sessions), 20))]
    rows = []
    for name in PUBLISHED:
        theirs, ours = ([one[name] for one in group] for group in (sessions, made))
        test = ks_2samp(theirs, ours)
        distance, p = float(test.statistic), float(test.pvalue)
        rows.append(Comparison(name, float(np.mean(theirs)), float(np.mean(ours)), distance, p))
    order = sorted(range(len(rows)), key=lambda i: rows[i].p)
    least = 0.0
    for place, i in enumerate(order):  # Holm 1979
        least = max(least, min(1.0, rows[i].p * (len(rows) - place)))
        rows[i] = replace(rows[i], p=least)
    return rows


def as_dict(fit: Fit, rows: Sequence[Comparison]) -> dict[str, Any]:
    """A fit and its test in plain JSON values."""
    return asdict(fit) | {"compared": [asdict(row) for row in rows]}
