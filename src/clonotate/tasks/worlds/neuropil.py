"""How neurites run through a stack of sections: their strokes in every section and the territory of each.

A neurite is a bent stroke that wanders, swells and shoves its neighbours; every point of the tissue belongs
to the nearest stroke, which makes a Voronoi diagram of thick strokes. The last neurite is the one to trace:
it is never shoved, never ends and never leaves the canvas. Positions are canvas px; territories lie on a
lattice of one point per `CELL` px that reaches `MARGIN` px beyond the canvas.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

SIZE = 256  # px along a side of the canvas
CELL = 2  # px between lattice points
MARGIN = 12  # px of tissue around the canvas, in reach of warps
LATTICE = (SIZE + 2 * MARGIN) // CELL
OUTSKIRTS = 28  # px around the canvas where neurites live that may come into view
RIM = 40  # px that the traced neurite's centre keeps from the border
LONGEST_STEP = 7.5  # px that the traced neurite's centre moves at most from one section to the next

Floats = NDArray[np.float32]
Ids = NDArray[np.uint16]
Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True, eq=False)
class Neurites:
    """Strokes of three points, the middle one being the centre. The last neurite is the one to trace."""

    points: Floats  # [slices, neurites, 3, 2]
    radii: Floats  # [slices, neurites] px; below half a px the neurite is not there


def wander(slices: int, count: int, drift: float, start: Floats, rng: np.random.Generator) -> Neurites:
    """Neurites through `slices` sections, about `count` on a canvas, moving about `drift` px per section.

    `start` is the centre of the traced neurite in section 0.
    """
    total = round(count * (1 + 2 * OUTSKIRTS / SIZE) ** 2)
    centres = rng.uniform(-OUTSKIRTS, SIZE + OUTSKIRTS, (total, 2)).astype(np.float32)
    centres[-1] = start
    area = _areas(centres, rng)
    weight = area.copy()
    weight[-1] = 1e9  # nothing shoves the traced neurite
    radii, shapes = _strokes(slices, area, rng)
    reach = (radii + np.hypot(shapes[:, :, 0, 0], shapes[:, :, 0, 1])).max(axis=0)
    paths = _paths(slices, centres, drift * rng.uniform(0.6, 1.4), rng)
    for _ in range(8):
        centres = _make_room(centres, shapes[0], radii[0], weight, _neighbours(centres, reach))
    visited = np.empty((slices, total, 2), np.float32)
    for z in range(slices):
        if z % 4 == 0:
            pairs = _neighbours(centres, reach)
        centres = centres + paths[z] - paths[max(z - 1, 0)]
        centres = _make_room(centres, shapes[z], radii[z], weight, pairs)
        centres[-1] = paths[z, -1]
        visited[z] = centres
    return Neurites(visited[:, :, None] + shapes, radii)


def territories(neurites: Neurites, z: int) -> Ids:
    """`[LATTICE, LATTICE]` ids, index + 1: each lattice point goes to its nearest stroke.

    One distance transform with labels makes the whole diagram.
    """
    drawn = np.zeros((LATTICE, LATTICE), np.uint16)
    strokes = ((neurites.points[z] + MARGIN) * (16 / CELL)).astype(np.int32)
    widths = np.rint(neurites.radii[z] * (2 / CELL)).astype(int).tolist()
    for index, width in enumerate(widths):
        if width:
            cv2.polylines(drawn, [strokes[index]], False, index + 1, width, cv2.LINE_8, 4)
    empty = (drawn == 0).view(np.uint8)
    _, nearest = cv2.distanceTransformWithLabels(empty, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    taken = np.flatnonzero(drawn)
    owners = np.zeros(drawn.size + 1, np.uint16)
    owners[nearest.ravel()[taken]] = drawn.ravel()[taken]
    return np.asarray(owners.take(nearest), np.uint16)


def smooth(slices: int, shape: tuple[int, ...], scale: float, rng: np.random.Generator) -> Floats:
    """`[slices, *shape]` Gaussian processes of unit variance that vary over about `scale` slices."""
    reach = int(3 * scale) + 1
    lags = np.arange(slices + 2 * reach) - np.arange(slices)[:, None] - reach
    kernel = np.exp(-0.5 * (lags / scale) ** 2).astype(np.float32)
    kernel /= np.sqrt((kernel**2).sum(axis=1, keepdims=True))
    white = rng.standard_normal((slices + 2 * reach, int(np.prod(shape))), dtype=np.float32)
    with _linear_algebra().limit(limits=1):
        return np.asarray(kernel @ white, np.float32).reshape(slices, *shape)


@cache
def _linear_algebra() -> ThreadpoolController:
    """For one thread at a time: how a product is shared out decides its last bits, and a seed is one world.

    Besides, threads that wait for a busy core spin: a product of 0.1 ms then costs ten times that.
    """
    return ThreadpoolController().select(user_api="blas")


def _areas(centres: Floats, rng: np.random.Generator) -> Floats:
    """`[neurites]` px² to aim for: a few large and many small, the small ones in bundles."""
    bundles = _nearness(centres, rng) @ rng.normal(0, 1.0, _ANCHORS)
    area = np.exp(rng.normal(0, rng.uniform(0.9, 1.7), len(centres)) + bundles)
    area = np.asarray(area * ((SIZE + 2 * OUTSKIRTS) ** 2 / area.sum()), np.float32).clip(45, 9000)
    area[-1] = np.exp(rng.uniform(np.log(240), np.log(3000)))  # those worth tracing are not the thinnest
    return area


_ANCHORS = 9


def _nearness(centres: Floats, rng: np.random.Generator) -> Floats:
    """`[neurites, _ANCHORS]` weights that sum to one: how much each belongs to each of some random places."""
    places = rng.uniform(-OUTSKIRTS, SIZE + OUTSKIRTS, (_ANCHORS, 2)).astype(np.float32)
    near = np.exp(-((centres[:, None] - places) ** 2).sum(axis=-1) / (2 * 60.0**2)) + np.float32(1e-6)
    return np.asarray(near / near.sum(axis=1, keepdims=True), np.float32)


def _strokes(slices: int, area: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Radii `[slices, neurites]` and the points about the centre `[slices, neurites, 3, 2]`, px.

    A stroke fills most of what its neurite will get, all but a gap that the diagram shares out.
    """
    total = len(area)
    stretch = rng.normal(0.1, 0.45, total).astype(np.float32) + 0.2 * smooth(slices, (total,), 5, rng)
    stretch = np.exp(stretch)
    swell = np.exp(0.16 * smooth(slices, (total,), 4, rng))
    radii = (0.92 * np.sqrt(area / np.pi) - 1.2) * swell / np.sqrt(1 + stretch)
    angle = rng.uniform(0, 2 * np.pi, total).astype(np.float32) + 0.5 * smooth(slices, (total,), 6, rng)
    bend = 0.7 * smooth(slices, (total,), 8, rng)
    arm = (1.1 * radii * stretch)[..., None]
    ahead, behind = (
        arm * np.stack([np.cos(turn), np.sin(turn)], axis=-1) for turn in (angle + bend, angle + np.pi - bend)
    )
    _come_and_go(radii, rng)
    radii[:, -1] = radii[:, -1].clip(8, None)
    return radii, np.stack([ahead, np.zeros_like(ahead), behind], axis=2)


