"""The study of reviewing: precision and recall at budgets, by hand and end to end."""

import numpy as np
import pytest

from clonotate.records import Label
from clonotate.studies import review
from clonotate.studies.review import (
    BUDGETS,
    BY_OTHERS,
    ERRS,
    POPULATION,
    RANKED,
    STRANGERS,
    WANTED,
    Job,
    at,
    figures,
    findings,
    found,
    measure,
    tables,
)
from clonotate.studies.study import Bench

DOTS = "colored-dot-tracking"


def test_what_is_looked_at_first():
    wrong = [np.array([True, False, False, False, False]), np.array([False, True, False, False, False])]
    scores = [np.array([0.9, 0.1, 0.2, 0.3, 0.4]), np.array([0.8, 0.7, 0.0, 0.0, 0.0])]
    assert at(0.1, wrong, scores) == (1, 1, 2, 0.9)
    assert at(0.2, wrong, scores) == (1, 2, 2, pytest.approx(0.85))
    assert at(0.3, wrong, scores) == (2, 3, 2, pytest.approx(0.8))


def test_rates_lie_in_their_intervals():
    rng = np.random.default_rng(0)
    sessions = [
        [
            (Label("place", "canvas", "annotate", 0.0, bool(wrong), False, 0.0), {"by": score})
            for wrong, score in zip(rng.random(20) < 0.2, rng.random(20), strict=True)
        ]
        for _ in range(8)
    ]
    got = found(sessions, ERRS, "by", 0.1)
    assert got["precision_low"] <= got["hits"] / got["looked"] <= got["precision_high"]
    assert got["recall_low"] <= got["hits"] / got["wrong"] <= got["recall_high"]


@pytest.mark.slow
def test_people_at_work_are_ranked_by_everything(tmp_path, monkeypatch):
    monkeypatch.setattr(review, "NINE", (DOTS, "neuron-tracking"))
    rows = measure(Bench("shipped", tmp_path), Job(DOTS, STRANGERS, episodes=2, fitted=2))
    assert len(rows) == len(WANTED) * len(RANKED) * len(BUDGETS)
    assert all(0 <= row["hits"] <= row["looked"] <= row["steps"] for row in rows)


def made_up(flag, entropy, told=0.51):
    """Nine families in which rankings find so many of 50."""
    hits = dict.fromkeys(RANKED, 10) | {"flag": flag, BY_OTHERS: flag, "entropy": entropy}
    return [
        {
            "task": f"task {k}",
            "people": POPULATION,
            "wanted": wanted,
            "by": by,
            "budget": budget,
            "steps": 1000,
            "wrong": 50,
            "looked": 50,
            "hits": hits[by] + k % 2,
            "told": told,
        }
        for k in range(9)
        for wanted in WANTED
        for by in RANKED
        for budget in BUDGETS
    ]


@pytest.mark.parametrize(
    ("flag", "entropy", "verdicts"),
    [
        (25, 5, ["confirmed", "confirmed", "confirmed"]),
        (5, 25, ["contradicted", "contradicted", "contradicted"]),
        (25, 25, ["undecided", "undecided", "confirmed"]),
    ],
)
def test_verdicts_follow_from_intervals(flag, entropy, verdicts):
    rows = made_up(flag, entropy)
    assert [one.verdict for one in findings(rows)] == verdicts
    assert set(figures(rows)) == {"recall"}
    assert len(tables(rows)) == 2
