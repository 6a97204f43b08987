"""The few strokes that the chrome is painted with; exact arithmetic only, so pixels agree across machines."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clonotate.records import Screen
from clonotate.screens.font import inked
from clonotate.screens.layout import Rect
from clonotate.screens.themes import Surface
from clonotate.screens.widgets import RGB


def fill(screen: Screen, rect: Rect, color: RGB) -> None:
    """Paint a rectangle."""
    screen[rect.top : rect.bottom, rect.left : rect.right] = color


def blend(screen: Screen, rect: Rect, color: RGB | NDArray[np.float64], cover: NDArray[np.float64]) -> None:
    """Paint `color` (or a colour a pixel) into a rectangle, `cover` in [0, 1] saying how much of it."""
    ground = screen[rect.top : rect.bottom, rect.left : rect.right]
    alpha = cover[..., None]
    ground[:] = np.floor(ground * (1 - alpha) + np.asarray(color, float) * alpha + 0.5).astype(np.uint8)


@lru_cache(maxsize=512)
def rounded(width: int, height: int, radius: float, inset: float = 0.0) -> NDArray[np.float64]:
    """How much of each pixel a rounded rectangle covers, float64 `[height, width]` in [0, 1].

    The rectangle is `inset` pixels smaller on every side than the array; coverage is the signed distance
    to its edge, clipped to one pixel.
    """
    x = np.abs(np.arange(width) + 0.5 - width / 2)[None, :] - (width / 2 - inset - radius)
    y = np.abs(np.arange(height) + 0.5 - height / 2)[:, None] - (height / 2 - inset - radius)
    outside = np.sqrt(np.maximum(x, 0) ** 2 + np.maximum(y, 0) ** 2)
    distance = outside + np.minimum(np.maximum(x, y), 0) - radius
    cover: NDArray[np.float64] = np.clip(0.5 - distance, 0, 1)
    return cover


def raised(screen: Screen, rect: Rect, surface: Surface, radius: float, edge: int) -> None:
    """A button's body: a plain fill in an edge of `edge` pixels, lit from the upper left."""
    below = np.add.outer(np.arange(rect.height), np.arange(rect.width)) >= rect.width
    below[-edge:] = True
    below[:edge] = False
    edges = np.where(below[..., None], surface.lower, surface.upper).astype(float)
    blend(screen, rect, edges, rounded(rect.width, rect.height, radius))
    blend(screen, rect, surface.fill, rounded(rect.width, rect.height, max(radius - edge, 0), edge))


def write(
    screen: Screen, text: str, left: int, top: int, color: RGB, scale: int, condensed: bool = False
) -> None:
    """Write one line of text with its top left corner at `(left, top)`."""
    ink = inked(text, scale, condensed)
    screen[top : top + ink.shape[0], left : left + ink.shape[1]][ink] = color
