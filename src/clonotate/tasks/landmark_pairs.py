"""Pairs of landmarks and what they say: the map that they fit, how far it is off, and which of them are bad.

A pair is a click in channel A and one on the same thing in B.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.screens.widgets import CANVAS
from clonotate.tasks.worlds.channels import Channels
from clonotate.tasks.worlds.maps import Matrix, Places, apply, fitted

TOLERANCE = 3.0  # mean error over the canvas, px
PAIR_TOLERANCE = 4.0  # between a click in B and the counterpart of the one in A, px
ON_SPOT = 5.0  # a landmark is clicked so close to a thing that both channels show, px
APART = 25.0  # landmarks closer than this say the same twice, px
Channel = Literal["A", "B", "overlay"]
Place = tuple[int, int]
GRID = np.stack(np.meshgrid(*[np.linspace(0, CANVAS - 1, 9)] * 2), axis=-1).reshape(-1, 2)
"""Places all over the canvas where a map is compared with another."""


@dataclass(frozen=True, eq=False)
class World:
    pictures: Channels
    pairs: int  # how many are asked for
    channel: Channel = "A"
    clicks: tuple[Place, ...] = ()  # in A, in B, in A, in B and so on

    @property
    def pending(self) -> Place | None:
        """The click in A that has no counterpart yet."""
        return self.clicks[-1] if len(self.clicks) % 2 else None

    @property
    def full(self) -> bool:
        """All pairs that are asked for are there."""
        return len(self.clicks) == 2 * self.pairs

    @cached_property
    def matched(self) -> tuple[Places, Places]:
        """The complete pairs: float64 `[n, 2]` in A and in B."""
        clicks = np.array(self.clicks[: len(self.clicks) // 2 * 2], float).reshape(-1, 2, 2)
        return clicks[:, 0], clicks[:, 1]

    @cached_property
    def fit(self) -> Matrix:
        """The map that the complete pairs say."""
        return fitted(*self.matched, self.pictures.affine)

    @cached_property
    def error(self) -> float:
        """How far the fit is off, px: the mean over the canvas."""
        return float(np.linalg.norm(apply(self.fit - self.pictures.truth, GRID), axis=1).mean())

    @cached_property
    def overlay(self) -> NDArray[np.uint8]:
        """A in magenta and B, brought to A by the fit, in green: uint8 `[256, 256, 3]`."""
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        second = cv2.warpAffine(self.pictures.second, self.fit, (CANVAS, CANVAS), flags=flags)
        return np.asarray(cv2.merge([self.pictures.first, second, self.pictures.first]))

    def counterpart(self, at: Place) -> Place:
        """Where in B the thing at a place of A is."""
        x, y = apply(self.pictures.truth, np.array(at, float)).round().clip(0, CANVAS - 1)
        return int(x), int(y)

    @cached_property
    def off_landmark(self) -> tuple[int, ...]:
        """Clicks in A, as indices, that lie on nothing, or next to an earlier one."""
        firsts = self.clicks[::2]
        return tuple(
            2 * i
            for i, at in enumerate(firsts)
            if gap(at, self.pictures.shared) > ON_SPOT or any(math.dist(at, b) < APART for b in firsts[:i])
        )

    @cached_property
    def off_counterpart(self) -> tuple[int, ...]:
        """Clicks in B, as indices, that do not lie on the counterpart of the one in A."""
        pairs = zip(self.clicks[::2], self.clicks[1::2], strict=False)
        off = [math.dist(self.counterpart(a), b) > PAIR_TOLERANCE for a, b in pairs]
        return tuple(2 * i + 1 for i, wrong in enumerate(off) if wrong)


def wanted(world: World) -> Channel:
    """The channel that the next click goes to."""
    return "A" if world.pending is None else "B"


def expected(world: World) -> Place | None:
    """Where in B the pairs so far say that the pending click lies: at first, where it lies in A."""
    if world.pending is None:
        return None
    x, y = apply(world.fit, np.array(world.pending, float)).round().clip(0, CANVAS - 1)
    return int(x), int(y)


def following(world: World) -> Place:
    """The landmark nearest to the middle that no pair has taken: a turn moves it least."""
    firsts = world.clicks[::2]
    free = [at for at in world.pictures.landmarks if all(math.dist(at, a) >= APART for a in firsts)]
    x, y = min(free, key=lambda at: math.dist(at, (CANVAS / 2, CANVAS / 2)))
    return round(x), round(y)


def gap(at: Place, places: Places) -> float:
    """How far the nearest of `places` is, px."""
    return float(np.linalg.norm(places - at, axis=1).min())


def faulty(world: World) -> bool:
    """Whether the last click is bad."""
    return len(world.clicks) - 1 in world.off_landmark + world.off_counterpart


def weakest(world: World) -> int:
    """The click to undo down to where all pairs are fair and yet the fit is not: ill spread, or inexact."""
    firsts, seconds = world.matched
    for i, at in enumerate(world.clicks[::2]):
        if gap(at, world.pictures.landmarks) > 2 * ON_SPOT:
            return 2 * i
    return 2 * int(np.linalg.norm(apply(world.pictures.truth, firsts) - seconds, axis=1).argmax())


def rms(world: World) -> float:
    """The root mean square distance between the clicks in B and those in A brought there by the fit, px."""
    firsts, seconds = world.matched
    return float(np.sqrt(((apply(world.fit, firsts) - seconds) ** 2).sum(axis=1).mean()))
