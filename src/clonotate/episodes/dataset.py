"""Episodes as lessons for a network: screens, the clicks that led to them, and the clicks to make."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clonotate.episodes.replay import replay
from clonotate.records import Click, Episode, Step

NO_CLICK = (-1, -1)


@dataclass(frozen=True, eq=False)
class Lesson:
    """One episode to learn from, T steps long."""

    screens: NDArray[np.uint8]  # [T, height, width, 3]
    past: NDArray[np.int64]  # [T, 2]: x, y of the click that led to each screen; NO_CLICK at the first
    clicks: NDArray[np.int64]  # [T, 2]: x, y to learn: the advice where there is any, else what was clicked
    weight: NDArray[np.float32]  # [T]: how much each step counts in the loss
    kinds: tuple[str, ...]  # what kind of action each step is, for metrics; "" where unknown


def lesson(episode: Episode, world: Any = None, layout: str | None = None) -> Lesson:
    """Render an episode and set what is to be learnt beside it.

    The target is the advice: a policy sees slips and trembling hands, and their repair, without learning
    them (DAgger has the same form: the learner's states, the expert's actions).
    """
    frames = []
    for session, _ in zip(replay(episode, world, layout), episode.steps, strict=False):
        frames.append(session.screen)
    return of_frames(frames, episode.steps)


def of_frames(frames: list[NDArray[np.uint8]], steps: tuple[Step, ...] | list[Step]) -> Lesson:
    """A lesson of screens already rendered, one a step."""
    made = [pair(step.click) for step in steps]
    return Lesson(
        screens=np.stack(frames),
        past=np.array([NO_CLICK, *made[:-1]], np.int64),
        clicks=np.array([pair(step.advice or step.click) for step in steps], np.int64),
        weight=np.ones(len(steps), np.float32),
        kinds=tuple(step.label.kind if step.label else "" for step in steps),
    )


def pair(click: Click) -> tuple[int, int]:
    """A click as (x, y)."""
    return click.x, click.y
