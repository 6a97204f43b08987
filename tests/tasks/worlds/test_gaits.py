import numpy as np
import pytest

from clonotate.tasks.worlds.gaits import FOUR_FEET, SIX_FEET, bend, curve, footfall


@pytest.mark.parametrize("gait", [*FOUR_FEET.values(), *SIX_FEET.values()])
def test_a_foot_on_the_ground_goes_backwards_as_fast_as_the_body_goes_on(gait):
    phase = np.linspace(0, 1, 1000, endpoint=False)
    foot = footfall(phase, gait.duty, 0.6, 0.1)
    down = phase < gait.duty - 1e-3
    np.testing.assert_allclose(foot[down, 1], 0)
    np.testing.assert_allclose(np.diff(foot[down, 0]), -0.6 / gait.duty / 1000)
    assert foot[~down, 1].max() == pytest.approx(0.1, abs=1e-3)
    assert np.abs(np.diff(np.append(foot[:, 0], foot[0, 0]))).max() < 0.02


def test_feet_of_a_pair_take_turns():
    for gait in FOUR_FEET.values():
        left_fore, right_fore, left_hind, right_hind = gait.landing
        assert abs(left_fore - right_fore) % 1 == pytest.approx(0.5)
        assert abs(left_hind - right_hind) % 1 == pytest.approx(0.5)
    tripod = SIX_FEET["tripod"].landing
    assert tripod[0] == tripod[2] == tripod[4]
    assert tripod[1] == tripod[3] == tripod[5]


def test_bones_keep_their_lengths_and_bend_to_the_side_asked_for():
    start, end = np.zeros((3, 2)), np.array([[1.0, 0.0], [0.0, 1.2], [-0.5, 0.5]])
    for side in (1.0, -1.0):
        joint = bend(start, end, 0.8, 0.7, side)
        np.testing.assert_allclose(np.linalg.norm(joint - start, axis=1), 0.8)
        np.testing.assert_allclose(np.linalg.norm(end - joint, axis=1), 0.7)
        turn = end[:, 0] * joint[:, 1] - end[:, 1] * joint[:, 0]
        assert (np.sign(turn) == side).all()


def test_a_curve_goes_through_its_knots():
    knots = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]])
    np.testing.assert_allclose(curve(knots, 5)[::2], knots)
    np.testing.assert_allclose(curve(np.stack([knots, knots + 1]), 9)[1] - 1, curve(knots, 9))
