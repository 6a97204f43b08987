"""Nine overlapping views of a tile, three across and three down: where they lie and which buttons lead on."""

import math
from collections.abc import Collection, Sequence
from functools import cache

from clonotate.screens.widgets import CANVAS
from clonotate.tasks.worlds.network import Place

Seat = tuple[int, int]  # the column and row of a view
PAN = 128  # px that a view moves by
VIEWS: tuple[Seat, ...] = tuple((column, row) for row in range(3) for column in range(3))
MARGIN = 14  # px along the edge of a view where nothing is placed, for the road may bend just outside
STEPS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def corner(view: Seat) -> Place:
    """Where in the tile a view begins."""
    return PAN * view[0], PAN * view[1]


def middle(view: Seat) -> Place:
    """Its middle in the tile."""
    left, top = corner(view)
    return left + CANVAS // 2, top + CANVAS // 2


@cache
def clear(view: Seat) -> tuple[float, float, float, float]:
    """The left, top, right and bottom of a view without its edge, but for the edge of the tile."""
    low, high = zip(*map(span, view), strict=True)
    return low[0], low[1], high[0], high[1]


def span(step: int) -> tuple[float, float]:
    """The same along one axis."""
    low, high = PAN * step + MARGIN, PAN * step + CANVAS - MARGIN
    return low if step else -math.inf, high if step < 2 else math.inf


def around(place: Place) -> Seat:
    """The view that has a place nearest to its middle."""
    column, row = (min(max(round((v - CANVAS / 2) / PAN), 0), 2) for v in place)
    return column, row


def moved(view: Seat, button: str) -> Seat:
    """The view that a button leads to, or the same at the tile's edge."""
    column, row = (min(max(v + d, 0), 2) for v, d in zip(view, STEPS[button], strict=True))
    return column, row


def pans(view: Seat) -> tuple[str, ...]:
    """The buttons that lead on from a view."""
    return tuple(button for button in STEPS if moved(view, button) != view)


def nearest_unseen(view: Seat, seen: Collection[Seat]) -> Seat | None:
    """The view that was not seen yet and is fewest steps away, the first of these in reading order."""
    unseen = (other for other in VIEWS if other not in seen)
    return min(unseen, key=lambda other: abs(other[0] - view[0]) + abs(other[1] - view[1]), default=None)


def way_to(view: Seat, other: Seat) -> str:
    """The button that leads one step towards another view: to the side first."""
    across, down = other[0] - view[0], other[1] - view[1]
    return ("right" if across > 0 else "left") if across else ("down" if down > 0 else "up")


def towards(view: Seat, place: Sequence[float]) -> str:
    """The button that brings a place into view: over the edge of the view that it lies beyond most."""
    (x, y), (left, top) = place, corner(view)
    beyond = {
        "left": left + MARGIN - x,
        "right": x - left - CANVAS + MARGIN,
        "up": top + MARGIN - y,
        "down": y - top - CANVAS + MARGIN,
    }
    return max(pans(view), key=beyond.__getitem__)
