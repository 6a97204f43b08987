"""All of the screen but the canvas: surfaces, title and buttons, which are cached, and the status."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clonotate.records import Screen
from clonotate.screens.arrangement import SWATCH, Arrangement, ornament, tick_rows
from clonotate.screens.brush import blend, fill, raised, rounded, write
from clonotate.screens.font import CAPS, fitting, text_width
from clonotate.screens.icons import ICON, icon_named
from clonotate.screens.layout import Layout, Rect
from clonotate.screens.painting import theme_named
from clonotate.screens.themes import Surface, Theme
from clonotate.screens.widgets import RGB, Button, Group, Plot, Readout, Role, Status, Strip


@lru_cache(maxsize=256)
def chrome(title: str, groups: tuple[Group, ...], places: Arrangement, layout: Layout) -> Screen:
    """The screen of a state without its status and with an empty canvas; not to be written to.

    uint8 `[height * ratio, width * ratio, 3]`.
    """
    screen = _ground(title, places, layout).copy()
    for group in groups:
        for button in group.buttons:
            rect = places.buttons[button.name]
            picture = _button(button, group.role, rect.width, rect.height, layout)
            screen[rect.top : rect.bottom, rect.left : rect.right] = picture
    return screen


def paint_status(screen: Screen, status: tuple[Status, ...], places: Arrangement, layout: Layout) -> None:
    """Paint the readouts, timelines and plots, which differ on nearly every screen."""
    for item, rect in zip(status, places.status, strict=True):
        if isinstance(item, Strip):
            _strip(screen, rect, item, layout)
        else:
            paint = _plot if isinstance(item, Plot) else _readout
            picture = paint(item, rect.width, rect.height, layout)
            screen[rect.top : rect.top + len(picture), rect.left : rect.right] = picture


@lru_cache(maxsize=64)
def _ground(title: str, places: Arrangement, layout: Layout) -> Screen:
    """What no click changes: the surfaces, the title and the border of the canvas."""
    theme, ratio = theme_named(layout.theme), layout.ratio
    screen = np.empty((places.height, places.width, 3), np.uint8)
    screen[:] = theme.window
    for panel in places.panels:
        fill(screen, panel, theme.panel)
    fill(screen, places.title, theme.bar)
    fill(screen, places.title._replace(top=places.title.bottom - ratio, height=ratio), theme.line)
    if bar := places.status_bar:
        fill(screen, bar, theme.panel)
        below = bar.top > places.canvas.top
        fill(screen, bar._replace(top=bar.top if below else bar.bottom - ratio, height=ratio), theme.line)
    _border(screen, places.canvas, layout, theme)
    _title(screen, places.title, title, theme, ratio)
    return screen


def _border(screen: Screen, canvas: Rect, layout: Layout, theme: Theme) -> None:
    ratio = layout.ratio
    if layout.border == "thin":
        fill(screen, canvas.inset(-ratio, -ratio), theme.line)
    elif layout.border == "glow":
        for reach, strength in ((3 * ratio, 0.25), (2 * ratio, 0.45), (ratio, 0.8)):
            halo = canvas.inset(-reach, -reach)
            blend(screen, halo, theme.glow, strength * rounded(halo.width, halo.height, reach))


def _title(screen: Screen, bar: Rect, title: str, theme: Theme, ratio: int) -> None:
    text, condensed = fitting(title, bar.width // ratio - 12)
    top = bar.top + (bar.height - CAPS * ratio) // 2
    write(screen, text, bar.left + 6 * ratio, top, theme.title, ratio, condensed)


def _swatch(screen: Screen, left: int, top: int, color: RGB, theme: Theme, ratio: int) -> None:
    """A square as high as a capital, with a thin outline."""
    square = Rect(left, top, CAPS * ratio, CAPS * ratio)
    fill(screen, square, theme.line)
    fill(screen, square.inset(ratio, ratio), color)


@lru_cache(maxsize=4096)
def _readout(item: Readout, width: int, height: int, layout: Layout) -> Screen:
    """Caption and value: to both ends of a panel, close together in a bar, or one above the other.

    A picture of its own, for most come back; one line higher than its place, for letters with a tail.
    """
    theme, ratio = theme_named(layout.theme), layout.ratio
    rect, screen = Rect(0, 0, width, height), np.empty((height + ratio, width, 3), np.uint8)
    screen[:] = theme.panel
    two_lines = rect.height > 15 * ratio
    beside = 0 if two_lines or not item.caption else text_width(item.caption) + 5
    swatch = (SWATCH if item.value else CAPS) if item.swatch else 0
    value, condensed = fitting(item.value, rect.width // ratio - beside - swatch)
    left, top = rect.left + beside * ratio, rect.top + two_lines * 10 * ratio
    if layout.status == "panel" and not two_lines:
        left = rect.right - (text_width(value, condensed) + swatch) * ratio
    write(screen, item.caption, rect.left, rect.top, theme.faint, ratio)
    write(screen, value, left + swatch * ratio, top, theme.text, ratio, condensed)
    if item.swatch:
        _swatch(screen, left, top, item.swatch, theme, ratio)
    return screen


def _strip(screen: Screen, rect: Rect, item: Strip, layout: Layout) -> None:
    """A caption, and the ticks below it in a panel or beside it in a bar."""
    theme, ratio = theme_named(layout.theme), layout.ratio
    place = _below_or_beside(item.caption, rect, layout)
    rows = min(tick_rows(len(item.filled), place.width // ratio), max(1, place.height // (4 * ratio)))
    across = -(-len(item.filled) // rows)
    pitch, high = min(place.width // max(across, 1), 9 * ratio), place.height // rows
    picture = _ticks(item.caption, item.filled, rect, (across, pitch, high), layout)
    screen[rect.top : rect.top + len(picture), rect.left : rect.right] = picture
    if item.present is not None and 0 <= item.present < len(item.filled):
        row, column = divmod(item.present, across)
        tick = Rect(place.left + column * pitch, place.top + row * high, pitch - ratio, high - ratio)
        fill(screen, tick.inset(-ratio, -ratio), theme.present)
        fill(screen, tick, theme.filled if item.filled[item.present] else theme.empty)


@lru_cache(maxsize=1024)
def _ticks(
    caption: str, filled: tuple[bool, ...], rect: Rect, grid: tuple[int, int, int], layout: Layout
) -> Screen:
    """A timeline without its present place, which moves more often than ticks are filled.

    grid: ticks in a row, and how far apart they and the rows are. One line higher than its place.
    """
    (across, pitch, high), theme, ratio = grid, theme_named(layout.theme), layout.ratio
    screen = np.empty((rect.height + ratio, rect.width, 3), np.uint8)
    screen[:] = theme.panel
    write(screen, caption, 0, 0, theme.faint, ratio)
    place = _below_or_beside(caption, Rect(0, 0, rect.width, rect.height), layout)
    colors = np.array((theme.empty, theme.filled), np.uint8)[np.array(filled, np.intp)]
    inked = np.arange(across * pitch) % pitch < pitch - ratio
    for row, first in enumerate(range(0, len(filled), max(across, 1))):
        line = np.repeat(colors[first : first + across], pitch, axis=0)
        top, width = place.top + row * high, len(line)
        block = screen[top : top + high - ratio, place.left : place.left + width]
        block[:, inked[:width]] = line[inked[:width]]
    return screen


def _below_or_beside(caption: str, rect: Rect, layout: Layout) -> Rect:
    """What a caption leaves of a status item's place."""
    down = 11 * layout.ratio if layout.status == "panel" else 0
    aside = 0 if down else (text_width(caption) + 6) * layout.ratio
    return Rect(rect.left + aside, rect.top + down, rect.width - aside, rect.height - down)


