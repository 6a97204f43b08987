"""Emergence: what is trained is looked at on the way, and an order is only found where seeds agree on it."""

from math import inf

import pytest

from clonotate.studies.emergence import (
    Job,
    agreement,
    curve,
    figures,
    findings,
    measure,
    passed,
    tables,
    trainings,
)
from clonotate.studies.study import Bench

COMES = {"navigate": 1, "place": 2, "verify": 3, "undo": 4, "done": 5}


def looks(seed, comes):
    """Six looks at a training in which each skill goes from none to all at a look of its own."""
    about = {"policy": "p", "mix": "dots", "level": "easy", "preset": "pico", "seed": seed, "task": "t"}
    return [
        {**about, "frames": 1000 * look, "skill": skill, "asked": 10, "right": float(look >= at)}
        for look in range(1, 7)
        for skill, at in {**comes, "alone": 6}.items()
    ]


def test_a_training_is_looked_at_on_the_way(tmp_path):
    rows = measure(Bench("shipped", tmp_path), Job("dots", "easy", "pico", 2, 1, 1, 0))
    assert {row["skill"] for row in rows} >= {"navigate", "place", "done", "alone"}
    assert len({row["frames"] for row in rows}) == 2
    assert all(0 <= row["right"] <= 1 for row in rows)


def test_when_a_skill_comes():
    rows = looks(0, COMES)
    assert curve(rows, "place") == ([1000, 2000, 3000, 4000, 5000, 6000], [0, 1, 1, 1, 1, 1])
    assert passed(rows, "undo", 0.5) == 4000
    assert passed(looks(0, {"undo": 9}), "undo", 0.5) == inf


def test_tasks_are_taken_together_by_how_often_they_ask():
    one = {"skill": "undo", "frames": 5, "task": "a", "asked": 1, "right": 1.0}
    assert curve([one, {**one, "task": "b", "asked": 3, "right": 0.0}], "undo") == ([5], [0.25])


@pytest.mark.parametrize(
    ("comes", "verdicts"),
    [
        ([COMES] * 3, ["confirmed"] * 2),
        ([{**COMES, "undo": 1, "done": 1, "navigate": 5, "place": 5}] * 3, ["contradicted"] * 2),
        ([{**COMES, "done": 1, "place": 5, "undo": 6}] * 3, ["confirmed", "contradicted"]),
        ([COMES] * 2, ["undecided"] * 2),
        ([COMES, {**COMES, "undo": 1, "place": 5}, {**COMES, "verify": 1, "navigate": 5}], ["undecided"] * 2),
    ],
)
def test_verdicts_need_seeds_that_agree(comes, verdicts):
    rows = [row for seed, one in enumerate(comes) for row in looks(seed, one)]
    assert [found.verdict for found in findings(rows)] == verdicts
    assert set(figures(rows)) == {"dots"}
    (table,) = tables(rows).values()
    assert "never" not in table


def test_what_never_comes_is_in_no_order():
    never = {**COMES, "place": 9, "undo": 9}
    rows = [row for seed in range(3) for row in looks(seed, never)]
    undo, done = findings(rows)
    assert (undo.verdict, done.verdict) == ("undecided", "contradicted")
    assert "< never place, undo;" in undo.ours


def test_all_in_one_order_is_perfect_agreement():
    (seeds,) = trainings([row for seed in range(3) for row in looks(seed, COMES)]).values()
    w, p = agreement(seeds)
    assert w == pytest.approx(1)
    assert p < 0.05
