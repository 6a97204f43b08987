"""Chromosome tracing: follow one chain of bright loci through a nucleus, bead by bead, through the slices.

A ring marks the end to begin at. The expert looks for the next bead where the thread from the last one
leads: in this slice, then in those beside it, first in the direction of the last step. The family is kept out
of pretraining.
"""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from clonotate.annotation import Points, Spot
from clonotate.records import ClonotateError, Event, Score
from clonotate.screens.widgets import CANVAS, RGB, Button, Canvas, Group, Mark, Path, Readout, Strip, View
from clonotate.tasks.base import Intent, Standing, Task
from clonotate.tasks.search import Search
from clonotate.tasks.worlds import chromatin

TOLERANCE = 5.0  # canvas pixels
NEAR = 1  # slices by which a marker may be off: a bead shows in those beside its own too
ENOUGH = 0.9  # share of the beads that have to be right
CHECKS, CONFIRMS = 0.3, 0.75
"""From how much care on an expert looks at the projection before Done, and at the slice beyond each bead."""
PRESENT: RGB = (255, 210, 60)
BEFORE: RGB = (80, 200, 255)
START: RGB = (255, 90, 90)
Place = tuple[int, int, int]  # x, y in canvas pixels, and the slice


@dataclass(frozen=True, eq=False)
class Stack:
    """What there is to annotate, and the truth where there is one."""

    images: NDArray[np.uint8]  # [slices, 256, 256]
    start: Place | None  # where the chain begins, as the screen shows; None where nobody says
    chain: NDArray[np.int64] | None  # [count, 3]: x, y, slice of the beads in order
    others: NDArray[np.int64]  # [any, 3]: beads of other chains, as far as known

    @cached_property
    def projection(self) -> NDArray[np.uint8]:
        """The maximum over all slices: uint8 `[256, 256]`."""
        return np.asarray(self.images.max(axis=0))

    @cached_property
    def beads(self) -> tuple[Place, ...]:
        """The chain as markers would have to be; ClonotateError without a truth."""
        if self.chain is None:
            raise ClonotateError(
                "nobody traced this stack, so no expert and no score; let a policy annotate it"
            )
        return tuple((int(x), int(y), int(z)) for x, y, z in self.chain)


@dataclass(frozen=True, eq=False)
class World:
    stack: Stack
    z: int = 0
    projected: bool = False  # the maximum projection is on
    markers: tuple[Place, ...] = ()

    @cached_property
    def right(self) -> int:
        """How many markers, from the first on, are right without a gap."""
        beads = self.stack.beads
        pairs = enumerate(zip(self.markers, beads, strict=False))
        return next((i for i, pair in pairs if not same(*pair)), min(len(self.markers), len(beads)))

    @property
    def anchor(self) -> int:
        """The slice that the next bead is looked for around: that of the last marker, or of the start."""
        if self.markers:
            return self.markers[-1][2]
        return self.stack.start[2] if self.stack.start else self.z


