"""Rollouts end by Done, by the budget or in a loop, and say so."""

import numpy as np

from clonotate.annotators.baselines import RandomAnnotator
from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.rollout import LOOPED, Guards, rollout
from clonotate.episodes.session import Session
from clonotate.records import Click, Screen, Source

SOURCE = Source("colored-dot-tracking", "easy", 5)


def nowhere(screen: Screen) -> Click:
    return Click(0, 0)


def test_an_expert_ends_by_done() -> None:
    session = Session(SOURCE)
    ending = rollout(session, VirtualAnnotator(session, STEADY, np.random.default_rng(0)))
    assert session.done
    assert ending.steps == len(session.steps)
    assert ending.invalid == 0
    assert not ending.looped


def test_the_budget_ends_it() -> None:
    session = Session(SOURCE)
    ending = rollout(session, RandomAnnotator(0), Guards(budget=17))
    assert ending.steps == 17
    assert not session.done


def test_a_loop_is_reported_and_not_hidden() -> None:
    session = Session(SOURCE)
    ending = rollout(session, nowhere, Guards(budget=LOOPED + 3))
    assert ending.looped
    assert ending.steps == ending.invalid == LOOPED + 3


def test_fewer_repetitions_are_no_loop() -> None:
    assert not rollout(Session(SOURCE), nowhere, Guards(budget=LOOPED - 1)).looped


def test_the_guard_stops_a_loop_between_two_states_too() -> None:
    session = Session(SOURCE)
    turns = iter(range(1000))

    def to_and_fro(screen: Screen) -> Click:
        from clonotate.records import Event
        from clonotate.screens.pointing import locate

        return locate(session.view, session.layout, Event("-z" if next(turns) % 2 else "+z"))

    ending = rollout(session, to_and_fro, Guards(budget=500, loop=10))
    assert ending.looped
    assert ending.steps < 25


def test_a_session_that_is_done_is_left_alone() -> None:
    session = Session(SOURCE)
    session.done = True
    assert rollout(session, nowhere).steps == 0


def test_it_ends_where_the_caller_has_seen_enough() -> None:
    session = Session(SOURCE)
    ending = rollout(session, nowhere, until=lambda session: len(session.steps) == 5)
    assert ending.steps == 5
    assert not session.done
