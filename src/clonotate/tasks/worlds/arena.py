"""Look-alike animals in an arena, filmed from above, with their truth.

Paths are drawn at random until they stay in view, never hide an end of an animal under another one, and can
be told apart by how the animals move; they cross near a meeting place.
"""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.records import ClonotateError
from clonotate.tasks.worlds.creatures import SIZE, SPECIES, STATIONS, Floats, Pose, Species, paint

Outline: TypeAlias = tuple[tuple[int, int], ...]

EDGE = 9  # px that every end keeps from the border
HINGE = 9  # the station that moves along the path
MARGIN = 9.0  # px by which the true continuation of two animals must fit better than the swapped one
BATCH, REDRAWS, TRIES = 160, 4, 60  # paths drawn at once, again for an animal, and for all of them
COARSE = 3  # every so many stations are compared with another animal's


@dataclass(frozen=True)
class Arena:
    """How hard a film is to follow. Ranges are inclusive and drawn per world."""

    frames: tuple[int, int] = (6, 10)
    animals: tuple[int, int] = (2, 4)
    stride: float = 0.38  # typical way in a frame, body lengths
    turning: float = 24.0  # typical turn in a frame, degrees
    company: float = 26.0  # how far from the meeting place animals pass, px: the less, the more they cross
    difference: float = 0.06  # how much individuals differ in size and shade
    noise: float = 1.0  # of the camera, 1 is typical


@dataclass(frozen=True, eq=False)
class Film:
    """Frames of animals of one kind, and where each one's front and back are."""

    kind: str  # a name in SPECIES
    images: NDArray[np.uint8]  # [frames, 256, 256]
    ends: NDArray[np.int64]  # [frames, animals, 2, 2]: front then back, x then y
    outlines: tuple[Outline, ...]  # round each animal in the first frame


def film(arena: Arena, rng: np.random.Generator) -> Film:
    """A new film; everything random comes from `rng`."""
    kind = list(SPECIES)[rng.integers(len(SPECIES))]
    species = SPECIES[kind]
    frames = int(rng.integers(arena.frames[0], arena.frames[1] + 1))
    count = int(rng.integers(arena.animals[0], arena.animals[1] + 1))
    size = rng.uniform(*species.length) * (1.08 - 0.04 * count)
    lengths = size * (1 + rng.uniform(-arena.difference, arena.difference, count))
    spines = together(arena, species, frames, lengths, rng)
    inks = rng.uniform(*species.ink) + 120 * rng.uniform(-arena.difference, arena.difference, count)
    poses = [
        [Pose(spine, species.profile * long, long, ink) for spine, long, ink in zip(*row, strict=True)]
        for row in ((spines[:, t], lengths, inks) for t in range(frames))
    ]
    images = filmed(poses, species, arena.noise, rng)
    ends = np.rint(spines[:, :, [0, -1]]).astype(np.int64).swapaxes(0, 1)
    return Film(kind, images, ends, tuple(outline(pose) for pose in poses[0]))


def outline(pose: Pose) -> Outline:
    """A line a few px outside of an animal."""
    ahead, behind = (5 * way / np.hypot(*way) for way in pose.spine[[0, -1]] - pose.spine[[1, -2]])
    right, left = pose.body(more=4.0).reshape(2, -1, 2)[:, ::3]
    points = np.concatenate([[pose.spine[0] + ahead], right, [pose.spine[-1] + behind], left])
    return tuple((round(float(x)), round(float(y))) for x, y in points.clip(1, SIZE - 2))


