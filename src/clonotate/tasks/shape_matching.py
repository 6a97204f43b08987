"""Shape matching: on every board of a slide, click all grains of the form that the reference at its top has.

The expert goes through the boards in order and each in reading order, takes back what it sees to be wrong and
goes on; a careful one walks back through all boards before Done. Only the present board is on the screen.
"""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from clonotate.annotation import Categories, Member, Spot
from clonotate.records import ClonotateError, Event, Phase, Score
from clonotate.screens.widgets import CANVAS, RGB, Button, Canvas, Group, Mark, Readout, Strip, View
from clonotate.tasks.base import Intent, Standing, Task
from clonotate.tasks.worlds.shapes import SIDE, TILES, Grains, plates

PITCH = 64  # px from tile to tile
LEFT, TOP = 32, 64  # px: where the tiles begin; the reference stands above
REFERENCE = (96, 0)  # px: its upper left corner
GROUND = 92  # grey level between the tiles
REVIEWS = 0.6  # from how much care on an expert looks through all boards again
CHOSEN: RGB = (70, 230, 120)
FRAME: RGB = (255, 210, 60)
Tile = tuple[int, int]  # the board, and which of its tiles in reading order


@dataclass(frozen=True, eq=False)
class Slide:
    """What there is to look through, and the truth where there is one."""

    images: NDArray[np.uint8]  # [boards, 256, 256]
    matches: NDArray[np.bool_] | None  # [boards, 9]; None where nobody knows
    unlike: NDArray[np.float64]  # [boards, 9] how far each tile differs from the reference; for slips

    @cached_property
    def truth(self) -> tuple[frozenset[int], ...]:
        """The tiles of each board that match; ClonotateError without a truth."""
        if self.matches is None:
            raise ClonotateError("these boards have no known matches, so no expert and no score")
        return tuple(frozenset(np.flatnonzero(board).tolist()) for board in self.matches)


@dataclass(frozen=True, eq=False)
class World:
    slide: Slide
    board: int = 0
    clicks: tuple[Tile, ...] = ()

    @cached_property
    def chosen(self) -> tuple[frozenset[int], ...]:
        """The tiles of each board that are chosen: clicked an odd number of times."""
        boards: list[set[int]] = [set() for _ in self.slide.images]
        for board, tile in self.clicks:
            boards[board] ^= {tile}
        return tuple(frozenset(board) for board in boards)

    @property
    def finished(self) -> bool:
        """The present board is right."""
        return self.chosen[self.board] == self.slide.truth[self.board]


@dataclass(frozen=True)
class Memory:
    """Boards seen, boards that were right when last seen, and boards seen since the last click on a tile."""

    shown: frozenset[int] = frozenset()
    sound: frozenset[int] = frozenset()
    since: frozenset[int] = frozenset()
    clicks: tuple[Tile, ...] = ()


