"""The surfaces of a layout, before any widget is placed: where canvas, bars and panels lie."""

from typing import NamedTuple

from clonotate.screens.layout import Layout, Rect
from clonotate.screens.widgets import CANVAS

TITLE_BAR = 18
BAR = 13  # title and status bar where both cost height
RIM = 7  # window between canvas and panel, at most
NARROW = 80
"""A column narrower than this stands tighter and gives a readout two lines."""


class Frame(NamedTuple):
    """Surfaces in logical pixels; a strip is a row of buttons over the whole width."""

    canvas: Rect
    title: Rect
    columns: tuple[Rect, ...]
    strip: Rect | None
    status_bar: Rect | None


def frame(layout: Layout) -> Frame:
    """The surfaces of `layout`, in logical pixels."""
    return _ell(layout) if layout.side in ("top", "bottom") else _columns(layout)


def _columns(layout: Layout) -> Frame:
    """A title bar, perhaps a status bar, and one or two full columns beside the canvas."""
    width, height = layout.width, layout.height
    title = Rect(0, 0, width, TITLE_BAR if layout.status == "panel" else BAR)
    status, top, bottom = None, title.bottom, height
    if layout.status == "top":
        status, top = Rect(0, title.bottom, width, BAR), title.bottom + BAR
    elif layout.status == "bottom":
        status, bottom = Rect(0, height - BAR, width, BAR), height - BAR
    rim = min((bottom - top - CANVAS) // 2, RIM)
    left = {"right": rim, "left": width - CANVAS - rim}.get(layout.side, (width - CANVAS) // 2)
    canvas = Rect(left, top + (bottom - top - CANVAS) // 2, CANVAS, CANVAS)
    before = Rect(0, top, canvas.left - rim, bottom - top)
    after = Rect(canvas.right + rim, top, width - canvas.right - rim, bottom - top)
    columns = {"left": (before,), "right": (after,)}.get(layout.side, (before, after))
    return Frame(canvas, title, columns, None, status)


def _ell(layout: Layout) -> Frame:
    """A strip over the whole width and a column beside the canvas, together an L."""
    width, height, rim = layout.width, layout.height, 3
    beside, thick = width - CANVAS - 2 * rim, height - CANVAS - 2 * rim
    if layout.side == "top":
        strip = Rect(0, 0, width, thick)
        canvas = Rect(rim, thick + rim, CANVAS, CANVAS)
        title = Rect(width - beside, thick, beside, TITLE_BAR)
    else:
        strip = Rect(0, height - thick, width, thick)
        canvas = Rect(width - rim - CANVAS, rim, CANVAS, CANVAS)
        title = Rect(0, 0, beside, TITLE_BAR)
    column = Rect(title.left, title.bottom, beside, height - thick - TITLE_BAR)
    return Frame(canvas, title, (column,), strip, None)
