"""What pairs of landmarks say: where the next one lies, how far the fit is off, and which of them are bad."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from clonotate.tasks.image_alignment import LEVELS
from clonotate.tasks.landmark_pairs import (
    APART,
    PAIR_TOLERANCE,
    TOLERANCE,
    World,
    expected,
    faulty,
    following,
    rms,
    weakest,
)
from clonotate.tasks.worlds.maps import apply

SEEDS = range(20_000, 20_012)


@cache
def world(seed: int) -> World:
    return LEVELS["standard"].begin(np.random.default_rng(seed))


def paired(begun: World, firsts: list, seconds: list) -> World:
    clicks = [place for pair in zip(firsts, seconds, strict=True) for place in pair]
    return replace(begun, clicks=tuple((round(x), round(y)) for x, y in clicks))


def right(begun: World, count: int | None = None) -> World:
    """With so many right pairs, all unless told."""
    firsts = [(round(x), round(y)) for x, y in begun.pictures.landmarks[:count]]
    return paired(begun, firsts, [begun.counterpart(at) for at in firsts])


class TestExpected:
    """The cross in B: where the pairs so far say that the pending click lies."""

    def test_without_a_pair_it_is_where_it_was_clicked(self) -> None:
        assert expected(paired(world(20_000), [(40, 50)], [(60, 50)])) is None
        assert expected(replace(world(20_000), clicks=((40, 50),))) == (40, 50)

    def test_a_pair_shifts_it(self) -> None:
        begun = replace(world(20_000), clicks=((40, 50), (47, 45), (100, 120)))
        assert expected(begun) == (107, 115)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_right_pairs_bring_it_to_the_counterpart(self, seed: int) -> None:
        begun = world(seed)
        *firsts, last = begun.pictures.landmarks
        found = paired(begun, firsts, list(apply(begun.pictures.truth, np.array(firsts))))
        pending = (round(last[0]), round(last[1]))
        cross = expected(replace(found, clicks=(*found.clicks, pending)))
        assert cross
        assert math.dist(cross, begun.counterpart(pending)) <= PAIR_TOLERANCE

    def test_it_stays_on_the_canvas(self) -> None:
        begun = replace(world(20_000), clicks=((40, 50), (240, 250), (100, 120)))
        assert expected(begun) == (255, 255)


class TestFit:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_right_pairs_agree_and_none_of_them_is_bad(self, seed: int) -> None:
        full = right(world(seed))
        assert full.full
        assert full.error <= TOLERANCE
        assert rms(full) < 1.5
        assert full.off_landmark == full.off_counterpart == ()
        assert not faulty(full)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_a_pair_that_does_not_agree_is_told_and_is_the_weakest(self, seed: int) -> None:
        full = right(world(seed))
        x, y = full.clicks[3]
        wrong = replace(full, clicks=(*full.clicks[:3], ((x + 20) % 256, y), *full.clicks[4:]))
        assert wrong.off_counterpart == (3,)
        assert rms(wrong) > rms(full)
        assert weakest(wrong) == 2

    def test_a_click_on_nothing_or_where_one_was_is_bad(self) -> None:
        begun = right(world(20_000), 1)
        again = replace(begun, clicks=(*begun.clicks, begun.clicks[0]))
        assert again.off_landmark == (2,)
        assert faulty(again)
        shared = begun.pictures.shared
        far = max(((x, y) for x in range(256) for y in range(256)), key=lambda at: gap(at, shared))
        assert faulty(replace(begun, clicks=(*begun.clicks, far)))


def gap(at: tuple[int, int], places: np.ndarray) -> float:
    return float(np.linalg.norm(places - at, axis=1).min())


def test_the_next_landmark_is_the_one_nearest_to_the_middle_that_is_apart_from_all() -> None:
    begun = world(20_000)
    first = following(begun)
    assert gap((128, 128), begun.pictures.landmarks) == pytest.approx(math.dist(first, (128, 128)), abs=1)
    second = following(paired(begun, [first], [begun.counterpart(first)]))
    assert math.dist(first, second) >= APART - 1
