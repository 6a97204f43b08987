"""Power laws, y = floor + scale * x ** -exponent: fitted to a few points, and how far to trust a fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log

import numpy as np
from numpy.typing import NDArray

from clonotate.evaluation.intervals import Interval

FITS = 500
"""How often points are drawn again."""
FARTHEST = 700.0
"""The largest logarithm that is still a number's."""
FLOORS = np.linspace(0.0, 0.95, 20)
"""Tried as shares of the least value measured."""


@dataclass(frozen=True)
class Power:
    """One power law."""

    scale: float
    exponent: float
    floor: float = 0.0

    def __call__(self, x: float) -> float:
        """The value at x."""
        return float(self.floor + self.scale * x**-self.exponent)

    def reaches(self, y: float) -> float:
        """The x at which the value falls to y; infinity where it never does."""
        if y <= self.floor or self.exponent <= 0:
            return inf
        logarithm = log(self.scale / (y - self.floor)) / self.exponent
        return exp(logarithm) if logarithm < FARTHEST else inf


def fit(x: Sequence[float], y: Sequence[float], floored: bool = False) -> Power:
    """The law nearest in log y, by least squares; with a floor where that is asked for. All are above 0."""
    across, up = np.log(np.asarray(x, float)), np.asarray(y, float)
    floors = FLOORS * up.min() if floored and len(set(x)) >= 4 else np.zeros(1)
    laws = [straight(across, up, float(floor)) for floor in floors]
    return min(laws, key=lambda law: missed(law, x, up))


def straight(across: NDArray[np.float64], up: NDArray[np.float64], floor: float) -> Power:
    """The law with that floor: a line through log(y - floor) against log x."""
    slope, height = np.polyfit(across, np.log(up - floor), 1)
    return Power(float(np.exp(height)), float(-slope), floor)


def missed(law: Power, x: Sequence[float], y: NDArray[np.float64]) -> float:
    """The squared error of a law, in log y."""
    return float(np.square(np.log([law(each) for each in x]) - np.log(y)).sum())


def fits(x: Sequence[float], y: Sequence[float], floored: bool = False) -> list[Power]:
    """Laws through points drawn again with replacement, wherever at least two different x were drawn."""
    rng, laws = np.random.default_rng(0), []
    for drawn in rng.integers(len(x), size=(FITS, len(x))):
        across = [x[i] for i in drawn]
        if len(set(across)) > 1:
            laws.append(fit(across, [y[i] for i in drawn], floored))
    return laws


def spread(values: Sequence[float]) -> Interval:
    """The middle 95 % of what came out of many fits; infinite values count as the largest."""
    ordered = sorted(values)
    return Interval(ordered[int(0.025 * (len(ordered) - 1))], ordered[-1 - int(0.025 * (len(ordered) - 1))])
