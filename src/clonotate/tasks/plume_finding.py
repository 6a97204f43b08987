"""Spectral plume finding: outline the plume of one gas in a hyperspectral cube, or say that there is none.

The gas is known by its signature: it absorbs in some bands and not in those between. Dots in a corner of the
canvas say where the band shown is such a line, the more the stronger. What a matched filter finds in all
bands at once has an outline, as a start: it may be off, or of nothing. The expert walks through the bands to
the last line, looks in each at how it differs from the bands beside it, outlines there what shows in all
lines, and walks back to the line before. It says that there is no plume only when it has seen every band.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.annotation import Region, Spot
from clonotate.records import ClonotateError, Event, Kind, Phase, Score
from clonotate.screens.widgets import (
    CANVAS,
    RGB,
    Button,
    Canvas,
    Group,
    Mark,
    Path,
    Plot,
    Readout,
    Strip,
    View,
)
from clonotate.tasks.base import Intent, Standing, Task
from clonotate.tasks.worlds import hyperspectral
from clonotate.tasks.worlds.outlines import Outline, Point
from clonotate.tasks.worlds.spectral_cube import Cube, Floats, enlarged, pictured

JUMP = 5  # bands of the fast buttons
OVERLAP = 0.7  # IoU of a good outline
SCANS = 0.7  # from how much care on an expert looks at every band to begin with
LINE: RGB = (90, 220, 255)
FIRST: RGB = (120, 255, 120)
FOUND: RGB = (255, 255, 255)
GAS: RGB = (120, 255, 120)
CLEAR: RGB = (60, 70, 80)
MOST = 5  # dots by a line of the gas
STEPS = {"+1": 1, "-1": -1, "+5": JUMP, "-5": -JUMP}


@dataclass(frozen=True, eq=False)
class World:
    cube: Cube
    band: int = 0
    on: bool = False  # the difference view is on
    viewed: frozenset[int] = frozenset()  # bands shown in it so far
    vertices: tuple[Point, ...] = ()
    closed: bool = False
    absent: bool = False  # "No plume" is the answer

    @cached_property
    def positions(self) -> tuple[int, ...]:
        """Where on the true contour the vertices lie that are right without a gap."""
        return self.cube.outline.follow(self.vertices) if self.cube.outline else ()

    @cached_property
    def iou(self) -> float:
        """Overlap of the answer with the truth; 0 as long as there is no answer."""
        outline = self.cube.outline
        if self.absent:
            return float(outline is None)
        return outline.overlap(self.vertices) if self.closed and outline else 0.0

    @property
    def answered(self) -> bool:
        return self.closed or self.absent

    @property
    def wrong(self) -> bool:
        """Something stands that has to be undone."""
        if self.answered:
            return self.iou < OVERLAP
        return len(self.positions) < len(self.vertices)


@dataclass(frozen=True)
class Memory:
    """The views seen so far: band, and whether in the difference view."""

    shown: frozenset[tuple[int, bool]] = frozenset()


@dataclass(frozen=True)
class PlumeFinding(Task[World, Memory]):
    """The knobs are those of the survey."""

    name: ClassVar[str] = "spectral-plume-finding"
    version: ClassVar[int] = 3

    survey: hyperspectral.Survey = field(default_factory=lambda: hyperspectral.STANDARD)

    def begin(self, rng: np.random.Generator) -> World:
        scene = hyperspectral.record(self.survey, rng)
        column = cv2.resize(scene.column, (CANVAS, CANVAS), interpolation=cv2.INTER_LINEAR)
        mask = cv2.GaussianBlur(column.clip(0, 2), (0, 0), 6) > 1  # as the eye evens out wisps
        return World(pictured(scene.radiance, scene.signature, mask))

    def begin_from(
        self,
        radiance: Floats,
        signature: Floats,
        mask: NDArray[np.bool_] | None = None,
        emits: bool = False,
    ) -> World:
        """A world of a real cube.

        `radiance` is float32 `[bands, height, width]` in any unit, `signature` float32 `[bands]` says how
        strongly the gas absorbs (or `emits`) in each, `mask` bool `[height, width]` is its plume; without one
        there is no expert and no score. The middle square is shown; of a mask there the largest shape counts,
        if it is larger than a fleck.
        ClonotateError where the shapes do not belong together.
        """
        if radiance.ndim != 3 or len(radiance) < 8 or signature.shape != radiance.shape[:1]:
            raise ClonotateError("a cube has 8 bands or more, and its signature one value for each")
        if mask is not None and mask.shape != radiance.shape[1:]:
            raise ClonotateError("the mask of a cube is as high and wide as its bands")
        if not (np.isfinite(radiance).all() and np.isfinite(signature).all() and signature.max() > 0):
            raise ClonotateError("a cube and its signature hold finite values, and the signature has a peak")
        side = min(radiance.shape[1:])
        top, left = ((length - side) // 2 for length in radiance.shape[1:])
        window = np.s_[top : top + side, left : left + side]
        shown = None if mask is None else enlarged(mask[window].astype(np.float32)) > 0.5
        return World(pictured(radiance[:, *window], signature, shown, emits))

    def view(self, world: World) -> View:
        cube, bands = world.cube, len(world.cube.plain)
        back, forward, drawing = world.band > 0, world.band < bands - 1, not world.answered
        told = world.band in cube.telling
        return View(
            title="Plume finding",
            canvas=Canvas((cube.differences if world.on else cube.plain)[world.band], drawn(world)),
            groups=(
                Group(
                    "navigate",
                    (
                        Button("-1", "-1", enabled=back),
                        Button("+1", "+1", enabled=forward),
                        Button("-5", "-5", enabled=back),
                        Button("+5", "+5", enabled=forward),
                    ),
                ),
                Group("view", (Button("difference", "On/off", lit=world.on, swatch=GAS if told else CLEAR),)),
                Group(
                    "edit",
                    (
                        Button("close", "Close", enabled=drawing and len(world.vertices) > 2),
                        Button(
                            "absent", "No plume", lit=world.absent, enabled=drawing and not world.vertices
                        ),
                        Button("undo", "Undo", enabled=world.absent or bool(world.vertices)),
                    ),
                ),
                Group("finish", (Button("done", "Done"),)),
            ),
            status=(
                Plot("Gas", cube.signature, world.band),
                Strip("Viewed", tuple(b in world.viewed for b in range(bands)), world.band),
                Readout("Band", f"{world.band + 1}/{bands}"),
                Readout("Outline", "no plume" if world.absent else said(world)),
            ),
        )

    def update(self, world: World, event: Event) -> World:
        drawing = not world.answered
        match event:
            case Event("+1" | "-1" | "+5" | "-5" as button):
                band = min(max(world.band + STEPS[button], 0), len(world.cube.plain) - 1)
                return replace(world, band=band, viewed=world.viewed | ({band} if world.on else set()))
            case Event("difference"):
                viewed = world.viewed if world.on else world.viewed | {world.band}
                return replace(world, on=not world.on, viewed=viewed)
            case Event("close") if drawing and len(world.vertices) > 2:
                return replace(world, closed=True)
            case Event("absent") if drawing and not world.vertices:
                return replace(world, absent=True)
            case Event("undo") if world.answered:
                return replace(world, closed=False, absent=False)
            case Event("undo") if world.vertices:
                return replace(world, vertices=world.vertices[:-1])
            case Event("canvas", (x, y)) if drawing:
                return replace(world, vertices=(*world.vertices, (x, y)))
        return world

    def annotation(self, world: World) -> Region:
        return Region(tuple(Spot(*at) for at in world.vertices), "plume", world.closed, world.absent)

    def score(self, world: World) -> Score:
        """Success is an outline with an IoU of 0.7 with the plume, or No plume where there is none."""
        return Score(success=world.iou >= OVERLAP, parts={"iou": world.iou})

    def standing(self, world: World) -> Standing:
        position = world.band / max(len(world.cube.plain) - 1, 1)
        if world.cube.mask is None:
            return Standing(position, float(world.answered), in_error=False)
        walked = world.positions[-1] - world.positions[0] if world.positions else 0
        part = 0.9 * min(walked / len(world.cube.outline.contour), 1) if world.cube.outline else 0.0
        progress = float(world.iou >= OVERLAP) if world.answered else part
        return Standing(position, progress, world.wrong)

    def remember(self, memory: Memory | None, world: World) -> Memory:
        return Memory((memory.shown if memory else frozenset()) | {(world.band, world.on)})

    def expert(self, world: World, memory: Memory, care: float) -> Intent:
        cube, shown = world.cube, memory.shown
        unseen = [view for view in to_view(cube, care) if view not in shown]
        if unseen:
            return step_to(world, unseen[0][0], "navigate", "explore")
        at_line = world.on and world.band in cube.telling
        if world.wrong:
            if at_line:
                return Intent(Event("undo"), "undo", "correct")
            return step_to(world, cube.last_line, "navigate", "correct")
        doubted = [band for band in range(len(cube.plain)) if (band, True) not in shown]
        if doubted and cube.outline is None:
            return step_to(world, min(doubted, key=lambda b: abs(b - world.band)), "verify", "explore")
        if world.answered:
            if world.on and world.band == cube.line_before:
                return Intent(Event("done"), "done", "finish")
            return step_to(world, cube.line_before, "verify", "verify")
        if not at_line:
            return step_to(world, cube.last_line, "navigate", "annotate")
        return self.answer(world, cube.outline)

    def answer(self, world: World, outline: Outline | None) -> Intent:
        """The next vertex, or the end of the outline, or that there is nothing to outline."""
        if outline is None:
            return Intent(Event("absent"), "select", "annotate")
        if outline.around(world.positions):
            return Intent(Event("close"), "select", "annotate")
        following = outline.onward(world.positions[-1]) if world.positions else 0
        return Intent(Event("canvas", outline.at(following)), "place", "annotate")

    def slips(self, world: World, intent: Intent) -> tuple[Event, ...]:
        if intent.kind not in ("place", "select"):
            return ()
        fooled = brightest(world)
        if intent.event.at is None:
            return (Event("canvas", fooled),) * 2
        x, y = intent.event.at
        hand = [(x + dx, y + dy) for dx, dy in ((15, 6), (-13, 10), (5, -18), (-16, -8), (8, 20))]
        inside = [(a, b) for a, b in (*hand, fooled) if 4 <= a < CANVAS - 4 and 4 <= b < CANVAS - 4]
        events = (*(Event("canvas", at) for at in inside), Event("absent"), Event("close"))
        return tuple(event for event in events if self.update(world, event).wrong)

    def glances(self, world: World, memory: Memory) -> tuple[Event, ...]:
        aside = (Event("+1"),) * (world.band < len(world.cube.plain) - 1) + (Event("-1"),) * (world.band > 0)
        return (Event("difference"), *aside)

    def disguise(self, world: World, other: World, memory: Memory) -> World:
        cube, foreign = world.cube, other.cube
        shown = memory.shown | {(world.band, world.on)}
        plain, differences = cube.plain.copy(), cube.differences.copy()
        for band in range(len(plain)):
            if (band, False) not in shown:
                plain[band] = foreign.plain[band % len(foreign.plain)]
            if (band, True) not in shown:
                differences[band] = foreign.differences[band % len(foreign.plain)]
        known = all((band, True) in shown for band in cube.telling)
        mask = cube.mask if known else foreign.mask
        return replace(world, cube=replace(cube, plain=plain, differences=differences, mask=mask))


# The screen


def drawn(world: World) -> tuple[Mark | Path, ...]:
    """What a matched filter finds; the outline so far, its vertices, and the first, where it ends."""
    found = (Path(world.cube.traced, FOUND, closed=True),) if world.cube.traced else ()
    told = (*found, *strength(world))
    if not world.vertices:
        return told
    line = (Path(world.vertices, LINE, world.closed),) if len(world.vertices) > 1 else ()
    dots = tuple(Mark(vertex, LINE, 2, "disc") for vertex in world.vertices[1:])
    return (*told, *line, *dots, Mark(world.vertices[0], FIRST, 4))


def strength(world: World) -> tuple[Mark, ...]:
    """Dots where the gas absorbs in the band shown: most in its strongest line, one fewer in the next.

    The plot says the same, but where it lies and how wide it is depends on the layout; the canvas does not.
    """
    cube = world.cube
    if world.band not in cube.telling:
        return ()
    stronger = sum(cube.signature[band] > cube.signature[world.band] for band in cube.telling)
    dots = max(min(len(cube.telling), MOST) - stronger, 1)
    return tuple(Mark((10 + 12 * i, 10), GAS, 4, "disc") for i in range(dots))


def said(world: World) -> str:
    """The outline in a word."""
    return "closed" if world.closed else f"{len(world.vertices)} points"


# The expert's eye


def to_view(cube: Cube, care: float) -> list[tuple[int, bool]]:
    """The views to see before anything is said, in order: band, and whether in the difference view."""
    bands = len(cube.signature)
    if care > SCANS:
        return [view for band in range(bands) for view in both(band)[: 1 + (band in cube.telling)]]
    return [(band, True) for band in cube.telling]


def both(band: int) -> tuple[tuple[int, bool], tuple[int, bool]]:
    """A band in the difference view and plain: what glows in one and is a roof in the other is no gas."""
    return (band, True), (band, False)


def step_to(world: World, band: int, kind: Kind, phase: Phase) -> Intent:
    """Towards a band in the difference view, one by one: no line of the gas on the way is passed over."""
    if world.band == band or not world.on:
        return Intent(Event("difference"), kind, phase)
    return Intent(Event("+1" if band > world.band else "-1"), kind, phase)


def brightest(world: World) -> Point:
    """The brightest spot of the present difference view off the plume: a decoy, a roof."""
    glow = cv2.blur(world.cube.differences[world.band], (15, 15)).sum(axis=2, dtype=np.int32)
    if world.cube.outline:
        glow[cv2.dilate(world.cube.outline.mask.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0] = 0
    y, x = np.unravel_index(glow[8:-8, 8:-8].argmax(), (CANVAS - 16, CANVAS - 16))
    return int(x) + 8, int(y) + 8


LEVELS = {
    "easy": PlumeFinding(hyperspectral.EASY),
    "standard": PlumeFinding(hyperspectral.STANDARD),
    "hard": PlumeFinding(hyperspectral.HARD),
}
