"""Limb tracking: mark the keypoints of a walking animal in every frame, and say which ones are hidden.

Left and right follow from the heading: the near limbs of an animal that walks to the left are its left
ones, and the far ones are darker and pass behind. The expert goes frame by frame, flips back where limbs
cross so that the ghosts of the frame before mislead, and repairs wrong marks that it sees.
"""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from clonotate.annotation import Keypoint, Poses, Spot
from clonotate.records import ClonotateError, Event, Phase, Score
from clonotate.screens.widgets import CANVAS, RGB, Button, Canvas, Group, Mark, Path, Readout, Strip, View
from clonotate.tasks.base import Intent, Standing, Task
from clonotate.tasks.worlds import footage
from clonotate.tasks.worlds.poses import TOLERANCE, Film, Place, Placement

SCANS, REVIEWS = 0.7, 0.5
"""From how much care on an expert looks through all frames first, and looks back through them before Done."""
MOST = 7  # keypoints that the panel has room for
COLORS: tuple[RGB, ...] = (
    (255, 221, 64),
    (70, 160, 255),
    (255, 92, 80),
    (90, 230, 240),
    (255, 150, 40),
    (170, 110, 255),
    (120, 230, 100),
)
BONE: RGB = (200, 200, 200)
WHITE: RGB = (255, 255, 255)


@dataclass(frozen=True, eq=False)
class World:
    film: Film
    t: int = 0
    active: int | None = 0  # the keypoint that a click places; None where all of a frame are placed
    placements: tuple[Placement, ...] = ()  # as made; the last one of a frame and keypoint counts

    @cached_property
    def marks(self) -> dict[tuple[int, int], Place | None]:
        """What counts, by frame and keypoint."""
        return {(t, k): at for t, k, at in self.placements}

    @cached_property
    def wrong(self) -> dict[int, tuple[int, ...]]:
        """The keypoints that are wrong, by frame."""
        wrong: dict[int, tuple[int, ...]] = {}
        for (t, k), at in sorted(self.marks.items(), key=lambda item: item[0]):
            if not self.film.right((t, k, at)):
                wrong[t] = (*wrong.get(t, ()), k)
        return wrong

    @cached_property
    def complete(self) -> tuple[bool, ...]:
        """Which frames have all their keypoints."""
        return tuple(self.missing(t) is None for t in range(len(self.film.images)))

    def missing(self, t: int, after: int = -1) -> int | None:
        """The first keypoint that frame `t` lacks, from the one after `after` on and then from the first."""
        count = len(self.film.names)
        order = [(after + 1 + i) % count for i in range(count)]
        return next((k for k in order if (t, k) not in self.marks), None)


@dataclass(frozen=True)
class Memory:
    """Frames seen, the last few of them, and those compared with the one before by flipping."""

    shown: frozenset[int] = frozenset()
    recent: tuple[int, ...] = ()  # the last different frames, newest last
    compared: frozenset[int] = frozenset()
    reviewed: frozenset[int] = frozenset()  # frames seen since all were complete
    t: int = 0


