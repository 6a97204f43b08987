"""Agreement with recorded people."""

from dataclasses import replace

import pytest
import torch

from clonotate.annotators.collect import demonstrate
from clonotate.evaluation.agreement import Agreed, agreed, agreement
from clonotate.evaluation.contenders import SHIPPED
from clonotate.models import build
from clonotate.models.checkpoint import load
from clonotate.records import Source


@pytest.fixture(scope="module")
def session():
    made = demonstrate(Source("colored-dot-tracking", "easy", 20_003))
    return replace(made, steps=tuple(replace(s, by="person", label=None, advice=None) for s in made.steps))


def test_a_trained_policy_agrees_and_an_untrained_one_does_not(session):
    torch.manual_seed(0)
    knows, knows_not = agreed(load(SHIPPED), session), agreed(build("pico"), session)
    assert knows.clicks == knows_not.clicks <= len(session.steps)
    assert knows.differing < knows.clicks / 3
    assert knows_not.differing > knows.clicks / 2
    assert knows.nats < knows_not.nats


def test_what_a_policy_did_is_not_asked_about(session):
    half = len(session.steps) // 2
    steps = (*(replace(s, by="policy") for s in session.steps[:half]), *session.steps[half:])
    model = build("pico")
    assert agreed(model, replace(session, steps=steps)).clicks <= len(session.steps) - half


def test_sessions_are_summed_and_intervals_are_over_sessions():
    found = agreement([Agreed(10, 1, 2.0), Agreed(30, 3, 4.0)])
    assert (found.sessions, found.clicks) == (2, 40)
    assert found.agrees == pytest.approx(0.9)
    assert found.agrees_interval == pytest.approx((0.9, 0.9))
    assert found.differing == 2
    assert found.differing_interval == (1, 3)
    assert found.nats == pytest.approx(3.5)
