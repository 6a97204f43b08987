"""Road networks: trace all roads of an aerial tile, on a canvas that shows a part of it.

The tile is four canvases large: nodes are placed up close, in one of nine overlapping views. The overview
shows the whole tile at half its size, and a click there goes up close at that place. The expert begins with a
long road, draws what begins in view, eastward or southward, goes on to the nearest view that it has not seen,
and at last looks from above for what is left; the hasty look from above instead. It goes by the present
screen alone: what is drawn, the pin and the views already visited are all on it.
Lines that meet are joined, with or without a node there.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.annotation import Graph, Node, Spot
from clonotate.records import ClonotateError, Event, Phase, Score
from clonotate.screens.widgets import CANVAS, Button, Canvas, Group, Readout, Strip, View
from clonotate.tasks.base import Intent, Standing, Task
from clonotate.tasks.worlds import aerial
from clonotate.tasks.worlds.countryside import Country
from clonotate.tasks.worlds.drafting import OPEN, overlay
from clonotate.tasks.worlds.network import Network, Place, cropped, lay
from clonotate.tasks.worlds.noding import JOIN, Paths
from clonotate.tasks.worlds.streets import SIDE
from clonotate.tasks.worlds.tracing import (
    REACH,
    Sketch,
    beginning,
    edge_f1,
    graph_f1,
    junction_f1,
    loose_ends,
    next_node,
    next_start,
    node_at,
    route,
    sketch,
    undone,
)
from clonotate.tasks.worlds.views import (
    MARGIN,
    STEPS,
    VIEWS,
    Seat,
    around,
    clear,
    corner,
    middle,
    moved,
    nearest_unseen,
    pans,
    towards,
    way_to,
)

NEAR_PIN = 16  # px from the pin within which a path begins
MOST = 300  # nodes on a tile
TOURS = 0.35
"""From how much care on an expert looks at every view up close before Done."""


@dataclass(frozen=True, eq=False)
class Tile:
    """What there is to annotate, and the truth where there is one."""

    image: NDArray[np.uint8]  # [512, 512, 3], or [512, 512] in grey
    network: Network | None
    decoys: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))  # beside roads, for slips

    @cached_property
    def overview(self) -> NDArray[np.uint8]:
        """The whole tile at half its size."""
        return np.asarray(cv2.resize(self.image, (CANVAS, CANVAS), interpolation=cv2.INTER_AREA))

    @property
    def truth(self) -> Network:
        """The roads; ClonotateError without them."""
        if self.network is None:
            raise ClonotateError(
                "this tile comes without roads, so no expert and no score; let a policy trace it"
            )
        return self.network


@dataclass(frozen=True, eq=False)
class World:
    tile: Tile
    paths: Paths = ((),)  # the last one is open
    view: Seat = (1, 1)
    above: bool = True  # the overview is on
    pin: Place | None = None  # where the overview was clicked, until a path begins
    visited: frozenset[Seat] = frozenset()  # views seen up close

    @property
    def corner(self) -> Place:
        """Where in the tile the view begins."""
        return corner(self.view)

    @property
    def last(self) -> Place | None:
        """The node that a click would be joined to."""
        return self.paths[-1][-1] if self.paths[-1] else None

    @cached_property
    def sketch(self) -> Sketch:
        """What is drawn, held against the truth."""
        return sketch(self.tile.truth, self.paths)

    def sees(self, place: Sequence[float]) -> bool:
        """Whether a place is in view with enough around it to judge it."""
        (x, y), (left, top, right, bottom) = place, clear(self.view)
        return self.above or (left <= x < right and top <= y < bottom)

    def shown_at(self, place: Sequence[float]) -> Place:
        """Where on the canvas a place of the tile is."""
        x, y = place
        if self.above:
            return int(x) // 2, int(y) // 2
        return round(x) - self.corner[0], round(y) - self.corner[1]


@dataclass(frozen=True)
class Memory:
    """Nothing: all that the expert goes by is on the screen."""


@dataclass(frozen=True)
class RoadNetwork(Task[World, Memory]):
    """The knobs are those of the country."""

    name: ClassVar[str] = "road-network-construction"
    version: ClassVar[int] = 4

    country: Country = field(default_factory=Country)

    def begin(self, rng: np.random.Generator) -> World:
        tile = aerial.survey(self.country, rng)
        return World(Tile(tile.image, tile.network, tile.decoys))

    def begin_from(
        self, image: NDArray[np.uint8], lines: Sequence[NDArray[np.float64]] | None = None
    ) -> World:
        """A world of a real tile, uint8 `[512, 512]` or `[512, 512, 3]`, and its roads or none.

        Lines are centre lines `[points, 2]`, x and y in tile pixels; where they touch there is a junction.
        """
        if image.shape[:2] != (SIDE, SIDE) or image.dtype != np.uint8:
            raise ClonotateError(f"a tile is {SIDE} x {SIDE} of uint8, not {image.shape} of {image.dtype}")
        return World(Tile(image, None if lines is None else lay(lines)))

    def view(self, world: World) -> View:
        (x, y), close, begun = world.corner, not world.above, world.last is not None
        here = VIEWS.index(world.view) if close else None
        image = world.tile.image[y : y + CANVAS, x : x + CANVAS] if close else world.tile.overview
        return View(
            title="Road network",
            canvas=Canvas(image, overlay(world.paths, world.above, world.corner, world.pin)),
            groups=panel(world.view, world.above, begun, world.paths != ((),)),
            status=(
                Strip("Views seen", tuple(view in world.visited for view in VIEWS), here),
                Readout("View", "tile" if world.above else f"{world.view[0] + 1},{world.view[1] + 1}"),
                Readout("Paths", f"{len(world.paths) - (not begun)}"),
                Readout("Path", f"{len(world.paths[-1])} nodes" if begun else "new", OPEN),
            ),
        )

    def update(self, world: World, event: Event) -> World:
        match event:
            case Event("left" | "right" | "up" | "down" as button) if not world.above:
                return looking(world, moved(world.view, button))
            case Event("overview"):
                return looking(world, world.view) if world.above else replace(world, above=True)
            case Event("new") if len(world.paths[-1]) == 1:
                return replace(world, paths=(*world.paths[:-1], ()), pin=None)  # one node makes no road
            case Event("new") if world.last is not None:
                return replace(world, paths=(*world.paths, ()), pin=None)
            case Event("undo") if world.paths != ((),):
                return replace(world, paths=undone(world.paths))
            case Event("canvas", (x, y)) if world.above:
                return replace(looking(world, around((2 * x, 2 * y))), pin=(2 * x, 2 * y))
            case Event("canvas", (x, y)):
                return placed(world, (x + world.corner[0], y + world.corner[1]))
        return world

    def annotation(self, world: World) -> Graph:
        """In pixels of the tile, which is four canvases large."""
        return Graph(tuple(Node(i, Spot(*at)) for i, path in enumerate(world.paths) for at in path))

    def score(self, world: World) -> Score:
        """Success is a graph F1 of at least 0.9: stretches between junctions and ends, each within 8 px."""
        network, paths = world.tile.truth, world.paths
        graph = graph_f1(network, paths)
        parts = {
            "graph_f1": graph,
            "edge_f1": edge_f1(network, paths),
            "junction_f1": junction_f1(network, paths),
        }
        return Score(success=graph >= 0.9, parts=parts)

    def standing(self, world: World) -> Standing:
        position = VIEWS.index(world.view) / (len(VIEWS) - 1)
        if world.tile.network is None:
            return Standing(position, 0.0, in_error=False)
        drawn = world.sketch
        return Standing(
            position, np.count_nonzero(drawn.covered) / len(drawn.covered), in_error=bool(drawn.faults)
        )

    def remember(self, memory: Memory | None, world: World) -> Memory:
        return memory or Memory()

    def expert(self, world: World, memory: Memory, care: float) -> Intent:
        if any(world.sees(node) and world.sees(joined) for node, joined in world.sketch.faults):
            return Intent(Event("undo"), "undo", "correct")
        return from_above(world, care) if world.above else close_up(world, care)

    def foreseen(self, world: World, end: World) -> World:
        return replace(world, paths=(*end.paths, ()), pin=None)

    def slips(self, world: World, intent: Intent) -> tuple[Event, ...]:
        """Beside the road, past its bend or its end, into a drive, or back to what is drawn."""
        if world.above or intent.kind not in ("place", "select"):
            return ()
        x, y = intent.event.at or ahead(world)
        before = world.shown_at(world.last) if world.last else (x - 20, y)
        across, down = x - before[0], y - before[1]
        # At 0 it is a slip only where the path should end
        overshot = [(x + round(across * k), y + round(down * k)) for k in (0, 0.6, 1.1)]
        hand = [(x + dx, y + dy) for dx, dy in ((11, 6), (-9, 12), (3, -14), (-15, -5), (8, 17))]
        drives = [world.shown_at(decoy) for decoy in world.tile.decoys[::3]]
        drawn = [world.shown_at(node) for path in world.paths for node in path]
        tempting, back = (
            [at for at in places if 14 < math.dist(at, before) < REACH and math.dist(at, (x, y)) < REACH]
            for places in (drives, drawn)
        )
        faults = len(world.sketch.faults)
        return tuple(
            Event("canvas", at)
            for at in (*overshot, *hand, *tempting[:3], *back[:3])
            if all(MARGIN <= v < CANVAS - MARGIN for v in at)
            and len(self.update(world, Event("canvas", at)).sketch.faults) > faults
        )

    def glances(self, world: World, memory: Memory) -> tuple[Event, ...]:
        if world.above:
            return (Event("overview"),)
        return (Event("overview"), *map(Event, pans(world.view)))

    def disguise(self, world: World, other: World, memory: Memory) -> World:
        """Everything outside the present view, also what was seen before: nothing of it is needed."""
        if world.above:
            return world
        (x, y), image = world.corner, other.tile.image.copy()
        image[y : y + CANVAS, x : x + CANVAS] = world.tile.image[y : y + CANVAS, x : x + CANVAS]
        kept = cropped(world.tile.truth, world.corner, CANVAS, inside=True)
        foreign = cropped(other.tile.truth, world.corner, CANVAS, inside=False)
        links = np.concatenate([kept.links, foreign.links + len(kept.points)])
        network = Network(np.concatenate([kept.points, foreign.points]), links)
        return replace(world, tile=Tile(image, network, other.tile.decoys))


# What clicks do


def looking(world: World, view: Seat) -> World:
    """The world with a view up close."""
    return replace(world, view=view, above=False, visited=world.visited | {view})


def placed(world: World, place: Place) -> World:
    """With a node more, joined to the last; within 6 px of a node it is that node."""
    x, y = place
    beside = {(a, b) for path in world.paths for a, b in path if abs(a - x) <= JOIN and abs(b - y) <= JOIN}
    nearest = min(beside, key=lambda node: (math.dist(node, place), node), default=None)
    node = nearest if nearest is not None and math.dist(nearest, place) <= JOIN else place
    if node == world.last or sum(map(len, world.paths)) >= MOST:
        return world
    return replace(world, paths=(*world.paths[:-1], (*world.paths[-1], node)))


def ahead(world: World) -> Place:
    """Where the open path would go on straight: on the canvas, as far again as its last step."""
    path = world.paths[-1]
    (x, y), (from_x, from_y) = path[-1], path[-2] if len(path) > 1 else (path[-1][0] - 20, path[-1][1])
    return world.shown_at((2 * x - from_x, 2 * y - from_y))


# What the expert does


def from_above(world: World, care: float) -> Intent:
    """The next step on the overview: to the open path's end, to the next road, or Done."""
    phase: Phase = "annotate" if any(world.paths) else "explore"
    network, drawn = world.tile.truth, world.sketch
    if world.last is not None:
        onward = route(network, drawn, world.paths[-1])
        if onward is None:
            return Intent(Event("new"), "select", phase)
        return Intent(Event("canvas", world.shown_at(world.last)), "navigate", phase)
    if (start := next_start(network, drawn)) is not None:
        return Intent(Event("canvas", world.shown_at(start)), "navigate", phase)
    if care > TOURS and (unseen := nearest_unseen(world.view, world.visited)):
        return Intent(Event("canvas", world.shown_at(middle(unseen))), "verify", "verify")
    return Intent(Event("done"), "done", "finish")


