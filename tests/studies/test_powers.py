"""Power laws: a law is found again from its own points, and scatter widens what is said of it."""

from math import inf

import numpy as np
import pytest

from clonotate.studies.powers import Power, fit, fits, spread

X = (10, 30, 100, 300, 1000)


@pytest.mark.parametrize("law", [Power(3.0, 0.5), Power(2.0, 0.3, 0.2), Power(1.0, 0.0)])
def test_a_law_is_found_again(law):
    found = fit(X, [law(x) for x in X], floored=law.floor > 0)
    assert [found(x) for x in X] == pytest.approx([law(x) for x in X], rel=0.01)


def test_when_a_value_is_reached():
    law = Power(4.0, 0.5, 0.1)
    assert law(law.reaches(0.5)) == pytest.approx(0.5)
    assert law.reaches(0.1) == inf
    assert Power(1.0, -0.2).reaches(0.5) == inf


def test_scatter_widens_the_interval_and_the_truth_is_inside():
    rng = np.random.default_rng(0)

    def exponents(noise):
        x = [each for each in X for _ in range(4)]
        y = [3 * each**-0.5 * np.exp(rng.normal(0, noise)) for each in x]
        return spread([law.exponent for law in fits(x, y)])

    quiet, loud = exponents(0.02), exponents(0.3)
    assert quiet.low < 0.5 < quiet.high
    assert loud.high - loud.low > 5 * (quiet.high - quiet.low)


def test_infinite_values_count_as_the_largest():
    assert spread([1.0] * 50 + [inf] * 50) == (1.0, inf)