@dataclass(frozen=True)
class LimbTracking(Task[World, Memory]):
    """The knobs are those of the scene."""

    name: ClassVar[str] = "animal-limb-tracking"
    version: ClassVar[int] = 1

    scene: footage.Scene = field(default_factory=lambda: footage.STANDARD)
    recall: int = 3  # how many frames the expert remembers well

    def begin(self, rng: np.random.Generator) -> World:
        return World(footage.shoot(self.scene, rng))

    def begin_from(
        self,
        frames: NDArray[np.uint8],
        names: tuple[str, ...],
        keypoints: NDArray[np.float64] | None = None,
        bones: tuple[tuple[int, int], ...] = (),
    ) -> World:
        """A world of real frames, uint8 `[frames, 256, 256(, 3)]`, and the names of at most 7 keypoints.

        `keypoints`, if known, are float `[frames, names, 2]` in px, x then y, NaN where hidden; `bones` are
        pairs of indices of names. Raises ClonotateError where the shapes do not fit.
        """
        images = np.repeat(frames[..., None], 3, axis=-1) if frames.ndim == 3 else frames
        if images.shape[1:] != (CANVAS, CANVAS, 3) or not 1 <= len(names) <= MOST:
            raise ClonotateError(
                f"limb tracking takes frames of {CANVAS} x {CANVAS} px and at most {MOST} keypoints"
            )
        if keypoints is None:
            return World(Film(images, names, bones))
        if keypoints.shape != (len(images), len(names), 2):
            raise ClonotateError(f"keypoints have the shape {keypoints.shape}, not frames x names x 2")
        seen = np.isfinite(keypoints).all(axis=-1).astype(float)
        return World(Film(images, names, bones, np.nan_to_num(keypoints), seen))

    def view(self, world: World) -> View:
        film, t, last = world.film, world.t, len(world.film.images) - 1
        placed = tuple((t, k) in world.marks for k in range(len(film.names)))
        tabs = tuple(
            Button(tab(k), name[:9], lit=world.active == k, swatch=COLORS[k])
            for k, name in enumerate(film.names)
        )
        turn = (Button("prev", "Prev", enabled=t > 0), Button("next", "Next", enabled=t < last))
        return View(
            title="Limb tracking",
            canvas=Canvas(film.images[t], overlay(world)),
            groups=(
                Group("navigate", turn),
                Group("label", (*tabs, Button("hidden", "Hidden", enabled=world.active is not None))),
                Group("edit", (Button("undo", "Undo", enabled=bool(world.placements)),)),
                Group("finish", (Button("done", "Done"),)),
            ),
            status=(
                Strip("Frames", world.complete, t),
                Readout("Frame", f"{t + 1}/{last + 1}"),
                Readout("Points", f"{sum(placed)}/{len(placed)}"),
            ),
        )

    def update(self, world: World, event: Event) -> World:
        match event:
            case Event("next") if world.t < len(world.film.images) - 1:
                return replace(world, t=world.t + 1, active=world.missing(world.t + 1))
            case Event("prev") if world.t > 0:
                return replace(world, t=world.t - 1, active=world.missing(world.t - 1))
            case Event("undo") if world.placements:
                t, k, _ = world.placements[-1]
                return replace(world, t=t, active=k, placements=world.placements[:-1])
            case Event("hidden") if world.active is not None:
                return self.placed(world, world.active, None)
            case Event("canvas", (x, y)) if world.active is not None:
                return self.placed(world, world.active, (x, y))
        for k in range(len(world.film.names)):
            if event.widget == tab(k) and world.active != k:
                return replace(world, active=k)
        return world

    def placed(self, world: World, k: int, at: Place | None) -> World:
        """With keypoint `k` of this frame placed, and the next one that is missing active."""
        after = replace(world, placements=(*world.placements, (world.t, k, at)))
        return replace(after, active=after.missing(world.t, k))

    def annotation(self, world: World) -> Poses:
        film, spots = world.film, world.marks
        marks = (Keypoint(t, 0, k, Spot(*at, t) if (at := spots[t, k]) else None) for t, k in sorted(spots))
        return Poses(len(film.images), ("animal",), film.names, film.bones, tuple(marks))

    def score(self, world: World) -> Score:
        """Success is 95 % of the visible points within 5 px under their names, and all hidden ones told."""
        visible: list[bool] = []
        hidden: list[bool] = []
        for t, row in enumerate(world.film.truth):
            for k, at in enumerate(row):
                right = (t, k) in world.marks and k not in world.wrong.get(t, ())
                (visible if at else hidden).append(right)
        pck, said = sum(visible) / max(len(visible), 1), sum(hidden) / len(hidden) if hidden else 1.0
        return Score(success=pck >= 0.95 and said == 1.0, parts={"pck": pck, "hidden": said})

    def standing(self, world: World) -> Standing:
        frames, total = len(world.film.images), len(world.film.images) * len(world.film.names)
        position, placed = world.t / max(frames - 1, 1), len(world.marks)
        if world.film.points is None:
            return Standing(position, placed / total, in_error=False)
        wrong = sum(map(len, world.wrong.values()))
        return Standing(position, (placed - wrong) / total, in_error=wrong > 0)

    def remember(self, memory: Memory | None, world: World) -> Memory:
        memory = memory or Memory(t=world.t)
        flipped = world.t == memory.t + 1 and world.t in memory.shown
        before = tuple(t for t in memory.recent if t != world.t)
        done = all(world.complete)
        return Memory(
            shown=memory.shown | {world.t},
            recent=(*before, world.t)[-self.recall :],
            compared=memory.compared | {world.t} if flipped else memory.compared,
            reviewed=memory.reviewed | {world.t} if done else frozenset(),
            t=world.t,
        )

    def expert(self, world: World, memory: Memory, care: float) -> Intent:
        if world.t in world.wrong:
            return repair(world)
        phase: Phase = "annotate" if world.placements else "explore"
        noticed = [t for t in memory.recent if t in world.wrong]
        if noticed:
            return go(world, noticed[-1], "correct")
        last = len(world.film.images) - 1
        if not world.placements and care > SCANS and last not in memory.shown:
            return go(world, last, "explore")
        if not all(world.complete):
            t = world.complete.index(False)
            if t != world.t:
                return go(world, t, phase)
            if t > 0 and t not in memory.compared and doubtful(world, care):
                return Intent(Event("prev"), "verify", "annotate")
            missing = world.missing(t)
            chosen = world.active if (t, world.active) not in world.marks else missing
            return place(world, chosen if chosen is not None else 0, phase)
        return check(world, memory, care)

    def slips(self, world: World, intent: Intent) -> tuple[Event, ...]:
        """Another keypoint's place, the ghost's, a slip of the hand, or hidden and visible mixed up."""
        if intent.kind not in ("place", "select") or world.active is None:
            return ()
        t, k = world.t, world.active
        here = [at for at in world.film.truth[t] if at]
        ghost = world.marks.get((t - 1, k))
        hand = []
        if intent.event.at:
            x, y = intent.event.at
            here.sort(key=lambda at: math.dist(at, (x, y)))
            hand = [(x + dx, y + dy) for dx, dy in ((10, 4), (-8, 8), (3, -12))]
        places = [*here[:3], *here[1:2], *([ghost] if ghost else []), *hand]
        events = [Event("canvas", at) for at in places if all(4 <= v < CANVAS - 4 for v in at)]
        events += [Event("hidden")] if intent.event.at else []
        return tuple(event for event in events if not near_right(world, (t, k, event.at)))

    def glances(self, world: World, memory: Memory) -> tuple[Event, ...]:
        last = len(world.film.images) - 1
        return (Event("prev"),) * (world.t > 0) + (Event("next"),) * (world.t < last)

    def disguise(self, world: World, other: World, memory: Memory) -> World:
        hidden = [t for t in range(len(world.film.images)) if t not in memory.shown | {world.t}]
        images, (points, seen) = world.film.images.copy(), (a.copy() for a in world.film.known)
        foreign, shares = other.film.known
        for t in hidden:
            from_frame = t % len(foreign)
            images[t] = other.film.images[from_frame]
            for k in range(points.shape[1]):
                points[t, k] = foreign[from_frame, k % foreign.shape[1]]
                seen[t, k] = shares[from_frame, k % foreign.shape[1]]
        return replace(world, film=replace(world.film, images=images, points=points, seen=seen))


