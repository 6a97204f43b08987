"""Gas plumes: puffs that leave a source, are carried off by a meandering wind, and spread as they go.

A Gaussian puff model with a wind that turns and eddies that fold the edge: what a plume of methane or SO2
looks like from above, without solving for the flow.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PUFFS = 90
MARGIN = 0.04  # of the side, kept free around a plume
TRIES = 40


def waves(side: int, scale: float, rng: np.random.Generator) -> Floats:
    """A smooth random field of about unit variance that varies over `scale` px: float32 `[side, side]`."""
    knots = max(round(side / scale), 2) + 3
    coarse = rng.standard_normal((knots, knots), dtype=np.float32)
    return np.asarray(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC), np.float32) * 1.3


def plume(side: int, area: float, rng: np.random.Generator) -> Floats:
    """The column of a gas over a square: float32 `[side, side]`, 1 on the edge of the plume, more within.

    Within lies about `area`, a share of the square, in one piece that touches no border.
    """
    for _ in range(TRIES):
        column = puffs(side, np.sqrt(area), rng)
        level = np.partition(column.ravel(), -int(area * side * side))[-int(area * side * side)]
        column /= max(float(level), 1e-9)
        if contained(column > 1):
            break
    return column


def puffs(side: int, size: float, rng: np.random.Generator) -> Floats:
    """One plume of about `size` (a share of the side), unscaled: float32 `[side, side]`."""
    age = np.linspace(0.01, 1, PUFFS)
    heading, turn = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.5)
    angle = heading + turn * age + rng.uniform(0.1, 0.6) * meander(rng)
    reach = rng.uniform(1.4, 3.2) * size / PUFFS
    steps = np.stack([np.cos(angle), np.sin(angle)], axis=1) * reach
    path = np.cumsum(steps, axis=0)
    path += rng.normal(0, 0.05 * size, path.shape) * np.sqrt(age)[:, None]
    spread = size * (0.07 + rng.uniform(0.13, 0.28) * age ** rng.uniform(0.6, 1.0))
    around = 1.6 * spread[:, None] + MARGIN
    path += rng.uniform(*np.sort([-(path - around).min(axis=0), 1 - (path + around).max(axis=0)], axis=0))
    mass = np.exp(rng.normal(0, 0.35, PUFFS)) * age ** rng.uniform(0.3, 1.0)  # a source that flickers
    grid = (np.arange(side) + 0.5) / side
    across, down = (np.exp(-(((grid - path[:, axis, None]) / spread[:, None]) ** 2) / 2) for axis in (0, 1))
    column = np.einsum("py,px->yx", down * (mass / spread**2)[:, None], across)
    return eddied(np.asarray(column, np.float32), rng)


def meander(rng: np.random.Generator) -> NDArray[np.float64]:
    """How far the wind has turned by each age: a smooth walk from 0, float `[PUFFS]`."""
    walk = np.cumsum(rng.normal(0, 1, PUFFS))
    smooth = np.convolve(np.pad(walk, 8, mode="edge"), np.hanning(17) / np.hanning(17).sum(), mode="valid")
    return np.asarray((smooth - smooth[0]) / np.sqrt(PUFFS / 3))


def eddied(column: Floats, rng: np.random.Generator) -> Floats:
    """The column folded and torn by eddies of two sizes."""
    side = len(column)
    along = np.arange(side, dtype=np.float32)
    x = along + side * (0.014 * waves(side, side / 6, rng) + 0.005 * waves(side, side / 18, rng))
    y = along[:, None] + side * (0.014 * waves(side, side / 6, rng) + 0.005 * waves(side, side / 18, rng))
    folded = cv2.remap(column, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    torn = np.exp(0.18 * waves(side, side / 12, rng) + 0.15 * waves(side, side / 28, rng))
    return np.asarray(folded * torn, np.float32)


def contained(inside: NDArray[np.bool_]) -> bool:
    """Whether a shape keeps clear of the borders and lies, but for specks, in one piece."""
    rim = max(round(MARGIN * len(inside)), 1)
    if inside[:rim].any() or inside[-rim:].any() or inside[:, :rim].any() or inside[:, -rim:].any():
        return False
    count, _, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8))
    return count > 1 and bool(stats[1:, cv2.CC_STAT_AREA].max() > 0.93 * inside.sum())
