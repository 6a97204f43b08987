"""Suggestions: what the policy itself would do, given the true history of a session."""

import pytest
import torch

from clonotate.annotators.collect import demonstrate
from clonotate.copilot.suggestion import Follower, apart, glimpse, glimpses
from clonotate.episodes.session import Session
from clonotate.evaluation.contenders import SHIPPED
from clonotate.models import build
from clonotate.models.checkpoint import load
from clonotate.models.policy import Policy
from clonotate.records import Click, Source
from clonotate.screens.pointing import hit

DOTS = Source("colored-dot-tracking", "easy", 7)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return build("pico")


def test_alone_it_suggests_what_the_policy_does(model):
    session, follower, policy = Session(DOTS), Follower(model, unrest=0.3), Policy(model, unrest=0.3)
    for step in range(6):
        follower.see(glimpse(session))
        suggestion = follower.suggest()
        assert suggestion.step == step
        assert suggestion.click == policy(session.screen)
        session.click(suggestion.click)


def test_what_others_did_is_remembered_as_if_it_had_been_there(model):
    episode = demonstrate(DOTS, budget=5)
    told, own = Follower(model), Follower(model)
    for one in glimpses(episode):
        told.see(one)
    session = Session(DOTS)
    own.see(glimpse(session))
    for step in episode.steps:
        session.click(step)
        own.see(glimpse(session))
    assert told.suggest() == own.suggest()
    assert told.suggest().step == len(episode.steps)


def test_a_trained_policy_suggests_buttons_and_places_with_alternatives():
    follower, session = Follower(load(SHIPPED)), Session(Source("colored-dot-tracking", "standard", 20_003))
    for _ in range(8):
        follower.see(glimpse(session))
        suggestion = follower.suggest()
        assert hit(session.view, session.layout, suggestion.click) is not None
        assert suggestion.confidence > 0.3
        assert all(0.02 <= other.probability <= 1 for other in suggestion.others)
        assert all(apart(other.click, suggestion.click) for other in suggestion.others)
        session.click(suggestion.click)


def test_apart_is_by_cells():
    assert not apart(Click(100, 100), Click(110, 90))
    assert apart(Click(100, 100), Click(124, 100))
