"""Outlines of shapes: their contour, how a hand walks around it vertex by vertex, and how good a polygon is.

The walk is canonical, so that it can be learnt: from the topmost point clockwise, each vertex as far along as
a straight line still keeps to the contour.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Point = tuple[int, int]  # x, y in canvas pixels
Floats = NDArray[np.float64]

KEEPS = 5.0  # px that the contour may stray from the line between two vertices, less round a thin shape
SHORTEST, LONGEST = 10, 70  # px of contour between two vertices
NEAR = 6.0  # px from the contour within which a vertex lies on it
SLACK = 0.25  # share of a shape's area that a polygon of right edges may miss or add, at most
SMOOTH = 15  # px of contour over which its pixel steps are evened out


@dataclass(frozen=True, eq=False)
class Outline:
    """The one shape of a mask. Positions on its contour are in px along it, clockwise from the topmost."""

    mask: NDArray[np.bool_]  # [height, width]
    contour: Floats  # [length, 2]: x, y, one px apart

    @cached_property
    def slack(self) -> float:
        """How far, in the mean, the contour may lie from an edge: then IoU is at least 1 - `SLACK`."""
        return SLACK * float(self.mask.sum()) / len(self.contour)

    @cached_property
    def keeps(self) -> float:
        """How far the contour may stray, at most, from an edge that a careful hand draws."""
        return min(KEEPS, 1.0 * self.slack)

    def at(self, position: int) -> Point:
        """The pixel at a position."""
        x, y = self.contour[position % len(self.contour)]
        return round(float(x)), round(float(y))

    def onward(self, position: int) -> int:
        """The position of the next vertex: as far as a line from this one keeps to the contour."""
        arc = self.contour[np.arange(position, position + LONGEST + 1) % len(self.contour)]
        arc = arc - arc[0]
        chords = arc[SHORTEST:] / np.hypot(*arc[SHORTEST:].T)[:, None]
        strays = np.abs(chords[:, :1] * arc[:, 1] - chords[:, 1:] * arc[:, 0])
        passed = np.arange(LONGEST + 1) <= np.arange(SHORTEST, LONGEST + 1)[:, None]
        keeps = (strays * passed).max(axis=1) <= self.keeps
        return position + SHORTEST + (len(keeps) if keeps.all() else max(int(keeps.argmin()), 1)) - 1

    def follow(self, vertices: tuple[Point, ...]) -> tuple[int, ...]:
        """Positions of the vertices, from the first on as long as they go clockwise along the contour."""
        if not vertices:
            return ()
        away = np.hypot(*(self.contour - vertices[0]).T)
        positions = [int(away.argmin())] if away.min() <= NEAR else []
        for before, vertex in zip(vertices, vertices[1:] if positions else (), strict=False):
            position = step(self, positions[-1], before, vertex)
            if position is None or position >= positions[0] + len(self.contour):
                break
            positions.append(position)
        return tuple(positions)

    def around(self, positions: tuple[int, ...]) -> bool:
        """Whether a line from the last vertex back to the first would end the walk well."""
        if len(positions) < 3:
            return False
        end = positions[0] + len(self.contour)
        return end - positions[-1] <= SHORTEST or self.onward(positions[-1]) >= end

    def overlap(self, vertices: tuple[Point, ...]) -> float:
        """Intersection over union of the mask and a closed polygon, in [0, 1]."""
        drawn = np.zeros(self.mask.shape, np.uint8)
        cv2.fillPoly(drawn, [np.array(vertices, np.int32)], 1)
        polygon = drawn > 0
        return float((polygon & self.mask).sum() / (polygon | self.mask).sum())


@lru_cache(maxsize=256)  # the vertices that stand are judged anew at every step
def step(outline: Outline, position: int, before: Point, vertex: Point) -> int | None:
    """The position of a vertex placed after the one at `position`; None where its edge is wrong."""
    ahead = np.arange(position, position + 2 * LONGEST)
    arc = outline.contour[ahead % len(outline.contour)]
    away = np.hypot(*(arc - vertex).T)
    edge = np.subtract(vertex, before)
    length = float(np.hypot(*edge))
    if length < 1:
        return None
    x, y = (arc - before).T
    strays = np.cumsum(np.abs(x * edge[1] - y * edge[0]) / length) / np.arange(1, len(arc) + 1)
    right = (away <= NEAR) & (strays <= outline.slack)  # of both sides of a hairpin, the one that was meant
    right[: SHORTEST // 2] = False
    return position + int(np.where(right, away, np.inf).argmin()) if right.any() else None


def outline_of(mask: NDArray[np.bool_]) -> Outline | None:
    """The outline of the largest shape of a mask, its holes filled; None where there is none."""
    shapes, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(shapes, key=cv2.contourArea, default=None)
    if largest is None or cv2.arcLength(largest, closed=True) <= 3 * LONGEST:
        return None
    filled = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(filled, [largest], -1, 1, cv2.FILLED)
    return Outline(filled > 0, walked(largest[:, 0].astype(np.float64)))


def walked(contour: Floats) -> Floats:
    """A contour smoothed, with points one px apart, clockwise on the screen from the topmost."""
    padded = np.concatenate([contour[-SMOOTH:], contour, contour[:SMOOTH]])
    kernel = np.hanning(SMOOTH + 2)[1:-1]
    even = np.stack([np.convolve(axis, kernel / kernel.sum(), mode="same") for axis in padded.T], axis=1)
    even = even[SMOOTH:-SMOOTH]
    x, y = even.T
    if (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() < 0:  # y points down: positive is clockwise
        even = even[::-1]
    even = np.roll(even, -int(even[:, 1].argmin()), axis=0)
    closed = np.concatenate([even, even[:1]])
    far = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    points = np.linspace(0, far[-1], max(int(far[-1]), 1), endpoint=False)
    return np.stack([np.interp(points, far, axis) for axis in closed.T], axis=1)
