"""Recovery: put into a mistake that somebody else made, does a contender see it and repair it?

An expert works up to a random point and errs there once, as people err in this task; the contender has been
shown all of it, with the clicks that were made, and takes over.
"""

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
from clonotate.records import Click, Step
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


def put_right(contender: Contender, what: Attempt) -> Repair | None:
    """One world: the expert, its mistake, and then the contender."""
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
    show(annotator, session, slip(session, expert, rng))
    ending = rollout(session, annotator, Guards(after + 1 + WITHIN), until=sound)
    return Repair(what.source.seed, after, ending.steps - after - 1 if sound(session) else None)


def spoilable(what: Attempt) -> list[int]:
    """The clicks of an expert in place of which something could be done that leaves a mistake standing."""
    session = Session(what.source, what.layout)
    expert = VirtualAnnotator(session, STEADY, np.random.default_rng([what.source.seed, 4]))
    found = []
    while not session.done and len(session.steps) < what.guards.budget:
        step = expert(UNSEEN)
        if errors(session, expert):
            found.append(len(session.steps))
        session.click(step)
    return found


def errors(session: Session, expert: VirtualAnnotator) -> list[Click]:
    """Slips from the present state that leave a mistake standing."""
    task, world = session.task, session.world
    intent = task.expert(world, expert.memory, expert.habits.care)
    slips = task.slips(world, intent)
    wrong = [event for event in slips if task.standing(task.update(world, event)).in_error]
    return [locate(session.view, session.layout, event) for event in wrong]


def slip(session: Session, expert: VirtualAnnotator, rng: np.random.Generator) -> Click:
    """One of them; the expert has looked at the present screen."""
    expert.intend()
    wrong = errors(session, expert)
    return wrong[rng.integers(len(wrong))]


def show(annotator: Annotator, session: Session, act: Click | Step) -> None:
    """Let an annotator see the screen and what somebody else does on it."""
    annotator(session.screen)
    if isinstance(annotator, Policy):
        annotator.made(act.click if isinstance(act, Step) else act)
    session.click(act)


def sound(session: Session) -> bool:
    """Whether nothing wrong stands."""
    return not session.task.standing(session.world).in_error
