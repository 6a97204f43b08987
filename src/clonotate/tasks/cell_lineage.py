"""Cell lineage: link every cell of a time-lapse to what becomes of it in the next frame, divisions included.

The tool walks through the cells of frame t in reading order and outlines the active one: yellow in frame t,
cyan in frame t+1, where one clicks what it became; magenta while Divide is on and asks for two daughters.
What can be clicked there, the cells that no link leads to yet, has a thin outline; crosses stand where the
cells were that are linked next, for one of these may want the same. Rings are where a tracker would click:
one, two where it would divide, none where it holds the cell for gone.
The expert flips back before a link that is in doubt. It knows only frames its screens have shown.
"""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from clonotate.annotation import Cell, Link, Spot, Tracks
from clonotate.records import ClonotateError, Event, Phase, Score
from clonotate.screens.widgets import CANVAS, RGB, Button, Canvas, Group, Mark, Path, Readout, Strip, View
from clonotate.tasks.base import Intent, Standing, Task
from clonotate.tasks.proposal import proposed
from clonotate.tasks.worlds import cells, tracks
from clonotate.tasks.worlds.tracks import Film, Place

REVIEWS = 0.6  # from how much care on an expert goes back two frames before Done
SOURCE: RGB = (255, 215, 60)
TARGET: RGB = (70, 210, 255)
DIVIDING: RGB = (255, 90, 235)
LINKED: RGB = (90, 230, 110)
FREE: RGB = (190, 170, 215)
WAITING: RGB = (205, 175, 70)
PROPOSED: RGB = (255, 255, 255)


@dataclass(frozen=True, eq=False)
class World:
    film: Film
    z: int = 0  # the frame shown
    links: tuple[tuple[int, ...], ...] = ()  # of the queue's cells, in order: what each became
    divide: bool = False
    daughter: int | None = None  # the first of two, when the second is still to be clicked

    @property
    def active(self) -> tuple[int, int] | None:
        """The frame and the cell to link now; None when all are linked."""
        queue = self.film.queue
        return queue[len(self.links)] if len(self.links) < len(queue) else None

    @property
    def target(self) -> int:
        """The frame where the active cell's continuation is; the last one when all are linked."""
        return len(self.film.frames) - 1 if self.active is None else self.active[0] + 1

    @property
    def clickable(self) -> bool:
        """Whether a click on a cell means something here."""
        return self.active is not None and self.z == self.target

    @cached_property
    def wrong(self) -> tuple[int, ...]:
        """The links, by their place in the queue, that are not right."""
        made = zip(self.links, self.film.answers, strict=False)
        return tuple(i for i, (link, answer) in enumerate(made) if sorted(link) != list(answer))

    @property
    def answer(self) -> tuple[int, ...]:
        """What becomes of the active cell."""
        return self.film.answers[len(self.links)]

    @property
    def strayed(self) -> bool:
        """Whether Divide is on, or a daughter clicked, where it should not be."""
        if self.active is None or not self.divide:
            return False
        return len(self.answer) != 2 or (self.daughter is not None and self.daughter not in self.answer)


@dataclass(frozen=True)
class Memory:
    """Frames seen; whether the active cell's own frame was looked at; whether the end was reviewed."""

    shown: frozenset[int] = frozenset()
    compared: bool = False
    reviewed: bool = False
    links: int = 0


