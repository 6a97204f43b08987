"""What animals walk on: arenas, soil, leaves and paper from above; floors and what stands behind them.

A scenery is a float32 RGB picture in 0..255 of one mean luminance, larger than the canvas where cameras pan.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds.gaits import Floats, curve

Image = NDArray[np.float32]
Light = NDArray[np.float32]
Hue = tuple[float, float, float]
GREY: Hue = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Surface:
    """A kind of ground. Textures are shares of its luminance at full clutter."""

    hue: Hue = GREY
    fine: float = 0.05  # grain of a few pixels
    coarse: float = 0.06  # stains of tens of pixels
    scratches: int = 0
    chips: int = 0
    grid: bool = False  # ruled lines


ARENAS = (
    Surface(fine=0.03, scratches=6),
    Surface((1.05, 1.0, 0.9), 0.04, 0.08, 4, 12),
    Surface((1.08, 1.0, 0.82), 0.10, 0.10, 0, 260),
    Surface((0.95, 1.0, 1.06), 0.03, 0.04, 0, 0, True),
)
GROUNDS = (
    Surface((1.15, 1.0, 0.75), 0.14, 0.12, 0, 120),
    Surface((1.2, 0.98, 0.7), 0.20, 0.18, 0, 60),
    Surface((0.8, 1.1, 0.6), 0.07, 0.10, 9),
    Surface((1.02, 1.0, 0.95), 0.03, 0.03, 0, 0, True),
    Surface(fine=0.08, coarse=0.05, chips=30),
)
FLOORS = (
    Surface(fine=0.04, coarse=0.04),
    Surface((1.1, 1.0, 0.85), 0.08, 0.08, 2),
    Surface((0.85, 1.1, 0.6), 0.22, 0.12),
    Surface((1.15, 1.0, 0.78), 0.16, 0.12, 0, 60),
)
BACKS = (
    Surface(fine=0.0, coarse=0.03),
    Surface((1.05, 1.0, 0.92), 0.0, 0.05, grid=True),
    Surface((0.85, 1.08, 0.75), 0.0, 0.22),
    Surface((0.9, 1.0, 1.12), 0.0, 0.08),
)


def laid(
    surface: Surface, height: int, width: int, level: float, clutter: float, rng: np.random.Generator
) -> Image:
    """A surface of mean luminance `level` (0..1), float32 `[height, width, 3]` in 0..255."""
    light = surface.fine * octaves(height, width, (2, 4), rng)
    light += surface.coarse * octaves(height, width, (30, 80), rng)
    tone = np.array(surface.hue, np.float32)
    tone *= np.float32(255 * level / (tone @ np.array([0.30, 0.59, 0.11], np.float32)))
    picture = cv2.merge([channel * (1 + clutter * light) for channel in tone])
    if surface.grid:
        ruled(picture, rng)
    for _ in range(round(clutter * surface.scratches)):
        scratch(picture, rng)
    for x, y in rng.uniform(0, (width, height), (round(clutter * surface.chips), 2)):
        shade = tuple(map(float, tone * rng.uniform(0.75, 1.2)))
        axes = tuple(rng.uniform(1.5, 7, 2))
        cv2.ellipse(picture, ((x, y), axes, rng.uniform(0, 180)), shade, -1, cv2.LINE_AA)
    return np.asarray(picture, np.float32)


def octaves(height: int, width: int, periods: tuple[int, ...], rng: np.random.Generator) -> Light:
    """Smooth noise of about unit spread: float32 `[height, width]`."""
    total = np.zeros((height, width), np.float32)
    for period in periods:
        coarse = rng.standard_normal((height // period + 3, width // period + 3), np.float32)
        total += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return total / np.float32(np.sqrt(len(periods)))


def ruled(picture: Image, rng: np.random.Generator) -> None:
    """Lines at equal distances, across and down, in place."""
    pitch, shade = int(rng.integers(18, 60)), np.float32(rng.uniform(0.86, 0.95))
    picture[int(rng.integers(pitch)) :: pitch] *= shade
    picture[:, int(rng.integers(pitch)) :: pitch] *= shade


def scratch(picture: Image, rng: np.random.Generator) -> None:
    """A faint bent line, in place."""
    height, width = picture.shape[:2]
    turn = rng.uniform(0, 2 * np.pi) + rng.normal(0, 0.25, 8).cumsum()
    steps = rng.uniform(6, 22) * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    course = np.rint(8 * (rng.uniform(0, (width, height)) + steps.cumsum(axis=0))).astype(np.int32)
    shade = tuple(map(float, picture[height // 2, width // 2] * rng.choice([0.85, 1.1])))
    cv2.polylines(picture, [course], False, shade, 1, cv2.LINE_AA, 3)


def from_above(
    arena: bool, height: int, width: int, level: float, clutter: float, rng: np.random.Generator
) -> Image:
    """An arena or open ground; an arena may show a dark rim along a side."""
    surfaces = ARENAS if arena else GROUNDS
    picture = laid(surfaces[rng.integers(len(surfaces))], height, width, level, clutter, rng)
    if arena and rng.random() < 0.6:
        turned, depth = np.rot90(picture, int(rng.integers(4))), int(rng.integers(3, 13))
        turned[:depth] *= np.float32(rng.uniform(0.3, 0.7))
        turned[depth : depth + 2] *= np.float32(1.2)
    return picture


def from_the_side(
    horizon: int, height: int, width: int, level: float, clutter: float, rng: np.random.Generator
) -> Image:
    """A floor below row `horizon`, and a wall, a hedge or the sky, out of focus, above it."""
    back, front = BACKS[rng.integers(len(BACKS))], FLOORS[rng.integers(len(FLOORS))]
    picture = np.empty((height, width, 3), np.float32)
    picture[:horizon] = laid(back, horizon, width, level * rng.uniform(0.95, 1.12), clutter, rng)
    picture[horizon:] = laid(front, height - horizon, width, level, clutter, rng)
    picture[horizon:] *= np.linspace(0.82, 1.05, height - horizon, dtype=np.float32)[:, None, None]
    picture[horizon : horizon + int(rng.integers(1, 4))] *= np.float32(rng.uniform(0.6, 0.9))
    return picture


def obstacles(
    place: NDArray[np.float64], above: bool, rng: np.random.Generator
) -> list[tuple[NDArray[np.float64], Hue]]:
    """Chains `[n, 3]` (x, y, radius in px) of one to three things in `place`, and their colours.

    `place` is left, top, right, bottom; seen from the side they stand on its lower edge, else they lie in it.
    """
    left, top, right, bottom = place
    green, brown = rng.uniform(0.7, 1.3) * np.array([[0.30, 0.42, 0.16], [0.42, 0.33, 0.24]])
    things = []
    for _ in range(int(rng.integers(1, 4))):
        leafy, x, y = rng.random() < 0.5, rng.uniform(left, right), rng.uniform(top, bottom)
        if above:
            chains = [leaf(x, y, rng) if leafy else twig(x, y, rng)]
        else:
            chains = tuft(x, bottom, rng) if leafy else [stone(x, bottom, rng)]
        r, g, b = (green if leafy else brown).clip(0, 1).tolist()
        things += [(curve(chain, 9), (r, g, b)) for chain in chains]
    return things


def leaf(x: float, y: float, rng: np.random.Generator) -> Floats:
    """A fallen leaf."""
    return chain_along(x, y, rng.uniform(18, 32), [0.6, rng.uniform(6, 10), 1.0], rng)


def twig(x: float, y: float, rng: np.random.Generator) -> Floats:
    """A straight stick."""
    return chain_along(x, y, rng.uniform(30, 60), [2.6, 3.4, 2.8], rng)


def chain_along(x: float, y: float, half: float, radii: list[float], rng: np.random.Generator) -> Floats:
    """Three circles on a line of any direction through a place."""
    turn, share = rng.uniform(0, 2 * np.pi), half * np.array([-1, 0, 1])
    return np.stack([x + share * np.cos(turn), y + share * np.sin(turn), radii], axis=-1)


def stone(x: float, foot: float, rng: np.random.Generator) -> Floats:
    """A stone that rests on the ground."""
    size = rng.uniform(5, 9)
    return np.array([(x, foot + 3, size), (x + 1.3 * size, foot + 4, 0.8 * size)])


def tuft(x: float, foot: float, rng: np.random.Generator) -> list[Floats]:
    """Blades of grass that lean apart."""
    lean, root = rng.normal(0, 10, 8), x + rng.normal(0, 5, 8)
    return [
        np.array([(r, foot + 5, 2.2), (r + 0.3 * way, foot - 12, 1.8), (r + way, foot - 28, 0.6)])
        for r, way in zip(root, lean, strict=True)
    ]
