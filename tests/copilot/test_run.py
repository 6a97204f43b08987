"""The rule by which a run goes on or stops, each reason by itself."""

import numpy as np
import pytest

from clonotate.copilot.run import REASONS, Rule, Run
from clonotate.copilot.suggestion import Suggestion
from clonotate.records import Click, Event

NEXT = Event("+z")
SCREENS = np.random.default_rng(0).integers(0, 255, (9, 8, 8, 3), np.uint8)


def suggestion(confidence=0.9, doubt=0.0):
    return Suggestion(0, Click(1, 1), confidence, (), 0.1, doubt)


@pytest.mark.parametrize(
    ("given", "meaning", "reason"),
    [
        (suggestion(), NEXT, None),
        (suggestion(0.69), NEXT, "unsure"),
        (suggestion(doubt=0.6), NEXT, "doubtful"),
        (suggestion(doubt=0.6), Event("undo"), None),
        (suggestion(), None, "nowhere"),
        (suggestion(), Event("done"), "finish"),
    ],
)
def test_one_step(given, meaning, reason):
    assert Run(Rule()).stop(SCREENS[0], given, meaning) == reason


def test_it_may_be_allowed_to_finish():
    assert Run(Rule(finish=True)).stop(SCREENS[0], suggestion(), Event("done")) is None


def test_the_budget_and_the_same_screen():
    run = Run(Rule(steps=3))
    assert [run.stop(screen, suggestion(), NEXT) for screen in SCREENS[:4]] == [None, None, None, "long"]
    run = Run(Rule(again=2))
    assert [run.stop(SCREENS[0], suggestion(), NEXT) for _ in range(3)] == [None, None, "circling"]


def test_a_touch_comes_before_everything():
    run = Run(Rule())
    run.touch()
    assert run.stop(SCREENS[0], suggestion(0.0), None) == "touched"


def test_every_reason_can_be_said():
    assert all(REASONS.values())
