"""Doubt: what a policy finds strange in a session."""

from dataclasses import replace

import pytest
import torch

from clonotate.annotators.collect import demonstrate
from clonotate.annotators.virtual import Habits
from clonotate.copilot.doubt import SCORERS, Evidence, examine, review, surprise
from clonotate.evaluation.contenders import SHIPPED
from clonotate.models import build
from clonotate.models.checkpoint import load
from clonotate.records import Click, Source

DOTS = Source("colored-dot-tracking", "standard", 20_011)


@pytest.fixture(scope="module")
def session():
    return demonstrate(DOTS, habits=Habits(mistake=0.3, glance=0.0, late=0.0), budget=60)


def step(**changes):
    usual = Evidence(Click(1, 1), agrees=True, expected=0.9, entropy=0.3, undo=0.0, undo_next=0.0)
    return replace(usual, **changes)


@pytest.mark.parametrize(
    ("name", "strange"),
    [
        ("hindsight", step(undo_next=0.9)),
        ("hindsight", step(expected=0.1)),
        ("regret", step(undo_next=0.9)),
        ("surprise", step(expected=0.1)),
        ("disagreement", step(agrees=False)),
        ("entropy", step(entropy=2.0)),
        ("flag", step(flagged=0.9)),
    ],
)
def test_what_is_strange_scores_higher(name, strange):
    assert SCORERS[name](strange) > SCORERS[name](step())


def test_regret_is_for_the_click_that_erred_and_not_for_what_came_after():
    assert SCORERS["regret"](step(undo_next=0.9)) > SCORERS["regret"](step(undo=0.9, undo_next=0.9))


def test_a_trained_policy_finds_the_mistakes(session):
    mistakes = {k for k, step in enumerate(session.steps) if step.label.mistake}
    assert len(mistakes) > 2
    doubts = review(load(SHIPPED), [(session, None)])
    assert len(doubts) == len(session.steps)
    first = {doubt.step for doubt in doubts[: len(mistakes)]}
    assert len(first & mistakes) > len(mistakes) / 2


def test_evidence_is_of_each_step_and_in_bounds(session):
    torch.manual_seed(0)
    found = examine(build("pico"), session)
    assert len(found) == len(session.steps)
    for one in found:
        assert 0 <= one.expected <= 1
        assert 0 <= one.undo <= 1
        assert one.entropy >= 0
    assert [one.undo_next for one in found[:-1]] == [one.undo for one in found[1:]]


def test_the_steps_of_all_sessions_are_ranked_together_by_any_scorer(session):
    torch.manual_seed(0)
    short, told = replace(session, steps=session.steps[:5]), []
    doubts = review(build("pico"), [(short, None), (short, None)], surprise, lambda: told.append(1))
    assert {(doubt.session, doubt.step) for doubt in doubts} == {(i, k) for i in range(2) for k in range(5)}
    assert [doubt.score for doubt in doubts] == sorted((doubt.score for doubt in doubts), reverse=True)
    assert len(told) == 2
