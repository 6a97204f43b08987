import json
import math

import numpy as np
import pytest

from clonotate.episodes.rollout import Guards
from clonotate.episodes.session import Session
from clonotate.evaluation.contenders import Contender, contender
from clonotate.evaluation.report import evaluate
from clonotate.evaluation.teacher_forced import (
    Mark,
    Question,
    TeacherForced,
    demonstrate,
    grade,
    teacher_forced,
)
from clonotate.models import build
from clonotate.records import Click, ClonotateError, Source
from clonotate.screens.layout import Rect

TASK = "colored-dot-tracking"
CANVAS, BUTTON, GLANCE = Rect(10, 20, 512, 512), Rect(600, 100, 40, 20), Rect(600, 200, 40, 20)


@pytest.fixture(scope="module")
def tiny():
    return Contender("tiny", build("pointer", width=32, depth=1).eval())


@pytest.mark.parametrize(
    ("click", "distance", "right"),
    [
        (Click(10 + 2 * 50, 20 + 2 * 60), 0, True),
        (Click(10 + 2 * 53 + 1, 20 + 2 * 64), 5, True),
        (Click(10 + 2 * 56, 20 + 2 * 68), 10, False),
        (Click(600, 100), math.inf, False),
    ],
)
def test_a_placement_is_measured_in_canvas_pixels(click, distance, right):
    mark = grade(Question("place", (50, 60), CANVAS, (), False), click, 1.0)
    assert (mark.distance, mark.right) == (distance, right)


def test_a_button_is_right_anywhere_on_it_and_a_look_around_is_a_repair():
    undo = Question("undo", None, BUTTON, (GLANCE,), in_error=True)
    hits, looks, errs = (grade(undo, Click(x, y), 1.0) for x, y in [(639, 119), (600, 200), (640, 100)])
    assert (hits.right, hits.repairs, hits.distance) == (True, True, None)
    assert (looks.right, looks.repairs) == (False, True)
    assert (errs.right, errs.repairs) == (False, False)


def test_slips_are_scored_against_the_advice():
    slips = 0
    for seed in range(10):
        session = Session(Source(TASK, "easy", 10_000 + seed))
        lesson, questions = demonstrate(session, np.random.default_rng(seed), 400)
        for step, asked, target in zip(session.steps, questions, lesson.clicks, strict=True):
            made, advised = (grade(asked, click, 0) for click in (step.click, Click(*map(int, target))))
            assert not advised.distance
            assert advised.distance is not None or advised.right
            if step.label.mistake:
                slips += 1
                assert not made.right
                assert asked.kind == "place"
            elif step.label.in_error and step.label.kind != "undo":
                assert asked.kind == "undo"
                assert made.repairs  # looks around before noticing
                assert not made.right
    assert slips > 5


def test_rates_count_what_was_asked():
    def place(distance):
        return Mark("place", distance, distance <= 5, False, False, 1.0, 0.9)

    def undo(right, repairs):
        return Mark("undo", None, right, True, repairs, 3.0, 0.2)

    marks = (place(1.0), place(4.0)), (place(9.0), place(math.inf), undo(True, True), undo(False, True))
    summary = TeacherForced(TASK, "easy", "original", marks).summary()
    assert [summary[f"place_{reach}px"] for reach in (2, 5, 10)] == [0.25, 0.5, 0.75]
    assert summary["kinds"] == {"place": 0.5, "undo": 0.5}
    assert summary["counts"] == {"place": 4, "undo": 2}
    assert (summary["clicks"], summary["buttons"], summary["repairs"]) == (6, 0.5, 1.0)
    assert summary["nll"] == pytest.approx(10 / 6)
    assert summary["intervals"]["place_5px"] == [0.0, 1.0]
    assert [(one["from"], one["clicks"]) for one in summary["calibration"]["bins"]] == [(0.2, 2), (0.9, 4)]


def test_a_network_is_asked_about_every_click(tiny):
    result = teacher_forced(tiny, TASK, 2, 10_000, "easy")
    again = teacher_forced(tiny, TASK, 2, 10_000, "easy")
    assert result == again
    assert all(mark.nats > 0 for episode in result.episodes for mark in episode)
    assert result.summary()["nll"] > 8  # knows nothing: ln(384 * 288) = 11.6
    assert result.summary()["place_2px"] < 0.5


def test_who_has_no_model_is_not_asked():
    with pytest.raises(ClonotateError, match="expert has no distribution"):
        teacher_forced(contender("expert"), TASK, 1, 0)


def test_the_page_of_an_evaluation(tiny):
    page = evaluate(tiny, [TASK], 2, 10_000, level="easy", guards=Guards(12, 5), asked=1)
    assert json.loads(json.dumps(page, allow_nan=False)) == page
    assert (page["checkpoint"], page["seed"], page["guards"]) == (
        "tiny",
        10_000,
        {"budget": 12, "loop": 5, "ask": 0.0},
    )
    closed, forced = page["tasks"][TASK]["closed_loop"], page["tasks"][TASK]["teacher_forced"]
    assert closed["episodes"] == 2
    assert {"steps", "parts", "rows"} <= closed.keys()
    rates = [closed[name] for name in ("success", "low", "high", "done", "invalid", "loops")]
    rates += [*closed["parts"].values(), *forced["kinds"].values()]
    rates += [forced[name] for name in ("place_2px", "place_5px", "place_10px", "buttons", "all")]
    assert all(0 <= rate <= 1 for rate in rates)
    assert forced["clicks"] == sum(forced["counts"].values())


def test_the_page_of_one_without_a_model():
    page = evaluate(contender("expert"), [TASK], 1, 10_000, level="easy")
    assert page["tasks"][TASK]["teacher_forced"] is None
    assert page["tasks"][TASK]["closed_loop"]["success"] == 1
