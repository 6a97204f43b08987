"""Agreement with people: given a recorded session, does the model click what the person clicked?

Unlike `teacher_forced` it needs no expert: any recorded session will do, on real data without a truth too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clonotate.episodes.dataset import lesson
from clonotate.episodes.replay import replay
from clonotate.evaluation.intervals import Interval, bootstrap
from clonotate.evaluation.teacher_forced import answers
from clonotate.models.base import ClickModel
from clonotate.records import Click, Episode, Event
from clonotate.screens.pointing import hit

SAME = 5.0
"""Two clicks on the canvas mean the same place up to this distance, in canvas pixels."""


def same(one: Event | None, other: Event | None) -> bool:
    """Whether two clicks mean the same: one button, or nearly one place; nothing is never meant."""
    if one is None or other is None or one.widget != other.widget:
        return False
    return one.at is None or other.at is None or math.dist(one.at, other.at) <= SAME


@dataclass(frozen=True, slots=True)
class Agreed:
    """One recorded session: over the clicks that are to be learnt from it."""

    clicks: int
    differing: int  # of these, where the model means something else: a person would have stepped in
    nats: float  # the mean cost of the clicks, weighted as in training


def agreed(model: ClickModel[Any], episode: Episode, world: Any = None) -> Agreed:
    """Ask a model about every screen of a recorded session."""
    asked = lesson(episode, world)
    clicks, nats, _ = answers(model, asked)
    differing = 0
    shown = zip(replay(episode, world), clicks.tolist(), asked.clicks.tolist(), asked.weight, strict=False)
    for session, own, theirs, weight in shown:
        meanings = [hit(session.view, session.layout, Click(*click)) for click in (own, theirs)]
        differing += bool(weight) and not same(*meanings)
    weight = asked.weight
    cost = float((nats.numpy() * weight).sum() / max(weight.sum(), 1e-9))
    return Agreed(int((weight > 0).sum()), differing, cost)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Over several sessions, with 95 % intervals by bootstrap over sessions."""

    sessions: int
    clicks: int
    nats: float
    agrees: float  # the share of clicks where the model means the same
    agrees_interval: Interval
    differing: float  # a session
    differing_interval: Interval


def agreement(parts: Sequence[Agreed]) -> Agreement:
    """What the sessions come to."""
    clicks, differing = [one.clicks for one in parts], [one.differing for one in parts]
    same = [all - apart for all, apart in zip(clicks, differing, strict=True)]
    return Agreement(
        sessions=len(parts),
        clicks=sum(clicks),
        nats=sum(one.nats * one.clicks for one in parts) / max(sum(clicks), 1),
        agrees=sum(same) / max(sum(clicks), 1),
        agrees_interval=bootstrap(same, clicks),
        differing=float(np.mean(differing)),
        differing_interval=bootstrap(differing),
    )
