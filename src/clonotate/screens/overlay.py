"""What is drawn over the canvas picture: marks as small cached stamps, and paths; both end at its edge."""

from functools import lru_cache
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.records import Screen
from clonotate.screens.widgets import RGB, Mark, Path, Shape

CONTOUR = (10, 10, 14)
"""The dark line round every mark, so that it shows on bright ground too."""


class Stamp(NamedTuple):
    """A mark ready to press: `ground * keep // 256 + ink`, both uint16 `[side, side, 3]`."""

    keep: NDArray[np.uint16]
    ink: NDArray[np.uint16]


def draw(canvas: Screen, overlay: tuple[Mark | Path, ...], ratio: int) -> None:
    """Draw marks and paths in order over `canvas`, uint8 `[256 * ratio, 256 * ratio, 3]`, in place."""
    for item in overlay:
        if isinstance(item, Mark):
            _press(canvas, stamp(item.shape, item.radius, item.color, ratio), item.at, ratio)
        else:
            _line(canvas, item, ratio)


def _press(canvas: Screen, mark: Stamp, at: tuple[int, int], ratio: int) -> None:
    (keep, ink), side, (height, width, _) = mark, len(mark.keep), canvas.shape
    back = side // 2 - ratio // 2
    left, top = at[0] * ratio - back, at[1] * ratio - back
    if not (0 <= left <= width - side and 0 <= top <= height - side):
        inside = np.s_[max(-top, 0) : max(height - top, 0), max(-left, 0) : max(width - left, 0)]
        keep, ink = keep[inside], ink[inside]
    ground = canvas[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
    mixed = ground * keep
    mixed >>= 8
    mixed += ink
    ground[:] = mixed


@lru_cache(maxsize=4096)
def stamp(shape: Shape, radius: int, color: RGB, ratio: int) -> Stamp:
    """The stamp of a mark: a smooth stroke of 1.5 logical pixels, and outside it a contour of about one."""
    reach = (radius + 3) * ratio
    offset = np.abs(np.arange(-reach, reach + 1))
    outside = _outside(shape, offset[None, :], offset[:, None], radius * ratio)
    from_line = outside if shape == "disc" else np.abs(outside)
    stroke = np.clip(0.75 * ratio + 0.5 - from_line, 0, 1)[..., None]
    # None on the inside: a small ring must not darken what it marks.
    contour = 0.85 * np.where(outside > 0, np.clip(1.9 * ratio + 0.5 - outside, 0, 1), 0)[..., None]
    keep = (1 - contour) * (1 - stroke)
    ink = np.array(CONTOUR) * contour * (1 - stroke) + np.array(color) * stroke
    whole = np.repeat(np.floor(keep * 256), 3, axis=2)
    return Stamp(whole.astype(np.uint16), np.floor(ink).astype(np.uint16))


def _outside(shape: Shape, x: NDArray[np.int64], y: NDArray[np.int64], radius: int) -> NDArray[np.float64]:
    """How far pixels lie outside the shape, negative within; `x` and `y` are distances from its centre."""
    from_centre = np.sqrt((x * x + y * y).astype(float))
    distance: dict[Shape, NDArray[np.float64]] = {
        "ring": from_centre - radius,
        "disc": from_centre - radius,
        "square": (np.maximum(x, y) - radius).astype(float),
        "cross": np.maximum(np.minimum(x, y), np.maximum(x, y) - radius).astype(float),
    }
    return distance[shape]


def _line(canvas: Screen, path: Path, ratio: int) -> None:
    below, line = _corners(path.points, ratio)
    cv2.polylines(canvas, below, path.closed, CONTOUR, ratio, cv2.LINE_AA)
    cv2.polylines(canvas, line, path.closed, path.color, ratio, cv2.LINE_AA)


Corners: TypeAlias = list[NDArray[np.int32]]


@lru_cache(maxsize=4096)  # a line stays for many screens
def _corners(points: tuple[tuple[int, int], ...], ratio: int) -> tuple[Corners, Corners]:
    """Where on the canvas the dark twin of a line runs, and the line itself over it."""
    corners = np.array(points, np.int32).reshape(-1, 1, 2) * ratio + ratio // 2
    return [corners + ratio], [corners]