def check(world: World, memory: Memory, care: float) -> Intent:
    """All is placed: look at what was never seen, mend what was left, look back through all, and end."""
    frames = range(len(world.film.images))
    doubtful = [t for t in frames if t not in memory.shown] + [t for t in frames if t in world.wrong]
    if doubtful:
        return go(world, doubtful[0], "verify")
    if care > REVIEWS and 0 not in memory.reviewed:
        return Intent(Event("prev"), "verify", "verify")
    return Intent(Event("done"), "done", "finish")


def repair(world: World) -> Intent:
    """Undo the last placement if that is wrong, else place the first wrong keypoint here anew."""
    t, k, _ = world.placements[-1]
    if t == world.t and k in world.wrong[t]:
        return Intent(Event("undo"), "undo", "correct")
    return place(world, world.wrong[world.t][0], "correct")


def place(world: World, k: int, phase: Phase) -> Intent:
    """Mark keypoint `k` of this frame, or choose its tab first."""
    if world.active != k:
        return Intent(Event(tab(k)), "navigate", phase)
    at = world.film.truth[world.t][k]
    return Intent(Event("canvas", at), "place", phase) if at else Intent(Event("hidden"), "select", phase)


def go(world: World, t: int, phase: Phase) -> Intent:
    """One frame towards `t`."""
    return Intent(Event("next" if t > world.t else "prev"), "navigate", phase)


def near_right(world: World, placement: Placement) -> bool:
    """Whether a placement is right, or would be with a little less jitter."""
    t, k, at = placement
    close = at is not None and math.dist(at, world.film.known[0][t, k]) <= TOLERANCE + 3
    return close or world.film.right(placement)


def tab(k: int) -> str:
    """The widget that makes keypoint `k` active."""
    return f"point {k + 1}"


def doubtful(world: World, care: float) -> bool:
    """Whether limbs crossed since the frame before, so that a careful eye flips back from an empty frame."""
    empty = not any((world.t, k) in world.marks for k in range(len(world.film.names)))
    return empty and bool(world.film.misleading[world.t] < 16 * care - 4)


def overlay(world: World) -> tuple[Mark | Path, ...]:
    """This frame's marks, the last one ringed, with the ghosts of what is missing or the whole skeleton.

    Keypoints marked as hidden stand as crosses along the foot of the canvas.
    """
    t, marks, count = world.t, world.marks, len(world.film.names)
    here = {k: marks[t, k] for k in range(count) if (t, k) in marks}
    drawn: list[Mark | Path] = []
    for k in range(count):
        if k not in here and (ghost := marks.get((t - 1, k))):
            drawn.append(Mark(ghost, faint(COLORS[k]), 2, "cross"))
    for a, b in world.film.bones if world.complete[t] else ():
        if (start := here[a]) and (end := here[b]):
            drawn.append(Path((start, end), BONE))
    for k, at in here.items():
        drawn.append(Mark(at, COLORS[k], 2, "disc") if at else Mark(slot(k), COLORS[k], 4, "cross"))
    if world.placements and world.placements[-1][0] == t:
        _, k, at = world.placements[-1]
        drawn.append(Mark(at or slot(k), WHITE, 6))
    return tuple(drawn)


def slot(k: int) -> Place:
    """Where at the foot of the canvas a cross says that keypoint `k` is hidden."""
    return 10 + 14 * k, CANVAS - 9


def faint(color: RGB) -> RGB:
    """A colour half way to grey."""
    r, g, b = ((c + 110) // 2 for c in color)
    return r, g, b


LEVELS = {
    "easy": LimbTracking(footage.EASY),
    "standard": LimbTracking(),
    "hard": LimbTracking(footage.HARD),
    # A lesson in near and far: where all walk to the right, R is always near, and L always far
    "rightward": LimbTracking(footage.RIGHTWARD),
}
