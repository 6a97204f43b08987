"""Recovery: put into a mistake that somebody else made, does a contender see it and repair it?

An expert works up to a random point and errs there once, as people err in this task, and perhaps looks around
for a while; the contender has been shown all of it, with the clicks that were made, and takes over.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.rollout import Annotator, Guards, rollout
from clonotate.episodes.session import Session
from clonotate.evaluation.closed_loop import Attempt
from clonotate.evaluation.contenders import Contender
from clonotate.evaluation.fan_out import fan_out
from clonotate.evaluation.intervals import wilson
from clonotate.models.policy import Policy
from clonotate.records import Click, Event, Step
from clonotate.screens.pointing import locate

WITHIN = 10
"""Clicks in which a mistake has to be repaired: time to look around first."""
UNSEEN = np.empty((0, 0, 3), np.uint8)
"""For an expert that reads the world: no screen is drawn for it."""


@dataclass(frozen=True)
class Repair:
    """How it went after one mistake."""

    seed: int
    after: int  # clicks of the expert before the mistake
    repaired: int | None  # clicks until nothing was wrong; None if not within `WITHIN`
    apart: float | None = None  # of the mistake from what was meant, canvas pixels; None for buttons


@dataclass(frozen=True)
class Recovery:
    """A contender on one task; worlds where nothing can be done wrong are left out."""

    repairs: tuple[Repair, ...]

    def summary(self) -> dict[str, Any]:
        """The share of mistakes that were repaired, at once and within `WITHIN` clicks; None without any."""
        counts = [repair.repaired for repair in self.repairs if repair.repaired is not None]
        put, at_once = len(self.repairs), sum(count == 1 for count in counts)
        return {
            "mistakes": put,
            "within": WITHIN,
            "repaired": len(counts) / put if put else None,
            "interval": list(wilson(len(counts), put)),
            "at_once": at_once / put if put else None,
            "at_once_interval": list(wilson(at_once, put)),
            "median_clicks": float(np.median(counts)) if counts else None,
        }


def recovery(
    contender: Contender,
    what: Sequence[Attempt],
    workers: int = 1,
    progress: Callable[[], None] = lambda: None,
) -> Recovery:
    """One mistake in each of the worlds that `attempts` gives."""
    found = []
    for repair in fan_out(put_right, contender, what, workers):
        found += [repair] if repair else []
        progress()
    return Recovery(tuple(found))


def put_right(contender: Contender, what: Attempt, delay: int = 0) -> Repair | None:
    """One world: the expert, its mistake, at most `delay` looks around, and then the contender."""
    session = Session(what.source, what.layout)
    rng = np.random.default_rng([what.source.seed, 3])
    places = spoilable(what)
    if not places:
        return None
    after = int(rng.choice(places))
    annotator = contender.annotator(session, what.source.seed)
    expert = VirtualAnnotator(session, STEADY, np.random.default_rng([what.source.seed, 4]))
    while len(session.steps) < after:
        show(annotator, session, expert(UNSEEN))
    meant, wrong = slip(session, expert, rng)
    show(annotator, session, locate(session.view, session.layout, wrong))
    look_around(annotator, session, expert, delay, rng)
    begun = len(session.steps)
    ending = rollout(session, annotator, Guards(begun + WITHIN), until=sound)
    return Repair(
        what.source.seed, after, ending.steps - begun if sound(session) else None, distance(meant, wrong)
    )


def spoilable(what: Attempt) -> list[int]:
    """The clicks of an expert in place of which something could be done that leaves a mistake standing."""
    session = Session(what.source, what.layout)
    expert = VirtualAnnotator(session, STEADY, np.random.default_rng([what.source.seed, 4]))
    found = []
    while not session.done and len(session.steps) < what.guards.budget:
        step = expert(UNSEEN)
        if errors(session, expert)[1]:
            found.append(len(session.steps))
        session.click(step)
    return found


def errors(session: Session, expert: VirtualAnnotator) -> tuple[Event, list[Event]]:
    """What is meant in the present state, and the slips from it that leave a mistake standing."""
    task, world = session.task, session.world
    intent = task.expert(world, expert.memory, expert.habits.care)
    slips = task.slips(world, intent)
    wrong = [event for event in slips if task.standing(task.update(world, event)).in_error]
    return intent.event, wrong


def slip(session: Session, expert: VirtualAnnotator, rng: np.random.Generator) -> tuple[Event, Event]:
    """What is meant, and one of the slips from it; the expert has looked at the present screen."""
    expert.intend()
    meant, wrong = errors(session, expert)
    return meant, wrong[rng.integers(len(wrong))]


def distance(meant: Event, made: Event) -> float | None:
    """How far one place on the canvas is from another, in its pixels; None where one of them is a button."""
    return None if meant.at is None or made.at is None else math.dist(meant.at, made.at)


def look_around(
    annotator: Annotator, session: Session, expert: VirtualAnnotator, times: int, rng: np.random.Generator
) -> None:
    """Let somebody look elsewhere before the mistake is noticed, where the task knows such looks."""
    for _ in range(times):
        expert.intend()
        looks = session.task.glances(session.world, expert.memory)
        if not looks:
            return
        event = looks[rng.integers(len(looks))]
        show(annotator, session, locate(session.view, session.layout, event))


def show(annotator: Annotator, session: Session, act: Click | Step) -> None:
    """Let an annotator see the screen and what somebody else does on it."""
    annotator(session.screen)
    if isinstance(annotator, Policy):
        annotator.made(act.click if isinstance(act, Step) else act)
    session.click(act)


def sound(session: Session) -> bool:
    """Whether nothing wrong stands."""
    return not session.task.standing(session.world).in_error