@dataclass(frozen=True)
class CellLineage(Task[World, Memory]):
    """The knobs are those of the culture."""

    name: ClassVar[str] = "cell-lineage-tracking"
    version: ClassVar[int] = 6

    culture: cells.Culture = field(default_factory=lambda: cells.STANDARD)

    def begin(self, rng: np.random.Generator) -> World:
        return World(cells.film(self.culture, rng))

    def begin_from(
        self, images: NDArray[np.uint8], labels: NDArray[np.integer], tracked: bool = True
    ) -> World:
        """A world of a time-lapse, uint8 `[frames, 256, 256]`, and the labels of its cells, of that shape.

        A cell keeps its label over time; where one label ends and two new ones lie over its last place, it
        divided. With `tracked` false the labels only tell cells apart, and there is no truth.
        """
        if images.shape != labels.shape or images.shape[1:] != (CANVAS, CANVAS) or len(images) < 2:
            raise ClonotateError(f"a film is two or more frames of {CANVAS} x {CANVAS}, labels alike")
        return World(tracks.film_of(images, labels, tracked))

    def view(self, world: World) -> View:
        frames, active, last = world.film.frames, world.active, len(world.film.frames) - 1
        dividable = active is not None and world.daughter is None
        linked = len(frames) if active is None else active[0]
        shown = "source" if active and world.z == active[0] else "target" if world.clickable else "other"
        return View(
            title="Cell lineage",
            canvas=Canvas(frames[world.z].image, overlay(world)),
            groups=(
                Group(
                    "navigate",
                    (
                        Button("prev", "Prev", enabled=world.z > 0),
                        Button("next", "Next", enabled=world.z < last),
                    ),
                ),
                Group(
                    "label",
                    (
                        Button("divide", "Divide", lit=world.divide, enabled=dividable),
                        Button("gone", "Gone", enabled=world.clickable and not world.divide),
                    ),
                ),
                Group("edit", (Button("undo", "Undo", enabled=world.divide or bool(world.links)),)),
                Group("finish", (Button("done", "Done"),)),
            ),
            status=(
                Strip("Frames", tuple(t < linked for t in range(last + 1)), world.z),
                Readout("Frame", f"{world.z + 1} {shown}", {"source": SOURCE, "target": TARGET}.get(shown)),
                Readout("Cell", f"{active[1] + 1}/{len(frames[active[0]].cells)}" if active else "all"),
                Readout("Click", asked(world), DIVIDING if world.divide else None),
            ),
        )

    def update(self, world: World, event: Event) -> World:
        last = len(world.film.frames) - 1
        match event:
            case Event("prev" | "next"):
                z = min(max(world.z + (1 if event.widget == "next" else -1), 0), last)
                return world if z == world.z else replace(world, z=z)
            case Event("divide") if world.active and world.daughter is None:
                return replace(world, divide=not world.divide)
            case Event("gone") if world.clickable and not world.divide:
                return replace(world, links=(*world.links, ()))
            case Event("undo"):
                return undone(world)
            case Event("canvas", (x, y)) if world.clickable:
                return clicked(world, world.film.frames[world.z].at((x, y)))
        return world

    def annotation(self, world: World) -> Tracks:
        frames = world.film.frames
        all_cells = ((t, i) for t, frame in enumerate(frames) for i in range(len(frame.cells)))
        number = {cell: n for n, cell in enumerate(all_cells)}
        cells = (
            Cell(Spot(*cell.middle, t), tuple(Spot(*at, t) for at in cell.outline))
            for t, frame in enumerate(frames)
            for cell in frame.cells
        )
        made = zip(world.film.queue, world.links, strict=False)
        links = (
            Link(number[t, i], number[t + 1, child] if child is not None else None)
            for (t, i), link in made
            for child in (link or (None,))
        )
        return Tracks(tuple(cells), tuple(links))

    def score(self, world: World) -> Score:
        """Success is every cell linked to its continuation, or to both daughters, in the next frame."""
        answers, links = world.film.answers, world.links
        true = [edge for i, answer in enumerate(answers) for edge in ((i, j) for j in answer)]
        made = [edge for i, link in enumerate(links) for edge in ((i, j) for j in link)]
        splits = {i for i, answer in enumerate(answers) if len(answer) == 2}
        found = {i for i, link in enumerate(links) if len(link) == 2}
        right = sum(i in splits and i not in world.wrong for i in found)
        return Score(
            success=len(links) == len(answers) and not world.wrong,
            parts={
                "edge_f1": 2 * len(set(true) & set(made)) / max(len(true) + len(made), 1),
                "division_f1": 2 * right / (len(splits) + len(found)) if splits or found else 1.0,
            },
        )

    def standing(self, world: World) -> Standing:
        position = world.z / (len(world.film.frames) - 1)
        total = max(len(world.film.queue), 1)
        if world.film.origins is None:
            return Standing(position, len(world.links) / total, in_error=False)
        right = world.wrong[0] if world.wrong else len(world.links)
        return Standing(position, right / total, in_error=bool(world.wrong) or world.strayed)

    def remember(self, memory: Memory | None, world: World) -> Memory:
        memory = memory or Memory()
        same = len(world.links) == memory.links
        return Memory(
            shown=memory.shown | {world.z},
            compared=world.z == world.target - 1 or (same and memory.compared),
            reviewed=same and (memory.reviewed or world.z <= len(world.film.frames) - 3),
            links=len(world.links),
        )

    def expert(self, world: World, memory: Memory, care: float) -> Intent:
        shown, target = memory.shown | {world.z}, world.target
        phase: Phase = "annotate" if world.links else "explore"
        if any({world.film.queue[i][0], world.film.queue[i][0] + 1} <= shown for i in world.wrong):
            return Intent(Event("undo"), "undo", "correct")
        if world.active is None:
            return self.finish(world, memory, care)
        if world.z != target:
            return Intent(Event("next" if world.z < target else "prev"), "navigate", phase)
        if target - 1 not in shown or (not memory.compared and doubtful(world, care)):
            return Intent(Event("prev"), "verify", phase)
        if world.strayed:
            return Intent(Event("undo"), "undo", "correct")
        if not world.answer:
            return Intent(Event("gone"), "place", phase)
        if len(world.answer) == 2 and not world.divide:
            return Intent(Event("divide"), "select", phase)
        following = next(j for j in world.answer if j != world.daughter)
        return Intent(Event("canvas", world.film.frames[target].cells[following].middle), "place", phase)

    def finish(self, world: World, memory: Memory, care: float) -> Intent:
        """All is linked: look at what was never seen, or once more at the end, then press Done."""
        last = len(world.film.frames) - 1
        unseen = [t for t in range(last + 1) if t not in memory.shown and t != world.z]
        if unseen:
            return Intent(Event("prev" if unseen[-1] < world.z else "next"), "verify", "verify")
        if care > REVIEWS and not memory.reviewed and world.z > last - 2 >= 0:
            return Intent(Event("prev"), "verify", "verify")
        return Intent(Event("done"), "done", "finish")

    def slips(self, world: World, intent: Intent) -> tuple[Event, ...]:
        if intent.kind not in ("place", "select") or not world.clickable:
            return ()
        here = world.film.frames[world.z].cells
        if intent.event.widget == "divide":  # one daughter taken for the whole cell
            return tuple(Event("canvas", here[j].middle) for j in world.answer)
        source = here[world.answer[0]].middle if world.answer else source_middle(world)
        others = [cell.middle for j, cell in enumerate(here) if j not in world.answer]
        nearest = sorted(others, key=lambda place: math.dist(place, source))[:2]
        hasty = () if world.divide or not world.answer else (Event("divide"),)
        return (*(Event("canvas", place) for place in nearest), *hasty)

    def glances(self, world: World, memory: Memory) -> tuple[Event, ...]:
        last = len(world.film.frames) - 1
        return (Event("prev"),) * (world.z > 0) + (Event("next"),) * (world.z < last)

    def disguise(self, world: World, other: World, memory: Memory) -> World:
        shown = memory.shown | {world.z}
        own, foreign, origins = world.film.frames, other.film.frames, world.film.truth
        frames = tuple(f if t in shown else foreign[t % len(foreign)] for t, f in enumerate(own))
        truth = tuple(
            origins[t] if {max(t - 1, 0), t} <= shown else tuple(min(t, 1) for _ in frame.cells)
            for t, frame in enumerate(frames)
        )
        return replace(world, film=Film(frames, truth))


