"""Rates: values with intervals, and verdicts only where intervals allow one."""

import math

from clonotate.evaluation.intervals import Interval, wilson
from clonotate.studies.rates import Rate, above, below, less, mean, ratio, share


def rate(low, high):
    return Rate((low + high) / 2, Interval(low, high), 10)


def test_sums_shares_and_means_of_rows():
    rows = [{"a": 1, "b": 4, "won": True}, {"a": 3, "b": 4, "won": False}, {"a": None, "b": None}]
    found = ratio(3 * rows[:2], "a", "b")
    assert (found.value, found.count) == (0.5, 24)
    assert found.interval.low < 0.5 < found.interval.high
    assert share(rows, "won").count == 2
    assert share(rows, "won").percent().startswith("50.0 % (")
    assert mean([1.0, 3.0]).plain(1) == "2.0 (too few)"
    assert mean(3 * [1.0, 3.0]).plain(1).startswith("2.0 (1.")


def test_nothing_is_minus_nothing_for_the_eye():
    told = Rate(-0.0, Interval(-1e-9, -0.0), 10)
    assert told.plain(3) == "0.000 (0.000 to 0.000)"
    assert told.percent() == "0.0 % (0.0 to 0.0)"


def test_a_few_rows_decide_nothing():
    few = [{"a": 1, "b": 100}] * 2
    assert ratio(few, "a", "b").interval == (0, 1)
    assert less(ratio(few, "a", "b"), rate(0.5, 0.6)) == "undecided"


def test_none_of_many_is_not_none_for_sure():
    assert ratio([{"a": 0, "b": 10}] * 6, "a", "b").interval == wilson(0, 60)
    assert ratio([{"a": 10, "b": 10}] * 6, "a", "b").interval == wilson(60, 60)


def test_nothing_measured_says_nothing():
    for nothing in (ratio([], "a", "b"), share([{}], "won"), mean([])):
        assert math.isnan(nothing.value)
        assert nothing.percent() == nothing.plain() == "-"
        assert less(nothing, rate(0, 0.1)) == above(nothing, 0.5) == "undecided"


def test_verdicts_need_intervals_apart():
    assert above(rate(0.6, 0.8), 0.5) == "confirmed"
    assert above(rate(0.2, 0.4), 0.5) == "contradicted"
    assert above(rate(0.4, 0.6), 0.5) == "undecided"
    assert below(rate(0.6, 0.8), 0.5) == "contradicted"
    assert below(rate(0.2, 0.4), 0.5) == "confirmed"
    assert below(rate(0.4, 0.6), 0.5) == "undecided"
    assert less(rate(0.1, 0.2), rate(0.3, 0.4)) == "confirmed"
    assert less(rate(0.3, 0.4), rate(0.1, 0.2)) == "contradicted"
    assert less(rate(0.1, 0.3), rate(0.2, 0.4)) == "undecided"
