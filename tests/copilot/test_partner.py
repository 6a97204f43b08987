"""The simulated person keeps to the stated rule."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.copilot.effort import effort
from clonotate.copilot.partner import Manner, Pair, acceptable, alone
from clonotate.copilot.run import Rule
from clonotate.copilot.suggestion import Suggestion
from clonotate.episodes.session import Session
from clonotate.models import build
from clonotate.records import Event, Source
from clonotate.screens.pointing import locate
from clonotate.tasks.base import Intent

DOTS = Source("colored-dot-tracking", "easy", 7)


class Oracle:
    """In the policy's place: someone who says what to click on a session."""

    def __init__(self, session, choose, confidence=1.0):
        self.session, self.choose, self.confidence = session, choose, confidence

    def see(self, what):
        pass

    def suggest(self):
        click = locate(self.session.view, self.session.layout, self.choose(self.session))
        return Suggestion(len(self.session.steps), click, self.confidence, (), 0.0, 0.0)


def expert():
    """What a steady expert would do, with a memory of its own."""
    memory = None

    def choose(session):
        nonlocal memory
        memory = session.task.remember(memory, session.world)
        return session.task.expert(session.world, memory, 0.5).event

    return choose


def pair(choose, rule, confidence=1.0, habits=STEADY):
    session = Session(DOTS)
    person = VirtualAnnotator(session, habits, np.random.default_rng(3))
    made = Pair(session, person, build("pico"), rule)
    made.follower = Oracle(session, choose, confidence)
    return made


def steady_alone():
    session = Session(DOTS)
    return alone(session, VirtualAnnotator(session, STEADY, np.random.default_rng(3)), 400)


def test_a_perfect_policy_leaves_only_done_to_accept():
    episode = pair(expert(), Rule()).work(400)
    assert episode.score.success
    assert Counter(step.by for step in episode.steps) == {"policy": len(episode.steps) - 1, "accepted": 1}
    assert effort(episode.steps).seconds < effort(steady_alone().steps).seconds


def test_who_is_never_sure_enough_is_asked_each_time():
    episode = pair(expert(), Rule(confidence=0.9), confidence=0.5).work(400)
    assert episode.score.success
    assert {step.by for step in episode.steps} == {"accepted"}
    assert effort(episode.steps).seconds == pytest.approx(0.9 * len(episode.steps))


def test_a_useless_policy_costs_time_and_no_quality():
    episode = pair(lambda session: Event("mip"), Rule(again=2)).work(400)
    assert episode.score.success
    found = effort(episode.steps)
    assert found.corrections > 10
    assert found.seconds > effort(steady_alone().steps).seconds


def test_wrong_marks_are_seen_undone_and_given_back():
    episode = pair(lambda session: Event("canvas", (3, 3)), Rule()).work(900)
    assert episode.score.success
    by = Counter(step.by for step in episode.steps)
    assert by["policy"] > 0
    assert by["correction"] > 0
    late = pair(lambda session: Event("canvas", (3, 3)), Rule(), habits=replace(STEADY, late=1.0)).work(900)
    assert late.score.success
    assert (
        effort(late.steps).policy / effort(late.steps).interventions
        > by["policy"] / effort(episode.steps).interventions
    )


def test_what_is_accepted_is_no_worse_than_ones_own():
    session = Session(DOTS)
    task, world = session.task, session.world
    intent = Intent(Event("+z"), "navigate", "explore")
    standing = task.standing(world)
    assert acceptable(session, Event("+z"), intent, standing)
    assert acceptable(session, Event("mip"), intent, standing)
    assert not acceptable(session, Event("done"), intent, standing)
    assert not acceptable(session, Event("canvas", (3, 3)), intent, standing)
    assert not acceptable(session, None, intent, standing)
    astray = replace(standing, in_error=True)
    assert not acceptable(session, Event("mip"), Intent(Event("undo"), "undo", "correct"), astray)


def test_a_pair_is_a_function_of_its_seeds():
    torch.manual_seed(0)
    model, made = build("pico"), []
    for _ in range(2):
        session = Session(DOTS)
        person = VirtualAnnotator(session, STEADY, np.random.default_rng(5))
        made.append(Pair(session, person, model, Rule(0.1), Manner(), unrest=0.25).work(25))
    assert made[0] == made[1]
    assert all(step.advice is None for step in made[0].steps)
    assert [step.ms for step in made[0].steps] == sorted(step.ms for step in made[0].steps)
