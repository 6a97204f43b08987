"""Bodies that look like one that is known, wherever they are in an image, however they bend and cross.

First fronts, by comparing a straight one at every place and in every direction; from each a body is laid on
segment by segment, always the likeliest few go on (beam search). So it is found by its whole look, also where
others lie across it. In the end the best are settled (`body_fit.py`).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from clonotate.tasks.appearance import SEGMENTS, Floats, Image, Look, Place
from clonotate.tasks.body_fit import STIFF, SUPPLE, energy, settled, share

COARSE = 2  # how many times coarser fronts are looked for
FRONT = 0.45  # the share of a body that a front is
DIRECTIONS = np.radians(np.arange(0, 360, 10))
FRONTS = 40  # at the most in an image
APART = 3  # coarse px in which only the best front is taken
TURNS = np.radians(np.arange(-24, 25, 6))  # from one segment to the next
NUDGES = np.array([(x, y, turn) for x in (-2, 0, 2) for y in (-2, 0, 2) for turn in np.radians([-8, 0, 8])])
KEPT = 10  # that go on from every front
SAME = 2.5, math.radians(10)  # px and radians within which bodies so far are the same
FITS = 0.5  # the least fit of a body, and of what is laid on so far, as a share of the same
MOST = 25  # bodies in an image
TWICE = 4.0  # px within which both ends of the same body are
ALONG = 3.0  # px within which two bodies lie on the same


@dataclass(frozen=True, eq=False)
class Bodies:
    """What was found in an image, the best fit first."""

    lines: Floats  # [bodies, SEGMENTS + 1, 2] px
    fits: Floats  # [bodies], 1 where all looks as expected, 0 as bare ground
    shared: Floats  # [bodies, bodies]: how much of both is the same, as a share

    @property
    def ends(self) -> Floats:
        """Front and back: `[bodies, 2, 2]`."""
        return self.lines[:, [0, -1]]

    def end(self, body: int, which: int, longer: float) -> Place:
        """An end of a body, the back so many px farther on, in whole px."""
        last, before = self.lines[body, -1], self.lines[body, -2]
        on = longer * (last - before) / np.linalg.norm(last - before)
        x, y = np.rint(self.lines[body, 0] if which == 0 else last + on).astype(int).tolist()
        return x, y


NONE = Bodies(np.zeros((0, SEGMENTS + 1, 2)), np.zeros(0), np.zeros((0, 0)))


@dataclass(frozen=True, eq=False)
class Beam:
    """Bodies as far as they are laid on."""

    lines: Floats  # [beams, points so far, 2]
    angles: Floats  # [beams] of the last segment, from front to back, radians
    fits: Floats  # [beams]
    origins: NDArray[np.intp]  # [beams], which front each began at

    def __getitem__(self, which: NDArray[np.intp]) -> "Beam":
        return Beam(self.lines[which], self.angles[which], self.fits[which], self.origins[which])

    def __len__(self) -> int:
        return len(self.fits)


def found(image: Image, look: Look) -> Bodies:
    """What in an image looks like one whole animal."""
    beam = laid_on(image, look, started(fronts(image, look)), 0)
    for segment in range(1, SEGMENTS):
        beam = laid_on(image, look, turned(beam), segment)
    lines = beam.lines[distinct(beam.lines, beam.fits)[:MOST]]
    lines, fits = settled(image, look, lines)
    best = distinct(lines, fits)
    return Bodies(lines[best], fits[best], shared(lines[best]))


def distinct(lines: Floats, fits: Floats) -> list[int]:
    """Which of some bodies are to be kept, the best fit first: of those in the same place, the best."""
    ends, chosen = lines[:, [0, -1]], list[int]()
    for one in np.argsort(-fits).tolist():
        if (np.linalg.norm(ends[chosen] - ends[one], axis=-1).max(axis=-1) > TWICE).all():
            chosen.append(one)
    return chosen


def shared(lines: Floats) -> Floats:
    """How much of any two lines lies on the other, the larger share: `[lines, lines]`."""
    points = lines.reshape(-1, 2)
    near = np.linalg.norm(points[:, None] - points, axis=-1) < ALONG
    share = near.reshape(*lines.shape[:2], *lines.shape[:2]).any(axis=3).mean(axis=1)
    return np.asarray(np.maximum(share, share.T))


# Where bodies begin


def fronts(image: Image, look: Look) -> Floats:
    """Where an image looks like the front of a body: x, y, and the way to its back in radians, `[some, 3]`.

    By the sum of squared differences over the front, in all directions at once, by Fourier transforms.
    """
    small = cv2.resize(image, None, fx=1 / COARSE, fy=1 / COARSE, interpolation=cv2.INTER_AREA)
    height, width = small.shape
    side = fft.next_fast_len(max(small.shape) + 2 * reach_of(look), real=True)
    patterns, masks = transforms(look, side)
    seen = fft.rfft2(np.stack([small, small**2]), (side, side))
    unlike = fft.irfft2(seen[1] * masks - 2 * seen[0] * patterns, (side, side))[:, :height, :width]
    least = unlike.min(axis=0)
    rows, columns = np.nonzero(least == cv2.erode(least, np.ones((APART, APART), np.uint8)))
    first = np.argsort(least[rows, columns])[:FRONTS]
    rows, columns = rows[first], columns[first]
    ways = DIRECTIONS[unlike[:, rows, columns].argmin(axis=0)]
    return np.stack([(columns + 0.5) * COARSE - 0.5, (rows + 0.5) * COARSE - 0.5, ways], axis=1)


def reach_of(look: Look) -> int:
    """How far a front goes from its tip, in coarse px."""
    return math.ceil((math.hypot(FRONT * look.length, look.across[-1]) + 1) / COARSE)


@lru_cache(maxsize=8)
def transforms(look: Look, side: int) -> tuple[NDArray[np.complex64], NDArray[np.complex64]]:
    """The Fourier transforms, to correlate with, of fronts in every direction and of what they cover.

    Both `[directions, side, side / 2 + 1]` and divided by what a front differs from the ground.
    """
    patterns, masks = turned_fronts(look)
    reach = reach_of(look)
    padded = np.zeros((2, len(DIRECTIONS), side, side), np.float32)
    padded[:, :, : 2 * reach + 1, : 2 * reach + 1] = patterns, masks
    padded /= np.array([energy(pattern) for pattern in patterns])[:, None, None]
    both = fft.rfft2(np.roll(padded, (-reach, -reach), axis=(2, 3))).conj()
    return both[0], both[1]


def turned_fronts(look: Look) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A straight front in every direction and what it covers, both `[directions, rows, columns]`.

    Its tip lies in the middle.
    """
    step, reach = look.length / len(look.strip), reach_of(look)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32) * COARSE
    cos, sin = (np.array(f(DIRECTIONS), np.float32)[:, None, None] for f in (np.cos, np.sin))
    forth, aside = x * cos + y * sin, x * sin - y * cos
    rows = np.maximum(forth / step - 0.5, 0)
    columns = (aside - look.across[0]) / (look.across[1] - look.across[0])
    on = (forth > -COARSE) & (forth < FRONT * look.length)
    strips, bodies = (
        np.stack([cv2.remap(part, *where, cv2.INTER_LINEAR) for where in zip(columns, rows, strict=True)])
        for part in (look.strip, look.body)
    )
    return strips * on, bodies * on


