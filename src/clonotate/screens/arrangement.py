"""Widgets and a layout to rectangles.

Rectangles depend on the structure of a view alone (names, texts, captions), never on values, lit or
enabled, so that nothing jumps while annotating.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from clonotate.records import ClonotateError
from clonotate.screens.font import text_width
from clonotate.screens.frame import NARROW, Frame, frame
from clonotate.screens.icons import ICON
from clonotate.screens.layout import Layout, Rect
from clonotate.screens.widgets import Button, Group, Plot, Readout, Status, Strip, View

SWATCH = 10  # a square of colour and the space behind it
PICTURE = ICON + 3  # an icon and the space behind it
CURVE = 22  # how high a plot is in a panel
CLOSING = ("edit", "finish")
"""Groups of these roles stand side by side at the foot of the panel."""


class Measure(NamedTuple):
    """How high a button is and how far from the next, in logical pixels."""

    height: int
    gap: int


MEASURES = {
    "normal": Measure(20, 4),
    "compact": Measure(17, 3),
    "small": Measure(14, 3),
    "tight": Measure(11, 2),  # never asked for: the last resort of a crowded view
}
APART = 6  # between groups, besides the gap


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """Where everything lies, in screen pixels; `buttons` by name, the tuples in the order of the view."""

    width: int
    height: int
    canvas: Rect
    title: Rect
    buttons: Mapping[str, Rect]
    groups: tuple[Rect, ...]
    status: tuple[Rect, ...]
    status_bar: Rect | None
    panels: tuple[Rect, ...]  # the surfaces under the buttons


@lru_cache(maxsize=16)
def places_of(view: View, layout: Layout) -> Arrangement:
    """`arrange` for a view, which is known again by its identity: it is asked for several times a step."""
    return arrange(view.groups, view.status, layout)


@lru_cache(maxsize=4096)
def arrange(groups: tuple[Group, ...], status: tuple[Status, ...], layout: Layout) -> Arrangement:
    """Where the widgets of a view lie under `layout`, in screen pixels.

    Raises ClonotateError where they do not fit, or where two buttons share a name.
    """
    return _arranged(_bare_groups(groups), tuple(map(_bare_status, status)), layout)


@lru_cache(maxsize=1024)
def _bare_groups(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    names = [button.name for group in groups for button in group.buttons]
    if len({*names, "canvas"}) <= len(names):
        raise ClonotateError(f"every button needs a name of its own, and not 'canvas': {', '.join(names)}")
    return tuple(map(_bare_group, groups))


def _bare_group(group: Group) -> Group:
    return Group(group.role, tuple(map(_bare_button, group.buttons)))


def _bare_button(button: Button) -> Button:
    return replace(button, lit=False, enabled=True, swatch=(0, 0, 0) if button.swatch else None)


def _bare_status(item: Status) -> Status:
    if isinstance(item, Strip):
        return Strip(item.caption, (False,) * len(item.filled), 0)
    if isinstance(item, Plot):
        return Plot(item.caption, (0.0,) * len(item.values), 0)
    return Readout(item.caption, "")


@lru_cache(maxsize=1024)
def _arranged(groups: tuple[Group, ...], status: tuple[Status, ...], layout: Layout) -> Arrangement:
    surfaces = frame(layout)
    columns = [_inside(column, layout.inset) for column in surfaces.columns]
    if surfaces.status_bar:
        bar = surfaces.status_bar
        items = _along(status, Rect(bar.left + 6, bar.top + 3, bar.width - 12, bar.height - 5))
    else:
        items, columns[0] = _down(status, columns[0])
    for measure in _measures(layout):
        buttons = _buttons(groups, columns, surfaces.strip, measure)
        if buttons is not None:
            return _scaled(groups, buttons, items, surfaces, layout)
    raise ClonotateError(f"{sum(len(g.buttons) for g in groups)} buttons do not fit a {layout.side} panel")


def _inside(column: Rect, inset: int) -> Rect:
    """Where the widgets of a panel lie; a narrow one has no room to give away."""
    return column.inset(4, 6) if column.width < NARROW else column.inset(6 + inset, 6 + inset)


def _measures(layout: Layout) -> list[Measure]:
    """What is tried for the buttons, from what the layout asks for to the tightest."""
    sizes = list(MEASURES.values())[list(MEASURES).index(layout.size) :]
    asked = Measure(sizes[0].height + layout.taller, sizes[0].gap + layout.apart)
    return [asked, *(size for size in sizes if size != asked)]


Block = tuple[Button, ...]
Cells = dict[str, Rect]


def _buttons(
    groups: tuple[Group, ...], columns: list[Rect], strip: Rect | None, measure: Measure
) -> Cells | None:
    """The rectangle of every button; None where they do not fit at this size."""
    closing = tuple(button for group in groups if group.role in CLOSING for button in group.buttons)
    labels = [group.buttons for group in groups if group.role == "label"]
    others = [group.buttons for group in groups if group.role not in (*CLOSING, "label")]
    if len(columns) == 2:
        return _merged(_stack(others, (), columns[0], measure), _stack(labels, closing, columns[1], measure))
    blocks = [group.buttons for group in groups if group.role not in CLOSING]
    if strip is None:
        return _stack(blocks, closing, columns[0], measure)
    placed, blocks, closing = _on_strip(blocks, closing, strip.inset(6, 3), measure)
    return _merged(placed, _stack(blocks, closing, columns[0], measure))


def _merged(one: Cells | None, other: Cells | None) -> Cells | None:
    return None if one is None or other is None else one | other


def _stack(blocks: list[Block], closing: Block, column: Rect, measure: Measure) -> Cells | None:
    """Blocks from the top down, the closing one at the foot; None where they do not fit."""
    cells: Cells = {}
    top = column.top
    for block in blocks:
        cells |= _grid(block, column.left, top, column.width, measure)
        top = _bottom(cells) + measure.gap + APART
    foot = _grid(closing, column.left, 0, column.width, measure)
    top_of_foot = column.bottom - _bottom(foot)
    if (top if foot else _bottom(cells)) > top_of_foot:
        return None
    return cells | {name: cell._replace(top=cell.top + top_of_foot) for name, cell in foot.items()}


def _bottom(cells: Cells) -> int:
    return max((cell.bottom for cell in cells.values()), default=0)


def _grid(block: Block, left: int, top: int, width: int, measure: Measure) -> Cells:
    """Buttons in as few rows as their texts allow, in at most three columns, downwards from `top`."""
    height, gap = measure
    widest = max(map(button_width, block), default=0)
    fits = [n for n in (1, 2, 3) if n <= len(block) and (width - (n - 1) * gap) // n >= widest]
    across = min(fits, key=lambda n: (-(-len(block) // n), n), default=1)
    edges = [left + i * (width + gap) // across for i in range(across + 1)]
    cells = {}
    for index, button in enumerate(block):
        if button_width(button, condensed=True) > width:
            raise ClonotateError(
                f"the text of button {button.text!r} is too long for this layout: shorten it"
            )
        row, column = divmod(index, across)
        wide = edges[column + 1] - edges[column] - gap
        cells[button.name] = Rect(edges[column], top + row * (height + gap), wide, height)
    return cells


def button_width(button: Button, condensed: bool = False) -> int:
    """The least width of a button that shows its text and what stands before it, in logical pixels."""
    room = 4 if condensed else 8
    return text_width(button.text, condensed) + ornament(button) + room


def ornament(button: Button) -> int:
    """How much room the swatch and the icon of a button take, in logical pixels."""
    return (SWATCH if button.swatch else 0) + (PICTURE if button.icon else 0)


def _on_strip(
    blocks: list[Block], closing: Block, strip: Rect, measure: Measure
) -> tuple[Cells, list[Block], Block]:
    """As many blocks as the strip holds, the closing one at its right end; then what is left over."""
    cells: Cells = {}
    right, left, over = strip.right, strip.left, []
    length = _bottom_right(_row(closing, 0, strip, measure))
    if length <= strip.width:
        cells |= _row(closing, right - length, strip, measure)
        right -= length + measure.gap + APART
        closing = ()
    for block in blocks:
        row = _row(block, left, strip, measure)
        if _bottom_right(row) <= right:
            cells |= row
            left = _bottom_right(row) + measure.gap + APART
        else:
            over.append(block)
    return cells, over, closing


def _row(block: Block, left: int, strip: Rect, measure: Measure) -> Cells:
    """Buttons side by side, each as wide as its text asks."""
    height = min(measure.height, strip.height)
    top = strip.top + (strip.height - height) // 2
    cells = {}
    for button in block:
        cells[button.name] = Rect(left, top, max(button_width(button) + 6, 30), height)
        left = cells[button.name].right + measure.gap
    return cells


def _bottom_right(row: Cells) -> int:
    return max((cell.right for cell in row.values()), default=0)


def tick_rows(ticks: int, width: int) -> int:
    """In how many rows a timeline is drawn so that each tick has three pixels or more."""
    return max(1, -(-ticks * 3 // width))


def _down(status: tuple[Status, ...], column: Rect) -> tuple[list[Rect], Rect]:
    """Status items one below the other, and what they leave of the column."""
    rects, top = [], column.top
    for item in status:
        if isinstance(item, Strip):
            height = 10 + 7 * tick_rows(len(item.filled), column.width)
        elif isinstance(item, Plot):
            height = 10 + CURVE
        else:
            height = 19 if column.width < NARROW else 9
        rects.append(Rect(column.left, top, column.width, height))
        top += height + 4
    top += APART if status else 0
    return rects, Rect(column.left, top, column.width, column.bottom - top)


def _along(status: tuple[Status, ...], bar: Rect) -> list[Rect]:
    """Status items side by side: a timeline or plot as long as it asks, the readouts alike."""
    least = [text_width(item.caption) + 6 + _least_value(item) for item in status]
    spare = bar.width - sum(least) - 8 * (len(status) - 1)
    if spare < 0:
        raise ClonotateError(f"{len(status)} status items do not fit a bar of {bar.width} pixels")
    rects, left = [], bar.left
    for number, (item, need) in enumerate(zip(status, least, strict=True)):
        share = spare // (len(status) - number)
        if isinstance(item, Strip):  # a readout's share is more useful to a long timeline
            share = min(6 * len(item.filled), max(share, spare // 2))
        elif isinstance(item, Plot):
            share = min(4 * len(item.values), max(share, spare // 2))
        rects.append(Rect(left, bar.top, need + share, bar.height))
        left += need + share + 8
        spare -= share
    return rects


def _least_value(item: Status) -> int:
    if isinstance(item, Strip):
        return -(-len(item.filled) // 2) * 3
    return 48 if isinstance(item, Plot) else 30


def _scaled(
    groups: tuple[Group, ...], buttons: Cells, items: list[Rect], surfaces: Frame, layout: Layout
) -> Arrangement:
    ratio = layout.ratio

    def fine(rects: Iterable[Rect]) -> tuple[Rect, ...]:
        return tuple(rect.scaled(ratio) for rect in rects)

    return Arrangement(
        width=layout.width * ratio,
        height=layout.height * ratio,
        canvas=surfaces.canvas.scaled(ratio),
        title=surfaces.title.scaled(ratio),
        buttons={b.name: buttons[b.name].scaled(ratio) for group in groups for b in group.buttons},
        groups=fine(_around([buttons[b.name] for b in group.buttons]) for group in groups),
        status=fine(items),
        status_bar=surfaces.status_bar.scaled(ratio) if surfaces.status_bar else None,
        panels=fine((*surfaces.columns, *([surfaces.strip] if surfaces.strip else []))),
    )


def _around(rects: list[Rect]) -> Rect:
    left, top = min(rect.left for rect in rects), min(rect.top for rect in rects)
    right, bottom = max(rect.right for rect in rects), max(rect.bottom for rect in rects)
    return Rect(left, top, right - left, bottom - top)
