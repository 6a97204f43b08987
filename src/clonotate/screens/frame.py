"""The surfaces of a layout, before any widget is placed: where canvas, bars and panels lie."""

from typing import NamedTuple

from clonotate.screens.layout import Layout, Rect, Side

TITLE_BAR = 18
BAR = 13  # title and status bar where both cost height
STRIP = 26
RIM = 3  # window between canvas and panel, at least
SLIM = 7  # and at most, between two columns
PANEL = 128  # width of the panels and rims, at least
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
    width, height, side = layout.width, layout.height, layout.canvas
    alone = layout.status == "panel"
    room = height - side - 2 * RIM
    bar = TITLE_BAR + min(layout.bars, room - TITLE_BAR) if alone else BAR + min(layout.bars, room // 2 - BAR)
    title, top, bottom, status = Rect(0, 0, width, bar), bar, height, None
    if layout.status == "top":
        status, top = Rect(0, bar, width, bar), 2 * bar
    elif layout.status == "bottom":
        status, bottom = Rect(0, height - bar, width, bar), height - bar
    slack = (bottom - top - side) // 2
    rim = min(slack, layout.rim, SLIM if layout.side == "split" else layout.rim)
    across, down = layout.shift
    canvas = Rect(
        _beside(layout.side, width - side, rim, across),
        top + slack + _within(down, rim - slack, slack - rim),
        side,
        side,
    )
    before = Rect(0, top, canvas.left - rim, bottom - top)
    after = Rect(canvas.right + rim, top, width - canvas.right - rim, bottom - top)
    columns = {"left": (before,), "right": (after,)}.get(layout.side, (before, after))
    return Frame(canvas, title, columns, None, status)


def _beside(side: Side, room: int, rim: int, shift: int) -> int:
    """The left edge of the canvas where it leaves `room` for panels and is moved as far as they allow."""
    spare = room - PANEL
    if side in ("right", "top"):
        return rim + _within(shift, 0, spare)
    if side in ("left", "bottom"):
        return room - rim + _within(shift, -spare, 0)
    return room // 2 + _within(shift, -(spare // 2), spare // 2)


def _within(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


def _ell(layout: Layout) -> Frame:
    """A strip over the whole width and a column beside the canvas, together an L."""
    width, height, side = layout.width, layout.height, layout.canvas
    rim = min(layout.rim, (height - side - STRIP) // 2)
    thick = min(STRIP + layout.bars, height - side - 2 * rim)
    across, down = layout.shift
    below = thick if layout.side == "top" else 0
    top = below + rim + _within(down, 0, height - thick - side - 2 * rim)
    canvas = Rect(_beside(layout.side, width - side, rim, across), top, side, side)
    strip = Rect(0, 0 if below else height - thick, width, thick)
    left, right = (canvas.right + rim, width) if below else (0, canvas.left - rim)
    title = Rect(left, below, right - left, TITLE_BAR)
    column = Rect(left, title.bottom, title.width, height - thick - TITLE_BAR)
    return Frame(canvas, title, (column,), strip, None)
