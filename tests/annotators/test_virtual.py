"""Virtual annotators: how often they slip, what they say of it, and where their hand lands."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from clonotate.annotators.virtual import STEADY, Habits, VirtualAnnotator, sample_habits
from clonotate.episodes.session import Session
from clonotate.records import Event, Source, Step
from clonotate.screens.pointing import area, hit, locate
from clonotate.tasks.colored_dots import LEVELS

TASK = "colored-dot-tracking"


def at_work(habits: Habits, seed: int) -> Iterator[tuple[Session, Step]]:
    """The session before each click, and the click."""
    session = Session(Source(TASK, "easy", seed))
    person = VirtualAnnotator(session, habits, np.random.default_rng(seed))
    while not session.done:
        step = person(session.screen)
        yield session, step
        session.click(step)


def labels(habits: Habits, seeds: range) -> list[Step]:
    return [step for seed in seeds for _, step in at_work(habits, seed)]


@pytest.mark.parametrize("habit", [0.05, 0.3])
def test_the_share_of_slips_is_near_the_habit(habit: float) -> None:
    steps = labels(Habits(mistake=habit), range(40))
    placed = [step for step in steps if step.label and step.label.kind == "place"]
    share = sum(step.label.mistake for step in placed if step.label) / len(placed)
    assert share == pytest.approx(habit, abs=4 * np.sqrt(habit * (1 - habit) / len(placed)))


@pytest.mark.parametrize("seed", range(8))
def test_every_slip_is_repaired_before_done(seed: int) -> None:
    *_, (session, last) = at_work(Habits(mistake=0.4, late=0.5), seed)
    assert last.label
    assert last.label.target == "done"
    assert not last.label.in_error
    assert last.label.progress == 1
    assert session.score().success


def test_labels_say_what_was_done() -> None:
    steps = labels(Habits(mistake=0.3, glance=0.3), range(6))
    for step in steps:
        assert step.label
        assert step.by == "virtual"
        assert (step.label.kind == "place") == (step.label.target == "canvas")
        assert (step.label.kind == "done") == (step.label.target == "done")
        assert not step.label.mistake or step.label.kind == "place"
    assert {step.label.kind for step in steps if step.label} == {
        "navigate",
        "place",
        "verify",
        "undo",
        "done",
    }


def test_a_slip_leaves_the_state_in_error_until_it_is_undone() -> None:
    steps = labels(Habits(mistake=0.4, late=1.0, jitter=0.3), range(3))
    slips = 0
    for step, following in pairwise(steps):
        assert step.label
        assert following.label
        if step.label.mistake:
            assert following.label.in_error
            slips += 1
        elif step.label.in_error and step.label.kind != "undo":
            assert following.label.in_error
    assert slips > 3


def test_advice_is_exact_and_means_what_an_expert_would_do() -> None:
    advised = 0
    for session, step in at_work(Habits(mistake=0.5, late=1.0), 3):
        assert step.label
        assert step.advice
        event = hit(session.view, session.layout, step.advice)
        assert event
        assert step.advice == locate(session.view, session.layout, event)
        if step.label.in_error:
            assert event.widget == "undo"
        elif step.label.mistake:
            count = len(session.world.markers)
            assert event.at == tuple(session.world.stack.dots[count, :2])
            advised += 1
        else:
            assert event.widget == step.label.target
    assert advised > 2


def test_the_hand_lands_inside_buttons_and_never_always_at_the_same_place() -> None:
    landed: dict[str, set[tuple[int, int]]] = {}
    for session, step in at_work(STEADY, 4):
        assert step.label
        place = area(session.view, session.layout, step.label.target)
        assert place.holds(step.click.x, step.click.y)
        event = hit(session.view, session.layout, step.click)
        assert event
        assert event.widget == step.label.target
        landed.setdefault(step.label.target, set()).add((step.click.x, step.click.y))
    assert len(landed["+z"]) > 3


def test_the_hand_stays_on_the_canvas() -> None:
    session = Session(Source(TASK, "easy", 0))
    person = VirtualAnnotator(session, Habits(jitter=9.0), np.random.default_rng(0))
    canvas = area(session.view, session.layout, "canvas")
    clicks = [person.point(Event("canvas", (0, 255))) for _ in range(40)]
    assert all(canvas.holds(click.x, click.y) for click in clicks)


def test_time_goes_on_at_a_persons_pace() -> None:
    slow, fast = (labels(Habits(pace=pace), range(3))[-1].ms for pace in (2.0, 1.0))
    times = [step.ms for _, step in at_work(STEADY, 0)]
    assert times == sorted(times)
    assert times[0] > 0
    assert slow > fast


def test_the_same_seed_is_the_same_person() -> None:
    first, again = (sample_habits(np.random.default_rng(5)) for _ in range(2))
    assert first == again != sample_habits(np.random.default_rng(6))
    assert labels(first, range(2)) == labels(again, range(2))


def test_care_makes_an_expert_slower() -> None:
    hasty, cautious = (len(labels(Habits(mistake=0, glance=0, care=care), range(6))) for care in (0.0, 1.0))
    assert hasty < cautious


def test_asked_in_the_middle_it_takes_over() -> None:
    session = Session(Source(TASK, "easy", 9))
    for _, (_, step) in zip(range(12), at_work(STEADY, 9), strict=False):
        session.click(step)
    person = VirtualAnnotator(session, STEADY, np.random.default_rng(0))
    while not session.done:
        session.click(person(session.screen))
    assert session.score().success


def test_advice_for_another_hand_does_not_slip() -> None:
    session = Session(Source(TASK, "easy", 2))
    counsel = VirtualAnnotator(session, Habits(mistake=1.0, glance=1.0), np.random.default_rng(0))
    while not session.done:
        session.click(counsel.advise(session.screen))
    assert session.score().success
    assert not any(step.label.mistake for step in session.steps if step.label)
    assert len(session.steps) < 10 * LEVELS["easy"].dots[1]


def test_an_adviser_says_the_same_to_the_hasty_and_the_cautious() -> None:
    for care in (0.0, 1.0):
        session = Session(Source(TASK, "easy", 4))
        person = VirtualAnnotator(session, Habits(care=care), np.random.default_rng(4), adviser=0.5)
        while not session.done:
            step = person(session.screen)
            intent = session.task.expert(session.world, person.memory, 0.5)
            assert step.advice == locate(session.view, session.layout, intent.event)
            session.click(step)
        assert session.score().success


def test_a_person_advised_works_as_without_advice() -> None:
    def clicks(adviser: float | None) -> list[Step]:
        session = Session(Source(TASK, "easy", 5))
        person = VirtualAnnotator(session, Habits(care=0.9), np.random.default_rng(5), adviser)
        while not session.done:
            session.click(person(session.screen))
        return session.steps

    own, advised = clicks(None), clicks(0.0)
    assert [step.click for step in own] == [step.click for step in advised]
    assert [step.advice for step in own] != [step.advice for step in advised]
