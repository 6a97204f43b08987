"""In hindsight: where on the picture now shown an episode went on to draw.

A click says where one thing begins; what is drawn in the end says where everything lies. A network that
learns to foresee it learns to see, from nothing but what annotators leave behind.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.episodes.session import Session
from clonotate.screens.arrangement import Arrangement, places_of
from clonotate.screens.overlay import draw
from clonotate.screens.widgets import CANVAS, Mark, Path

CELL = 8  # px; the grid that is told of
UNKNOWN = 255
FAINT = 40  # of 255: what is left of a thin line where a canvas is shrunk


def ahead(ended: Session, world: Any) -> NDArray[np.uint8] | None:
    """1 in cells of the screen of `world` where something was to be drawn yet, else 0: `[rows, columns]`.

    `UNKNOWN` off the canvas. None where the task does not say what that would be (`Task.foreseen`).
    """
    now, then = (ended.task.foreseen(world, end) for end in (world, ended.world))
    if now is None or then is None:
        return None
    view, other = ended.task.view(now), ended.task.view(then)
    before, after = painted(view.canvas.overlay), painted(other.canvas.overlay)
    changed = before ^ after
    drawn = (changed[..., 0] | changed[..., 1] | changed[..., 2]) > 0  # `any` takes five times as long
    return told(drawn, places_of(view, ended.layout))


def painted(overlay: tuple[Mark | Path, ...]) -> NDArray[np.uint8]:
    """What is drawn over a canvas, on black: uint8 `[256, 256, 3]`."""
    canvas = np.zeros((CANVAS, CANVAS, 3), np.uint8)
    draw(canvas, overlay, 1)
    return canvas


def told(drawn: NDArray[np.bool_], places: Arrangement) -> NDArray[np.uint8]:
    """Pixels of a canvas, bool `[256, 256]`, as cells of the whole screen."""
    at = places.canvas
    sized = cv2.resize(drawn.astype(np.uint8) * 255, (at.width, at.height), interpolation=cv2.INTER_AREA)
    screen, canvas = np.zeros((2, places.height, places.width), np.uint8)
    screen[at.top : at.bottom, at.left : at.right] = np.where(sized > FAINT, 255, 0)
    canvas[at.top : at.bottom, at.left : at.right] = 255
    cells = places.width // CELL, places.height // CELL
    some, inside = (cv2.resize(one, cells, interpolation=cv2.INTER_AREA) > 0 for one in (screen, canvas))
    return np.where(inside, some, UNKNOWN).astype(np.uint8)
