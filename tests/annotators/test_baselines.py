"""Annotators that know nothing."""

import numpy as np

from clonotate.annotators.baselines import RandomAnnotator, RepeatLast

SCREEN = np.zeros((288, 384, 3), np.uint8)


def test_random_clicks_are_on_the_screen_and_spread() -> None:
    annotator = RandomAnnotator(seed=1)
    clicks = [annotator(SCREEN) for _ in range(300)]
    assert all(0 <= click.x < 384 and 0 <= click.y < 288 for click in clicks)
    assert max(click.x for click in clicks) > 350
    assert len(set(clicks)) > 250


def test_a_seed_is_a_sequence_of_clicks() -> None:
    one, two = RandomAnnotator(3), RandomAnnotator(3)
    assert [one(SCREEN) for _ in range(5)] == [two(SCREEN) for _ in range(5)]


def test_repeating_never_changes() -> None:
    annotator = RepeatLast(seed=2)
    assert len({annotator(SCREEN) for _ in range(20)}) == 1