@lru_cache(maxsize=1024)
def _plot(item: Plot, width: int, height: int, layout: Layout) -> Screen:
    """A caption, and the curve on ground of its own below it in a panel or beside it in a bar.

    A picture of its own like a readout's, and one line higher than its place too.
    """
    theme, ratio = theme_named(layout.theme), layout.ratio
    screen = np.empty((height + ratio, width, 3), np.uint8)
    screen[:] = theme.panel
    caption, condensed = fitting(item.caption, width // ratio)
    write(screen, caption, 0, 0, theme.faint, ratio, condensed)
    place = _below_or_beside(caption, Rect(0, 0, width, height), layout)
    inks = np.array((theme.empty, theme.filled, theme.present), np.uint8)
    drawn = inks[_curve(item.values, item.present, place.width // ratio, place.height // ratio)]
    screen[place.top : place.bottom, place.left :] = drawn.repeat(ratio, axis=0).repeat(ratio, axis=1)
    return screen


def _curve(values: tuple[float, ...], present: int, width: int, height: int) -> NDArray[np.uint8]:
    """A curve in a box, `[height, width]`: 1 where it runs, 2 on the line and dot of the present place."""
    levels = np.array(values, float)
    x = np.linspace(1, width - 2, len(levels)).round().astype(int)
    y = 1 + ((levels.max() - levels) / (np.ptp(levels) or 1.0) * (height - 3)).round().astype(int)
    here = np.interp(np.arange(width), x, y).round().astype(int)
    before = np.r_[here[0], here[:-1]]
    rows = np.arange(height)[:, None]
    box: NDArray[np.uint8] = ((rows >= np.minimum(here, before)) & (rows <= np.maximum(here, before))).astype(
        np.uint8
    )
    if 0 <= present < len(levels):
        box[:, x[present]] = 2
        box[y[present] - 1 : y[present] + 2, x[present] - 1 : x[present] + 2] = 2
    return box


@lru_cache(maxsize=1024)
def _button(button: Button, role: Role, width: int, height: int, layout: Layout) -> Screen:
    """The picture of a button on its panel, uint8 `[height, width, 3]`; sizes are in screen pixels."""
    theme, ratio = theme_named(layout.theme), layout.ratio
    surface = _surface(button, role, theme)
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = theme.panel
    radius = {"rounded": 4.0 * ratio, "pill": height / 2, "square": 0.0}[layout.button]
    raised(picture, Rect(0, 0, width, height), surface, radius, ratio)
    before = ornament(button)
    text, condensed = fitting(button.text, width // ratio - before - 4)
    left = (width // ratio - text_width(text, condensed) - before) // 2 * ratio
    top = (height - CAPS * ratio) // 2
    write(picture, text, left + before * ratio, top, surface.text, ratio, condensed)
    if button.swatch:
        _swatch(picture, left, top, button.swatch, theme, ratio)
    if button.icon:
        beside = left + (SWATCH if button.swatch else 0) * ratio
        _icon(picture, beside, (height - ICON * ratio) // 2, button.icon, surface.text, ratio)
    return picture


def _icon(screen: Screen, left: int, top: int, name: str, color: RGB, ratio: int) -> None:
    ink = icon_named(name, ratio)
    screen[top : top + len(ink), left : left + len(ink)][ink] = color


def _surface(button: Button, role: Role, theme: Theme) -> Surface:
    if not button.enabled:
        return theme.disabled
    if button.lit:
        return theme.lit
    return theme.finish if role == "finish" else theme.button
