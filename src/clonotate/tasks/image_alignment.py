"""Image alignment: bring two channels of one scene together by landmarks, each clicked in A and then in B.

The expert looks at both channels, takes prominent puncta of A from the middle outwards, flips between the
channels to find each counterpart in B, looks at the overlay of the present fit and undoes bad pairs.
"""

from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.annotation import Landmarks, Pair, Spot
from clonotate.records import Event, Phase, Score
from clonotate.screens.widgets import CANVAS, RGB, Button, Canvas, Group, Mark, Path, Readout, View
from clonotate.tasks.base import Intent, Standing, Task
from clonotate.tasks.landmark_pairs import (
    GRID,
    TOLERANCE,
    Channel,
    Place,
    World,
    expected,
    faulty,
    following,
    rms,
    wanted,
    weakest,
)
from clonotate.tasks.worlds.channels import Channels, Scene, photograph
from clonotate.tasks.worlds.corners import corners, spread
from clonotate.tasks.worlds.maps import Matrix, apply
from clonotate.tasks.worlds.slabs import scanned

RECALL = 6  # views since the last click that are remembered
COLORS: tuple[RGB, ...] = (
    (255, 220, 60),
    (70, 200, 255),
    (255, 130, 40),
    (150, 255, 110),
    (255, 110, 170),
    (190, 160, 255),
)
GREEN, AMBER, RED = (80, 200, 90), (240, 180, 40), (230, 60, 60)


@dataclass(frozen=True)
class Memory:
    """Channels seen, the last views since the clicks last changed, and down to which click to undo."""

    shown: frozenset[Channel] = frozenset()
    looks: tuple[Channel, ...] = ()
    keep: int | None = None  # a click that was seen to be bad; the ones before it can stay
    clicks: tuple[Place, ...] = ()

    @property
    def flipped(self) -> bool:
        """Back from B to A since the last click."""
        return ("B", "A") in zip(self.looks, self.looks[1:], strict=False)


