"""Colored dots: mark the dots of a hidden path in order of hue, blue to red, each in the slice it lies in.

The expert peeks at the maximum projection, then looks for each next hue around the slice of the last dot,
turning where it finds nothing. It knows only what its screens have shown, and remembers the last few views.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.annotation import Points, Spot
from clonotate.records import ClonotateError, Event, Phase, Score
from clonotate.screens.widgets import CANVAS, RGB, Button, Canvas, Group, Mark, Path, Readout, Strip, View
from clonotate.tasks.base import Intent, Standing, Task
from clonotate.tasks.search import Search
from clonotate.tasks.worlds.paths import SHAPES, along, placed

TOLERANCE = 5.0  # canvas pixels
REACH = 3  # the next dot lies at most so many slices away
PEEKS, CHECKS, SCANS, CONFIRMS = 0.2, 0.3, 0.55, 0.75
"""From how much care on an expert looks at the projection first, looks at it again before Done, scans the
whole stack before the first dot, and looks one slice farther before it places each dot."""
WHITE: RGB = (255, 255, 255)
GREY: RGB = (150, 150, 150)
Marker = tuple[int, int, int]  # x, y in canvas pixels, and the slice


@dataclass(frozen=True, eq=False)
class Stack:
    """What there is to annotate, and the truth where there is one. Dot i is the i-th of the path."""

    images: NDArray[np.uint8]  # [slices, 256, 256, 3]
    dots: NDArray[np.int64] | None  # [count, 3]: x, y, slice; None where nobody knows

    @cached_property
    def projection(self) -> NDArray[np.uint8]:
        """The maximum over all slices: uint8 `[256, 256, 3]`."""
        return np.asarray(self.images.max(axis=0))

    @cached_property
    def places(self) -> tuple[Marker, ...]:
        """The dots as markers would have to be."""
        return tuple((int(x), int(y), int(z)) for x, y, z in self.truth)

    @property
    def truth(self) -> NDArray[np.int64]:
        """The dots; ClonotateError without them."""
        if self.dots is None:
            raise ClonotateError("nobody knows the dots of this stack, so there is no expert and no score")
        return self.dots


@dataclass(frozen=True, eq=False)
class World:
    stack: Stack
    z: int = 0
    projected: bool = False  # the maximum projection is on
    markers: tuple[Marker, ...] = ()

    @cached_property
    def right(self) -> int:
        """How many markers, from the first on, are right without a gap."""
        dots = self.stack.places
        for i, marker in enumerate(self.markers):
            if i >= len(dots) or not same(marker, dots[i]):
                return i
        return len(self.markers)


@dataclass(frozen=True)
class ColoredDots(Task[World, Search]):
    """Knobs: how many slices and dots, the noise (grey levels) and how saturated the hues are."""

    name: ClassVar[str] = "colored-dot-tracking"
    version: ClassVar[int] = 1

    slices: int = 16
    dots: tuple[int, int] = (12, 18)
    noise: float = 10.0
    saturation: float = 0.95
    recall: int = 3  # how many views the expert remembers well

    def begin(self, rng: np.random.Generator) -> World:
        count = int(rng.integers(self.dots[0], self.dots[1] + 1))
        dots = np.column_stack([scattered(count, rng), depths(count, self.slices, rng)])
        images = noise(self.slices, self.noise, rng)
        for (x, y, z), color in zip(dots, hues(count, self.saturation), strict=True):
            paint(images[z], (x, y), color, rng)
        return World(Stack(images, dots))

    def begin_from(self, images: NDArray[np.uint8], dots: NDArray[np.int64] | None = None) -> World:
        """A world of real slices, uint8 `[slices, 256, 256, 3]`, and its dots `[count, 3]` or none."""
        return World(Stack(images, dots))

    def view(self, world: World) -> View:
        stack, count = world.stack, len(world.markers)
        annotated = {z for _, _, z in world.markers}
        image = stack.projection if world.projected else stack.images[world.z]
        return View(
            title="Colored dots",
            canvas=Canvas(image, joined(world.markers) if world.projected else nearby(world)),
            groups=(
                Group(
                    "navigate",
                    (
                        Button("-z", "-z", enabled=not world.projected and world.z > 0),
                        Button("+z", "+z", enabled=not world.projected and world.z < len(stack.images) - 1),
                    ),
                ),
                Group("view", (Button("mip", "MIP", lit=world.projected),)),
                Group("edit", (Button("undo", "Undo", enabled=count > 0),)),
                Group("finish", (Button("done", "Done"),)),
            ),
            status=(
                Strip("Slices", tuple(z in annotated for z in range(len(stack.images))), world.z),
                Readout("Slice", "all" if world.projected else f"{world.z + 1}/{len(stack.images)}"),
                *self.count(count, stack.dots),
            ),
        )

    def count(self, count: int, dots: NDArray[np.int64] | None) -> tuple[Readout, Readout]:
        """How many markers there are, of how many if that is known, and the hue that comes next."""
        if dots is None:
            return Readout("Points", f"{count}"), Readout("Next", "any")
        following = hue(count, len(dots), self.saturation) if count < len(dots) else None
        points = Readout("Points", f"{count}/{len(dots)}")
        return points, Readout("Next", "", following) if following else Readout("Next", "none")

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
        """Success is a marker on every dot, in its slice and within 5 px, in order of hue, and no other."""
        dots, markers = world.stack.places, world.markers
        found = sum(any(same(marker, dot) for marker in markers) for dot in dots)
        return Score(
            success=world.right == len(markers) == len(dots),
            parts={
                "marker_f1": 2 * found / max(len(dots) + len(markers), 1),
                "in_order": world.right / len(dots),
            },
        )

    def standing(self, world: World) -> Standing:
        position = world.z / max(len(world.stack.images) - 1, 1)
        if world.stack.dots is None:
            return Standing(position, progress=0.0, in_error=False)
        return Standing(
            position,
            progress=world.right / len(world.stack.dots),
            in_error=world.right < len(world.markers),
        )

    def remember(self, memory: Search | None, world: World) -> Search:
        memory = memory or Search(z=world.z)
        return memory.seeing(world.z, world.projected, len(world.markers), self.recall)

    def expert(self, world: World, memory: Search, care: float) -> Intent:
        count, dots = len(world.markers), world.stack.truth
        if world.right < count:
            return Intent(Event("undo"), "undo", "correct")
        if world.projected:
            return Intent(Event("mip"), "verify", "explore" if count == 0 else "verify")
        if not memory.peeked and count == 0 and care > PEEKS:
            return Intent(Event("mip"), "verify", "explore")
        if count == len(dots):
            if memory.checked < count and care > CHECKS:
                return Intent(Event("mip"), "verify", "verify")
            return Intent(Event("done"), "done", "finish")
        if count == 0 and care > SCANS and len(world.stack.images) - 1 not in memory.shown:
            return Intent(Event("+z"), "navigate", "explore")
        x, y, z = world.stack.places[count]
        ahead = z if z == world.z or z in memory.recent else self.search(world, memory)
        if z == world.z:
            beyond = world.z + memory.heading
            if care < CONFIRMS or beyond in memory.searched or not 0 <= beyond < len(world.stack.images):
                return Intent(Event("canvas", (x, y)), "place", "annotate")
            ahead = beyond  # is it not brighter there?
        phase: Phase = "explore" if count == 0 else "annotate"
        return Intent(Event("+z" if ahead > world.z else "-z"), "navigate", phase)

    def search(self, world: World, memory: Search) -> int:
        """The slice to look at next, around the one of the last dot; of the first all are as likely."""
        last = len(world.stack.images) - 1
        anchor = world.markers[-1][2] if world.markers else world.z
        return memory.onward(anchor, last, range(REACH if world.markers else last, last + REACH + 1, REACH))

    def slips(self, world: World, intent: Intent) -> tuple[Event, ...]:
        if intent.kind != "place" or intent.event.at is None:
            return ()
        x, y = intent.event.at
        following = world.stack.truth[len(world.markers) + 1 :]
        lookalikes = [(int(a), int(b)) for a, b, z in world.stack.truth if z == world.z]
        skipped = [(int(a), int(b)) for a, b, _ in following[:1]]  # its place is known from the projection
        hand = [(x + dx, y + dy) for dx, dy in ((11, 4), (-9, 8), (3, -13), (-12, -6), (6, 16))]
        return tuple(
            Event("canvas", place)
            for place in lookalikes + skipped + hand
            if np.hypot(place[0] - x, place[1] - y) > TOLERANCE + 3
            and all(4 <= v < CANVAS - 4 for v in place)
        )

    def glances(self, world: World, memory: Search) -> tuple[Event, ...]:
        if world.projected:
            return ()
        aside = (Event("+z"),) * (world.z < len(world.stack.images) - 1) + (Event("-z"),) * (world.z > 0)
        return (Event("mip"), Event("mip"), *aside)

    def disguise(self, world: World, other: World, memory: Search) -> World:
        """Also what was shown long ago: the last views are remembered, and where the search has been."""
        peeked = memory.peeked or world.projected  # then all dots are known but for their slices
        known = {world.z, *memory.recent, *memory.searched}
        hidden = [z for z in range(len(world.stack.images)) if z not in known]
        images, dots = world.stack.images.copy(), world.stack.truth.copy()
        swap = dict(zip(hidden, reversed(hidden), strict=True))
        for i, (_, _, z) in enumerate(world.stack.truth):
            if i >= len(world.markers) and z in swap:
                dots[i, 2] = swap[z]
                if not peeked:
                    dots[i, :2] = other.stack.truth[i % len(other.stack.truth), :2]
        if hidden:
            images[hidden] = world.stack.images[hidden[::-1]] if peeked else other.stack.images[hidden]
        return replace(world, stack=Stack(images, dots))


def same(marker: Marker, dot: Marker) -> bool:
    """Whether a marker marks a dot: in its slice, within 5 px."""
    return marker[2] == dot[2] and math.dist(marker[:2], dot[:2]) <= TOLERANCE


def nearby(world: World) -> tuple[Mark, ...]:
    """Markers over one slice: rings for its own, small ones for those of other slices."""
    return tuple(
        Mark((x, y), WHITE, 7) if z == world.z else Mark((x, y), GREY, 2, "disc") for x, y, z in world.markers
    )


def joined(markers: tuple[Marker, ...]) -> tuple[Mark | Path, ...]:
    """Markers over the projection, joined in order."""
    places = tuple((x, y) for x, y, _ in markers)
    return (
        *((Path(places, WHITE),) if len(places) > 1 else ()),
        *(Mark(place, WHITE, 5) for place in places),
    )


def scattered(count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Dots along a shape, no two closer than 13 px: int `[count, 2]`."""
    names = list(SHAPES)
    while True:
        path = SHAPES[names[rng.integers(len(names))]]
        dots = placed(along(path, count, rng), CANVAS, 18, rng)
        dots += rng.normal(0, 1.5, dots.shape)
        gaps = np.hypot(*(dots[:, None] - dots[None]).T) + np.eye(count) * 99
        if gaps.min() >= 13:
            return dots.round().astype(np.int64).clip(12, CANVAS - 13)


