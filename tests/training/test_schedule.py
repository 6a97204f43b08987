"""The learning rate: up, flat, down, by the step alone."""

import pytest

from clonotate.training.schedule import average_decay, rate


def test_the_rate_rises_stays_and_falls():
    rates = [rate(step, 1000, 100, 1e-3, 5e-5, 0.4) for step in range(1001)]
    assert rates[0] == pytest.approx(1e-5)
    assert rates[:100] == sorted(rates[:100])
    assert set(rates[100:401]) == {1e-3}
    assert rates[400:] == sorted(rates[400:], reverse=True)
    assert rates[-1] == pytest.approx(5e-5)


def test_the_average_forgets_its_beginning():
    assert average_decay(0, 0.998) == pytest.approx(0.1)
    assert average_decay(10**6, 0.998) == 0.998