def clicked(world: World, cell: int | None) -> World:
    """The world after a click on a cell where the active one's continuation is asked for."""
    if cell is None or cell == world.daughter:
        return world
    if world.divide and world.daughter is None:
        return replace(world, daughter=cell)
    link = (cell,) if world.daughter is None else (world.daughter, cell)
    return replace(world, links=(*world.links, link), divide=False, daughter=None)


def undone(world: World) -> World:
    """Without the last click that counted: a daughter, Divide, or a link, at the frame where it was made."""
    if world.daughter is not None:
        return replace(world, daughter=None)
    if world.divide:
        return replace(world, divide=False)
    if not world.links:
        return world
    *links, last = world.links
    divided = len(last) == 2
    z = world.film.queue[len(links)][0] + 1
    return replace(world, links=tuple(links), z=z, divide=divided, daughter=last[0] if divided else None)


def asked(world: World) -> str:
    """What a click should hit now, in two words."""
    if world.divide:
        return "daughter 1" if world.daughter is None else "daughter 2"
    return "nothing" if world.active is None else "same cell"


def overlay(world: World) -> tuple[Mark | Path, ...]:
    """Links into here; the active cell, those to choose from and to link next, a proposal; a daughter."""
    here, active = world.film.frames[world.z].cells, world.active
    items: list[Mark | Path] = [Path(here[j].outline, FREE, closed=True) for j in free(world)]
    for (t, i), link in zip(world.film.queue, world.links, strict=False):
        if t == world.z - 1:
            start = world.film.frames[t].cells[i].middle
            for j in link:
                items += [Path((start, here[j].middle), LINKED), Mark(here[j].middle, LINKED, 2, "disc")]
            if not link:
                items.append(Mark(start, LINKED, 4, "cross"))
    if active and world.z in (active[0], active[0] + 1):
        color = DIVIDING if world.divide else SOURCE if world.z == active[0] else TARGET
        before = world.film.frames[active[0]].cells
        items += [Mark(before[i].middle, WAITING, 3, "cross") for i in waiting(world)]
        items.append(Path(before[active[1]].outline, color, closed=True))
        items += [Mark(here[j].middle, PROPOSED, 4, "ring") for j in proposal(world)]
        if world.daughter is not None and world.clickable:
            items.append(Mark(here[world.daughter].middle, DIVIDING, 3, "disc"))
    return tuple(items)


