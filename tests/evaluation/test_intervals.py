import numpy as np
import pytest

from clonotate.evaluation.intervals import bootstrap, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (98, 100, 0.9300, 0.9945)],
)
def test_wilson_agrees_with_the_tables(successes, trials, low, high):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_without_a_trial_everything_is_possible():
    assert wilson(0, 0) == (0, 1)


def test_the_bootstrap_agrees_with_the_normal_approximation():
    values = np.random.default_rng(0).normal(3.0, 2.0, 400)
    low, high = bootstrap(values)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.02)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.08)


def test_episodes_are_drawn_not_clicks():
    rights, clicks = [20.0, 0.0] * 5, [20.0] * 10
    low, high = bootstrap(rights, clicks)
    assert low < 0.3  # 100 of 200 independent clicks would reach from 0.43 to 0.57
    assert high > 0.7


def test_episodes_that_ask_nothing_do_not_count():
    assert bootstrap([1.0, 0.0, 1.0], [2.0, 0.0, 2.0]) == (0.5, 0.5)
