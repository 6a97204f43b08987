"""Bodies that lie a little off are settled where they fit; what fits stays where it is."""

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from worms import Worm, film

from clonotate.tasks.appearance import SEGMENTS, learned, moved
from clonotate.tasks.body_fit import MOVES, chains, fit, settled, tried

FIRST = Worm((60, 60), 0), Worm((190, 60), 90)
HERE = Worm((128, 120), 40, 0.5)
AWAY = [[Worm((30 + 40 * t, 230), 0)] for t in range(5)]


@cache
def look():
    return learned(moved(film(FIRST, *AWAY))[0], [worm.pose for worm in FIRST])


@cache
def image(*worms):
    return moved(film(worms, *AWAY))[0]


def poses_of(*worms):
    """Front and angles of worms that are as long as the look: `[worms, 2 + SEGMENTS]`."""
    lines = np.stack([worm.line[:: 60 // SEGMENTS] for worm in worms])
    steps = np.diff(lines, axis=1)
    return np.concatenate([lines[:, 0], np.unwrap(np.arctan2(steps[..., 1], steps[..., 0]))], axis=1)


def lines_of(*worms):
    return chains(poses_of(*worms), look().length)


def off(lines, worm):
    """How far the farther end of each is from that of a worm, px."""
    return np.linalg.norm(lines[:, [0, -1]] - worm.line[[0, -1]], axis=-1).max(axis=-1)


@settings(max_examples=25, deadline=None)
@given(st.tuples(*[st.floats(-3, 3)] * 2), st.floats(-12, 12), st.floats(-0.4, 0.4))
def test_what_lies_a_little_off_is_settled(by, turn, bend):
    begun = lines_of(Worm(tuple(np.add(HERE.middle, by)), HERE.way + turn, HERE.bend + bend))
    lines, fits = settled(image(HERE), look(), begun)
    assert off(lines, HERE)[0] < 4
    assert fits[0] > 0.7


def test_it_never_fits_worse_and_each_by_itself():
    beside = [Worm((125, 122), 30, 0.2), Worm((60, 200), 10), Worm((131, 117), 50, 0.8)]
    lines, fits = settled(image(HERE), look(), lines_of(*beside))
    assert (fits >= fit(image(HERE), look(), poses_of(*beside))).all()
    for i, worm in enumerate(beside):
        alone, value = settled(image(HERE), look(), lines_of(worm))
        assert np.allclose(alone[0], lines[i])
        assert np.isclose(value[0], fits[i])


def test_a_body_keeps_its_length():
    lines, _ = settled(image(HERE), look(), lines_of(Worm((126, 122), 30)))
    steps = np.linalg.norm(np.diff(lines, axis=1), axis=-1)
    assert np.allclose(steps, look().length / SEGMENTS)


def test_what_is_as_expected_fits_by_one_and_bare_ground_by_none():
    there, nowhere = fit(image(HERE), look(), poses_of(HERE, Worm((60, 200), 0)))
    assert 0.8 < there < 1.1
    assert abs(nowhere) < 0.1


def test_of_no_bodies_there_are_none():
    lines, fits = settled(image(HERE), look(), np.zeros((0, SEGMENTS + 1, 2)))
    assert lines.shape == (0, SEGMENTS + 1, 2)
    assert fits.shape == (0,)


def test_half_of_the_bends_leave_the_middle_where_it_is():
    pose = poses_of(HERE)
    others = tried(pose, np.ones(1), look().length)[0]
    bent = others[4:]
    middles = chains(bent, look().length)[:, SEGMENTS // 2] - chains(pose, look().length)[0, SEGMENTS // 2]
    half = len(MOVES) - 4
    assert len(bent) == 2 * half
    assert (bent[:half, :2] == pose[0, :2]).all()
    assert np.allclose(middles[half:], 0)