@dataclass(frozen=True)
class ChromosomeTracing(Task[World, Search]):
    """The knobs are those of the nucleus."""

    name: ClassVar[str] = "chromosome-tracing"
    version: ClassVar[int] = 2

    nucleus: chromatin.Nucleus = field(default_factory=lambda: chromatin.STANDARD)
    recall: int = 3  # how many views the expert remembers well

    def begin(self, rng: np.random.Generator) -> World:
        made = chromatin.stack(self.nucleus, rng)
        x, y, z = (int(v) for v in made.beads[0])
        return World(Stack(made.images, (x, y, z), made.beads, made.others), z)

    def begin_from(
        self,
        images: NDArray[np.uint8],
        chain: NDArray[np.float64] | None = None,
        start: Place | None = None,
    ) -> World:
        """A world of real slices, uint8 `[slices, 256, 256]`.

        `chain` is `[count, 3]`: x, y in canvas pixels and the slice of every bead in order, None where nobody
        knows; then `start` may say where to begin.
        """
        nobody = np.empty((0, 3), np.int64)
        if chain is None:
            return World(Stack(images, start, None, nobody), start[2] if start else 0)
        beads = np.rint(chain).astype(np.int64).clip(0, (CANVAS - 1, CANVAS - 1, len(images) - 1))
        x, y, z = (int(v) for v in beads[0])
        return World(Stack(images, (x, y, z), beads, nobody), z)

    def view(self, world: World) -> View:
        stack, count, last = world.stack, len(world.markers), len(world.stack.images) - 1
        annotated = {z for _, _, z in world.markers}
        total = f"/{len(stack.chain)}" if stack.chain is not None else ""
        return View(
            title="Chromosome tracing",
            canvas=Canvas(stack.projection if world.projected else stack.images[world.z], overlay(world)),
            groups=(
                Group(
                    "navigate",
                    (
                        Button("-z", "-z", enabled=not world.projected and world.z > 0),
                        Button("+z", "+z", enabled=not world.projected and world.z < last),
                    ),
                ),
                Group("view", (Button("mip", "MIP", lit=world.projected),)),
                Group("edit", (Button("undo", "Undo", enabled=count > 0),)),
                Group("finish", (Button("done", "Done"),)),
            ),
            status=(
                Strip("Slices", tuple(z in annotated for z in range(last + 1)), world.z),
                Readout("Slice", "all" if world.projected else f"{world.z + 1}/{last + 1}"),
                Readout("From", f"slice {world.anchor + 1}"),
                Readout("Beads", f"{count}{total}"),
            ),
        )

    def update(self, world: World, event: Event) -> World:
        match event:
            case Event("+z") if not world.projected:
                return replace(world, z=min(world.z + 1, len(world.stack.images) - 1))
            case Event("-z") if not world.projected:
                return replace(world, z=max(world.z - 1, 0))
            case Event("mip"):
                return replace(world, projected=not world.projected)
            case Event("undo") if world.markers:
                return replace(world, markers=world.markers[:-1])
            case Event("canvas", (x, y)) if not world.projected:
                return replace(world, markers=(*world.markers, (x, y, world.z)))
        return world

    def annotation(self, world: World) -> Points:
        return Points(tuple(Spot(*marker) for marker in world.markers))

    def score(self, world: World) -> Score:
        """Success is 90 % of the beads marked in order, within 5 px and a slice, and as few strays.

        Markers that are not of the chain, or out of order, count as beads that are missing.
        """
        beads, markers = world.stack.beads, world.markers
        found = sum(any(same(marker, bead) for marker in markers) for bead in beads)
        ordered = in_order(markers, beads)
        return Score(
            success=ordered >= ENOUGH * max(len(beads), len(markers)),
            parts={
                "marker_f1": 2 * found / max(len(beads) + len(markers), 2 * found, 1),
                "in_order": ordered / len(beads),
            },
        )

    def standing(self, world: World) -> Standing:
        position = world.z / max(len(world.stack.images) - 1, 1)
        if world.stack.chain is None:
            return Standing(position, progress=0.0, in_error=False)
        return Standing(position, world.right / len(world.stack.beads), world.right < len(world.markers))

    def remember(self, memory: Search | None, world: World) -> Search:
        memory = memory or Search(z=world.z)
        return memory.seeing(world.z, world.projected, len(world.markers), self.recall)

    def expert(self, world: World, memory: Search, care: float) -> Intent:
        count, beads = len(world.markers), world.stack.beads
        if world.right < count:
            return Intent(Event("undo"), "undo", "correct")
        if world.projected:
            return Intent(Event("mip"), "verify", "verify")
        if count == len(beads):
            if memory.checked < count and care > CHECKS:
                return Intent(Event("mip"), "verify", "verify")
            return Intent(Event("done"), "done", "finish")
        x, y, z = beads[count]
        ahead = z if z in memory.recent or count == 0 else self.search(world, memory)
        if z == world.z:
            beyond = z + memory.heading
            if care < CONFIRMS or beyond in memory.searched or not 0 <= beyond < len(world.stack.images):
                return Intent(Event("canvas", (x, y)), "place", "annotate")
            ahead = beyond  # is it not sharper there?
        return Intent(Event("+z" if ahead > world.z else "-z"), "navigate", "annotate")

    def search(self, world: World, memory: Search) -> int:
        """The slice to look at next: one of those around the last bead, on in this direction before back."""
        last = len(world.stack.images) - 1
        return memory.onward(world.anchor, last, range(1, last + 1))

    def slips(self, world: World, intent: Intent) -> tuple[Event, ...]:
        """A bead of another chain, the bead after the next, one already marked, a slip of the hand."""
        if intent.kind != "place" or intent.event.at is None:
            return ()
        at, count = intent.event.at, len(world.markers)
        rivals = [(int(x), int(y)) for x, y, z in world.stack.others if abs(z - world.z) <= NEAR]
        own = [(x, y) for x, y, z in world.stack.beads[count + 1 :] if abs(z - world.z) <= NEAR]
        lookalikes = sorted(rivals + own, key=lambda place: math.dist(place, at))[:3]
        marked = [marker[:2] for marker in world.markers[-1:]]
        hand = [(at[0] + dx, at[1] + dy) for dx, dy in ((10, 4), (-8, 8), (3, -12), (-11, -6))]
        return tuple(
            Event("canvas", place)
            for place in [*lookalikes, *marked, *hand]
            if math.dist(place, at) > TOLERANCE + 3 and all(4 <= v < CANVAS - 4 for v in place)
        )

    def glances(self, world: World, memory: Search) -> tuple[Event, ...]:
        if world.projected:
            return ()
        aside = (Event("+z"),) * (world.z < len(world.stack.images) - 1) + (Event("-z"),) * (world.z > 0)
        return (Event("mip"), *aside)

    def disguise(self, world: World, other: World, memory: Search) -> World:
        """Also what was shown long ago: the last views are remembered, and where the search has been."""
        stack = world.stack
        if stack.chain is None or other.stack.chain is None:
            return world
        peeked = memory.peeked or world.projected  # then only depths are unknown
        known = {world.z, world.anchor, *memory.recent, *memory.searched}
        hidden = [z for z in range(len(stack.images)) if z not in known]
        swap = dict(zip(hidden, reversed(hidden), strict=True))
        images, chain = stack.images.copy(), stack.chain.copy()
        for i in range(len(world.markers), len(chain)):
            if chain[i, 2] in swap:
                chain[i, 2] = swap[int(chain[i, 2])]
                if not peeked:
                    chain[i, :2] = other.stack.chain[i % len(other.stack.chain), :2]
        foreign = other.stack.images[np.array(hidden, int) % len(other.stack.images)]
        images[hidden] = stack.images[hidden[::-1]] if peeked else foreign
        return replace(world, stack=Stack(images, stack.start, chain, stack.others))


