"""Neuron tracking: follow one neurite through a stack of EM sections, a node in every slice.

The neurite to follow is the one under the cross at the centre of slice 0. The expert clicks the middle of its
cross-section, goes on a slice, flips back where the neurite moves fast, and repairs wrong nodes it sees. A
ghost lies where optical flow carries the node of the slice before.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.annotation import Points, Spot
from clonotate.records import ClonotateError, Event, Phase, Score
from clonotate.screens.widgets import CANVAS, RGB, Button, Canvas, Group, Mark, Readout, Strip, View
from clonotate.tasks.base import Intent, Standing, Task
from clonotate.tasks.worlds import em

JUMP = 5  # slices of the fast buttons
REACH = 48  # px round a node in which its neurite is looked for
NEAR = 5  # px round it that move with it
GRAIN = 2.0  # px of grain that says nothing about movement
NODE: RGB = (255, 210, 60)
GHOST: RGB = (80, 200, 255)
START: RGB = (255, 90, 90)
Node = tuple[int, int, int]  # x, y in canvas pixels, and the slice


@dataclass(frozen=True, eq=False)
class Stack:
    """Sections of tissue, and the truth where there is one."""

    images: NDArray[np.uint8]  # [slices, 256, 256]
    labels: NDArray[np.uint16] | None  # the same shape; None where nobody knows
    target: int  # the label of the neurite to follow

    @cached_property
    def centers(self) -> tuple[tuple[int, int] | None, ...]:
        """The middle of the target's cross-section in each slice, None where it has none."""
        return tuple(middle(layer, self.target) for layer in self.truth)

    @property
    def truth(self) -> NDArray[np.uint16]:
        """The labels; ClonotateError without them."""
        if self.labels is None:
            raise ClonotateError(
                "this stack has no labels, so no expert and no score; let a policy annotate it"
            )
        return self.labels


@dataclass(frozen=True, eq=False)
class World:
    stack: Stack
    z: int = 0
    nodes: tuple[Node, ...] = ()  # as placed; the last one of a slice counts

    @cached_property
    def skeleton(self) -> dict[int, tuple[int, int]]:
        """The node of every slice that has one."""
        return {z: (x, y) for x, y, z in self.nodes}

    @cached_property
    def wrong(self) -> tuple[int, ...]:
        """The slices, in order, whose node lies outside of the target."""
        if not self.nodes:
            return ()
        places = sorted((z, y, x) for z, (x, y) in self.skeleton.items())
        off = self.stack.truth[tuple(np.transpose(places))] != self.stack.target
        return tuple(z for (z, _, _), out in zip(places, off.tolist(), strict=True) if out)


@dataclass(frozen=True)
class Memory:
    """Slices seen, slices compared with the one before by flipping, and whether the end was reviewed."""

    shown: frozenset[int] = frozenset()
    compared: frozenset[int] = frozenset()
    reviewed: bool = False  # an earlier slice was looked at since the last node was placed
    z: int = 0
    nodes: int = 0