def _come_and_go(radii: Floats, rng: np.random.Generator) -> None:
    """Lets some thin neurites begin or end at a section of their own, in place."""
    slices, total = radii.shape
    mortal = (rng.random(total) < 0.15) & (radii.mean(axis=0) < 6)
    end, side = rng.uniform(0, slices, total), rng.choice([-1, 1], total)
    fade = (side * (np.arange(slices)[:, None] - end) / 3).clip(0, 1)
    mortal[-1] = False
    radii *= np.where(mortal, fade, 1)


def _paths(slices: int, home: Floats, drift: float, rng: np.random.Generator) -> Floats:
    """`[slices, neurites, 2]` where each would go by itself: with the flow, its own way, in spurts."""
    total, scale = len(home), 6.0
    z = np.arange(slices, dtype=np.float32)[:, None]
    flow = _nearness(home, rng) @ smooth(slices, (_ANCHORS, 2), scale, rng)
    own = smooth(slices, (total, 2), scale, rng)
    tilt = z.clip(None, 20)[..., None] * rng.normal(0, 0.35, (total, 2))
    when = rng.uniform(-0.5 * slices, 1.5 * slices, total)
    spurt = np.tanh((z - when) / 1.3)[..., None] * rng.normal(0, 2.2, (total, 2))
    moved = drift * (scale * (0.75 * flow + 0.55 * own) + tilt + spurt)
    paths = home + (moved - moved[:1]).astype(np.float32)
    paths[:, -1] = _kept_inside(paths[:, -1])
    return paths


def _kept_inside(path: Floats) -> Floats:
    """`path` `[slices, 2]` without steps over `LONGEST_STEP`, folded back where it would pass the rim."""
    steps = np.diff(path, axis=0)
    length = np.hypot(steps[:, :1], steps[:, 1:])
    steps *= np.minimum(1, LONGEST_STEP / np.maximum(length, 1e-6))
    free = np.concatenate([np.zeros_like(path[:1]), np.cumsum(steps, axis=0)])
    room = SIZE / 2 - RIM
    return np.asarray(path[0] + room * np.sin(free / room), np.float32)


def _neighbours(centres: Floats, reach: Floats) -> Pairs:
    """Index pairs of neurites that touch or soon may."""
    x, y = centres.T
    near = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2 < (reach[:, None] + reach + 6) ** 2
    i, j = np.nonzero(near)
    return i[i < j], j[i < j]


def _make_room(centres: Floats, shapes: Floats, radii: Floats, weight: Floats, pairs: Pairs) -> Floats:
    """`centres` after overlapping strokes have pushed each other apart, the lighter giving way."""
    i, j = pairs
    x, y = (centres[:, None] + shapes).transpose(2, 0, 1)
    across, down = x[i][:, :, None] - x[j][:, None], y[i][:, :, None] - y[j][:, None]
    far = np.sqrt(across * across + down * down) + np.float32(1e-3)
    push = np.float32(0.3) * ((radii[i] + radii[j] + 1)[:, None, None] - far).clip(0, None) / far
    share = weight[j] / (weight[i] + weight[j])
    moves = np.empty_like(centres)
    for axis, gap in enumerate((across, down)):
        force = (gap * push).sum(axis=(1, 2))
        moves[:, axis] = np.bincount(i, force * share, len(centres))
        moves[:, axis] -= np.bincount(j, force * (1 - share), len(centres))
    return np.asarray(centres + moves.clip(-5, 5), np.float32)
