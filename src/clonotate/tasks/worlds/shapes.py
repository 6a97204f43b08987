"""Plates of grains under a microscope: one to look for and nine more, some of them the same form.

A form is a closed outline; the same one may lie turned, be larger or smaller, a little worn and lit anew, but
never mirrored. How far two outlines differ is measured, so that no look-alike is too like to tell.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 62  # px of a tile
TILES = 9
POINTS = 96  # of an outline, evenly spaced

Outline = NDArray[np.complex128]  # [POINTS] x + iy about the centre, of unit root mean square radius
Grey = NDArray[np.uint8]
Layer = NDArray[np.float32]


@dataclass(frozen=True)
class Grains:
    """How hard grains are to match. Ranges are inclusive."""

    boards: int = 12
    matches: tuple[int, int] = (2, 5)  # on a board
    turn: float = 180.0  # at most, degrees
    sizes: tuple[float, float] = (0.78, 1.12)
    wear: float = 0.025  # how far the outline of a match strays, see `difference`
    unlike: tuple[float, float] = (0.11, 0.2)  # how far look-alikes differ
    strangers: float = 0.35  # share of the others that are no look-alikes
    mirrors: float = 0.0  # share of the others that are mirror images
    noise: float = 1.0  # relative to a fair picture


@dataclass(frozen=True, eq=False)
class Board:
    """A reference and nine tiles."""

    reference: Grey  # [SIDE, SIDE]
    tiles: Grey  # [9, SIDE, SIDE]
    matches: NDArray[np.bool_]  # [9]
    unlike: NDArray[np.float64]  # [9] how far each differs from the reference, 0 for matches


@dataclass(frozen=True, eq=False)
class _Look:
    """How the grains of one slide appear, in grey levels."""

    ground: float
    body: float
    rim: float
    grain: float  # of the bodies
    blur: float  # px
    noise: float


def plates(grains: Grains, rng: np.random.Generator) -> tuple[Board, ...]:
    """All boards of a slide; everything random comes from `rng`."""
    look = _look(grains.noise, rng)
    return tuple(_board(grains, look, rng) for _ in range(grains.boards))


def _board(grains: Grains, look: _Look, rng: np.random.Generator) -> Board:
    form = _form(rng)
    count = int(rng.integers(grains.matches[0], grains.matches[1] + 1))
    matches = rng.permutation(TILES) < count
    forms = [_strayed(form, grains.wear, rng) if same else _other(form, grains, rng) for same in matches]
    tiles = [_tile(outline, grains, look, rng) for outline in forms]
    unlike = [0.0 if same else difference(form, f) for same, f in zip(matches, forms, strict=True)]
    reference = _painted(form * _radius(form, 1.0), look, rng)
    return Board(reference, np.stack(tiles), matches, np.array(unlike))


# Forms


def _form(rng: np.random.Generator) -> Outline:
    """An outline with lobes, longer than wide, bent."""
    angle = np.linspace(0, 2 * np.pi, 4 * POINTS, endpoint=False)
    radius = np.ones_like(angle)
    for order in range(2, 7):
        radius += rng.normal(0, 0.36 / order) * np.cos(order * angle + rng.uniform(0, 2 * np.pi))
    outline = radius.clip(0.55, 1.6) * np.exp(1j * angle)
    outline = outline.real * rng.uniform(1.0, 1.9) + 1j * outline.imag
    bend = rng.uniform(-0.3, 0.3)
    return _normal(outline + 1j * bend * outline.real**2)


def _normal(outline: NDArray[np.complex128]) -> Outline:
    """The outline evenly spaced, centred and of unit size."""
    closed = np.append(outline, outline[0])
    along = np.append(0, np.cumsum(np.abs(np.diff(closed))))
    even = np.interp(np.linspace(0, along[-1], POINTS, endpoint=False), along, closed)
    even -= even.mean()
    return np.asarray(even / np.sqrt((np.abs(even) ** 2).mean()))


def difference(one: Outline, other: Outline) -> float:
    """How far two outlines are apart at the best turn and start: 0 for the same form, at most about 1.4.

    The root mean square distance of their points in radii, through the correlation of Fourier descriptors.
    """
    likeness = np.abs(np.fft.ifft(np.fft.fft(one) * np.fft.fft(other).conj())).max() / POINTS
    return float(np.sqrt(max(2 - 2 * likeness, 0.0)))


def _strayed(form: Outline, amount: float, rng: np.random.Generator) -> Outline:
    """A form that differs from `form` by about `amount`, smoothly."""
    wobble, strength = _wobble(rng), amount
    for _ in range(4):
        strayed = _normal(form * np.maximum(1 + strength * wobble, 0.3))
        strength *= float(np.clip(amount / difference(form, strayed), 0.5, 2))
    return strayed


def _wobble(rng: np.random.Generator) -> NDArray[np.float64]:
    """A smooth random function round an outline, of unit size."""
    angle = np.linspace(0, 2 * np.pi, POINTS, endpoint=False)
    orders = np.arange(2, 7)[:, None]
    waves = np.cos(orders * angle + rng.uniform(0, 2 * np.pi, orders.shape))
    wobble = (rng.normal(0, 1, orders.shape) / orders * waves).sum(axis=0)
    return np.asarray(wobble / wobble.std())


def _other(form: Outline, grains: Grains, rng: np.random.Generator) -> Outline:
    """Another form: a mirror image, a stranger, or a look-alike."""
    near, far = grains.unlike
    kind = rng.random()
    if kind < grains.mirrors and difference(form, mirrored(form)) >= near:
        return mirrored(form)
    while True:
        other = _form(rng) if kind > 1 - grains.strangers else _strayed(form, rng.uniform(near, far), rng)
        if difference(form, other) >= near:
            return other


def mirrored(form: Outline) -> Outline:
    """The mirror image, run through the same way round."""
    return np.asarray(form.conj()[::-1])


# Pictures


def _look(noise: float, rng: np.random.Generator) -> _Look:
    """Dark grains on a bright ground or bright ones on a dark ground."""
    ground, body = rng.uniform(150, 210), rng.uniform(50, 110)
    if rng.random() < 0.4:
        ground, body = rng.uniform(18, 50), rng.uniform(110, 190)
    rim = rng.uniform(-45, 45)
    return _Look(ground, body, rim, rng.uniform(4, 16), rng.uniform(0.6, 1.1), noise * rng.uniform(4, 9))


def _radius(outline: Outline, size: float) -> float:
    """Pixels a unit, so that a form of size 1.12 just fills its tile."""
    return size * 0.41 * SIDE / float(np.abs(outline).max())


def _tile(outline: Outline, grains: Grains, look: _Look, rng: np.random.Generator) -> Grey:
    """A grain turned, sized and put down not quite in the middle."""
    angle = np.radians(rng.uniform(-grains.turn, grains.turn))
    scale = _radius(outline, rng.uniform(*grains.sizes))
    return _painted(outline * scale * np.exp(1j * angle) + complex(*rng.uniform(-1.5, 1.5, 2)), look, rng)


def _painted(outline: NDArray[np.complex128], look: _Look, rng: np.random.Generator) -> Grey:
    """A tile with one grain, its outline in px about the middle: uint8 `[SIDE, SIDE]`."""
    points = np.rint((np.column_stack([outline.real, outline.imag]) + (SIDE - 1) / 2) * 16).astype(np.int32)
    inside, rim = np.zeros((2, SIDE, SIDE), np.uint8)
    cv2.fillPoly(inside, [points], 255, cv2.LINE_AA, 4)
    cv2.polylines(rim, [points], True, 255, 2, cv2.LINE_AA, 4)
    body = look.body + look.grain * _texture(9, rng) + 0.4 * look.grain * _texture(24, rng)
    cover = inside.astype(np.float32) / 255
    image = look.ground + 5 * _texture(3, rng) + cover * (body - look.ground) + look.rim / 255 * rim
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), look.blur), np.float32)
    image += look.noise * rng.standard_normal(image.shape, np.float32)
    return np.asarray(np.rint(image.clip(0, 255)), np.uint8)


def _texture(cells: int, rng: np.random.Generator) -> Layer:
    """Smooth noise of about unit size: float32 `[SIDE, SIDE]`."""
    coarse = rng.standard_normal((cells, cells), np.float32)
    return np.asarray(cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.float32)
