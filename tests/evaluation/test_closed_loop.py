from dataclasses import replace
from typing import get_args

import pytest

from clonotate.episodes.rollout import Guards
from clonotate.evaluation.closed_loop import How, closed_loop
from clonotate.evaluation.contenders import Contender, contender
from clonotate.models import build
from clonotate.records import ClonotateError, Event
from clonotate.screens.pointing import locate

TASK = "colored-dot-tracking"


def test_the_expert_succeeds():
    result = closed_loop(contender("expert"), TASK, 4, 10_000)
    summary = result.summary()
    assert [row.seed for row in result.rows] == [10_000, 10_001, 10_002, 10_003]
    assert (summary["success"], summary["done"], summary["invalid"], summary["loops"]) == (1, 1, 0, 0)
    assert 0 < summary["low"] < summary["high"] == 1
    assert summary["parts"] == {"marker_f1": 1, "in_order": 1}


def done(session, seed):
    """One who presses Done at once."""
    return lambda screen: locate(session.view, session.layout, Event("done"))


def astray(session, seed):
    """One who places a mark in the corner, where there is none to be, and presses Done."""
    events = iter((Event("canvas", (1, 1)), Event("done")))
    return lambda screen: locate(session.view, session.layout, next(events))


@pytest.mark.parametrize(
    ("who", "how"),
    [
        (contender("expert"), "right"),
        (Contender("hasty", hired=done), "early"),
        (Contender("careless", hired=astray), "mistake"),
        (contender("repeat"), "unfinished"),
    ],
)
def test_it_says_how_episodes_end(who, how):
    result = closed_loop(who, TASK, 2, 10_000, "easy", guards=Guards(60))
    assert [row.how for row in result.rows] == 2 * [how]
    assert result.summary()["endings"] == dict.fromkeys(get_args(How), 0) | {how: 2}


def test_the_random_one_fails():
    summary = closed_loop(contender("random"), TASK, 4, 10_000, "easy", guards=Guards(budget=60)).summary()
    assert summary["success"] == summary["low"] == 0 < summary["high"] < 1
    assert summary["parts"]["in_order"] < 0.2
    assert 0 < summary["invalid"] < 1


def test_who_repeats_is_caught_in_a_loop_and_the_guard_is_reported():
    free = closed_loop(contender("repeat"), TASK, 6, 10_000, "easy", guards=Guards(budget=30))
    guarded = closed_loop(contender("repeat"), TASK, 6, 10_000, "easy", guards=Guards(budget=30, loop=9))
    assert all(row.steps == 30 or row.done for row in free.rows)
    assert guarded.guards == Guards(30, 9)
    looped = [row for row in guarded.rows if row.looped]  # others set a new mark with every click
    assert [row.steps for row in looped] == [9] * len(looped) != []
    assert guarded.summary()["loops"] == free.summary()["loops"] == len(looped) / 6


@pytest.mark.slow
def test_processes_change_nothing_but_the_time():
    def rows(workers):
        result = closed_loop(contender("random"), TASK, 2, 10_000, "easy", guards=Guards(20), workers=workers)
        return [replace(row, seconds=0) for row in result.rows]

    assert rows(1) == rows(2)


def test_progress_hears_every_row():
    heard = []
    result = closed_loop(contender("random"), TASK, 3, 0, "easy", guards=Guards(5), progress=heard.append)
    assert tuple(heard) == result.rows


@pytest.mark.parametrize("wrong", [{"task": "sew"}, {"level": "divine"}, {"layout": "x"}, {"episodes": 0}])
def test_what_does_not_exist_is_refused(wrong):
    with pytest.raises(ClonotateError):
        closed_loop(contender("expert"), **{"task": TASK, "episodes": 1, "seed": 0, **wrong})


def test_doubts_are_counted_and_what_would_have_come_of_them():
    network = Contender("tiny", build("pointer", width=32, depth=1).eval())
    result = closed_loop(network, TASK, 2, 10_000, "easy", guards=Guards(budget=4, ask=0.9))
    asks = result.summary()["asks"]
    assert [row.asked for row in result.rows] == [0, 0]  # knows nothing, and goes on all the same
    assert [row.steps for row in result.rows] == [4, 4]
    assert (asks["below"], asks["episodes"], asks["success_asking"]) == (0.9, 1.0, 0.0)
    assert asks["success_unasked"] is None
    assert asks["median_clicks"] == 0
    sure = closed_loop(contender("expert"), TASK, 1, 10_000, "easy", guards=Guards(ask=0.9)).summary()
    assert (sure["asks"]["episodes"], sure["asks"]["success_unasked"]) == (0.0, 1.0)
    assert closed_loop(contender("expert"), TASK, 1, 10_000, "easy").summary()["asks"] is None
