"""A view and a layout to pixels: cached chrome, then the status, the canvas and what is drawn over it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.records import Screen
from clonotate.screens.arrangement import places_of
from clonotate.screens.chrome import chrome, paint_status
from clonotate.screens.layout import Layout
from clonotate.screens.overlay import draw
from clonotate.screens.widgets import CANVAS, Canvas, View


def render(view: View, layout: Layout) -> Screen:
    """The screen of a view, a fresh uint8 array `[height * ratio, width * ratio, 3]`, RGB.

    Raises ClonotateError where the widgets of the view do not fit the layout.
    """
    places = places_of(view, layout)
    screen = chrome(view.title, view.groups, places, layout).copy()
    paint_status(screen, view.status, places, layout)
    canvas = screen[places.canvas.top : places.canvas.bottom, places.canvas.left : places.canvas.right]
    if layout.canvas == CANVAS:
        _paint(canvas, view.canvas, layout.ratio)
    else:
        side = CANVAS * layout.ratio
        painted = np.empty((side, side, 3), np.uint8)
        _paint(painted, view.canvas, layout.ratio)
        cv2.resize(painted, canvas.shape[:2], dst=canvas, interpolation=cv2.INTER_LINEAR_EXACT)
    return screen


def _paint(screen: Screen, canvas: Canvas, ratio: int) -> None:
    """The picture with what is drawn over it, each canvas pixel `ratio` screen pixels wide and high."""
    _show(canvas.image, screen, ratio)
    draw(screen, canvas.overlay, ratio)


def _show(image: NDArray[np.uint8], canvas: Screen, ratio: int) -> None:
    """Put a grey or RGB picture on the canvas, each pixel `ratio` times as wide and high."""
    sized = image if ratio == 1 else cv2.resize(image, canvas.shape[:2], interpolation=cv2.INTER_NEAREST)
    if image.ndim == 2:
        cv2.cvtColor(sized, cv2.COLOR_GRAY2RGB, dst=canvas)
    else:
        canvas[:] = sized
