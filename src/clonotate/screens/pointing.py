"""A click gets its meaning here, and an event its place: `hit` and `locate` are inverses."""

from clonotate.records import Click, ClonotateError, Event
from clonotate.screens.arrangement import places_of
from clonotate.screens.layout import Layout, Rect
from clonotate.screens.widgets import CANVAS, View


def hit(view: View, layout: Layout, click: Click) -> Event | None:
    """What a click means: an enabled button, a canvas pixel, or None for nothing at all."""
    places = places_of(view, layout)
    if places.canvas.holds(click.x, click.y):
        return Event("canvas", under(places.canvas, click))
    for button in view.buttons:
        if button.enabled and places.buttons[button.name].holds(click.x, click.y):
            return Event(button.name)
    return None


def locate(view: View, layout: Layout, event: Event) -> Click:
    """Where to click for an event: the middle of the button, or of the canvas pixel.

    Raises ClonotateError for a widget that is not in the view and a place off the canvas. A disabled
    button has its place too, though a click there hits nothing.
    """
    rect = area(view, layout, event.widget)
    if event.widget != "canvas":
        return Click(rect.left + rect.width // 2, rect.top + rect.height // 2)
    if event.at is None or not all(0 <= coordinate < CANVAS for coordinate in event.at):
        raise ClonotateError(f"a place on the canvas is two integers in 0..{CANVAS - 1}, not {event.at}")
    x, y = (_middle(int(coordinate), rect.width) for coordinate in event.at)
    return Click(rect.left + x, rect.top + y)


def under(canvas: Rect, click: Click) -> tuple[int, int]:
    """The canvas pixel `(x, y)` under a click, for a canvas that covers `canvas` of the screen."""
    return (click.x - canvas.left) * CANVAS // canvas.width, (click.y - canvas.top) * CANVAS // canvas.height


def _middle(coordinate: int, side: int) -> int:
    """The middle one of the screen pixels that a canvas pixel covers where the canvas covers `side`."""
    first, beyond = (-(-place * side // CANVAS) for place in (coordinate, coordinate + 1))
    return (first + beyond) // 2


def area(view: View, layout: Layout, widget: str) -> Rect:
    """The rectangle of a button, or of "canvas", in screen pixels."""
    places = places_of(view, layout)
    if widget == "canvas":
        return places.canvas
    if widget not in places.buttons:
        raise ClonotateError(
            f"no widget {widget!r} on this screen; there are canvas, {', '.join(places.buttons)}"
        )
    return places.buttons[widget]
