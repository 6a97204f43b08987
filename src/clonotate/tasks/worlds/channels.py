"""Two fluorescence channels of one field of view, made up with the map between them.

Nuclei, filaments and puncta are laid out once; each channel stains some of them, in its own contrast, through
its own optics. Both are painted from coordinates, so neither is a resampled copy of the other.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.records import ClonotateError
from clonotate.tasks.worlds.maps import Floats, Matrix, Places, about, apply, turn

SIZE = 256  # px along a side of a picture
EDGE = 14  # landmarks keep so far from the border, px, in both channels
APART = 44  # px between landmarks
AROUND = 80  # px around the first picture that are laid out too, for the second shows some of them
GRIDS = {3: ((2, 1),), 4: ((2, 2),), 5: ((2, 1, 2),), 6: ((3, 3), (2, 2, 2))}
"""Landmarks in rows: how many in each, from the top, for every count of them."""

Grey = NDArray[np.uint8]
Layer = NDArray[np.float32]


@dataclass(frozen=True)
class Scene:
    """How hard two channels are to bring together. The ranges are inclusive and drawn per world."""

    landmarks: int = 6  # puncta to be found in both channels, one a region
    rotation: float = 10.0  # at most, degrees
    scale: float = 0.08  # at most, as a share
    shear: float = 0.05  # of affine maps, at most
    shift: float = 16.0  # at most, px along each axis
    affine: float = 0.5  # share of maps that are affine, not similarities
    specific: float = 0.35  # share of things that only one channel stains
    decoys: tuple[int, int] = (3, 6)  # puncta of only the second channel that look like landmarks
    noise: float = 1.0  # relative to a fair exposure


@dataclass(frozen=True, eq=False)
class Channels:
    """Two pictures and, where it is known, what they have in common. Places are x, y in px."""

    first: Grey  # [256, 256]
    second: Grey  # [256, 256]
    affine: bool  # the map between them is affine, not a similarity
    matrix: Matrix | None  # the map, from the first to the second; None where nobody knows
    landmarks: Places  # [count, 2] in the first: what an expert takes, from the top down
    shared: Places  # [n, 2] in the first: what can be found in both, landmarks among it
    first_only: Places  # [n, 2] in the first: what only that one shows
    second_only: Places  # [n, 2] in the second: what only that one shows

    @property
    def truth(self) -> Matrix:
        """The map; ClonotateError without one."""
        if self.matrix is None:
            raise ClonotateError(
                "these pictures have no known map, so no expert and no score; let a policy annotate them"
            )
        return self.matrix


@dataclass(frozen=True, eq=False)
class _Puncta:
    places: Floats  # [n, 2], pixels of the first
    widths: Floats  # [n] sd, px
    light: Floats  # [2, n] brightness in each channel, 1 is a landmark's

    def __add__(self, other: "_Puncta") -> "_Puncta":
        return _Puncta(
            np.concatenate([self.places, other.places]),
            np.concatenate([self.widths, other.widths]),
            np.concatenate([self.light, other.light], axis=1),
        )


@dataclass(frozen=True, eq=False)
class _Lines:
    """Outlines of nuclei, or filaments: points in pixels of the first, and brightness in each channel."""

    points: tuple[Floats, ...]
    light: Floats  # [2, n] in 0..1
    closed: bool


def photograph(scene: Scene, rng: np.random.Generator) -> Channels:
    """Two new channels; everything random comes from `rng`."""
    affine = bool(rng.random() < scene.affine)
    matrix, landmarks = _placed(scene, affine, rng)
    beads = _beads(landmarks, rng)
    vesicles = _vesicles(landmarks, scene.specific, rng)
    decoys = _decoys(scene, landmarks, rng)
    puncta = beads + vesicles + decoys
    nuclei, filaments = _nuclei(scene.specific, rng), _filaments(scene.specific, rng)
    maps = (np.eye(2, 3), matrix)
    first, second = (_picture(i, maps[i], puncta, nuclei, filaments, scene.noise, rng) for i in range(2))
    inside = [within(apply(m, puncta.places)) for m in maps]
    shown = (puncta.light > 0.3) & np.array(inside)
    return Channels(
        first,
        second,
        affine,
        matrix,
        landmarks,
        puncta.places[shown.all(axis=0)],
        puncta.places[shown[0] & (puncta.light[1] == 0)],
        apply(matrix, puncta.places[shown[1] & (puncta.light[0] == 0)]),
    )


def within(places: Floats, edge: float = EDGE) -> NDArray[np.bool_]:
    """Which places `[..., 2]` lie at least `edge` px inside a picture."""
    return np.asarray(((places >= edge) & (places <= SIZE - 1 - edge)).all(axis=-1))


# Where things are


def _placed(scene: Scene, affine: bool, rng: np.random.Generator) -> tuple[Matrix, Floats]:
    """A map and landmarks that both pictures show, none close to another."""
    grids = GRIDS[scene.landmarks]
    while True:
        matrix = random_map(scene, affine, rng)
        rows = grids[rng.integers(len(grids))]
        landmarks = np.concatenate([_row(i, len(rows), count, rng) for i, count in enumerate(rows)])
        gaps = np.hypot(*(landmarks[:, None] - landmarks[None]).T) + np.eye(len(landmarks)) * SIZE
        if gaps.min() >= APART and within(landmarks).all() and within(apply(matrix, landmarks)).all():
            return matrix, landmarks[np.argsort(landmarks[:, 1])]


def random_map(scene: Scene, affine: bool, rng: np.random.Generator) -> Matrix:
    """A turn, a change of scale and a shift about the middle of the picture; sheared if affine."""
    angle = np.radians(rng.uniform(-scene.rotation, scene.rotation))
    zoom = 1 + rng.uniform(-scene.scale, scene.scale)
    linear = zoom * turn(angle)
    if affine:
        stretch, lean = rng.uniform(-scene.shear, scene.shear, 2)
        linear = linear @ np.array([[1 + stretch, lean], [lean, 1 - stretch]])
    return about(np.full(2, (SIZE - 1) / 2), linear, rng.uniform(-scene.shift, scene.shift, 2))


def _row(i: int, rows: int, count: int, rng: np.random.Generator) -> Floats:
    """One place in each of `count` regions side by side, in the i-th of `rows` rows."""
    places = np.arange(count)[:, None] * (1, 0) + (0, i) + rng.uniform(0.14, 0.86, (count, 2))
    return np.asarray(places * SIZE / (count, rows))


def _scattered(count: int, rng: np.random.Generator) -> Floats:
    return rng.uniform(-AROUND, SIZE + AROUND, (count, 2))


def _stained(count: int, specific: float, rng: np.random.Generator) -> Floats:
    """Which channels stain each of `count` things: 0 or 1, `[2, count]`, at least one of them."""
    only = rng.random(count)
    return np.array([only > specific / 2, (only < specific / 2) | (only > specific)], float)


def _beads(places: Floats, rng: np.random.Generator) -> _Puncta:
    """The landmarks: wide and bright in the first channel, of any brightness in the second."""
    count = len(places)
    light = np.array([rng.uniform(0.9, 1.1, count), rng.uniform(0.55, 1.1, count)])
    return _Puncta(places, rng.uniform(2.2, 2.9, count), light)


def _vesicles(landmarks: Floats, specific: float, rng: np.random.Generator) -> _Puncta:
    """Smaller puncta, in loose clusters, none upon a landmark."""
    count = int(rng.integers(60, 180))
    centres = _scattered(int(rng.integers(6, 30)), rng)
    spread = rng.uniform(10, 60)
    places = centres[rng.integers(len(centres), size=count)] + rng.normal(0, spread, (count, 2))
    places = places[_clear(places, landmarks, 11)]
    light = rng.uniform(0.15, 0.62, (2, len(places))) * _stained(len(places), specific, rng)
    return _Puncta(places, rng.uniform(1.1, 1.9, len(places)), light)


def _decoys(scene: Scene, landmarks: Floats, rng: np.random.Generator) -> _Puncta:
    """Look-alikes of the landmarks in the second channel, most of them not far from one."""
    count = int(rng.integers(scene.decoys[0], scene.decoys[1] + 1))
    near = landmarks[rng.integers(len(landmarks), size=count)]
    angle, distance = rng.uniform(0, 2 * np.pi, count), rng.uniform(18, 55, count)
    places = near + distance[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    places = places[_clear(places, landmarks, 15)]
    light = np.array([np.zeros(len(places)), rng.uniform(0.55, 1.0, len(places))])
    return _Puncta(places, rng.uniform(2.0, 2.8, len(places)), light)


def _clear(places: Floats, others: Floats, distance: float) -> NDArray[np.bool_]:
    """Which places have none of the others within a distance."""
    gaps = np.linalg.norm(places[:, None] - others[None], axis=-1)
    return np.asarray(gaps.min(axis=1) > distance)


def _nuclei(specific: float, rng: np.random.Generator) -> _Lines:
    """Rounded, slightly lobed outlines that keep clear of one another."""
    size = rng.uniform(11, 24)
    centres = _scattered(int(rng.integers(15, 120)), rng)
    kept = [i for i, c in enumerate(centres) if i == 0 or _clear(c[None], centres[:i], 2.4 * size)[0]]
    angle = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    outlines = []
    for centre in centres[kept]:
        radius = size * rng.uniform(0.65, 1.05) * np.ones_like(angle)
        for order, lobe in ((2, 0.2), (3, 0.08), (4, 0.05)):
            radius *= 1 + rng.uniform(0, lobe) * np.cos(order * angle + rng.uniform(0, 2 * np.pi))
        outlines.append(centre + radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))
    light = rng.uniform(0.5, 1.0, (2, len(kept))) * _stained(len(kept), specific, rng)
    return _Lines(tuple(outlines), light, closed=True)


def _filaments(specific: float, rng: np.random.Generator) -> _Lines:
    """Smoothly bending lines, in bundles that run roughly alike or at random."""
    count = int(rng.integers(4, 45))
    aligned, main = rng.uniform(0.2, 3), rng.uniform(0, 2 * np.pi)
    lines = []
    for start in _scattered(count, rng):
        bends = np.cumsum(rng.normal(0, 0.16, int(rng.integers(14, 44))))
        heading = main + rng.normal(0, aligned) + bends
        lines.append(start + np.cumsum(7 * np.column_stack([np.cos(heading), np.sin(heading)]), axis=0))
    light = rng.uniform(0.4, 1.0, (2, count)) * _stained(count, specific, rng)
    return _Lines(tuple(lines), light, closed=False)


# What a channel makes of them


def _picture(
    channel: int,
    matrix: Matrix,
    puncta: _Puncta,
    nuclei: _Lines,
    filaments: _Lines,
    noise: float,
    rng: np.random.Generator,
) -> Grey:
    """One channel: uint8 `[256, 256]`, through its own stains, optics, light and camera."""
    bodies = _drawn(nuclei, channel, matrix, filled=rng.random() < 0.6)
    lines = _drawn(filaments, channel, matrix, filled=False)
    image = rng.uniform(0.0, 0.42) * bodies * _clouds(rng, 6, 0.3) + rng.uniform(0.0, 0.5) * lines
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.8, 1.5)), np.float32)
    _add_puncta(image, apply(matrix, puncta.places), puncta.widths, puncta.light[channel])
    haze = cv2.GaussianBlur(cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA), (0, 0), 4)
    image += rng.uniform(0.2, 0.8) * cv2.resize(haze, (SIZE, SIZE))
    image = (image * _clouds(rng, 3, 0.12) + rng.uniform(0.02, 0.07)) * rng.uniform(0.72, 0.86)
    return _exposed(image, noise * rng.uniform(0.6, 1.4), rng)


def _drawn(lines: _Lines, channel: int, matrix: Matrix, filled: bool) -> Layer:
    """Outlines or filaments as a layer, float32 `[256, 256]` in 0..1."""
    layer = np.zeros((SIZE, SIZE), np.uint8)
    for points, light in zip(lines.points, lines.light[channel], strict=True):
        fine = np.rint(apply(matrix, points) * 16).astype(np.int32)
        if filled:
            cv2.fillPoly(layer, [fine], round(255 * light), cv2.LINE_AA, 4)
        elif light > 0:
            cv2.polylines(layer, [fine], lines.closed, round(255 * light), 2, cv2.LINE_AA, 4)
    return (layer / 255).astype(np.float32)


def _add_puncta(image: Layer, places: Floats, widths: Floats, light: Floats) -> None:
    """Add Gaussian spots to an image, in place."""
    reach = 9
    offset = np.arange(-reach, reach + 1)
    for (x, y), width, brightness in zip(places, widths, light, strict=True):
        column, row = round(x), round(y)
        if brightness == 0 or not reach <= column < SIZE - reach or not reach <= row < SIZE - reach:
            continue
        across, down = (np.exp(-(((offset - d) / width) ** 2) / 2) for d in (x - column, y - row))
        window = image[row - reach : row + reach + 1, column - reach : column + reach + 1]
        window += (brightness * np.outer(down, across)).astype(np.float32)


def _clouds(rng: np.random.Generator, grain: int, amount: float) -> Layer:
    """A smooth field about 1, as uneven light is: float32 `[256, 256]`."""
    coarse = rng.normal(1, amount, (grain + 3, grain + 3)).clip(0.3, 1.7).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC), np.float32)


def _exposed(image: Layer, noise: float, rng: np.random.Generator) -> Grey:
    """Photon and camera noise, and grey levels stretched as a viewer does."""
    grain = rng.standard_normal(image.shape, np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), 0.6) * 1.6
    noisy = image + noise * grain * (0.015 + 0.05 * np.sqrt(np.maximum(image, 0)))
    black, white = np.percentile(noisy[::3, ::3], (1.0, 99.6))
    return np.asarray(np.rint(255 * ((noisy - 0.95 * black) / (white - black)).clip(0, 1)), np.uint8)