def depths(count: int, slices: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """A slice for each dot: a walk that keeps its direction more often than not, at most `REACH` a step."""
    z, heading = int(rng.integers(slices)), int(rng.choice([-1, 1]))
    walk = [z]
    for _ in range(count - 1):
        heading *= -1 if rng.random() < 0.35 else 1
        step = int(rng.choice([0, 1, 2, REACH], p=[0.2, 0.4, 0.27, 0.13]))
        if not 0 <= z + heading * step < slices:
            heading *= -1
        z += heading * step
        walk.append(z)
    return np.array(walk)


def hue(i: int, count: int, saturation: float) -> RGB:
    """The colour of the i-th of `count` dots, from blue (240 degrees) to red (0)."""
    degrees = 240 * (1 - i / max(count - 1, 1))
    pixel = np.array([[[degrees, saturation, 1.0]]], np.float32)
    r, g, b = (cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0] * 255).round().astype(int)
    return int(r), int(g), int(b)


def hues(count: int, saturation: float) -> list[RGB]:
    """The colours of all dots in order."""
    return [hue(i, count, saturation) for i in range(count)]


def noise(slices: int, amount: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Dark slices with correlated noise: uint8 `[slices, 256, 256, 3]`."""
    coarse = 14 + rng.standard_normal((slices, CANVAS // 2, CANVAS // 2), np.float32) * amount
    grey = coarse.clip(0, 255).astype(np.uint8)
    full = [cv2.resize(layer, (CANVAS, CANVAS), interpolation=cv2.INTER_LINEAR) for layer in grey]
    return np.stack([cv2.cvtColor(layer, cv2.COLOR_GRAY2RGB) for layer in full])


def paint(image: NDArray[np.uint8], at: tuple[int, int], color: RGB, rng: np.random.Generator) -> None:
    """Add a blurred, anisotropic dot to one slice, in place."""
    long, short, angle = rng.uniform(3.2, 5.0), rng.uniform(2.2, 3.2), rng.uniform(0, np.pi)
    dy, dx = np.mgrid[-11:12, -11:12]
    u, v = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
    blob = rng.uniform(0.75, 1.0) * np.exp(-((u / long) ** 2 + (v / short) ** 2) / 2)
    window = image[at[1] - 11 : at[1] + 12, at[0] - 11 : at[0] + 12]
    window[:] = (window + blob[..., None] * np.array(color)).clip(0, 255)


LEVELS = {
    "easy": ColoredDots(slices=10, dots=(6, 9), noise=5.0),
    "standard": ColoredDots(),
    "hard": ColoredDots(slices=24, dots=(18, 26), noise=20.0, saturation=0.75),
}