@dataclass(frozen=True)
class NeuronTracking(Task[World, Memory]):
    """The knobs are those of the tissue."""

    name: ClassVar[str] = "neuron-tracking"
    version: ClassVar[int] = 2

    tissue: em.Tissue = field(default_factory=lambda: em.STANDARD)

    def begin(self, rng: np.random.Generator) -> World:
        volume = em.grow(self.tissue, rng)
        return World(Stack(volume.images, volume.labels, volume.target))

    def begin_from(self, images: NDArray[np.uint8], labels: NDArray[np.uint16] | None = None) -> World:
        """A world of real sections, uint8 `[slices, 256, 256]`, with labels of the same shape or none."""
        middle = CANVAS // 2
        target = 0 if labels is None else int(labels[0, middle, middle])
        return World(Stack(images, labels, target))

    def view(self, world: World) -> View:
        last, skeleton = len(world.stack.images) - 1, world.skeleton
        forward, back = world.z < last, world.z > 0
        return View(
            title="Neuron tracking",
            canvas=Canvas(world.stack.images[world.z], overlay(world)),
            groups=(
                Group(
                    "navigate",
                    (
                        Button("-z", "-z", enabled=back),
                        Button("+z", "+z", enabled=forward),
                        Button("-5", "-5", enabled=back),
                        Button("+5", "+5", enabled=forward),
                    ),
                ),
                Group("edit", (Button("undo", "Undo", enabled=bool(world.nodes)),)),
                Group("finish", (Button("done", "Done"),)),
            ),
            status=(
                Strip("Slices", tuple(z in skeleton for z in range(last + 1)), world.z),
                Readout("Slice", f"{world.z + 1}/{last + 1}"),
                Readout("Nodes", f"{len(skeleton)}"),
            ),
        )

    def update(self, world: World, event: Event) -> World:
        last = len(world.stack.images) - 1
        match event:
            case Event("+z" | "-z" | "+5" | "-5" as button):
                step = {"+z": 1, "-z": -1, "+5": JUMP, "-5": -JUMP}[button]
                return replace(world, z=min(max(world.z + step, 0), last))
            case Event("undo") if world.nodes:
                return replace(world, nodes=world.nodes[:-1])
            case Event("canvas", (x, y)):
                return replace(world, nodes=(*world.nodes, (x, y, world.z)))
        return world

    def annotation(self, world: World) -> Points:
        return Points(tuple(Spot(x, y, z) for z, (x, y) in sorted(world.skeleton.items())))

    def score(self, world: World) -> Score:
        """Success is a node in 90 % of the slices, and 95 % of the nodes inside the neurite."""
        slices, nodes = len(world.stack.truth), world.skeleton
        inside = len(nodes) - len(world.wrong)
        accuracy, coverage = inside / max(len(nodes), 1), len(nodes) / slices
        return Score(
            success=coverage >= 0.9 and accuracy >= 0.95,
            parts={"skeleton_accuracy": accuracy, "coverage": coverage},
        )

    def standing(self, world: World) -> Standing:
        slices, nodes = len(world.stack.images), world.skeleton
        if world.stack.labels is None:
            return Standing(world.z / max(slices - 1, 1), len(nodes) / slices, in_error=False)
        right = len(nodes) - len(world.wrong)
        return Standing(world.z / max(slices - 1, 1), right / slices, in_error=bool(world.wrong))

    def remember(self, memory: Memory | None, world: World) -> Memory:
        memory = memory or Memory(z=world.z)
        flipped = world.z == memory.z + 1 and world.z in memory.shown
        changed = len(world.nodes) != memory.nodes
        return Memory(
            shown=memory.shown | {world.z},
            compared=memory.compared | {world.z} if flipped else memory.compared,
            reviewed=not changed and (memory.reviewed or world.z != memory.z),
            z=world.z,
            nodes=len(world.nodes),
        )

    def expert(self, world: World, memory: Memory, care: float) -> Intent:
        slices, skeleton = len(world.stack.images), world.skeleton
        seen = memory.shown | {world.z}
        wrong = [z for z in world.wrong if z in seen]
        if wrong and world.nodes[-1][2] in wrong:
            return Intent(Event("undo"), "undo", "correct")
        if wrong:
            return self.place_or_go(world, wrong[0], "correct")
        missing = next((z for z in range(slices) if z not in skeleton), None)
        unseen = next((z for z in range(slices) if z not in seen), None)  # somebody else was there
        if missing is None and unseen is not None:
            return self.place_or_go(world, unseen, "verify")
        if missing is None:
            if care > 0.6 and not memory.reviewed and slices > JUMP:
                return Intent(Event("-5" if world.z >= JUMP else "+5"), "verify", "verify")
            return Intent(Event("done"), "done", "finish")
        if missing == world.z and missing not in memory.compared and doubtful(world, care):
            return Intent(Event("-z"), "verify", "annotate")
        return self.place_or_go(world, missing, "annotate" if world.nodes else "explore")

    def place_or_go(self, world: World, z: int, phase: Phase) -> Intent:
        """Click the target in slice `z`, or go there first."""
        away = z - world.z
        if away == 0:
            at = world.stack.centers[z] or (CANVAS // 2, CANVAS // 2)
            return Intent(Event("canvas", at), "place", phase)
        button = ("+" if away > 0 else "-") + ("5" if abs(away) >= JUMP else "z")
        return Intent(Event(button), "navigate", phase)

    def slips(self, world: World, intent: Intent) -> tuple[Event, ...]:
        if intent.kind != "place" or intent.event.at is None:
            return ()
        x, y = intent.event.at
        before = world.skeleton.get(world.z - 1)
        hand = [(x + dx, y + dy) for dx, dy in ((13, 5), (-11, 9), (4, -15), (-14, -7), (7, 18))]
        places = neighbours(world.stack.truth[world.z], (x, y)) + ([before] if before else []) + hand
        on_canvas = [at for at in places if all(4 <= v < CANVAS - 4 for v in at)]
        return tuple(Event("canvas", at) for at in on_canvas if not on_target(world, world.z, at))

    def glances(self, world: World, memory: Memory) -> tuple[Event, ...]:
        last = len(world.stack.images) - 1
        return (Event("-z"),) * (world.z > 0) + (Event("+z"),) * (world.z < last)

    def disguise(self, world: World, other: World, memory: Memory) -> World:
        shown = memory.shown | {world.z}
        hidden = [z for z in range(len(world.stack.images)) if z not in shown]
        images, labels = world.stack.images.copy(), world.stack.truth.copy()
        foreign, target = other.stack.truth, world.stack.target
        for z in hidden:
            layer = foreign[z % len(foreign)]
            images[z] = other.stack.images[z % len(foreign)]
            labels[z] = np.where(layer == other.stack.target, target, np.where(layer == target, 0, layer))
        return replace(world, stack=Stack(images, labels, target))


def overlay(world: World) -> tuple[Mark, ...]:
    """The node of this slice, a ghost of the one before it, and the start of an empty slice 0."""
    node, before = world.skeleton.get(world.z), world.skeleton.get(world.z - 1)
    marks = [Mark(carried(world.stack, world.z, before), GHOST, 4)] if before else []
    if node:
        marks.append(Mark(node, NODE, 2, "disc"))
    elif world.z == 0:
        marks.append(Mark((CANVAS // 2, CANVAS // 2), START, 4, "cross"))
    return tuple(marks)


@lru_cache(maxsize=16)  # a slice is drawn again and again; stacks are large
def carried(stack: Stack, z: int, at: tuple[int, int]) -> tuple[int, int]:
    """Where optical flow takes a node of slice `z` - 1 in slice `z`.

    The median of the flow round it, by dense inverse search (Kroeger et al. 2016) in the window beside it.
    """
    left, top = (max(v - REACH, 0) for v in at)
    window = np.s_[top : at[1] + REACH, left : at[0] + REACH]
    before, here = (cv2.GaussianBlur(stack.images[i][window], (0, 0), GRAIN) for i in (z - 1, z))
    start = np.zeros((*here.shape, 2), np.float32)
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(before, here, start)
    x, y = at[0] - left, at[1] - top
    near = flow[max(y - NEAR, 0) : y + NEAR + 1, max(x - NEAR, 0) : x + NEAR + 1].reshape(-1, 2)
    column, row = np.rint(at + np.median(near, axis=0)).clip(0, CANVAS - 1).astype(int).tolist()
    return column, row


def on_target(world: World, z: int, at: tuple[int, int]) -> bool:
    """Whether a place in slice `z` lies inside the target."""
    return bool(world.stack.truth[z, at[1], at[0]] == world.stack.target)


def doubtful(world: World, care: float) -> bool:
    """Whether the neurite moved so far since the slice before that a careful eye flips back to compare."""
    here, before = world.stack.centers[world.z], world.stack.centers[world.z - 1]
    if world.z == 0 or here is None or before is None:
        return False
    return bool(np.hypot(here[0] - before[0], here[1] - before[1]) > 14 - 8 * care)


def middle(layer: NDArray[np.uint16], label: int) -> tuple[int, int] | None:
    """The pixel of a cross-section nearest to its centre of mass, as (x, y); None where there is none."""
    inside = layer == label
    across, down = inside.sum(axis=0), inside.sum(axis=1)
    area = across.sum()
    if not area:
        return None
    x, y = (round(float(counts @ np.arange(len(counts)) / area)) for counts in (across, down))
    if inside[y, x]:
        return x, y
    rows, columns = np.nonzero(inside)
    distance = (rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2
    nearest = int(distance.argmin())
    return int(columns[nearest]), int(rows[nearest])


def neighbours(layer: NDArray[np.uint16], at: tuple[int, int], reach: int = 22) -> list[tuple[int, int]]:
    """Places inside the cross-sections that lie around a place: what a slip would hit."""
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = [(round(at[0] + reach * np.cos(a)), round(at[1] + reach * np.sin(a))) for a in angles]
    return [(x, y) for x, y in ring if 0 <= x < CANVAS and 0 <= y < CANVAS and layer[y, x] > 0]


LEVELS = {
    "easy": NeuronTracking(em.EASY),
    "standard": NeuronTracking(em.STANDARD),
    "hard": NeuronTracking(em.HARD),
    # What small real stacks are like: few sections, badly aligned
    "sections": NeuronTracking(em.Tissue(slices=(8, 30), drift=3.0, jitter=2.2, damage=0.1)),
}
