"""Exploration in 3D: turn each spore about until the sides that tell were seen, then choose its class.

A class is a scar (I or Y) on one face and what the other face bears (nothing, spines, pores); no one view
shows both well. The expert turns once round the equator, looks at the top and at the bottom, keeps a picture
of each mark it finds, and stops once the class is plain; "nothing" is plain only when all sides were seen.
It knows only what its screens have shown, and forgets a spore when it goes on to the next.
"""

import math
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.annotation import Categories, Member
from clonotate.records import Event, Score
from clonotate.screens.widgets import CANVAS, Button, Canvas, Group, Readout, Strip, View
from clonotate.tasks.base import Intent, Standing, Task
from clonotate.tasks.worlds import spores
from clonotate.tasks.worlds.spores import CLASSES, Make, Spore
from clonotate.tasks.worlds.turntable import AZIMUTHS, ELEVATIONS, Angle

EQUATOR = ELEVATIONS.index(0)
FRONT = Angle(0, EQUATOR)
TOP, BOTTOM = AZIMUTHS, AZIMUTHS + 1
SIDES = AZIMUTHS + 2
"""Sides to look at: the views round the equator from the front eastwards, the top and the bottom."""
PLAIN = (60.0, 36.0)  # degrees off the middle within which a mark is plain, zoomed out and in
ZOOMS = 0.5  # from how much care on an expert looks closer at a mark before it keeps it
ICONS = {"bare": "sphere", "spines": "spines", "pores": "pores"}
NAMES = tuple(f"{scar} {ornament}" for scar, ornament in CLASSES)
"""The classes' buttons by name."""
CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
"""Where kept pictures lie on the canvas, oldest first; the spore leaves the corners free."""
LINE = 120  # grey level of the line round it
Groups = tuple[Group, ...]
Choice = tuple[int, int, bool]  # the spore, its class, and whether the sides that tell had been seen by then


@dataclass(frozen=True, eq=False)
class World:
    spores: tuple[Spore, ...]
    present: int = 0
    angle: Angle = FRONT
    turned: frozenset[Angle] = frozenset({FRONT})  # views of the present spore since it was taken up
    kept: tuple[Angle, ...] = ()  # views of it that were kept, oldest first
    choices: tuple[Choice, ...] = ()  # in order; the last one of a spore counts

    @cached_property
    def chosen(self) -> dict[int, int]:
        """The class of every spore that has one."""
        return {spore: kind for spore, kind, _ in self.choices}

    @cached_property
    def right(self) -> int:
        """How many spores have the right class."""
        return sum(self.chosen.get(i) == spore.kind for i, spore in enumerate(self.spores))


@dataclass(frozen=True)
class Memory:
    """What was seen of the present spore, and which choices were found right."""

    present: int = 0
    known: frozenset[str] = frozenset()  # marks that the kept pictures show
    fresh: frozenset[str] = frozenset()  # marks that the present view shows and none of these
    central: bool = False  # such a mark would be plain zoomed in too
    sides: frozenset[int] = frozenset()  # looked at, with every mark there known
    settled: frozenset[tuple[int, int]] = frozenset()  # spores with the class they were found to have

    @property
    def verdict(self) -> int | None:
        """The class of the present spore; None while it is not plain."""
        bare = {"bare"} if len(self.sides) == SIDES and len(self.known) == 1 else set()
        return next((i for i, kind in enumerate(CLASSES) if self.known | bare == {*kind}), None)


