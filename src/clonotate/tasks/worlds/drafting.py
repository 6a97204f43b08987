"""What is drawn on a tile as it shows on the canvas: paths, nodes and junctions.

Finished paths change seldom, so what they look like in a view is kept.
"""

from functools import lru_cache

from clonotate.screens.widgets import CANVAS, RGB, Mark, Path
from clonotate.tasks.worlds.network import Place
from clonotate.tasks.worlds.noding import Paths, joints, planar

LINE: RGB = (255, 214, 64)
OPEN: RGB = (80, 220, 255)
PIN: RGB = (255, 90, 90)


def overlay(paths: Paths, above: bool, corner: Place, pin: Place | None) -> tuple[Mark | Path, ...]:
    """The drawn roads, the open path in its own colour; junctions stand out, and the last node most."""
    finished, path = paths[:-1], paths[-1]
    drawn: list[Mark | Path] = [*lines(finished, LINE, above, corner), *lines((path,), OPEN, above, corner)]
    drawn += nodes(paths, above, corner)
    if path:
        drawn.append(Mark(on_canvas(path[-1], above, corner), OPEN, 4 if above else 5))
    elif pin is not None and not above:
        drawn.append(Mark(on_canvas(pin, above, corner), PIN, 4, "cross"))
    return tuple(drawn)


@lru_cache(maxsize=256)
def lines(paths: Paths, color: RGB, above: bool, corner: Place) -> tuple[Path, ...]:
    """Those of some paths that cross the view."""
    shown = (tuple(on_canvas(node, above, corner) for node in path) for path in paths if len(path) > 1)
    return tuple(Path(line, color) for line in shown if all(map(crosses, zip(*line, strict=True))))


def crosses(axis: tuple[int, ...]) -> bool:
    """Whether some of a line's coordinates may lie on the canvas."""
    return min(axis) < CANVAS and max(axis) >= 0


@lru_cache(maxsize=64)
def nodes(paths: Paths, above: bool, corner: Place) -> tuple[Mark, ...]:
    """The nodes in view, those that come of lines that meet among them."""
    met = joints(planar(paths))
    return tuple(mark for node, beside in met.items() for mark in knot(node, len(beside), above, corner))


def knot(node: Place, ways: int, above: bool, corner: Place) -> tuple[Mark, ...]:
    """A node that lines lead from in so many ways; of the overview only ends and junctions."""
    x, y = on_canvas(node, above, corner)
    if not (-8 < x < CANVAS + 8 and -8 < y < CANVAS + 8) or (above and ways == 2):
        return ()
    if ways > 2:
        return (Mark((x, y), LINE, 1 if above else 3, "square"),)
    return (Mark((x, y), LINE, 1 if above else 2, "disc"),)


def on_canvas(place: Place, above: bool, corner: Place) -> Place:
    """Where a place of the tile is on the canvas."""
    return (place[0] // 2, place[1] // 2) if above else (place[0] - corner[0], place[1] - corner[1])
