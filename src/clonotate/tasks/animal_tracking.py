"""Animal tracking: mark front and back of every look-alike animal in every frame, each under its own name.

Coloured outlines in the first frame say who is who. Later faint marks stand where each animal should be if
it went on as before; they, the way it heads, and flipping back through crossings tell. A tool learns how
animals look from the marks in the first frame; from then on a ring shows where it is sure that the next mark
belongs. The expert works frame by frame, animal by animal.
"""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from clonotate.annotation import Keypoint, Poses, Spot
from clonotate.records import ClonotateError, Event, Phase, Score
from clonotate.screens.widgets import CANVAS, RGB, Button, Canvas, Group, Mark, Path, Readout, Strip, View
from clonotate.tasks.appearance import Look, Place, Pose, learned, moved
from clonotate.tasks.base import Intent, Standing, Task
from clonotate.tasks.body_search import Bodies, found
from clonotate.tasks.identities import likeliest
from clonotate.tasks.worlds import arena
from clonotate.tasks.worlds.crowd import BACK, FRONT, TOLERANCE, Film, Slot, capsule

REVIEWS = 0.7  # from how much care on an expert flips back through all frames before Done
CLOSE = (6.0, 40.0)  # px between animals below which the least and the most careful eye flips back
BELIEVED = 0.5  # of how much longer one animal seems than others: the rest is how its marks were set
ENDS = ("Front", "Back")
COLORS: tuple[RGB, ...] = ((255, 80, 80), (70, 200, 255), (255, 210, 60), (110, 230, 110))
FAINT: tuple[RGB, ...] = tuple((r // 2 + 40, g // 2 + 40, b // 2 + 40) for r, g, b in COLORS)
WHITE: RGB = (255, 255, 255)
FOUND: RGB = (255, 90, 235)
NAMES = tuple("ABCD")


@dataclass(frozen=True, eq=False)
class World:
    film: Film
    frame: int = 0
    animal: int = 0  # the one that the next click on the canvas marks
    end: int = FRONT
    placed: tuple[tuple[Slot, Place], ...] = ()  # as placed; the last one of a slot counts

    @cached_property
    def marks(self) -> dict[Slot, Place]:
        """The mark of every slot that has one."""
        return dict(self.placed)

    @cached_property
    def wrong(self) -> frozenset[Slot]:
        """The slots whose mark is off."""
        truth = self.film.truth
        return frozenset(slot for slot, at in self.marks.items() if math.dist(at, truth[slot]) > TOLERANCE)

    @cached_property
    def open(self) -> tuple[int, ...]:
        """How many marks each frame lacks."""
        lacking = [2 * self.film.animals] * len(self.film.images)
        for slot in self.marks:
            lacking[slot.frame] -= 1
        return tuple(lacking)


@dataclass(frozen=True)
class Memory:
    """How far the animals were followed from frame 0 on, and which frames were compared by flipping."""

    followed: int = 0  # so many leading frames were looked at in order
    shown: frozenset[int] = frozenset()
    compared: frozenset[int] = frozenset()
    reviewed: bool = False  # the first frame was looked at again since the last mark
    frame: int = 0
    placed: int = 0


@dataclass(frozen=True)
class AnimalTracking(Task[World, Memory]):
    """The knobs are those of the arena."""

    name: ClassVar[str] = "animal-behavioral-tracking"
    version: ClassVar[int] = 5

    setting: arena.Arena = field(default_factory=lambda: arena.STANDARD)

    def begin(self, rng: np.random.Generator) -> World:
        film = arena.film(self.setting, rng)
        apart = moved(film.images)
        return World(Film(film.images, apart, film.ends, film.outlines, film.ends.shape[1], film.kind))

    def begin_from(
        self, images: NDArray[np.uint8], tracks: NDArray[np.float64] | None = None, animals: int = 2
    ) -> World:
        """A world of real frames, uint8 `[frames, 256, 256]`, with or without tracks.

        `tracks` is `[frames, animals, 2, 2]`: front then back, x then y, in canvas pixels. `animals` counts
        only without them. ClonotateError where there are other than 1 to 4 animals.
        """
        count = animals if tracks is None else tracks.shape[1]
        if not 1 <= count <= len(NAMES):
            raise ClonotateError(f"{count} animals: there are buttons for 1 to {len(NAMES)}")
        if tracks is None:
            return World(Film(images, moved(images), None, (), count))
        ends = np.rint(tracks).astype(np.int64).clip(0, CANVAS - 1)
        outlines = tuple(capsule(*animal) for animal in ends[0])
        return World(Film(images, moved(images), ends, outlines, count))

    def view(self, world: World) -> View:
        film, frame = world.film, world.frame
        color = COLORS[world.animal]
        return View(
            title="Animal tracking",
            canvas=Canvas(film.images[frame], overlay(world)),
            groups=(
                Group(
                    "navigate",
                    (
                        Button("prev", "Prev", enabled=frame > 0),
                        Button("next", "Next", enabled=frame < len(film.images) - 1),
                    ),
                ),
                Group(
                    "label",
                    tuple(Button(NAMES[a], NAMES[a], a == world.animal, swatch=COLORS[a]) for a in film.who),
                ),
                Group("label", tuple(Button(ENDS[e].lower(), ENDS[e], e == world.end) for e in (0, 1))),
                Group("edit", (Button("undo", "Undo", enabled=bool(world.placed)),)),
                Group("finish", (Button("done", "Done"),)),
            ),
            status=(
                Strip("Frames", tuple(lacking == 0 for lacking in world.open), frame),
                Readout("Frame", f"{frame + 1}/{len(film.images)}"),
                Readout("Here", f"{2 * film.animals - world.open[frame]}/{2 * film.animals}"),
                Readout("Mark", f"{NAMES[world.animal]} {ENDS[world.end].lower()}", color),
            ),
        )

    def update(self, world: World, event: Event) -> World:
        match event:
            case Event("next"):
                return replace(world, frame=min(world.frame + 1, len(world.film.images) - 1))
            case Event("prev"):
                return replace(world, frame=max(world.frame - 1, 0))
            case Event("front" | "back" as name):
                return replace(world, end=FRONT if name == "front" else BACK)
            case Event(name) if name in NAMES[: world.film.animals]:
                return replace(world, animal=NAMES.index(name), end=FRONT)
            case Event("undo") if world.placed:
                (frame, animal, end), _ = world.placed[-1]
                return replace(world, placed=world.placed[:-1], frame=frame, animal=animal, end=end)
            case Event("canvas", (x, y)):
                slot = Slot(world.frame, world.animal, world.end)
                return replace(world, placed=(*world.placed, (slot, (x, y))), end=1 - world.end)
        return world

    def annotation(self, world: World) -> Poses:
        marks = (Keypoint(*slot, Spot(*at, slot.frame)) for slot, at in sorted(world.marks.items()))
        names = tuple(end.lower() for end in ENDS)
        film = world.film
        return Poses(len(film.images), NAMES[: film.animals], names, ((FRONT, BACK),), tuple(marks))

    def score(self, world: World) -> Score:
        """Success is both ends of every animal in every frame, within 6 px and under its own name."""
        film, right = world.film, len(world.marks) - len(world.wrong)
        return Score(
            success=right == len(film.truth),
            parts={"match_rate": right / len(film.truth), "identities_kept": identities_kept(world)},
        )

    def standing(self, world: World) -> Standing:
        wrong = world.wrong if world.film.ends is not None else frozenset()
        return Standing(
            position=world.frame / max(len(world.film.images) - 1, 1),
            progress=(len(world.marks) - len(wrong)) / (2 * world.film.animals * len(world.film.images)),
            in_error=bool(wrong),
        )

    def remember(self, memory: Memory | None, world: World) -> Memory:
        memory = memory or Memory(frame=world.frame)
        flipped = world.frame == memory.frame + 1 and world.frame in memory.shown
        changed = len(world.placed) != memory.placed
        return Memory(
            followed=memory.followed + (world.frame == memory.followed),
            shown=memory.shown | {world.frame},
            compared=memory.compared | {world.frame} if flipped else memory.compared,
            reviewed=not changed and (memory.reviewed or world.frame == 0),
            frame=world.frame,
            placed=len(world.placed),
        )

    def expert(self, world: World, memory: Memory, care: float) -> Intent:
        wrong = [slot for slot in world.wrong if slot.frame < memory.followed]
        amiss = {slot.frame for slot in wrong} | {
            t for t in world.film.when if world.open[t] or t >= memory.followed
        }
        if not amiss:
            if care > REVIEWS and not memory.reviewed:
                return Intent(Event("prev"), "verify", "verify")
            return Intent(Event("done"), "done", "finish")
        frame = min(amiss)
        if frame != world.frame:
            return Intent(Event("next" if frame > world.frame else "prev"), "navigate", "annotate")
        here = sorted(slot for slot in wrong if slot.frame == frame)
        if here and world.placed[-1][0] in here:
            return Intent(Event("undo"), "undo", "correct")
        if not here and frame not in memory.compared and doubtful(world.film, frame, care):
            return Intent(Event("prev"), "verify", "annotate")
        return self.mark(world, here[0] if here else missing(world), correcting=bool(here))

    def mark(self, world: World, slot: Slot, correcting: bool) -> Intent:
        """Choose the animal, then the end, then click: whichever is still to be done."""
        phase: Phase = "correct" if correcting else "annotate"
        if world.animal != slot.animal:
            return Intent(Event(NAMES[slot.animal]), "adjust", phase)
        if world.end != slot.end:
            return Intent(Event(ENDS[slot.end].lower()), "adjust", phase)
        return Intent(Event("canvas", world.film.truth[slot]), "place", phase)

    def slips(self, world: World, intent: Intent) -> tuple[Event, ...]:
        """The same end of another, the other end, where it was expected or is ringed, a slip of the hand."""
        if intent.kind != "place" or intent.event.at is None:
            return ()
        (x, y), truth = intent.event.at, world.film.truth
        others = [truth[Slot(world.frame, a, world.end)] for a in world.film.who if a != world.animal]
        swapped = truth[Slot(world.frame, world.animal, 1 - world.end)]
        ghost = expected(world, Slot(world.frame, world.animal, world.end))
        guesses = [at for at in (ghost, proposed(world)) if at]
        hand = [(x + dx, y + dy) for dx, dy in ((11, 4), (-9, 9), (4, -13), (-12, -6))]
        places = [*others, swapped, *guesses, *hand]
        return tuple(
            Event("canvas", at)
            for at in places
            if math.dist(at, (x, y)) > TOLERANCE + 4 and all(4 <= v < CANVAS - 4 for v in at)
        )

    def glances(self, world: World, memory: Memory) -> tuple[Event, ...]:
        last = len(world.film.images) - 1
        return (Event("prev"),) * (world.frame > 0) + (Event("next"),) * (world.frame < last)

    def disguise(self, world: World, other: World, memory: Memory) -> World:
        film, foreign = world.film, other.film
        if film.ends is None or foreign.ends is None:
            return world
        images, apart, ends = film.images.copy(), film.moved.copy(), film.ends.copy()
        for t in film.when:
            if t >= memory.followed and t != world.frame:
                images[t] = foreign.images[t % len(foreign.images)]
                apart[t] = foreign.moved[t % len(foreign.images)]
                ends[t] = foreign.ends[t % len(foreign.images), np.arange(film.animals) % foreign.animals]
        return replace(world, film=replace(film, images=images, moved=apart, ends=ends))


def overlay(world: World) -> tuple[Mark | Path, ...]:
    """Where ends are expected, faint; the marks of this frame, the last one ringed; in frame 0 who is who.

    A ring stands where a tool finds the next.
    """
    items: list[Mark | Path] = []
    if world.frame == 0:
        items += [Path(line, COLORS[a], closed=True) for a, line in enumerate(world.film.outlines)]
    for animal in world.film.who:
        front, back = ends_of(world, animal)
        items += axis(expected(world, front), expected(world, back), FAINT[animal], 1)
    for animal in world.film.who:
        front, back = ends_of(world, animal)
        items += axis(world.marks.get(front), world.marks.get(back), COLORS[animal], 3)
    if world.placed and world.placed[-1][0].frame == world.frame:
        items.append(Mark(world.placed[-1][1], WHITE, 6))
    if (there := proposed(world)) is not None:
        items.append(Mark(there, FOUND, 5))
    return tuple(items)


def ends_of(world: World, animal: int) -> tuple[Slot, Slot]:
    """The front and the back of an animal in the frame on the screen."""
    return Slot(world.frame, animal, FRONT), Slot(world.frame, animal, BACK)


def expected(world: World, slot: Slot) -> Place | None:
    """Where an end should be if it goes on as from the frame before the last to the last; None if unknown.

    Where only the last frame is marked, it is expected to stay there.
    """
    last, before = (world.marks.get(slot._replace(frame=slot.frame - ago)) for ago in (1, 2))
    if last is None or before is None:
        return last
    return on_canvas((2 * last[0] - before[0], 2 * last[1] - before[1]))


def on_canvas(place: Place) -> Place:
    """The place nearest to it that can be clicked."""
    return min(max(place[0], 0), CANVAS - 1), min(max(place[1], 0), CANVAS - 1)


def proposed(world: World) -> Place | None:
    """Where a tool finds what is marked next; None where it finds nothing, or where there is a mark."""
    marked = marked_first(world)
    if not marked or Slot(world.frame, world.animal, world.end) in world.marks:
        return None
    likely = {animal: pose for animal in world.film.who if (pose := likely_pose(world, animal)) is not None}
    look = look_of(world.film, marked)
    if look is None or world.animal not in likely:
        return None
    alike = bodies_in(world.film, world.frame, look)
    one = likeliest(alike, list(likely.values()), list(likely).index(world.animal))
    longer = BELIEVED * (look.lengths[world.animal] - look.length)
    return None if one is None else on_canvas(alike.end(one, world.end, longer))


def marked_first(world: World) -> tuple[Pose, ...]:
    """The animals as they are marked in the first frame, once all of them are."""
    ends = [[world.marks.get(Slot(0, animal, end)) for end in (FRONT, BACK)] for animal in world.film.who]
    poses = tuple(Pose(front, back) for front, back in ends if front is not None and back is not None)
    return poses if len(poses) == world.film.animals else ()


@lru_cache(maxsize=32)
def look_of(film: Film, marked: tuple[Pose, ...]) -> Look | None:
    """What those look like that are marked in the first frame."""
    return learned(film.moved[0], marked)


@lru_cache(maxsize=32)
def bodies_in(film: Film, frame: int, look: Look) -> Bodies:
    """What looks like that in a frame."""
    return found(film.moved[frame], look)


def likely_pose(world: World, animal: int) -> Pose | None:
    """Where an animal is marked or else expected in this frame; None where nobody knows."""
    slots = ends_of(world, animal)
    front, back = (world.marks.get(slot) or expected(world, slot) for slot in slots)
    return None if front is None or back is None else Pose(front, back)


def axis(front: Place | None, back: Place | None, color: RGB, radius: int) -> list[Mark | Path]:
    """Two ends of an animal: a disc in front, a square behind, joined."""
    items: list[Mark | Path] = [Path((front, back), color)] if front and back else []
    items += [Mark(front, color, radius, "disc")] if front else []
    return items + ([Mark(back, color, radius, "square")] if back else [])


def missing(world: World) -> Slot:
    """The first slot of this frame without a mark."""
    return next(
        slot
        for animal in world.film.who
        for end in (FRONT, BACK)
        if (slot := Slot(world.frame, animal, end)) not in world.marks
    )


def doubtful(film: Film, frame: int, care: float) -> bool:
    """Whether animals are so close, here or in the frame before, that a careful eye flips back to compare."""
    limit = CLOSE[0] + (CLOSE[1] - CLOSE[0]) * care
    return frame > 0 and min(film.gaps[frame], film.gaps[frame - 1]) < limit


def identities_kept(world: World) -> float:
    """Of all steps from frame to frame, the share in which a name stays, rightly placed, with one animal."""
    film = world.film
    steps = [(t, a) for t in film.when[1:] for a in film.who]
    kept = [(on := under(world, t, a)) is not None and on == under(world, t - 1, a) for t, a in steps]
    return sum(kept) / max(len(steps), 1)


def under(world: World, frame: int, animal: int) -> int | None:
    """Which animal the two marks of a name lie on; None where they are missing or lie on none."""
    marks = [world.marks.get(Slot(frame, animal, end)) for end in (FRONT, BACK)]
    for who in world.film.who:
        truth = [world.film.truth[Slot(frame, who, end)] for end in (FRONT, BACK)]
        if all(at and math.dist(at, right) <= TOLERANCE for at, right in zip(marks, truth, strict=True)):
            return who
    return None


LEVELS = {
    "easy": AnimalTracking(arena.EASY),
    "standard": AnimalTracking(arena.STANDARD),
    "hard": AnimalTracking(arena.HARD),
}