@dataclass(frozen=True)
class Exploration3D(Task[World, Memory]):
    """Knobs: how many spores an episode has, and how hard they are to tell."""

    name: ClassVar[str] = "exploration-classification-3d"
    version: ClassVar[int] = 2

    count: tuple[int, int] = (6, 8)  # inclusive range
    make: Make = field(default_factory=lambda: spores.STANDARD)

    def begin(self, rng: np.random.Generator) -> World:
        kinds = rng.integers(len(CLASSES), size=rng.integers(self.count[0], self.count[1] + 1))
        return World(tuple(spores.spore(int(kind), self.make, rng) for kind in kinds))

    def view(self, world: World) -> View:
        angle, here, count = world.angle, world.present, len(world.spores)
        walk, chosen = (here > 0, here < count - 1), world.chosen
        sides = shown(*world.turned)
        return View(
            title="Spores in 3D",
            canvas=Canvas(pictures(world)),
            groups=panel(
                angle.tilt, angle.zoom, angle in world.kept, walk, chosen.get(here), bool(world.choices)
            ),
            status=(
                Strip("Spores", tuple(i in chosen for i in range(count)), here),
                Strip("Sides", tuple(i in sides for i in range(SIDES)), side(angle)),
                Readout("View", f"{360 // AZIMUTHS * angle.azimuth} {ELEVATIONS[angle.tilt]:+d}"),
            ),
        )

    def update(self, world: World, event: Event) -> World:
        angle = world.angle
        match event:
            case Event("left" | "right" as button):
                step = 1 if button == "right" else -1
                return turned(world, angle._replace(azimuth=(angle.azimuth + step) % AZIMUTHS))
            case Event("up" | "down" as button):
                tilt = angle.tilt + (1 if button == "up" else -1)
                return turned(world, angle._replace(tilt=min(max(tilt, 0), len(ELEVATIONS) - 1)))
            case Event("zoom in" | "zoom out" as button):
                return turned(world, angle._replace(zoom=int(button == "zoom in")))
            case Event("keep"):
                return kept(world)
            case Event("prev" | "next" as button):
                present = world.present + (1 if button == "next" else -1)
                return taken_up(world, min(max(present, 0), len(world.spores) - 1))
            case Event("undo") if world.choices:
                return replace(world, choices=world.choices[:-1])
            case Event(name) if name in NAMES and NAMES.index(name) != world.chosen.get(world.present):
                choice = (world.present, NAMES.index(name), told(world))
                return replace(world, choices=(*world.choices, choice))
        return world

    def annotation(self, world: World) -> Categories:
        members = (Member(spore, NAMES[kind]) for spore, kind in sorted(world.chosen.items()))
        return Categories(len(world.spores), NAMES, tuple(members))

    def score(self, world: World) -> Score:
        """Success is the right class chosen for every spore."""
        count, looked = len(world.spores), {spore: seen for spore, _, seen in world.choices}
        return Score(
            success=world.right == count,
            parts={"right": world.right / count, "seen_before_choice": sum(looked.values()) / count},
        )

    def standing(self, world: World) -> Standing:
        count = len(world.spores)
        wrong = any(kind != world.spores[spore].kind for spore, kind in world.chosen.items())
        return Standing((world.present + world.angle.azimuth / AZIMUTHS) / count, world.right / count, wrong)

    def remember(self, memory: Memory | None, world: World) -> Memory:
        memory = memory or Memory()
        if memory.present != world.present:
            memory = Memory(world.present, settled=memory.settled)
        spore, angle = world.spores[world.present], world.angle
        known = frozenset[str]().union(*(plain(spore, kept) for kept in world.kept))
        fresh = plain(spore, angle) - known
        lost = memory.known - known  # a picture was thrown away: who knows where that was?
        memory = replace(
            memory,
            known=known,
            fresh=fresh,
            central=bool(plain(spore, angle._replace(zoom=1)) & fresh),
            sides=frozenset() if lost else memory.sides | (frozenset() if fresh else shown(angle)),
        )
        kind = world.chosen.get(world.present)
        if kind is None or kind != memory.verdict:
            return memory
        return replace(memory, settled=memory.settled | {(world.present, kind)})

    def expert(self, world: World, memory: Memory, care: float) -> Intent:
        here, chosen = world.present, world.chosen
        goal = next((i for i in range(len(world.spores)) if (i, chosen.get(i)) not in memory.settled), None)
        if goal is None:
            return Intent(Event("done"), "done", "finish")
        if goal != here:
            return Intent(Event("next" if goal > here else "prev"), "navigate", "explore")
        if memory.fresh:
            closer = care > ZOOMS and memory.central and not world.angle.zoom
            return Intent(Event("zoom in" if closer else "keep"), "verify", "explore")
        if world.angle.zoom:
            return Intent(Event("zoom out"), "navigate", "explore")
        if memory.verdict is None:
            return Intent(Event(self.turn(world.angle, memory.sides)), "navigate", "explore")
        if here in chosen and world.choices[-1][0] == here:
            return Intent(Event("undo"), "undo", "correct")
        return Intent(Event(NAMES[memory.verdict]), "select", "correct" if here in chosen else "annotate")

    def turn(self, angle: Angle, sides: frozenset[int]) -> str:
        """The button that leads to the first side not yet seen: back to the equator, and the shorter way."""
        goal = next(i for i in range(SIDES) if i not in sides)
        if goal in (TOP, BOTTOM):
            return "up" if goal == TOP else "down"
        if angle.tilt != EQUATOR:
            return "up" if angle.tilt < EQUATOR else "down"
        return "right" if (goal - angle.azimuth) % AZIMUTHS <= AZIMUTHS // 2 else "left"

    def slips(self, world: World, intent: Intent) -> tuple[Event, ...]:
        """The classes that share a scar or an ornament with the one meant."""
        if intent.kind != "select":
            return ()
        meant = CLASSES[NAMES.index(intent.event.widget)]
        alike = [sum(a == b for a, b in zip(meant, other, strict=True)) for other in CLASSES]
        present = world.chosen.get(world.present)
        return tuple(Event(NAMES[i]) for i, same in enumerate(alike) if same == 1 and i != present)

    def glances(self, world: World, memory: Memory) -> tuple[Event, ...]:
        return (Event("left"), Event("right"), Event("zoom out" if world.angle.zoom else "zoom in"))

    def disguise(self, world: World, other: World, memory: Memory) -> World:
        """All but the present picture and those kept."""
        foreign = [other.spores[i % len(other.spores)] for i in range(len(world.spores))]
        body = replace(foreign[world.present].body)
        for angle in (world.angle, *world.kept):
            body.seen[angle] = world.spores[world.present].body.picture(angle)
        foreign[world.present] = replace(foreign[world.present], body=body)
        return replace(world, spores=tuple(foreign))


