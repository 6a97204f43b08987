"""A tool that finds bodies like one it knows: whichever way they head, bend and cross, and none elsewhere."""

from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worms import Worm, film

from clonotate.tasks.appearance import Pose, learned, moved
from clonotate.tasks.body_search import FITS, found

FIRST = Worm((60, 60), 0), Worm((190, 60), 90)


@cache
def look():
    return learned(seen(FIRST)[0], [worm.pose for worm in FIRST])


def seen(*frames):
    """What moves in frames of worms; others follow, so that the ground is known."""
    away = [[Worm((30 + 40 * t, 230), 0)] for t in range(5)]
    return moved(film(*frames, *away))


def off(bodies, worm):
    """How far both ends of each body are from those of a worm, the farther of them, px."""
    return np.linalg.norm(bodies.ends - np.array(worm.pose), axis=-1).max(axis=-1)


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 360), st.floats(-1.2, 1.2), st.floats(60, 196), st.floats(60, 196))
def test_a_worm_is_found_whichever_way_it_heads_and_bends(way, bend, x, y):
    worm = Worm((x, y), way, bend)
    bodies = found(seen([worm])[0], look())
    assert off(bodies, worm)[0] < 5
    assert bodies.fits[0] > 0.6


@pytest.mark.parametrize("between", [25, 60, 90, 150])
def test_of_two_that_cross_both_are_found(between):
    two = [Worm((128, 120), 20), Worm((130, 124), 20 + between)]
    bodies = found(seen(two)[0], look())
    assert all(off(bodies, worm).min() < 5 for worm in two)
    assert (bodies.fits[[off(bodies, worm).argmin() for worm in two]] > 0.5).all()


def test_fits_fall_and_no_body_is_there_twice():
    bodies = found(seen([Worm((128, 120), 20), Worm((100, 90), 110)])[0], look())
    assert (np.diff(bodies.fits) <= 0).all()
    assert bodies.fits.min() >= FITS
    apart = np.linalg.norm(bodies.ends[:, None] - bodies.ends, axis=-1).max(axis=-1)
    assert (apart + 99 * np.eye(len(apart)) > 4).all()
    assert np.allclose(np.diag(bodies.shared), 1)
    assert (bodies.shared == bodies.shared.T).all()


def test_the_back_of_a_longer_one_is_farther_on():
    bodies = found(seen([Worm((128, 120), 0)])[0], look())
    (x, y), (front, _) = bodies.end(0, 1, 0), bodies.end(0, 0, 5)
    assert bodies.end(0, 0, 0)[0] == front > x
    assert bodies.end(0, 1, 5)[0] == x - 5
    assert abs(bodies.end(0, 1, 5)[1] - y) <= 1


def test_on_bare_ground_there_are_none():
    bodies = found(seen([])[0], look())
    assert bodies.lines.shape == (0, 11, 2)
    assert bodies.fits.shape == (0,)


@pytest.mark.parametrize("pose", [((90, 60), (250, 60)), ((10, 60), (90, 60)), ((250, 10), (90, 60))])
def test_marks_that_miss_the_animal_are_no_error(pose):
    image = moved(film(*([Worm((60 + 30 * t, 60 + 30 * t), 0)] for t in range(5)), noise=0))[0]
    wrong = learned(image, [Pose(*pose)])
    assert wrong is None or np.isfinite(found(image, wrong).fits).all()


def test_what_looks_otherwise_fits_worse():
    image = np.full((256, 256), 150, np.uint8)
    cv2.circle(image, (128, 128), 30, 60, cv2.FILLED)
    frames = film([Worm((60, 200), 45)], *([Worm((30 + 40 * t, 230), 0)] for t in range(5)))
    frames[0] = np.minimum(frames[0], image)
    bodies = found(moved(frames)[0], look())
    assert off(bodies, Worm((60, 200), 45))[0] < 5
    inside = np.linalg.norm(bodies.lines - (128, 128), axis=-1).min(axis=-1) < 32
    assert (bodies.fits[inside] < bodies.fits[0] - 0.05).all()
