"""Episodes as lessons for a network: screens, the clicks that led to them, and the clicks to make."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clonotate.episodes.replay import replay
from clonotate.episodes.session import Session
from clonotate.records import Click, Episode, Event, Step
from clonotate.screens.pointing import hit, locate

NO_CLICK = (-1, -1)
Part = Callable[[int], slice]
"""Which steps a lesson has of an episode that is so many steps long."""
CORRECTION = 3.0
"""What a person's correction of a policy counts in the loss; any other click counts 1."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """One episode to learn from, T steps long."""

    screens: NDArray[np.uint8]  # [T, height, width, 3]
    past: NDArray[np.int64]  # [T, 2]: x, y of the click that led to each screen; NO_CLICK at the first
    clicks: NDArray[np.int64]  # [T, 2]: x, y to learn: the advice where there is any, else what was clicked
    weight: NDArray[np.float32]  # [T]: how much each step counts in the loss
    kinds: tuple[str, ...]  # what kind of action each step is, for metrics; "" where unknown
    ahead: NDArray[np.uint8] | None = None  # [T, rows, columns]: what is drawn later on, as in `hindsight`


def whole(steps: int) -> slice:
    """The part that is all of it."""
    return slice(0, steps)


def lesson(episode: Episode, world: Any = None, notice: int = 0, part: Part = whole) -> Lesson:
    """Render an episode, or part of it, and set what is to be learnt beside it.

    The target is the advice: a policy sees slips and trembling hands, and their repair, without learning
    them (DAgger has the same form: the learner's states, the expert's actions). Where nobody advised, it is
    what a person's click means, unless that was undone later on. `world` is needed on real data. Above 0,
    `notice` leaves out what to do about mistakes of a policy that are older than so many clicks.
    """
    frames, events, aims = [], [], []
    some = part(len(episode.steps))
    shown = range(len(episode.steps))[some]
    for i, (session, step) in enumerate(zip(replay(episode, world), episode.steps, strict=False)):
        event = hit(session.view, session.layout, step.click)
        if i in shown:
            frames.append(session.screen)
        events.append(event)
        aims.append(pair(step.advice or steady(session, step.click, event)))
    taken = undone(events)
    weight = [worth(step, i in taken) for i, step in enumerate(episode.steps)]
    if notice:
        weight = [0.0 if old > notice else one for one, old in zip(weight, ages(episode.steps), strict=True)]
    made = of_frames(frames, episode.steps, some)
    clicks, counts = np.array(aims, np.int64), np.array(weight, np.float32)
    return replace(made, clicks=clicks[some], weight=counts[some])


def of_frames(frames: list[NDArray[np.uint8]], steps: Sequence[Step], some: slice = slice(None)) -> Lesson:
    """A lesson of screens already rendered, one for each of `some` steps, all of the same weight."""
    made = [pair(step.click) for step in steps]
    return Lesson(
        screens=np.stack(frames),
        past=np.array([NO_CLICK, *made[:-1]], np.int64)[some],
        clicks=np.array([pair(step.advice or step.click) for step in steps[some]], np.int64),
        weight=np.ones(len(frames), np.float32),
        kinds=tuple(step.label.kind if step.label else "" for step in steps[some]),
    )


def excerpt(steps: int, middle: int, length: int) -> slice:
    """At most `length` steps in a row of so many, round step `middle` as far as the ends allow."""
    first = min(max(middle - length // 2, 0), max(steps - length, 0))
    return slice(first, first + length)


def steady(session: Session, click: Click, event: Event | None) -> Click:
    """A click without the chance of the hand, as far as its meaning tells: in the middle of its button."""
    if event is None or event.at is not None:
        return click
    return locate(session.view, session.layout, event)


def worth(step: Step, undone: bool) -> float:
    """How much a step counts in the loss: what a policy did in a run teaches it nothing, a correction most.

    With an expert's label every step counts the same: its advice says what to do, whoever clicked.
    """
    if step.advice is not None or (step.label is not None and step.by in ("virtual", "policy")):
        return 1.0
    if undone or step.by == "policy":
        return 0.0
    return CORRECTION if step.by == "correction" else 1.0


def ages(steps: Sequence[Step]) -> list[int]:
    """At each step how many clicks ago the mistake was made that still stands; 0 where none does.

    All 0 where no policy acted: people notice their own mistakes, and look for them before Done. Of a policy
    that errs unknowingly the expert asks what its screens do not tell: not Done yet, go back, undo this.
    """
    found, age = [], 0
    practised = any(step.by == "policy" for step in steps)
    for step in steps:
        age = age + 1 if practised and step.label is not None and step.label.in_error else 0
        found.append(age)
    return found


def undone(events: Sequence[Event | None]) -> frozenset[int]:
    """The clicks on the canvas that a later Undo took back, by their places in a session."""
    standing: list[int] = []
    taken = []
    for i, event in enumerate(events):
        if event is not None and event.at is not None:
            standing.append(i)
        elif event is not None and event.widget == "undo" and standing:
            taken.append(standing.pop())
    return frozenset(taken)


def pair(click: Click) -> tuple[int, int]:
    """A click as (x, y)."""
    return click.x, click.y