@dataclass(frozen=True)
class ImageAlignment(Task[World, Memory]):
    """The knobs are those of the scene, and what it shows: stained cells, or a slice through an organ."""

    name: ClassVar[str] = "multichannel-image-alignment"
    version: ClassVar[int] = 3

    scene: Scene = field(default_factory=Scene)
    subject: Literal["cells", "organ"] = "cells"

    def begin(self, rng: np.random.Generator) -> World:
        made = scanned if self.subject == "organ" else photograph
        channels = made(self.scene, rng)
        return World(channels, len(channels.landmarks))

    def begin_from(
        self,
        first: NDArray[np.uint8],
        second: NDArray[np.uint8],
        matrix: Matrix | None = None,
        affine: bool = False,
    ) -> World:
        """A world of real channels, uint8 `[256, 256]`, with the map from A to B or none.

        What an expert would take as landmarks are corners that both pictures show; ClonotateError where
        fewer than three of them stand apart.
        """
        none = np.empty((0, 2))
        spots, landmarks = none, none
        if matrix is not None:
            spots = corners(first, second, matrix)
            landmarks = spread(spots, self.scene.landmarks)
        pairs = self.scene.landmarks if matrix is None else len(landmarks)
        return World(Channels(first, second, affine, matrix, landmarks, spots, none, none), pairs)

    def view(self, world: World) -> View:
        count, pending = len(world.clicks) // 2, world.pending
        following = "none" if world.full else "in A" if pending is None else "in B"
        return View(
            title="Image alignment",
            canvas=shown(world),
            groups=(
                Group(
                    "view",
                    (
                        Button("a", "Channel A", lit=world.channel == "A"),
                        Button("b", "Channel B", lit=world.channel == "B"),
                        Button("overlay", "Overlay", lit=world.channel == "overlay"),
                    ),
                ),
                Group("edit", (Button("undo", "Undo", enabled=bool(world.clicks)),)),
                Group("finish", (Button("done", "Done"),)),
            ),
            status=(
                Readout("Pairs", f"{count}/{world.pairs}"),
                Readout("Next", following, None if world.full else COLORS[count]),
                Readout("Map", "affine" if world.pictures.affine else "similarity"),
                quality(world),
            ),
        )

    def update(self, world: World, event: Event) -> World:
        match event:
            case Event("a" | "b" | "overlay" as button):
                channel: Channel = BUTTONS[button]
                return world if channel == world.channel else replace(world, channel=channel)
            case Event("undo") if world.clicks:
                return replace(world, clicks=world.clicks[:-1])
            case Event("canvas", (x, y)) if not world.full and world.channel == wanted(world):
                return replace(world, clicks=(*world.clicks, (x, y)))
        return world

    def annotation(self, world: World) -> Landmarks:
        pairs = zip(world.clicks[::2], world.clicks[1::2], strict=False)
        across, down = world.fit.tolist()
        model = "affine" if world.pictures.affine else "similarity"
        return Landmarks(
            tuple(Pair(Spot(*a), Spot(*b)) for a, b in pairs), (tuple(across), tuple(down)), model
        )

    def score(self, world: World) -> Score:
        """Success is a fit that is off by 3 px at most, on average over the canvas, of 3 pairs or more."""
        off = np.linalg.norm(apply(world.fit - world.pictures.truth, GRID), axis=1)
        return Score(
            success=world.error <= TOLERANCE and len(world.clicks) // 2 >= min(3, world.pairs),
            parts={
                "registration": min(1.0, TOLERANCE / max(world.error, TOLERANCE)),
                "canvas_within_5px": float((off <= 5).mean()),
                "pairs_within_4px": self.right(world) / world.pairs,
            },
        )

    def right(self, world: World) -> int:
        """How many pairs say the same thing in both channels."""
        return len(world.clicks) // 2 - len(world.off_counterpart)

    def standing(self, world: World) -> Standing:
        position = {"A": 0.0, "overlay": 0.5, "B": 1.0}[world.channel]
        if world.pictures.matrix is None:
            return Standing(position, len(world.clicks) / (2 * world.pairs), in_error=False)
        wrong = {i // 2 for i in world.off_landmark + world.off_counterpart}
        sound = sum(i not in wrong for i in range(len(world.clicks) // 2))
        return Standing(position, sound / world.pairs, in_error=bool(wrong))

    def remember(self, memory: Memory | None, world: World) -> Memory:
        memory = memory or Memory()
        channel = world.channel
        looks = memory.looks if memory.clicks == world.clicks else ()
        if looks[-1:] != (channel,):
            looks = (*looks, channel)[-RECALL:]
        seen: frozenset[Channel] = frozenset({"A", "B"} if channel == "overlay" else {channel})
        shown = memory.shown | seen
        return Memory(shown, looks, self.bad(memory, world, len(shown) == 2), world.clicks)

    def bad(self, memory: Memory, world: World, both: bool) -> int | None:
        """The first click known to be bad: remembered, or seen on the present screen."""
        faults = list(world.off_landmark) if both and world.channel != "B" else []
        faults += list(world.off_counterpart) if both and world.channel != "A" else []
        if world.channel == "overlay" and world.full and not faults and world.error > 0.85 * TOLERANCE:
            faults.append(weakest(world))
        if memory.keep is not None and memory.clicks[: memory.keep + 1] == world.clicks[: memory.keep + 1]:
            faults.append(memory.keep)
        return min((fault for fault in faults if fault < len(world.clicks)), default=None)

    def expert(self, world: World, memory: Memory, care: float) -> Intent:
        phase: Phase = "annotate" if world.clicks else "explore"
        if memory.keep is not None:
            return Intent(Event("undo"), "undo", "correct")
        if "B" not in memory.shown or "A" not in memory.shown:
            return Intent(Event("a" if "B" in memory.shown else "b"), "verify", phase)
        if self.unsure(world, memory, care):
            return Intent(Event("overlay"), "verify", "verify" if world.full else phase)
        if world.full:
            return Intent(Event("done"), "done", "finish")
        if world.channel == "B" and world.pending and not memory.flipped:
            return Intent(Event("a"), "verify", phase)
        if world.channel != wanted(world):
            return Intent(Event(wanted(world).lower()), "navigate", phase)
        at = world.counterpart(world.pending) if world.pending else following(world)
        return Intent(Event("canvas", at), "place", phase)

    def unsure(self, world: World, memory: Memory, care: float) -> bool:
        """Whether it is time for the overlay: before all, before Done, and with care earlier."""
        count = len(world.clicks) // 2
        due = count == 0 or count >= world.pairs * (1 - care)
        return world.pending is None and due and "overlay" not in memory.looks

    def slips(self, world: World, intent: Intent) -> tuple[Event, ...]:
        """A look-alike without counterpart, the neighbour in B, where the fit says, a slip of the hand."""
        if intent.kind != "place" or intent.event.at is None:
            return ()
        x, y = intent.event.at
        pictures = world.pictures
        neighbours = pictures.first_only if world.pending is None else pictures.second_only
        if (ghost := expected(world)) is not None:
            others = apply(pictures.truth, pictures.shared)
            neighbours = np.concatenate([neighbours, others, np.array([ghost], float)])
        near = neighbours[np.linalg.norm(neighbours - (x, y), axis=1) < 60]
        places = [(round(a), round(b)) for a, b in near]
        places += [(x + dx, y + dy) for dx, dy in ((11, 4), (-9, 8), (3, -13), (-12, -6), (6, 16))]
        slipped = [Event("canvas", at) for at in places if all(4 <= v < CANVAS - 4 for v in at)]
        return tuple(event for event in slipped if faulty(self.update(world, event)))

    def glances(self, world: World, memory: Memory) -> tuple[Event, ...]:
        return tuple(Event(name) for name, channel in BUTTONS.items() if channel != world.channel)

    def disguise(self, world: World, other: World, memory: Memory) -> World:
        """While A is on the screen, B and the map to it: of an earlier look at B no places are remembered."""
        here, foreign = world.pictures, other.pictures
        if world.channel == "A":
            here = replace(here, second=foreign.second, matrix=foreign.matrix)
        elif "A" not in memory.shown and world.channel == "B":
            here = replace(here, first=foreign.first, shared=foreign.shared, landmarks=foreign.landmarks)
        return replace(world, pictures=here)


BUTTONS: dict[str, Channel] = {"a": "A", "b": "B", "overlay": "overlay"}


def shown(world: World) -> Canvas:
    """The channel looked at with its marks, or both with the fit applied and the marks of A on it.

    There a line leads from each mark to where the fit brings its counterpart, as in a georeferencer. In B a
    small cross stands where the fit expects the pending click in A.
    """
    clicks, ghost = world.clicks, expected(world)
    if world.channel == "A":
        return Canvas(world.pictures.first, rings(clicks[::2]))
    if world.channel == "overlay":
        return Canvas(world.overlay, residuals(world) + rings(clicks[::2]))
    cross = (Mark(ghost, COLORS[len(clicks) // 2], 4, "cross"),) if ghost else ()
    return Canvas(world.pictures.second, rings(clicks[1::2]) + cross)


def rings(places: tuple[Place, ...]) -> tuple[Mark, ...]:
    """Rings in the colours of the pairs."""
    return tuple(Mark(at, color, 6) for at, color in zip(places, COLORS, strict=False))


def residuals(world: World) -> tuple[Path, ...]:
    """From each mark in A to its counterpart, brought there by the fit: long where a pair does not agree."""
    firsts, seconds = world.matched
    inverse = np.asarray(cv2.invertAffineTransform(world.fit), np.float64)  # zeros where there is none
    back = apply(inverse, seconds).round().clip(0, CANVAS - 1).astype(int)
    ends = zip(firsts.astype(int).tolist(), back.tolist(), COLORS, strict=False)
    return tuple(Path(((x, y), (u, v)), color) for (x, y), (u, v), color in ends)


def quality(world: World) -> Readout:
    """How well three pairs or more agree: green if the fit will do, then amber, red beyond twice that."""
    if len(world.clicks) < 6:
        return Readout("RMS", "-")
    error = rms(world)
    light = GREEN if error <= TOLERANCE else AMBER if error <= 2 * TOLERANCE else RED
    return Readout("RMS", f"{error:.1f} px", light)


LEVELS = {
    "easy": ImageAlignment(
        Scene(
            landmarks=4,
            rotation=4.0,
            scale=0.03,
            shift=8.0,
            affine=0.0,
            specific=0.15,
            decoys=(0, 2),
            noise=0.6,
        )
    ),
    "standard": ImageAlignment(),
    "hard": ImageAlignment(
        Scene(rotation=20.0, scale=0.14, shear=0.1, shift=26.0, specific=0.5, decoys=(6, 12), noise=1.6)
    ),
    # What two sequences of a scanner are like: no puncta, corners of tissues in quite another contrast
    "slices": ImageAlignment(Scene(rotation=14.0, scale=0.12), subject="organ"),
}