def side(angle: Angle) -> int:
    """Which of the sides a view shows; -1 between the equator and a pole."""
    if angle.tilt == EQUATOR:
        return angle.azimuth
    return {0: BOTTOM, len(ELEVATIONS) - 1: TOP}.get(angle.tilt, -1)


def shown(*angles: Angle) -> frozenset[int]:
    """The sides that views show whole: not those zoomed in."""
    return frozenset(side(angle) for angle in angles if not angle.zoom) - {-1}


def taken_up(world: World, present: int) -> World:
    """Another spore, seen from the front."""
    if present == world.present:
        return world
    return replace(world, present=present, angle=FRONT, turned=frozenset({FRONT}), kept=())


def turned(world: World, angle: Angle) -> World:
    """The present spore seen from there."""
    return world if angle == world.angle else replace(world, angle=angle, turned=world.turned | {angle})


def kept(world: World) -> World:
    """The present view kept, in place of the oldest where no corner is free; thrown away if it was kept."""
    if world.angle in world.kept:
        return replace(world, kept=tuple(angle for angle in world.kept if angle != world.angle))
    return replace(world, kept=(*world.kept, world.angle)[-len(CORNERS) :])


def pictures(world: World) -> NDArray[np.uint8]:
    """The present view with the kept ones in the corners: uint8 `[256, 256]`."""
    body = world.spores[world.present].body
    image = body.picture(world.angle)
    if not world.kept:
        return image
    image = image.copy()
    for angle, (down, across) in zip(world.kept, CORNERS, strict=False):
        framed = cv2.copyMakeBorder(body.miniature(angle), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=LINE)
        top, left = down * (CANVAS - len(framed)), across * (CANVAS - len(framed))
        image[top : top + len(framed), left : left + len(framed)] = framed
    return image


def plain(spore: Spore, angle: Angle) -> frozenset[str]:
    """The marks of a spore that a view shows plainly: a scar, spines, pores."""
    limit, eye = math.cos(math.radians(PLAIN[angle.zoom])), angle.eye
    marks = zip(CLASSES[spore.kind], (spore.scar, spore.away), strict=True)
    return frozenset(mark for mark, place in marks if mark != "bare" and place @ eye >= limit)


def told(world: World) -> bool:
    """Whether all that tells the class of the present spore has been plain since it was taken up."""
    spore, views = world.spores[world.present], [angle for angle in world.turned if not angle.zoom]
    marks = frozenset[str]().union(*(plain(spore, angle) for angle in views))
    return marks == {*CLASSES[spore.kind]} or ("bare" in CLASSES[spore.kind] and len(shown(*views)) == SIDES)


@cache  # the same groups every time are recognized faster when they are painted
def panel(
    tilt: int, zoom: int, kept: bool, walk: tuple[bool, bool], chosen: int | None, undo: bool
) -> Groups:
    """The buttons. Of a class, the other face is a picture and the scar a letter."""
    turn = (
        Button("left", "Left"),
        Button("right", "Right"),
        Button("up", "Up", enabled=tilt < len(ELEVATIONS) - 1),
        Button("down", "Down", enabled=tilt > 0),
        Button("prev", "Prev", enabled=walk[0]),
        Button("next", "Next", enabled=walk[1]),
    )
    look = (
        Button("zoom in", "Zoom+", enabled=not zoom),
        Button("zoom out", "Zoom-", enabled=bool(zoom)),
        Button("keep", "Keep", lit=kept),
    )
    classes = tuple(
        Button(NAMES[i], scar, lit=chosen == i, icon=ICONS[ornament])
        for i, (scar, ornament) in enumerate(CLASSES)
    )
    return (
        Group("navigate", turn),
        Group("view", look),
        Group("label", classes),
        Group("edit", (Button("undo", "Undo", enabled=undo),)),
        Group("finish", (Button("done", "Done"),)),
    )


LEVELS = {
    "easy": Exploration3D(count=(3, 4), make=spores.EASY),
    "standard": Exploration3D(),
    "hard": Exploration3D(count=(8, 10), make=spores.HARD),
}
