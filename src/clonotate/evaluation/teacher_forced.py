"""Teacher-forced: given a person's true history, is the model's next click the one a careful expert means?

Cheap and detailed, and not to be trusted alone: a policy right in 99 of 100 clicks may never finish a task.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from clonotate.annotators.virtual import VirtualAnnotator, sample_habits
from clonotate.episodes.dataset import Lesson, of_frames
from clonotate.episodes.rollout import Guards
from clonotate.episodes.session import Session
from clonotate.evaluation.calibration import calibration
from clonotate.evaluation.closed_loop import Attempt, attempts
from clonotate.evaluation.contenders import Contender
from clonotate.evaluation.fan_out import fan_out
from clonotate.evaluation.intervals import bootstrap
from clonotate.models.base import ClickModel
from clonotate.records import Click, Kind, Step
from clonotate.screens.layout import Rect
from clonotate.screens.pointing import area, hit, under

RIGHT = 5.0
"""A placement this near to what was meant is right, in canvas pixels."""


@dataclass(frozen=True)
class Question:
    """What is asked about one screen, and the answers that count."""

    kind: Kind
    place: tuple[int, int] | None  # meant, in canvas pixels; None where a button is
    target: Rect  # the button, or the canvas, in screen pixels
    others: tuple[Rect, ...]  # buttons that begin a look around
    in_error: bool


@dataclass(frozen=True)
class Mark:
    """How one click was answered."""

    kind: Kind
    distance: float | None  # canvas pixels from the place meant, infinite off the canvas; None for buttons
    right: bool  # the very button, or within `RIGHT` of the place
    in_error: bool
    repairs: bool  # it is what the expert would do, or looks around
    nats: float  # what the click to learn costs
    confidence: float  # of the answer, in [0, 1]


@dataclass(frozen=True)
class TeacherForced:
    """A model on one task: the marks of every click, episode by episode."""

    task: str
    level: str
    layout: str
    episodes: tuple[tuple[Mark, ...], ...]

    def summary(self) -> dict[str, Any]:
        """Rates in [0, 1], None where there was nothing to judge, with 95 % intervals over episodes.

        `clicks` and `counts` are numbers of clicks. `repairs` is the share of screens with an uncorrected
        mistake on which the model undoes it or looks around; `calibration` is that of `calibration`.
        """
        kinds = sorted({mark.kind for episode in self.episodes for mark in episode})
        rates = {f"place_{reach}px": self.rate(placed, within(reach)) for reach in (2, 5, 10)}
        rates["buttons"] = self.rate(lambda mark: mark.distance is None, is_right)
        rates["all"] = self.rate(lambda mark: True, is_right)
        rates["repairs"] = self.rate(lambda mark: mark.in_error, lambda mark: mark.repairs)
        by_kind = {kind: self.rate(of_kind(kind), is_right) for kind in kinds}
        return {
            "clicks": sum(map(len, self.episodes)),
            **{name: rate for name, (rate, _) in rates.items()},
            "nll": float(np.mean([mark.nats for episode in self.episodes for mark in episode])),
            "calibration": calibration(
                [[(mark.confidence, mark.right) for mark in episode] for episode in self.episodes]
            ),
            "kinds": {kind: rate for kind, (rate, _) in by_kind.items()},
            "counts": {kind: sum(mark.kind == kind for e in self.episodes for mark in e) for kind in kinds},
            "intervals": {name: interval for name, (_, interval) in (rates | by_kind).items()},
        }

    def rate(
        self, asked: Callable[[Mark], bool], good: Callable[[Mark], bool]
    ) -> tuple[float | None, list[float] | None]:
        """The share of the marks `asked` for that are `good`, and its interval."""
        counts = [sum(map(asked, episode)) for episode in self.episodes]
        sums = [sum(asked(mark) and good(mark) for mark in episode) for episode in self.episodes]
        if not any(counts):
            return None, None
        return sum(sums) / sum(counts), list(bootstrap(sums, counts))


def placed(mark: Mark) -> bool:
    """Whether a place on the canvas was meant."""
    return mark.distance is not None


def is_right(mark: Mark) -> bool:
    """Whether it was answered right."""
    return mark.right


def within(reach: float) -> Callable[[Mark], bool]:
    """Whether a click lies within `reach` canvas pixels of the place meant."""
    return lambda mark: mark.distance is not None and mark.distance <= reach


def of_kind(kind: Kind) -> Callable[[Mark], bool]:
    """Whether a click is of that kind."""
    return lambda mark: mark.kind == kind


def teacher_forced(
    contender: Contender,
    task: str,
    episodes: int,
    seed: int,
    level: str = "standard",
    layout: str = "original",
    budget: int = 400,
    workers: int = 1,
) -> TeacherForced:
    """Ask a model about every screen of demonstrations on the worlds `seed`, `seed + 1`, ...

    People of the population demonstrate, at most `budget` clicks long. Raises ClonotateError for a
    contender without a model, and for a task, level or layout that does not exist.
    """
    contender.network()
    asked = attempts(task, episodes, seed, level, layout, Guards(budget))
    return TeacherForced(task, level, layout, tuple(fan_out(examine, contender, asked, workers)))


def examine(contender: Contender, what: Attempt) -> tuple[Mark, ...]:
    """The marks of a model on one demonstration."""
    session = Session(what.source, what.layout)
    rng = np.random.default_rng([what.source.seed, 2])
    lesson, questions = demonstrate(session, rng, what.guards.budget)
    clicks, nats, sure = (part.tolist() for part in answers(contender.network(), lesson))
    return tuple(
        grade(question, Click(*click), cost, confidence)
        for question, click, cost, confidence in zip(questions, clicks, nats, sure, strict=True)
    )


def demonstrate(session: Session, rng: np.random.Generator, budget: int) -> tuple[Lesson, list[Question]]:
    """A person works on a session; beside every screen, what a careful one would have meant there."""
    person = VirtualAnnotator(session, sample_habits(rng), rng)
    frames, questions = [], []
    while not session.done and len(session.steps) < budget:
        frames.append(session.screen)
        step = person(session.screen)
        questions.append(question(session, person, step))
        session.click(step)
    return of_frames(frames, session.steps), questions


def question(session: Session, person: VirtualAnnotator, step: Step) -> Question:
    """What a person means by `step`, which is about to be made; what they should do, where it is careless.

    The intent is exact where the hand trembles: placements are measured from it, not from the click.
    """
    task, world, view, layout = session.task, session.world, session.view, session.layout
    intent = task.expert(world, person.memory, person.habits.care)
    event, kind = intent.event, intent.kind
    if step.label and step.label.kind != intent.kind and not step.label.in_error:  # a needless look around
        event, kind = hit(view, layout, step.click) or event, step.label.kind
    glances = task.glances(world, person.memory)
    return Question(
        kind=kind,
        place=event.at,
        target=area(view, layout, event.widget),
        others=tuple(area(view, layout, glance.widget) for glance in glances if glance.at is None),
        in_error=task.standing(world).in_error,
    )


def answers(model: ClickModel[Any], lesson: Lesson) -> tuple[Tensor, Tensor, Tensor]:
    """The likeliest click on every screen, int64 `[T, 2]`; what the one to learn costs; confidence."""
    device = next(model.parameters()).device
    screens, past, clicks = (
        torch.from_numpy(part).to(device) for part in (lesson.screens, lesson.past, lesson.clicks)
    )
    with torch.inference_mode():
        distribution = model(screens, past, [len(clicks)])
        found = distribution.argmax(), distribution.nll(clicks).float(), distribution.confidence().float()
        likely, nats, sure = (part.cpu() for part in found)
        return likely, nats, sure


def grade(question: Question, click: Click, nats: float, confidence: float = 1.0) -> Mark:
    """The mark of one click."""
    target, right = question.target, question.target.holds(click.x, click.y)
    distance = None
    if question.place is not None:
        distance = math.dist(under(target, click), question.place) if right else math.inf
        right = distance <= RIGHT
    looks = any(other.holds(click.x, click.y) for other in question.others)
    return Mark(question.kind, distance, right, question.in_error, right or looks, nats, confidence)
