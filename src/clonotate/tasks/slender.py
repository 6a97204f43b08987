"""Where slender animals are, as a tool finds them that has learnt no animal, and which of them is whose.

What differs from the median of all frames is something that moves (background subtraction, as in TRex or
FIMTrack). Inside of it, a body goes from a thin tip as far as most bodies of the film are long, and ends
there where it is thick. So bodies that touch or cross are told apart, unless a tip or a head lies on another.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

Place = tuple[int, int]  # x, y in pixels
Floats = NDArray[np.float64]

BLUR = 0.7  # px that the difference from the ground is smoothed by
FAINTEST = 0.5  # grey levels that the noise is taken for at the least
LOW, HIGH = 4.0, 8.0  # standard deviations of the noise: what belongs to a blob, and what every blob has
LEAST, MOST = 60, 6_000  # px that a blob covers: less is grain, more is a ground that is not still
SLENDER = 10.0  # px from the outline to the innermost place, at the most in nine of ten blobs of a film
ARM = 7  # px along an outline over which it turns
HEAD, CAP, TIP = 12.0, 6.0, 2.0  # px of the way along a body: how much is its head, its front, its back
LENGTHS = 0.08  # how far, as a share, a body may be shorter or longer than most
BLUNT, TAPERED = 0.8, 1.5  # of the usual size: the least head, and the largest tip
FAR = 40.0  # px at the most between a pose and where it is expected
CLEAR = 8.0  # px that any other pair of poses is farther apart


class Pose(NamedTuple):
    """Both ends of an animal."""

    front: Place
    back: Place


class Build(NamedTuple):
    """How long a body is inside, in px, and how many px are near its front and its back."""

    length: float
    head: float
    tail: float


class Body(NamedTuple):
    """What may be an animal."""

    pose: Pose
    build: Build


@dataclass(frozen=True, eq=False)
class Blob:
    """Pixels that move together, each linked to its eight neighbours."""

    x: NDArray[np.intp]
    y: NDArray[np.intp]
    links: csr_array
    depth: float  # px from the outline to the innermost place
    outline: Floats  # clockwise on the screen, [points, 2]

    def ways(self, start: int) -> Floats:
        """How far it is inside of the blob from one pixel to every other, px."""
        return np.asarray(dijkstra(self.links, directed=False, indices=start))

    def at(self, x: float, y: float) -> int:
        """The pixel nearest to a place."""
        return int(np.hypot(self.x - x, self.y - y).argmin())

    def middle(self, pixels: NDArray[np.bool_]) -> Place:
        """The middle of some of its pixels."""
        return round(float(self.x[pixels].mean())), round(float(self.y[pixels].mean()))

    @cached_property
    def extremes(self) -> tuple[int, int, float]:
        """The two pixels farthest apart, as one goes, and how far."""
        one = int(self.ways(0).argmax())
        ways = self.ways(one)
        return one, int(ways.argmax()), float(ways.max())


def poses(images: NDArray[np.uint8]) -> tuple[tuple[Pose, ...], ...]:
    """The slender animals found in every frame of a film, uint8 `[frames, height, width]`.

    None in a film of fewer than three frames, the ground of which is not known, and none where the animals
    are not slender.
    """
    found = [list(blobs(moved)) for moved in standing_out(images)] if len(images) > 2 else []
    everything = [blob for frame in found for blob in frame]
    if not everything or np.percentile([blob.depth for blob in everything], 90) > SLENDER:
        return ((),) * len(images)
    length = float(np.median([blob.extremes[2] for blob in everything]))
    candidates = [[body for blob in frame for body in bodies(blob, length)] for frame in found]
    usual = typical(length, [body.build for frame in candidates for body in frame])
    return tuple(likely(frame, usual) for frame in candidates)


# What moves


def standing_out(images: NDArray[np.uint8]) -> Floats:
    """How much every pixel differs from the ground, in standard deviations of the noise."""
    shots = images.astype(np.float32)
    ground = np.median(shots, axis=0)
    moved = np.abs(np.stack([cv2.GaussianBlur(shot - ground, (0, 0), BLUR) for shot in shots]))
    return np.asarray(moved / max(1.4826 * float(np.median(moved)), FAINTEST), float)


def blobs(moved: Floats) -> Iterator[Blob]:
    """What moves in one frame and is large enough."""
    covered = (moved > LOW).astype(np.uint8)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(covered)
    depths = cv2.distanceTransform(covered, cv2.DIST_L2, 3)
    for label, (x, y, width, height, area) in zip(range(1, count), boxes[1:].tolist(), strict=True):
        box = np.s_[y : y + height, x : x + width]
        mask = labels[box] == label
        if LEAST < area < MOST and moved[box][mask].max() > HIGH:
            yield blob_of(mask, (x, y), float(depths[box][mask].max()))


def blob_of(mask: NDArray[np.bool_], corner: Place, depth: float) -> Blob:
    """A blob from its pixels in a box, the corner of which lies at a place."""
    (down, across), (x, y) = np.nonzero(mask), corner
    number = np.full((mask.shape[0] + 1, mask.shape[1] + 2), -1)
    number[down, across + 1] = np.arange(len(across))
    pairs, ways = [], []
    for dx, dy in ((1, 0), (0, 1), (1, 1), (-1, 1)):
        other = number[down + dy, across + 1 + dx]
        pairs.append(np.stack([np.arange(len(across)), other])[:, other >= 0])
        ways.append(np.full(pairs[-1].shape[1], math.hypot(dx, dy)))
    links = coo_array((np.concatenate(ways), np.hstack(pairs)), shape=(len(across),) * 2).tocsr()
    lines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return Blob(across + x, down + y, links, depth, lines[0][:, 0].astype(float) + corner)


# What a body is


def bodies(blob: Blob, length: float) -> Iterator[Body]:
    """What in a blob goes from a tip about as far as bodies are long, and ends there."""
    for start in {*blob.extremes[:2], *(blob.at(*tip) for tip in tips(blob.outline))}:
        ways = blob.ways(start)
        for branch in branches(blob, ways >= (1 - 2 * LENGTHS) * length - CAP):
            reach = float(ways[branch].max())
            front = blob.middle(branch & (ways >= reach - CAP))
            head, tail = (np.count_nonzero(part) for part in (branch & (ways >= reach - HEAD), ways < HEAD))
            yield Body(Pose(front, blob.middle(ways <= TIP)), Build(reach, float(head), float(tail)))


def branches(blob: Blob, chosen: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    """The connected parts of the pixels chosen."""
    picture = np.zeros((blob.y.max() + 1, blob.x.max() + 1), np.uint8)
    picture[blob.y[chosen], blob.x[chosen]] = 1
    count, labels = cv2.connectedComponents(picture)
    return ((labels[blob.y, blob.x] == label) for label in range(1, count))


def tips(outline: Floats) -> list[Place]:
    """Where an outline turns back within a few px, the sharpest turn first."""
    line = (np.roll(outline, 1, 0) + outline + np.roll(outline, -1, 0)) / 3
    before, after = np.roll(line, ARM, 0) - line, np.roll(line, -ARM, 0) - line
    arms = np.hypot(*before.T) * np.hypot(*after.T) + 1e-6
    outward = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0] > 0
    sharp = np.where(outward, (before * after).sum(1) / arms, -1)
    found: list[Place] = []
    while sharp.max() > 0:
        at = int(sharp.argmax())
        found.append((round(line[at, 0]), round(line[at, 1])))
        sharp[np.arange(at - ARM, at + ARM + 1) % len(line)] = -1
    return found


def typical(length: float, builds: Sequence[Build]) -> Build:
    """How those are built that are about as long and surely have a head; one that nothing is like without."""
    sure = [one for one in builds if abs(one.length / length - 1) < LENGTHS / 2 and one.head > 1.3 * one.tail]
    if not sure:
        return Build(length, math.inf, 0.0)
    return Build(length, *(float(np.median(sizes)) for sizes in list(zip(*sure, strict=True))[1:]))


def likely(candidates: Sequence[Body], usual: Build) -> tuple[Pose, ...]:
    """The poses of those built as most are, each once."""
    found: list[Pose] = []
    for pose, (length, head, tail) in candidates:
        fits = abs(length / usual.length - 1) < LENGTHS and BLUNT * usual.head < head > tail
        if fits and tail < TAPERED * usual.tail and all(between(pose, other) > CLEAR / 2 for other in found):
            found.append(pose)
    return tuple(found)


# Whose it is


def claimed(expected: Sequence[Pose], found: Sequence[Pose], which: int) -> Pose | None:
    """Of the poses found the one that is surely where one of those expected should be; else None.

    By the least-cost assignment of all; sure is what is near, and nearer than any other pair of either.
    """
    if not found:
        return None
    costs = np.array([[between(one, other) for other in found] for one in expected])
    rows, columns = (side.tolist() for side in linear_sum_assignment(costs))
    mine = dict(zip(rows, columns, strict=True)).get(which)
    if mine is None:
        return None
    rivals = np.concatenate([np.delete(costs[which], mine), np.delete(costs[:, mine], which), [np.inf]])
    sure = costs[which, mine] <= min(FAR, rivals.min() - CLEAR)
    return found[mine] if sure else None


def between(one: Pose, other: Pose) -> float:
    """How far two poses are apart, as the mean of both ends, px."""
    return (math.dist(one.front, other.front) + math.dist(one.back, other.back)) / 2
