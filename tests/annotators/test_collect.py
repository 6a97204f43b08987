"""Demonstrations that are kept."""

from clonotate.annotators.collect import demonstrate
from clonotate.annotators.virtual import STEADY
from clonotate.episodes.replay import digest
from clonotate.records import Source

SOURCE = Source("colored-dot-tracking", "easy", 11)


def test_a_demonstration_is_a_function_of_its_arguments_and_carries_its_digest() -> None:
    episode = demonstrate(SOURCE)
    assert episode == demonstrate(SOURCE)
    assert episode.digest == digest(episode)
    assert episode.done
    assert episode.score
    assert episode.score.success


def test_habits_and_layout_are_taken() -> None:
    steady = demonstrate(SOURCE, layout="retro-top", habits=STEADY)
    assert steady.layout == "retro-top"
    assert not any(step.label.mistake for step in steady.steps if step.label)


def test_the_budget_ends_it() -> None:
    episode = demonstrate(SOURCE, budget=5)
    assert len(episode.steps) == 5
    assert not episode.done
    assert episode.score
    assert not episode.score.success