def close_up(world: World, care: float) -> Intent:
    """The next step in a view: a node, on to the next view, a new path, or a look from above."""
    if world.last is None:
        start = start_in_view(world)
        if start is None and care > TOURS and (unseen := nearest_unseen(world.view, world.visited)):
            return Intent(Event(way_to(world.view, unseen)), "navigate", "explore")
        if start is None:
            return Intent(Event("overview"), "verify", "annotate" if any(world.paths) else "explore")
        return Intent(Event("canvas", world.shown_at(start)), "place", "annotate")
    if not world.sees(world.last):
        return Intent(Event("overview"), "navigate", "annotate")
    network, drawn = world.tile.truth, world.sketch
    way = route(network, drawn, world.paths[-1])
    if way is None:
        return Intent(Event("new"), "select", "annotate")
    points = network.points[list(way)]
    hidden = next((i for i, point in enumerate(points) if not world.sees(point)), len(points))
    step = next_node(points, hidden)
    if step is None:
        return Intent(Event(towards(world.view, points[hidden])), "navigate", "annotate")
    node = node_at(network, drawn, way[step])
    return Intent(Event("canvas", world.shown_at(node)), "place", "annotate")


def start_in_view(world: World) -> Place | None:
    """Where to begin a path here: by the pin, or at the first loose end in reading order."""
    network, drawn, pin = world.tile.truth, world.sketch, world.pin
    loose, untraced = loose_ends(network, drawn)
    for candidates in (loose, untraced) if pin is not None else ():
        gaps = np.hypot(*(network.points[candidates] - np.array(pin)).T)
        if len(gaps) and gaps.min() <= NEAR_PIN and world.sees(network.points[candidates[gaps.argmin()]]):
            return beginning(network, drawn, int(candidates[gaps.argmin()]))
    seen = [point for point in loose.tolist() if world.sees(network.points[point])]
    starts = filter(world.sees, (beginning(network, drawn, point) for point in seen))
    return min(starts, key=lambda at: (round(at[1] / 16), at[0]), default=None)


# What is on the screen


@lru_cache(maxsize=256)
def panel(view: Seat, above: bool, begun: bool, undoable: bool) -> tuple[Group, ...]:
    """The buttons."""
    arrows = (
        Button(name, text, enabled=not above and name in pans(view))
        for name, text in zip(STEPS, "<>^v", strict=True)
    )
    edits = (Button("new", "New path", enabled=begun), Button("undo", "Undo", enabled=undoable))
    return (
        Group("navigate", tuple(arrows)),
        Group("view", (Button("overview", "Overview", lit=above),)),
        Group("edit", edits),
        Group("finish", (Button("done", "Done"),)),
    )


LEVELS = {
    "easy": RoadNetwork(Country((1, 1), (1, 3), trees=0.4, decoys=0.3, contrast=1.1, noise=0.6)),
    "standard": RoadNetwork(),
    "hard": RoadNetwork(Country((2, 3), (4, 7), trees=1.8, decoys=1.0, contrast=0.8, noise=1.5)),
}
