"""A simulated person beside the co-pilot: watches runs, reads ghosts, accepts, corrects and takes over.

The person is a virtual annotator with habits of its own, so that time alone and time together come from the
same model of a person. How it works with a co-pilot is stated here, in `Manner` and in `Pair`; nobody has
measured it. In short: it lets a run go on and watches every step; where the rule stops, it reads the ghost
and accepts what is no worse than what it would do; else it does its own; it takes over where it sees a
mistake, as late as it notices its own, or where nothing has come forward for a while, and gives back when
that is mended.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clonotate.annotators.virtual import VirtualAnnotator
from clonotate.copilot.meaning import author
from clonotate.copilot.run import Rule, Run
from clonotate.copilot.suggestion import Follower, Suggestion, glimpse
from clonotate.episodes.session import Session
from clonotate.evaluation.agreement import same
from clonotate.models.base import ClickModel
from clonotate.records import Author, Episode, Event, Step
from clonotate.screens.pointing import hit
from clonotate.tasks.base import Intent, Standing


@dataclass(frozen=True, slots=True)
class Manner:
    """How a person works beside a co-pilot; times in ms, of a person of pace 1. Stated, not measured."""

    read: float = 700.0  # looks at a ghost and decides; a placement of one's own takes 1,289
    key: float = 200.0  # presses Tab, Run or Escape (a keystroke: Card, Moran and Newell 1980)
    frame: float = 300.0  # between two steps of a run, which the person watches
    patience: int = 20  # steps in a row that bring nothing forward, before the person takes over


class Pair:
    """A person and a policy on one session, until Done or the budget."""

    def __init__(
        self,
        session: Session,
        person: VirtualAnnotator,
        model: ClickModel[Any],
        rule: Rule,
        manner: Manner | None = None,
        unrest: float = 0.0,
    ) -> None:
        self.session, self.person, self.rule, self.manner = session, person, rule, manner or Manner()
        self.follower = Follower(model, unrest)
        self.run: Run | None = None  # under way
        self.leading = False  # the person has taken over
        self.blind = 0  # steps until a mistake on the screen is noticed
        self.idle, self.best = 0, 0.0  # steps since something came forward, and how far it had come

    def work(self, budget: int) -> Episode:
        """Goes on until Done, `budget` clicks at most; every step says who made it and when."""
        while not self.session.done and len(self.session.steps) < budget:
            self.follower.see(glimpse(self.session))
            suggestion = self.follower.suggest()
            intent, standing = self.person.intend()
            self.session.click(self.decide(suggestion, intent, standing))
        return self.session.episode()

    def decide(self, suggestion: Suggestion, intent: Intent, standing: Standing) -> Step:
        """Whose click it is this time."""
        event = hit(self.session.view, self.session.layout, suggestion.click)
        self.follow(standing)
        if self.leading or self.alarmed(standing):
            return self.own(suggestion)
        going, self.run = self.run is not None, self.run or Run(self.rule)
        if self.run.stop(self.session.screen, suggestion, event) is None:
            self.spend(self.manner.frame + (0 if going else self.manner.key))
            return self.step(suggestion, "policy")
        self.run = None
        self.spend(self.manner.read)
        if acceptable(self.session, event, intent, standing):
            self.spend(self.manner.key)
            return self.step(suggestion, "accepted")
        return self.own(suggestion)

    def follow(self, standing: Standing) -> None:
        """Keeps account of how it goes, and gives back what is mended."""
        self.idle = 0 if standing.progress > self.best else self.idle + 1
        self.leading = self.leading and (standing.in_error or self.idle > 0)
        self.best = max(self.best, standing.progress)
        if not standing.in_error:
            late = self.person.rng.random() < self.person.habits.late
            self.blind = int(self.person.rng.integers(1, 4)) if late else 0

    def alarmed(self, standing: Standing) -> bool:
        """Whether the person sees a reason to take over, and does."""
        if standing.in_error and self.blind > 0:
            self.blind -= 1
        elif standing.in_error or self.idle > self.manner.patience:
            self.leading = True
            self.spend(self.manner.key if self.run else 0)
            self.run = None
        return self.leading

    def own(self, suggestion: Suggestion) -> Step:
        """The person's click, in the person's own time, slips included; learnt from as it was made."""
        step = self.person(self.session.screen)
        return replace(step, by=author(self.session, step.click, suggestion.click), advice=None)

    def step(self, suggestion: Suggestion, by: Author) -> Step:
        return Step(suggestion.click, self.person.ms, by)

    def spend(self, ms: float) -> None:
        """Time goes by for the person."""
        self.person.ms += round(ms * self.person.habits.pace)


def acceptable(session: Session, event: Event | None, intent: Intent, standing: Standing) -> bool:
    """Whether a click is what the person would do, or no worse: nothing gets wrong by it and nothing is lost.

    The truth serves to see whether a place on the screen is right, as with all virtual people.
    """
    if event is None:
        return False
    if same(event, intent.event):
        return True
    if "done" in (event.widget, intent.event.widget) or standing.in_error:
        return False
    after = session.task.standing(session.task.update(session.world, event))
    return not after.in_error and after.progress >= standing.progress


def alone(session: Session, person: VirtualAnnotator, budget: int) -> Episode:
    """The same person without a co-pilot."""
    unseen = np.empty((0, 0, 3), np.uint8)  # it reads the world, so no screen is drawn
    while not session.done and len(session.steps) < budget:
        session.click(replace(person(unseen), by="person"))
    return session.episode()
