"""Lessons: the screens, the clicks that led to them, and what is to be learnt."""

from dataclasses import replace

import numpy as np
import pytest

from clonotate.annotators.collect import demonstrate
from clonotate.annotators.virtual import Habits
from clonotate.episodes.dataset import CORRECTION, NO_CLICK, lesson, of_frames, pair, undone, worth
from clonotate.episodes.replay import screens
from clonotate.records import Click, Episode, Event, Source, Step

SOURCE = Source("colored-dot-tracking", "easy", 3)


@pytest.fixture(scope="module")
def episode() -> Episode:
    return demonstrate(SOURCE, habits=Habits(mistake=0.4))


def by_hand(episode: Episode) -> Episode:
    """The same clicks by a person, of whom nobody knows what was meant."""
    steps = tuple(replace(step, by="person", label=None, advice=None) for step in episode.steps)
    return replace(episode, steps=steps)


def test_there_is_a_screen_a_click_and_a_kind_for_each_step(episode: Episode) -> None:
    made, count = lesson(episode), len(episode.steps)
    assert made.screens.shape == (count, 288, 384, 3)
    assert made.past.shape == made.clicks.shape == (count, 2)
    assert made.weight.shape == (count,)
    assert made.kinds == tuple(step.label.kind for step in episode.steps if step.label)
    assert np.array_equal(made.screens, np.stack(list(screens(episode))[:-1]))


def test_the_past_is_what_was_clicked_and_not_what_should_have_been(episode: Episode) -> None:
    made = lesson(episode)
    assert tuple(made.past[0]) == NO_CLICK
    assert [tuple(past) for past in made.past[1:]] == [pair(step.click) for step in episode.steps[:-1]]


def test_what_is_learnt_is_the_advice_where_there_is_any(episode: Episode) -> None:
    made = lesson(episode)
    advised = [i for i, step in enumerate(episode.steps) if step.advice]
    assert advised
    for i, step in enumerate(episode.steps):
        assert tuple(made.clicks[i]) == pair(step.advice or step.click)
    assert any(tuple(made.clicks[i]) != pair(episode.steps[i].click) for i in advised)


def test_what_a_policy_did_is_seen_and_not_learnt_and_corrections_count_most(episode: Episode) -> None:
    click, label = Click(1, 2), episode.steps[0].label
    steps = {
        Step(click, by="person"): 1,
        Step(click, by="accepted"): 1,
        Step(click, by="policy"): 0,
        Step(click, by="correction"): CORRECTION,
        Step(click, by="policy", label=label): 1,
        Step(click, by="policy", label=label, advice=click): 1,
    }
    assert [worth(step, undone=False) for step in steps] == list(steps.values())
    assert worth(Step(click, by="correction"), undone=True) == 0
    assert CORRECTION > 1


def test_a_button_is_meant_in_its_middle_and_a_place_where_it_is(episode: Episode) -> None:
    made, meant = lesson(by_hand(episode)), lesson(episode)
    on_buttons = [i for i, step in enumerate(episode.steps) if step.label and step.label.target != "canvas"]
    assert on_buttons
    careful = [i for i in on_buttons if not episode.steps[i].label.mistake]
    assert made.clicks[careful].tolist() == meant.clicks[careful].tolist()
    placed = next(i for i, step in enumerate(episode.steps) if step.label and step.label.target == "canvas")
    assert tuple(made.clicks[placed]) == pair(episode.steps[placed].click)


def test_a_slip_that_was_undone_is_not_learnt(episode: Episode) -> None:
    made = lesson(by_hand(episode))
    slips = [i for i, step in enumerate(episode.steps) if step.label and step.label.mistake]
    assert slips
    assert set(slips) <= set(np.flatnonzero(made.weight == 0).tolist())
    assert (made.weight == 0).sum() < len(episode.steps) / 2


def test_a_part_is_cut_from_the_whole_lesson(episode: Episode) -> None:
    all_of_it, some = lesson(episode), lesson(episode, part=lambda steps: slice(3, steps - 2))
    for name in ("screens", "past", "clicks", "weight", "kinds"):
        assert np.array_equal(getattr(some, name), getattr(all_of_it, name)[3:-2])


def test_undo_takes_back_the_last_mark_that_stands() -> None:
    mark, look, undo = Event("canvas", (1, 1)), Event("+z"), Event("undo")
    assert undone([mark, mark, look, undo, look, undo, mark, undo]) == {0, 1, 6}
    assert undone([undo, look, None]) == set()


def test_steps_without_labels_have_no_kind() -> None:
    frame = np.zeros((4, 6, 3), np.uint8)
    made = of_frames([frame, frame], [Step(Click(1, 2)), Step(Click(3, 4), advice=Click(5, 6))])
    assert made.kinds == ("", "")
    assert made.past.tolist() == [[-1, -1], [1, 2]]
    assert made.clicks.tolist() == [[1, 2], [5, 6]]
