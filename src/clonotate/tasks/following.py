"""Where a point of one frame is in the next, as a tool finds it that compares small pictures, if it is sure.

By normalised correlation of its surroundings. Sure is what looks alike, more so than any place not right
beside it, and leads back to where it came from (forward-backward error, Kalal et al. 2010).
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Place = tuple[int, int]  # x, y in pixels

HALF = 8  # px of the surroundings on each side
ASIDE = 6  # px within which places look alike because they are the same
ASTRAY = 3.0  # px that the way back may miss
CLEAR = 0.1  # how much less any other place is alike


def followed(
    before: NDArray[np.uint8], after: NDArray[np.uint8], at: Place, reach: int, alike: float
) -> Place | None:
    """Where a place of one image, uint8 `[height, width(, 3)]`, is in the next, within `reach` px each way.

    None where the tool is not sure: `alike` is the correlation asked for, of 1 at most.
    """
    there, likeness, next_best = found(before, after, at, reach)
    height, width = after.shape[:2]
    if not (0 <= there[0] < width and 0 <= there[1] < height) or likeness < max(alike, next_best + CLEAR):
        return None
    back, *_ = found(after, before, there, reach)
    return there if math.dist(back, at) <= ASTRAY else None


def found(
    before: NDArray[np.uint8], after: NDArray[np.uint8], at: Place, reach: int
) -> tuple[Place, float, float]:
    """The place that looks most alike, how much, and how much another at some distance does."""
    (x, y), rim = at, HALF + reach
    pattern = around(before, at, HALF)
    likeness = cv2.matchTemplate(around(after, at, rim), pattern, cv2.TM_CCOEFF_NORMED)
    _, most, _, (dx, dy) = cv2.minMaxLoc(likeness)
    others = cv2.circle(likeness, (dx, dy), ASIDE, -1.0, cv2.FILLED)
    return (x + dx - reach, y + dy - reach), float(most), float(others.max())


def around(image: NDArray[np.uint8], at: Place, half: int) -> NDArray[np.uint8]:
    """The picture around a place; beyond the edge of the image its last pixels go on."""
    rows, columns = (
        np.arange(v - half, v + half + 1).clip(0, size - 1)
        for v, size in zip(at[::-1], image.shape, strict=False)
    )
    return np.ascontiguousarray(image[np.ix_(rows, columns)])
