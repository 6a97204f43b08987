"""How well a body fits an image, and what is found there settled: moved and bent while it fits better.

A body is a chain of equal segments. Laid on one by one they turn in coarse steps, from a front on a coarse
grid, and where an early one lies a little off, all later ones do. So the best are moved, turned and bent as
a whole afterwards, in ever smaller steps (hill climbing).
"""

import math

import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.appearance import FINE, SEGMENTS, Floats, Image, Look, read

SUPPLE = math.radians(12)  # that segments usually turn by
STIFF = 0.01  # what of the fit it costs to turn by so much
EXCESS = 0.7  # how much it counts if a place differs more than expected, as where bodies cross
STRANGE = 0.25  # of the strongest difference: how much it can count at the most if a place is unlike
LEAST = -0.2  # that a segment can count, of 1: what lies across hides it, and says no more against it
ROUNDS = 6  # of which each halves the steps of what did not become better
SHIFT, TURN = 1.5, math.radians(6)  # px and radians, the first steps
GAIN = 1e-4  # that a step is worth at the least
HALF, THIRD = SEGMENTS // 2, SEGMENTS // 3


def moves() -> Floats:
    """What is tried of a pose, front and angles: `[moves, 2 + SEGMENTS]`, those that bend it last."""
    shifts = np.zeros((4, 2 + SEGMENTS))
    shifts[:, :2] = SHIFT * np.array([(1, 0), (-1, 0), (0, 1), (0, -1)])
    bends = np.zeros((10, 2 + SEGMENTS))
    bends[::2, 2:] = TURN
    bends[2, 2 + THIRD :] = bends[4, 2:-THIRD] = 0
    bends[6, 2:] *= np.linspace(-1.5, 1.5, SEGMENTS)
    bends[8, 2:] *= 1.5 * np.sin(np.linspace(0, 2 * np.pi, SEGMENTS))
    bends[1::2] = -bends[::2]
    return np.concatenate([shifts, bends])


MOVES = moves()
BENDS = np.any(MOVES[:, 2:], axis=1)


def settled(image: Image, look: Look, lines: Floats) -> tuple[Floats, Floats]:
    """Bodies `[bodies, SEGMENTS + 1, 2]` where they fit best close by, and how well, `[bodies]`."""
    steps = np.diff(lines, axis=1)
    poses = np.concatenate([lines[:, 0], np.unwrap(np.arctan2(steps[..., 1], steps[..., 0]))], axis=1)
    fits, reach, every = fit(image, look, poses), np.ones(len(poses)), np.arange(len(poses))
    for _ in range(ROUNDS):
        others = tried(poses, reach, look.length)
        values = fit(image, look, others.reshape(-1, poses.shape[1])).reshape(others.shape[:2])
        best = values.argmax(axis=1)
        better = values[every, best] > fits + GAIN
        poses = np.where(better[:, None], others[every, best], poses)
        fits = np.where(better, values[every, best], fits)
        reach = np.where(better, reach, reach / 2)
    return chains(poses, look.length), fits


def tried(poses: Floats, reach: Floats, length: float) -> Floats:
    """All poses that are tried of each, bent about the front and about the middle: `[poses, all, ...]`."""
    about_front = poses[:, None] + reach[:, None, None] * MOVES
    about_middle = about_front[:, BENDS]
    middles = chains(about_middle.reshape(-1, poses.shape[1]), length)[:, HALF]
    was = chains(poses, length)[:, None, HALF]
    about_middle[..., :2] += was - middles.reshape(*about_middle.shape[:2], 2)
    return np.concatenate([about_front, about_middle], axis=1)


def chains(poses: Floats, length: float) -> Floats:
    """The points of poses, front and angles `[poses, 2 + SEGMENTS]`: `[poses, SEGMENTS + 1, 2]`."""
    angles = poses[:, 2:]
    ways = length / SEGMENTS * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return np.concatenate([poses[:, None, :2], poses[:, None, :2] + np.cumsum(ways, axis=1)], axis=1)


def fit(image: Image, look: Look, poses: Floats) -> Floats:
    """How well whole bodies fit: `[poses]`, 1 where all looks as expected, 0 as bare ground."""
    lines, angles = chains(poses, look.length), poses[:, 2:]
    shares = [share(image, look, lines[:, i], angles[:, i], i) for i in range(SEGMENTS)]
    turns = (np.diff(angles, axis=1) / SUPPLE) ** 2
    return np.asarray(np.sum(shares, axis=0) - STIFF * turns.sum(axis=1))


def share(image: Image, look: Look, tips: Floats, angles: Floats, segment: int) -> Floats:
    """What one segment adds to the fits of bodies, from `tips` `[bodies, 2]` on in these directions."""
    rows = np.s_[segment * FINE : (segment + 1) * FINE]
    ways = np.cos(angles), np.sin(angles)
    along = (np.arange(FINE, dtype=np.float32) + 0.5) * np.float32(look.length / (SEGMENTS * FINE))
    x, y, cos, sin = (v.astype(np.float32)[:, None, None] for v in (*tips.T, *ways))
    forth, aside = along[:, None], look.across
    there = read(image, x + forth * cos + aside * sin, y + forth * sin - aside * cos)
    strip, body = look.strip[rows], look.body[rows]
    explained = gain(there, strip, body, STRANGE * look.contrast) / energy(strip)
    return np.maximum(explained, LEAST) / SEGMENTS


def gain(
    there: NDArray[np.float32], strip: NDArray[np.float32], body: NDArray[np.float32], strange: float
) -> Floats:
    """How much better a strip explains what is there than bare ground does: `[beams]`.

    A pixel that is unlike counts as bare ground does, or as much as differing by `strange` grey levels.
    """
    off = there - strip
    more = (there * strip > 0) & (np.abs(there) > np.abs(strip))
    off = np.where(more, EXCESS * off, off)
    worst = np.maximum(strip**2, strange**2)
    return np.asarray((body * (strip**2 - np.minimum(off**2, worst))).sum(axis=(1, 2)), float)


def energy(strip: NDArray[np.float32]) -> float:
    """How much it explains to have all of a strip; never nothing."""
    return max(float((strip**2).sum()), 1e-6)