# How bodies go on


def started(tips: Floats) -> Beam:
    """From every front a few beams a little beside it."""
    begun = (tips[:, None] + NUDGES).reshape(-1, 3)
    origins = np.repeat(np.arange(len(tips)), len(NUDGES))
    return Beam(begun[:, None, :2], begun[:, 2], np.zeros(len(begun)), origins)


def turned(beam: Beam) -> Beam:
    """Every beam goes on in several directions."""
    many = beam[np.repeat(np.arange(len(beam)), len(TURNS))]
    turns = np.tile(TURNS, len(beam))
    return Beam(many.lines, many.angles + turns, many.fits - STIFF * (turns / SUPPLE) ** 2, many.origins)


def laid_on(image: Image, look: Look, beam: Beam, segment: int) -> Beam:
    """The beams with one segment more, the likeliest of them."""
    last = beam.lines[:, -1]
    fits = beam.fits + share(image, look, last, beam.angles, segment)
    ways = np.stack([np.cos(beam.angles), np.sin(beam.angles)], axis=1)
    tips = last + look.length / SEGMENTS * ways
    grown = Beam(np.concatenate([beam.lines, tips[:, None]], axis=1), beam.angles, fits, beam.origins)
    return grown[likeliest(grown, FITS * (segment + 1) / SEGMENTS)]


def likeliest(beam: Beam, least: float) -> NDArray[np.intp]:
    """The best of those that are in the same place, and of these the best few from every front."""
    px, turn = SAME
    cells = np.rint(np.column_stack([beam.lines[:, -1] / px, beam.angles % (2 * np.pi) / turn])).astype(int)
    order = np.argsort(-beam.fits, kind="stable")
    order = order[beam.fits[order] >= least]
    keys = (cells[order] * (1_000_000, 1_000, 1)).sum(axis=1)
    order = order[np.sort(np.unique(keys, return_index=True)[1])]
    by_front = np.argsort(beam.origins[order], kind="stable")
    counts = np.bincount(beam.origins[order])
    ranks = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    return order[by_front[ranks < KEPT]]
