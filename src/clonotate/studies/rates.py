"""Shares and means over the rows of a table, with 95 % intervals, and what follows from two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from clonotate.evaluation.intervals import Interval, bootstrap, wilson
from clonotate.studies.study import Row, number

FEWEST = 5
"""Rows; drawn again from fewer, they are too much alike for an interval that means anything."""
Verdict = Literal["confirmed", "contradicted", "undecided"]


@dataclass(frozen=True)
class Rate:
    """A number measured on `count` things; nan where there was nothing to measure."""

    value: float
    interval: Interval
    count: int

    def percent(self) -> str:
        """For the eye, as a share."""
        low, high = self.interval
        return f"{100 * self.value:z.1f} % ({100 * low:z.1f} to {100 * high:z.1f})" if self.count else "-"

    def plain(self, digits: int = 2) -> str:
        """For the eye, as it is."""
        low, high = self.interval
        span = f"{low:z.{digits}f} to {high:z.{digits}f}" if np.isfinite(low) else "too few"
        return f"{self.value:z.{digits}f} ({span})" if self.count else "-"


def ratio(rows: Sequence[Row], part: str, whole: str) -> Rate:
    """The sum of one column over that of another, by bootstrap over rows; `count` is the whole.

    Where it is none of the whole, or all of it, rows drawn again are all alike, and the interval is Wilson's.
    """
    top, bottom = ([number(row, name) for row in rows] for name in (part, whole))
    won, count = sum(top), sum(bottom)
    if count <= 0:
        return Rate(float("nan"), Interval(0.0, 1.0), 0)
    if len(rows) < FEWEST:
        return Rate(won / count, Interval(0.0, 1.0), round(count))
    same = won in (0, count)
    interval = wilson(round(won), round(count)) if same else bootstrap(top, bottom)
    return Rate(won / count, interval, round(count))


def share(rows: Sequence[Row], name: str) -> Rate:
    """How often a column is true, by Wilson; rows that say nothing there are left out."""
    said = [value for row in rows if not np.isnan(value := number(row, name))]
    won = round(sum(said))
    return Rate(won / len(said) if said else float("nan"), wilson(won, len(said)), len(said))


def share_of(rows: Sequence[Row], part: str, of: str) -> Rate:
    """Shares of `of` things each, taken together, by Wilson; rows that say nothing are left out."""
    said = [(number(row, part), number(row, of)) for row in rows if not np.isnan(number(row, part))]
    won, count = round(sum(one * many for one, many in said)), round(sum(many for _, many in said))
    return Rate(won / count if count else float("nan"), wilson(won, count), count)


def mean(values: Sequence[float]) -> Rate:
    """The mean of numbers, by bootstrap over them."""
    if not values:
        return Rate(float("nan"), Interval(float("-inf"), float("inf")), 0)
    wide = Interval(float("-inf"), float("inf"))
    return Rate(float(np.mean(values)), bootstrap(values) if len(values) >= FEWEST else wide, len(values))


def above(rate: Rate, bound: float) -> Verdict:
    """Whether a number lies above a bound: its whole interval confirms or contradicts, else undecided."""
    if rate.interval.low > bound:
        return "confirmed"
    return "contradicted" if rate.interval.high < bound else "undecided"


def below(rate: Rate, bound: float) -> Verdict:
    """The same for a number that should lie below a bound."""
    opposite: dict[Verdict, Verdict] = {"confirmed": "contradicted", "contradicted": "confirmed"}
    side = above(rate, bound)
    return opposite.get(side, side)


def less(one: Rate, other: Rate) -> Verdict:
    """Whether one number is less than another: decided only where their intervals lie apart."""
    if not one.count or not other.count:
        return "undecided"
    if one.interval.high < other.interval.low:
        return "confirmed"
    return "contradicted" if one.interval.low > other.interval.high else "undecided"
