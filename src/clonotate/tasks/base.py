"""The verbs of a task. No state and no helpers: worlds are frozen values, knobs are fields of the task.

A task never loops, never draws a pixel and never sees a screen coordinate; `episodes.session` steps it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

import numpy as np

from clonotate.annotation import Annotation
from clonotate.records import Event, Kind, Phase, Score
from clonotate.screens.widgets import View

World = TypeVar("World")
Memory = TypeVar("Memory")


@dataclass(frozen=True, slots=True)
class Intent:
    """What an expert means to do next, and why."""

    event: Event
    kind: Kind
    phase: Phase


@dataclass(frozen=True, slots=True)
class Standing:
    """How a world stands, for labels and metrics: never shown to an annotator."""

    position: float  # where in the data the view is, in [0, 1]
    progress: float  # how much of the annotation is right, in [0, 1]
    in_error: bool  # something placed is wrong and not yet undone


@dataclass(frozen=True)
class Task(ABC, Generic[World, Memory]):
    """A family of annotation: what the world is, what the screen shows, what a click does, what is right."""

    name: ClassVar[str]
    version: ClassVar[int]  # raised whenever the same seed and clicks would give another world

    @abstractmethod
    def begin(self, rng: np.random.Generator) -> World:
        """A new world with its ground truth; everything random comes from `rng`."""

    @abstractmethod
    def view(self, world: World) -> View:
        """What is on the screen; never the truth."""

    @abstractmethod
    def update(self, world: World, event: Event) -> World:
        """The world after an event: pure and total. Events that mean nothing here return `world` itself."""

    @abstractmethod
    def annotation(self, world: World) -> Annotation:
        """What stands annotated, in canvas pixels: pure, total, and never the truth."""

    @abstractmethod
    def score(self, world: World) -> Score:
        """How good the annotation is if Done were pressed now."""

    @abstractmethod
    def standing(self, world: World) -> Standing:
        """Position, progress and whether a mistake stands uncorrected."""

    @abstractmethod
    def remember(self, memory: Memory | None, world: World) -> Memory:
        """The expert's small, forgetful record after looking at the present screen; None before the first.

        The only way knowledge reaches the expert: whatever a memory holds has been on a screen.
        """

    @abstractmethod
    def expert(self, world: World, memory: Memory, care: float) -> Intent:
        """What a careful annotator does next, from *any* world, knowing only `memory` and the present screen.

        `care` in [0, 1] runs from efficient to cautious. The truth may serve to recognise what is visible,
        never to know what has not been looked at.
        """

    def foreseen(self, world: World, end: World) -> World | None:
        """The picture of `world` with all that `end` has drawn, and nothing else: no cursor, no open end.

        For `episodes.hindsight`; None where nothing of the kind is to be learnt.
        """
        return None

    @abstractmethod
    def slips(self, world: World, intent: Intent) -> tuple[Event, ...]:
        """Plausible wrong events in place of `intent`: the neighbour, the wrong slice, a slip of the hand."""

    @abstractmethod
    def glances(self, world: World, memory: Memory) -> tuple[Event, ...]:
        """Events that begin a look around from here; `expert` finds the way back by itself."""

    @abstractmethod
    def disguise(self, world: World, other: World, memory: Memory) -> World:
        """`world` with all content that `memory` and the present screen have not shown taken from `other`.

        The proof of no clairvoyance: the expert's next intent must stay the same.
        """