@dataclass(frozen=True)
class ShapeMatching(Task[World, Memory]):
    """The knobs are those of the grains."""

    name: ClassVar[str] = "shape-matching"
    version: ClassVar[int] = 1

    grains: Grains = field(default_factory=Grains)

    def begin(self, rng: np.random.Generator) -> World:
        boards = plates(self.grains, rng)
        return self.begin_from(
            np.stack([board.reference for board in boards]),
            np.stack([board.tiles for board in boards]),
            np.stack([board.matches for board in boards]),
            np.stack([board.unlike for board in boards]),
        )

    def begin_from(
        self,
        references: NDArray[np.uint8],
        tiles: NDArray[np.uint8],
        matches: NDArray[np.bool_] | None = None,
        unlike: NDArray[np.float64] | None = None,
    ) -> World:
        """A world of given tiles, uint8 `[boards, 9, 62, 62]`, and references `[boards, 62, 62]`.

        `matches` and `unlike` are `[boards, 9]`: which tiles are to be chosen, and how far each differs from
        the reference, for slips; without it all are as easily taken for a match.
        """
        images = np.stack([laid_out(one, nine) for one, nine in zip(references, tiles, strict=True)])
        return World(Slide(images, matches, np.ones(tiles.shape[:2]) if unlike is None else unlike))

    def view(self, world: World) -> View:
        last = len(world.slide.images) - 1
        chosen = world.chosen[world.board]
        frame = Mark(middle(None), FRAME, SIDE // 2, "square")
        marks = (Mark(middle(tile), CHOSEN, SIDE // 2 - 2, "square") for tile in sorted(chosen))
        return View(
            title="Shape matching",
            canvas=Canvas(world.slide.images[world.board], (frame, *marks)),
            groups=(
                Group(
                    "navigate",
                    (
                        Button("previous", "Previous", enabled=world.board > 0),
                        Button("next", "Next", enabled=world.board < last),
                    ),
                ),
                Group("edit", (Button("undo", "Undo", enabled=bool(world.clicks)),)),
                Group("finish", (Button("done", "Done"),)),
            ),
            status=(
                Strip("Boards", tuple(map(bool, world.chosen)), world.board),
                Readout("Board", f"{world.board + 1}/{last + 1}"),
                Readout("Chosen", f"{len(chosen)}"),
            ),
        )

    def update(self, world: World, event: Event) -> World:
        match event:
            case Event("next") if world.board < len(world.slide.images) - 1:
                return replace(world, board=world.board + 1)
            case Event("previous") if world.board > 0:
                return replace(world, board=world.board - 1)
            case Event("undo") if world.clicks:  # shows the board that it changes
                return replace(world, board=world.clicks[-1][0], clicks=world.clicks[:-1])
            case Event("canvas", (x, y)) if (tile := tile_at(x, y)) is not None:
                return replace(world, clicks=(*world.clicks, (world.board, tile)))
        return world

    def annotation(self, world: World) -> Categories:
        chosen = ((board, tile) for board, tiles in enumerate(world.chosen) for tile in sorted(tiles))
        members = (Member(board, "match", framed(tile, board)) for board, tile in chosen)
        return Categories(len(world.slide.images), ("match",), tuple(members))

    def score(self, world: World) -> Score:
        """Success is all grains of the form of the reference chosen on every board, and no other."""
        pairs = list(zip(world.chosen, world.slide.truth, strict=True))
        found, chosen, there = (sum(map(len, tiles)) for tiles in self.counted(world))
        return Score(
            success=all(chosen == truth for chosen, truth in pairs),
            parts={
                "match_f1": 2 * found / max(chosen + there, 1),
                "boards_right": sum(chosen == truth for chosen, truth in pairs) / len(pairs),
            },
        )

    def counted(self, world: World) -> tuple[list[frozenset[int]], ...]:
        """The tiles of every board that are rightly chosen, chosen, and to be chosen."""
        pairs = list(zip(world.chosen, world.slide.truth, strict=True))
        return [a & b for a, b in pairs], [a for a, _ in pairs], [b for _, b in pairs]

    def standing(self, world: World) -> Standing:
        position = world.board / max(len(world.slide.images) - 1, 1)
        if world.slide.matches is None:
            return Standing(position, sum(map(bool, world.chosen)) / len(world.chosen), in_error=False)
        found, chosen, there = (sum(map(len, tiles)) for tiles in self.counted(world))
        return Standing(position, found / max(there, 1), in_error=chosen > found)

    def remember(self, memory: Memory | None, world: World) -> Memory:
        memory, here = memory or Memory(), frozenset({world.board})
        return Memory(
            shown=memory.shown | here,
            sound=memory.sound | here if world.finished else memory.sound - here,
            since=memory.since | here if memory.clicks == world.clicks else here,
            clicks=world.clicks,
        )

    def expert(self, world: World, memory: Memory, care: float) -> Intent:
        boards = range(len(world.slide.images))
        first = next((board for board in boards if board not in memory.sound), None)
        if first is None:
            if care > REVIEWS and 0 not in memory.since:
                return Intent(Event("previous"), "verify", "verify")
            return Intent(Event("done"), "done", "finish")
        phase: Phase = "annotate" if world.clicks else "explore"
        if first != world.board:
            return Intent(Event("next" if first > world.board else "previous"), "navigate", phase)
        wrong = world.chosen[first] ^ world.slide.truth[first]
        if world.clicks and world.clicks[-1][0] == first and world.clicks[-1][1] in wrong:
            return Intent(Event("undo"), "undo", "correct")
        extra = world.chosen[first] - world.slide.truth[first]
        if extra:
            return Intent(Event("canvas", middle(min(extra))), "select", "correct")
        return Intent(Event("canvas", middle(min(wrong))), "select", phase)

    def slips(self, world: World, intent: Intent) -> tuple[Event, ...]:
        """The likest of the others, and those beside the tile meant."""
        if intent.kind != "select" or intent.event.at is None:
            return ()
        others = set(range(TILES)) - world.slide.truth[world.board] - world.chosen[world.board]
        alike = sorted(others, key=lambda tile: float(world.slide.unlike[world.board, tile]))[:3]
        beside = [tile for tile in others if math.dist(middle(tile), intent.event.at) < PITCH + 4]
        return tuple(Event("canvas", middle(tile)) for tile in alike + beside)

    def glances(self, world: World, memory: Memory) -> tuple[Event, ...]:
        last = len(world.slide.images) - 1
        return (Event("previous"),) * (world.board > 0) + (Event("next"),) * (world.board < last)

    def disguise(self, world: World, other: World, memory: Memory) -> World:
        hidden = [board for board in range(len(world.slide.images)) if board not in memory.shown]
        here, foreign = world.slide, other.slide
        images, unlike = here.images.copy(), here.unlike.copy()
        matches = None if here.matches is None else here.matches.copy()
        images[hidden], unlike[hidden] = foreign.images[hidden], foreign.unlike[hidden]
        if matches is not None and foreign.matches is not None:
            matches[hidden] = foreign.matches[hidden]
        return replace(world, slide=Slide(images, matches, unlike))


def corner(tile: int | None) -> tuple[int, int]:
    """The upper left corner of a tile, of the reference for None: x, y in canvas pixels."""
    return REFERENCE if tile is None else (LEFT + PITCH * (tile % 3), TOP + PITCH * (tile // 3))


def middle(tile: int | None) -> tuple[int, int]:
    """The middle of a tile, of the reference for None."""
    x, y = corner(tile)
    return x + SIDE // 2, y + SIDE // 2


def framed(tile: int, board: int) -> tuple[Spot, ...]:
    """The corners of a tile at its outer edge, clockwise."""
    x, y = (v - 0.5 for v in corner(tile))
    return tuple(Spot(x + dx, y + dy, board) for dx, dy in ((0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)))


def tile_at(x: int, y: int) -> int | None:
    """The tile under a place of the canvas."""
    column, row = (x - LEFT) // PITCH, (y - TOP) // PITCH
    return 3 * row + column if 0 <= column < 3 and 0 <= row < 3 else None


def laid_out(reference: NDArray[np.uint8], tiles: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A board as a picture: uint8 `[256, 256]`."""
    image = np.full((CANVAS, CANVAS), GROUND, np.uint8)
    for tile, picture in ((None, reference), *enumerate(tiles)):
        x, y = corner(tile)
        image[y : y + SIDE, x : x + SIDE] = picture
    return image


LEVELS = {
    "easy": ShapeMatching(
        Grains(boards=6, turn=30.0, wear=0.02, unlike=(0.18, 0.35), strangers=0.6, noise=0.6)
    ),
    "standard": ShapeMatching(),
    "hard": ShapeMatching(
        Grains(boards=16, wear=0.045, unlike=(0.085, 0.14), strangers=0.1, mirrors=0.3, noise=1.8)
    ),
}