def same(marker: Place, bead: Place) -> bool:
    """Whether a marker marks a bead: within 5 px, in its slice or one beside it."""
    return abs(marker[2] - bead[2]) <= NEAR and math.dist(marker[:2], bead[:2]) <= TOLERANCE


def in_order(markers: tuple[Place, ...], beads: tuple[Place, ...]) -> int:
    """How many beads are marked in the order of the chain: their longest common subsequence."""
    longest = [0] * (len(beads) + 1)
    for marker in markers:
        before = longest
        longest = [0]
        for i, bead in enumerate(beads):
            longest.append(before[i] + 1 if same(marker, bead) else max(before[i + 1], longest[i]))
    return longest[-1]


def overlay(world: World) -> tuple[Mark | Path, ...]:
    """The markers joined in order: rings in this slice, dots in others; the last one in its own colour."""
    places = tuple((x, y) for x, y, _ in world.markers)
    items: list[Mark | Path] = [Path(places, BEFORE)] if len(places) > 1 else []
    for i, (x, y, z) in enumerate(world.markers):
        color = PRESENT if i == len(places) - 1 else BEFORE
        items.append(
            Mark((x, y), color, 5) if world.projected or z == world.z else Mark((x, y), color, 1, "disc")
        )
    if world.stack.start and not places:
        x, y, z = world.stack.start
        items.append(Mark((x, y), START, 8 if z == world.z else 4, "ring" if z == world.z else "cross"))
    return tuple(items)


LEVELS = {
    "easy": ChromosomeTracing(chromatin.EASY),
    "standard": ChromosomeTracing(chromatin.STANDARD),
    "hard": ChromosomeTracing(chromatin.HARD),
}