def filmed(
    poses: list[list[Pose]], species: Species, noise: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """The frames: uint8 `[frames, 256, 256]`."""
    backdrop = species.backdrop(rng).astype(np.float32)
    order = rng.permutation(len(poses[0]))  # who is above whom
    blur, grain = rng.uniform(0.45, 0.8), noise * rng.uniform(2.5, 6.5)
    images = []
    for row in poses:
        image = backdrop.copy()
        for animal in order:
            paint(image, species.layers(row[animal]))
        shot = grain * rng.standard_normal((SIZE, SIZE), np.float32)
        images.append((cv2.GaussianBlur(image, (0, 0), blur) + shot).clip(0, 255).astype(np.uint8))
    return np.stack(images)


# Paths


def together(
    arena: Arena, species: Species, frames: int, lengths: Floats, rng: np.random.Generator
) -> Floats:
    """Midlines of animals that meet, `[animals, frames, stations, 2]`."""
    for _ in range(TRIES):
        meeting = rng.normal(SIZE / 2, 14, 2)
        chosen: list[Floats] = []
        for length in lengths:
            for _ in range(REDRAWS):
                paths = wander(arena, species, frames, length, meeting, rng)
                paths = suited(paths, chosen, species.profile * length, arena.stride * length)
                if len(paths):
                    chosen.append(paths[0])
                    break
            else:
                break
        if len(chosen) == len(lengths):
            return np.stack(chosen)
    raise ClonotateError(f"no room for {len(lengths)} animals over {frames} frames: make the arena easier")


def suited(paths: Floats, others: list[Floats], widths: Floats, stride: float) -> Floats:
    """The candidates that stay in view, apart from the others, and followable past them: `[some, ...]`."""
    paths = paths[inside(paths)]
    for other in others:
        paths = paths[apart(paths[:, :, ::COARSE], other[:, ::COARSE], widths[::COARSE])]
        paths = paths[followable(paths, other, stride)]
    return paths


def wander(
    arena: Arena, species: Species, frames: int, length: float, meeting: Floats, rng: np.random.Generator
) -> Floats:
    """Candidate midlines, each passing near the meeting place once: `[candidates, frames, stations, 2]`."""
    turns = steady((BATCH, frames), 0.5, rng) * np.radians(arena.turning)
    headings = rng.uniform(0, 2 * np.pi, (BATCH, 1)) + np.cumsum(turns, axis=1)
    strides = arena.stride * length * np.exp(0.45 * steady((BATCH, frames), 0.4, rng))
    ways = strides[..., None] * np.stack([np.cos(headings), np.sin(headings)], axis=-1)
    places = np.cumsum(ways, axis=1)
    when = rng.integers(1, frames - 1, BATCH)
    places += (meeting + rng.normal(0, arena.company, (BATCH, 2)) - places[np.arange(BATCH), when])[:, None]
    swing = species.beat * np.sin(rng.uniform(0, 2 * np.pi, (BATCH, 1)) + 2.1 * np.arange(frames))
    along = STATIONS[None, None]
    bend = -species.follow * turns[..., None] * along + swing[..., None] * along * np.sin(4.5 * along)
    angles = headings[..., None] + np.pi + bend
    steps = np.stack([np.cos(angles), np.sin(angles)], axis=-1) * length / (len(STATIONS) - 1)
    spines = np.cumsum(steps, axis=2)
    return np.asarray(spines + (places - spines[:, :, HINGE])[:, :, None])


def steady(shape: tuple[int, int], memory: float, rng: np.random.Generator) -> Floats:
    """Unit noise along the second axis in which each value keeps a share of the one before."""
    fresh = rng.standard_normal(shape)
    for t in range(1, shape[1]):
        fresh[:, t] = memory * fresh[:, t - 1] + np.sqrt(1 - memory**2) * fresh[:, t]
    return fresh


def inside(paths: Floats) -> NDArray[np.bool_]:
    """Which candidates stay in view: `[candidates]`."""
    return np.asarray(((paths > EDGE) & (paths < SIZE - 1 - EDGE)).all(axis=(1, 2, 3)))


def apart(paths: Floats, other: Floats, widths: Floats) -> NDArray[np.bool_]:
    """Which candidates keep all ends clear of the other's body, and start well away: `[candidates]`."""
    clear = np.ones(len(paths), bool)
    for end in (0, -1):
        mine = np.linalg.norm(paths[:, :, end, None] - other[None], axis=-1)
        its = np.linalg.norm(paths - other[None, :, end, None], axis=-1)
        clear &= ((mine > widths + 2) & (its > widths + 2)).all(axis=(1, 2))
        for its_end in (0, -1):
            clear &= (np.linalg.norm(paths[:, :, end] - other[None, :, its_end], axis=-1) > 8).all(axis=1)
    first = np.linalg.norm(paths[:, 0, :, None] - other[0], axis=-1).min(axis=(1, 2))
    return np.asarray(clear & (first > 2 * widths.max() + 8))


def followable(paths: Floats, other: Floats, stride: float) -> NDArray[np.bool_]:
    """Which candidates go on where their heading leads, not where the other's does: `[candidates]`."""
    mine, its = fits(paths, paths, stride), fits(other[None], other[None], stride)
    swapped = fits(paths, other[None], stride) + fits(other[None], paths, stride)
    return np.asarray((swapped - mine - its).min(axis=1) > MARGIN)


def fits(before: Floats, after: Floats, stride: float) -> Floats:
    """How badly the animal `after` continues the one `before`, in px: `[paths, frames - 1]`."""
    middle, way = before.mean(axis=2), before[:, :, 0] - before[:, :, HINGE]
    way = way / np.linalg.norm(way, axis=-1, keepdims=True)
    its_way = after[:, :, 0] - after[:, :, HINGE]
    its_way = its_way / np.linalg.norm(its_way, axis=-1, keepdims=True)
    off = np.linalg.norm(after.mean(axis=2)[:, 1:] - (middle + stride * way)[:, :-1], axis=-1)
    turned = 1 - (way[:, :-1] * its_way[:, 1:]).sum(axis=-1)
    return np.asarray(off + stride * turned)


EASY = Arena(frames=(5, 6), animals=(2, 2), stride=0.3, turning=16, company=48, difference=0.12, noise=0.6)
STANDARD = Arena()
HARD = Arena(frames=(9, 12), animals=(3, 4), stride=0.42, turning=28, company=18, difference=0.02, noise=1.6)
