"""Lessons: the screens, the clicks that led to them, and what is to be learnt."""

import numpy as np
import pytest

from clonotate.annotators.collect import demonstrate
from clonotate.annotators.virtual import Habits
from clonotate.episodes.dataset import NO_CLICK, lesson, of_frames, pair
from clonotate.episodes.replay import screens
from clonotate.records import Click, Episode, Source, Step


@pytest.fixture(scope="module")
def episode() -> Episode:
    return demonstrate(Source("colored-dot-tracking", "easy", 3), habits=Habits(mistake=0.4))


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


def test_a_lesson_may_look_different(episode: Episode) -> None:
    assert not np.array_equal(lesson(episode, layout="retro-top").screens, lesson(episode).screens)


def test_steps_without_labels_have_no_kind() -> None:
    frame = np.zeros((4, 6, 3), np.uint8)
    made = of_frames([frame, frame], [Step(Click(1, 2)), Step(Click(3, 4), advice=Click(5, 6))])
    assert made.kinds == ("", "")
    assert made.past.tolist() == [[-1, -1], [1, 2]]
    assert made.clicks.tolist() == [[1, 2], [5, 6]]