def free(world: World) -> tuple[int, ...]:
    """The cells of this frame that no link leads to yet, where one is asked for."""
    if not world.clickable:
        return ()
    made = zip(world.film.queue, world.links, strict=False)
    taken = {j for (t, _), link in made if t == world.z - 1 for j in link} | {world.daughter}
    return tuple(j for j in range(len(world.film.frames[world.z].cells)) if j not in taken)


def waiting(world: World) -> tuple[int, ...]:
    """In the frame to click in: the cells of the frame before that are linked after the active one."""
    if not world.clickable:
        return ()
    later, before = world.film.queue[len(world.links) + 1 :], world.target - 1
    return tuple(i for t, i in later if t == before)


def proposal(world: World) -> tuple[int, ...]:
    """Which cells a tracker would link the active one to: one, two, the second of two daughters, or none."""
    if world.active is None or not (targets := free(world)):
        return ()
    (t, i), frames = world.active, world.film.frames
    chosen = () if world.daughter is None else (world.daughter,)
    here, daughters = sorted((*targets, *chosen)), chosen if world.divide else None
    links = proposed(frames[t], frames[t + 1], (i, *waiting(world)), here, daughters)
    return tuple(j for j in links if j not in chosen)


def source_middle(world: World) -> Place:
    """Where the active cell was in its own frame."""
    t, i = world.active or (0, 0)
    return world.film.frames[t].cells[i].middle


def doubtful(world: World, care: float) -> bool:
    """Whether a careful eye flips back first: of the cells here, two lie about as near to the outline."""
    x, y = source_middle(world)
    away = sorted(math.dist((x, y), cell.middle) for cell in world.film.frames[world.z].cells)
    return len(away) > 1 and away[0] > away[1] * (1 - 0.75 * care)


LEVELS = {
    "easy": CellLineage(cells.EASY),
    "standard": CellLineage(cells.STANDARD),
    "hard": CellLineage(cells.HARD),
}
