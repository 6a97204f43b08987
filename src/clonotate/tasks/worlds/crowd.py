"""A film of look-alike animals and where their ends are: what animal tracking annotates, and what is so."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clonotate.records import ClonotateError
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.appearance import Place
from clonotate.tasks.worlds.arena import Outline

TOLERANCE = 6.0  # canvas pixels
FRONT, BACK = 0, 1


class Slot(NamedTuple):
    """What is to be marked: one end of one animal in one frame. In order of work."""

    frame: int
    animal: int
    end: int


@dataclass(frozen=True, eq=False)
class Film:
    """What there is to annotate, and the truth where there is one."""

    images: NDArray[np.uint8]  # [frames, 256, 256] grey
    moved: NDArray[np.float32]  # how much they differ from the still ground, grey levels
    ends: NDArray[np.int64] | None  # [frames, animals, 2, 2]: front then back, x then y
    outlines: tuple[Outline, ...]  # round each animal in the first frame; none where nobody knows
    animals: int
    kind: str = ""  # which animals, where they are made up

    @cached_property
    def truth(self) -> dict[Slot, Place]:
        """Where every end is; ClonotateError without tracks."""
        if self.ends is None:
            raise ClonotateError(
                "this film has no tracks, so no expert and no score; let a policy annotate it"
            )
        return {
            Slot(t, a, e): (int(x), int(y))
            for t, animals in enumerate(self.ends)
            for a, ends in enumerate(animals)
            for e, (x, y) in enumerate(ends)
        }

    @cached_property
    def gaps(self) -> tuple[float, ...]:
        """How near any two animals come in each frame, in px between their axes."""
        axes = [[[self.truth[Slot(t, a, e)] for e in (0, 1)] for a in self.who] for t in self.when]
        return tuple(map(nearest, axes))

    @property
    def who(self) -> range:
        return range(self.animals)

    @property
    def when(self) -> range:
        return range(len(self.images))


def nearest(animals: list[list[Place]]) -> float:
    """The least distance between the axes, front to back, of any two animals; infinite for one."""
    share = np.linspace(0, 1, 7)[:, None]
    axes = [share * np.array(front) + (1 - share) * np.array(back) for front, back in animals]
    pairs = [(a, b) for i, a in enumerate(axes) for b in axes[:i]]
    return min((float(np.hypot(*(a[:, None] - b[None]).T).min()) for a, b in pairs), default=math.inf)


def capsule(front: NDArray[np.int64], back: NDArray[np.int64]) -> Outline:
    """An ellipse round an animal of which only the ends are known."""
    middle, half = (front + back) / 2, (front - back) / 2
    side = half[::-1] * (1, -1) * 0.35
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)[:, None]
    ring = np.rint(middle + 1.15 * (np.cos(turn) * half + np.sin(turn) * side)).clip(1, CANVAS - 2)
    return tuple((int(x), int(y)) for x, y in ring)
