"""Closed loop: a contender works alone on worlds it never saw, until Done or a guard."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from clonotate.episodes.rollout import Guards, rollout
from clonotate.episodes.session import Session
from clonotate.evaluation.contenders import Contender
from clonotate.evaluation.fan_out import fan_out
from clonotate.evaluation.intervals import bootstrap, wilson
from clonotate.records import ClonotateError, Source
from clonotate.screens.layout import layout_named
from clonotate.tasks import task_named


@dataclass(frozen=True)
class Attempt:
    """One episode to be worked through."""

    source: Source
    layout: str
    guards: Guards


How: TypeAlias = Literal["right", "mistake", "early", "unfinished"]
"""How an episode ended: all right; Done over a mark that was wrong; Done too early; never Done."""


@dataclass(frozen=True)
class Row:
    """How one episode went."""

    seed: int
    success: bool
    done: bool  # Done was pressed, rightly or not
    parts: Mapping[str, float]
    steps: int
    invalid: int  # clicks that hit nothing
    looped: bool
    seconds: float
    how: How
    asked: int | None = None  # clicks before it would first have asked; None if it never would


@dataclass(frozen=True)
class ClosedLoop:
    """A contender on one task: one row an episode, and under which conditions."""

    task: str
    level: str
    layout: str
    guards: Guards
    rows: tuple[Row, ...]

    def summary(self) -> dict[str, Any]:
        """Rates in [0, 1] with 95 % intervals: success by Wilson, graded parts by bootstrap over episodes.

        `invalid` is the share of clicks that hit nothing, `loops` the share of episodes that ran in a
        loop, `steps` the mean number of clicks, `asks` what a threshold of confidence would do, `endings` how
        many ended in which way.
        """
        rows, count = self.rows, len(self.rows)
        success = sum(row.success for row in rows)
        steps = [row.steps for row in rows]
        parts = {name: [row.parts[name] for row in rows] for name in rows[0].parts}
        low, high = wilson(success, count)
        return {
            "episodes": count,
            "success": success / count,
            "low": low,
            "high": high,
            "done": sum(row.done for row in rows) / count,
            "endings": {how: sum(row.how == how for row in rows) for how in get_args(How)},
            "parts": {name: float(np.mean(values)) for name, values in parts.items()},
            "parts_intervals": {name: list(bootstrap(values)) for name, values in parts.items()},
            "steps": float(np.mean(steps)),
            "median_steps": float(np.median(steps)),
            "invalid": sum(row.invalid for row in rows) / max(sum(steps), 1),
            "loops": sum(row.looped for row in rows) / count,
            "asks": self.asks() if self.guards.ask else None,
            "seconds": sum(row.seconds for row in rows),
            "rows": [asdict(row) for row in rows],
        }

    def asks(self) -> dict[str, Any]:
        """How often it would have stopped to ask, after how many clicks, and how that would have gone.

        `success_asking` is of the episodes in which it would have asked, had it gone on as it did;
        `success_unasked` of the others.
        """
        asking = [row for row in self.rows if row.asked is not None]
        unasked = [row for row in self.rows if row.asked is None]
        found: dict[str, Any] = {"below": self.guards.ask, "episodes": len(asking) / len(self.rows)}
        found["interval"] = list(wilson(len(asking), len(self.rows)))
        found["median_clicks"] = float(np.median([row.asked for row in asking])) if asking else None
        for name, rows in (("asking", asking), ("unasked", unasked)):
            right = sum(row.success for row in rows)
            found[f"success_{name}"] = right / len(rows) if rows else None
            found[f"success_{name}_interval"] = list(wilson(right, len(rows)))
        return found


def closed_loop(
    contender: Contender,
    task: str,
    episodes: int,
    seed: int,
    level: str = "standard",
    layout: str = "original",
    guards: Guards | None = None,
    workers: int = 1,
    progress: Callable[[Row], None] | None = None,
) -> ClosedLoop:
    """Let a contender annotate the worlds `seed`, `seed + 1`, ...; `progress` hears of every row.

    The outcome does not depend on `workers`. Raises ClonotateError for a task, level or layout that does
    not exist.
    """
    guards = guards or Guards()
    rows = []
    for row in fan_out(attempt, contender, attempts(task, episodes, seed, level, layout, guards), workers):
        rows.append(row)
        if progress:
            progress(row)
    return ClosedLoop(task, level, layout, guards, tuple(rows))


def attempts(task: str, episodes: int, seed: int, level: str, layout: str, guards: Guards) -> list[Attempt]:
    """The episodes of an evaluation; world i has seed `seed + i`."""
    layout_named(layout)
    version = task_named(task, level).version
    if episodes < 1:
        raise ClonotateError(f"an evaluation has one episode or more, not {episodes}")
    return [Attempt(Source(task, level, seed + i, version), layout, guards) for i in range(episodes)]


def attempt(contender: Contender, what: Attempt) -> Row:
    """One episode from its first screen to its end."""
    begun = time.perf_counter()
    session = Session(what.source, what.layout)
    ending = rollout(session, contender.annotator(session, what.source.seed), what.guards)
    score = session.score()
    return Row(
        seed=what.source.seed,
        success=score.success,
        done=session.done,
        parts=dict(score.parts),
        steps=ending.steps,
        invalid=ending.invalid,
        looped=ending.looped,
        seconds=time.perf_counter() - begun,
        how=how(session, score.success),
        asked=ending.asked,
    )


def how(session: Session, success: bool) -> How:
    """The way in which a session ended."""
    if success or not session.done:
        return "right" if success else "unfinished"
    return "mistake" if session.task.standing(session.world).in_error else "early"
