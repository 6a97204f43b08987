"""95 % intervals: a rate without one is an anecdote."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Z = 1.959964
"""Half the width of the central 95 % of a normal distribution, in standard deviations."""
RESAMPLES = 2000


class Interval(NamedTuple):
    """From `low` to `high`."""

    low: float
    high: float


def wilson(successes: int, trials: int) -> Interval:
    """The score interval of a proportion (Wilson 1927), honest for few trials and at 0 and 1."""
    if trials == 0:
        return Interval(0.0, 1.0)
    rate, scale = successes / trials, 1 + Z**2 / trials
    middle = (rate + Z**2 / (2 * trials)) / scale
    reach = Z * math.sqrt(rate * (1 - rate) / trials + (Z / (2 * trials)) ** 2) / scale
    low = 0.0 if successes == 0 else middle - reach  # exactly, where rounding would leave a trace
    return Interval(low, 1.0 if successes == trials else middle + reach)


def bootstrap(sums: Sequence[float], counts: Sequence[float] | None = None) -> Interval:
    """The percentile interval of a mean over episodes (Efron 1979), or of sum(sums) / sum(counts).

    Whole episodes are drawn again, never single clicks: clicks of one episode stand and fall together.
    """
    top, bottom = np.asarray(sums, float), np.ones(len(sums)) if counts is None else np.asarray(counts, float)
    drawn = np.random.default_rng(0).integers(len(top), size=(RESAMPLES, len(top)))
    total = bottom[drawn].sum(1)
    ratios = top[drawn].sum(1)[total > 0] / total[total > 0]
    low, high = np.percentile(ratios, (2.5, 97.5))
    return Interval(float(low), float(high))
