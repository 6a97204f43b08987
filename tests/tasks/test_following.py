"""A tool that follows points from frame to frame: right where it is sure, and sure only where it may be."""

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonotate.tasks import task_named
from clonotate.tasks.following import followed

REACH = 20


def texture(seed=0, size=160):
    noise = np.random.default_rng(seed).integers(0, 256, (size, size), np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 1.5)


def moved(image, dx, dy):
    return np.roll(image, (dy, dx), axis=(0, 1))


@given(st.integers(-REACH, REACH), st.integers(-REACH, REACH), st.integers(0, 5))
def test_what_moves_is_found_where_it_went(dx, dy, seed):
    before = texture(seed)
    assert followed(before, moved(before, dx, dy), (80, 80), REACH, 0.9) == (80 + dx, 80 + dy)


def test_colours_are_compared_too():
    grey = texture()
    before = np.stack([grey, moved(grey, 40, 0), moved(grey, 0, 40)], axis=-1)
    assert followed(before, moved(before, 5, -7), (60, 70), REACH, 0.9) == (65, 63)


def test_at_the_edge_the_image_goes_on():
    before = texture()
    before[:30, :30] = 90
    cv2.circle(before, (6, 5), 4, 250, cv2.FILLED)
    after = before.copy()
    after[:30, :30] = 90
    cv2.circle(after, (10, 8), 4, 250, cv2.FILLED)
    there = followed(before, after, (6, 5), REACH, 0.7)
    assert there is not None
    assert np.hypot(there[0] - 10, there[1] - 8) <= 1


def test_of_two_that_look_alike_it_takes_neither():
    before, after = texture(1), texture(2)
    spot = before[72:89, 72:89]
    after[60:77, 62:79] = after[84:101, 86:103] = spot
    assert followed(before, after, (80, 80), REACH, 0.8) is None
    after[84:101, 86:103] = texture(3)[:17, :17]
    assert followed(before, after, (80, 80), REACH, 0.8) == (70, 68)


def test_what_is_gone_or_out_of_reach_is_not_found():
    before = texture(1)
    assert followed(before, texture(2), (80, 80), REACH, 0.8) is None
    assert followed(before, moved(before, REACH + 10, 0), (80, 80), REACH, 0.8) is None


def test_without_anything_to_compare_it_is_not_sure():
    flat = np.full((160, 160), 100, np.uint8)
    assert followed(flat, flat, (80, 80), REACH, 0.8) is None


def test_it_follows_most_keypoints_of_animals_and_is_seldom_wrong():
    films = [task_named("animal-limb-tracking").begin(np.random.default_rng(seed)).film for seed in (0, 1, 2)]
    asked = found = wrong = 0
    for film in films:
        for t, (old, new) in enumerate(zip(film.truth, film.truth[1:], strict=False), 1):
            for k, at in enumerate(old):
                there = at and new[k] and followed(film.images[t - 1], film.images[t], at, 24, 0.8)
                asked += at is not None and new[k] is not None
                found += there is not None
                wrong += there is not None and not film.right((t, k, there))
    assert found > 0.5 * asked
    assert wrong < 0.05 * found
