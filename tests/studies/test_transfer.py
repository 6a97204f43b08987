"""Transfer: one list of demonstrations for all starts, and verdicts by intervals."""

from collections import Counter

import pytest

from clonotate.models import build
from clonotate.models.checkpoint import save_model
from clonotate.studies.study import Bench
from clonotate.studies.transfer import (
    MORE,
    NOTHING,
    PRETRAINED,
    ZERO_SHOT,
    Job,
    called,
    figures,
    findings,
    measure,
    tables,
)
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run, plain

TASK, DOTS = "shape-matching", "colored-dot-tracking"


def rows_of(start, count, wins, replay=0.0, asked=TASK):
    """Forty worlds, of which so many were finished."""
    about = {"policy": "p", "task": TASK, "start": start, "demonstrations": count, "replay": replay}
    about |= {"asked": asked, "shown": 20, "right": 10, "nats": 20.0}
    return [{**about, "world": k, "success": k < wins} for k in range(40)]


def job(start, count, steps):
    return Job(TASK, "easy", start, count, 0.5, steps, 2)


@pytest.mark.slow
def test_a_policy_learns_a_new_task_beside_its_old_ones(tmp_path):
    run = Run(Curriculum(((DOTS, "easy"),)), "pico")
    policy = save_model(tmp_path / "old", build("pico"), run=plain(run))
    bench = Bench(str(policy), tmp_path / "work")
    for start, count, steps, asked in (
        (ZERO_SHOT, 0, 0, {TASK: 2, DOTS: 1}),
        (PRETRAINED, 2, 1, {TASK: 2, DOTS: 1}),
        (NOTHING, 2, 1, {TASK: 2}),
    ):
        found = measure(bench, job(start, count, steps))
        assert Counter(row["asked"] for row in found) == asked
        assert all(0 <= row["right"] <= row["shown"] for row in found)


@pytest.mark.parametrize(
    ("own", "other", "verdict"),
    [(32, 4, "confirmed"), (4, 32, "contradicted"), (20, 20, "undecided")],
)
def test_verdicts_follow_from_intervals(own, other, verdict):
    rows = rows_of(ZERO_SHOT, 0, 0) + rows_of(PRETRAINED, 100, own) + rows_of(PRETRAINED, 100, own, 0.5)
    rows += rows_of(NOTHING, 100, other) + rows_of(NOTHING, MORE * 100, other)
    assert [found.verdict for found in findings(rows)] == [verdict, verdict, "undecided", "undecided"]
    assert set(figures(rows)) == {"demonstrations"}
    assert "50 % replay" in called(rows[80])
    assert all("zero-shot" in table for table in tables(rows).values())


def test_what_is_forgotten_is_told_apart_from_what_is_learnt():
    rows = rows_of(ZERO_SHOT, 0, 38, asked=DOTS)
    rows += rows_of(PRETRAINED, 100, 2, asked=DOTS) + rows_of(PRETRAINED, 100, 36, 0.5, DOTS)
    rows += rows_of(PRETRAINED, 100, 9)
    *_, forgets, replayed = findings(rows)
    assert forgets.verdict == replayed.verdict == "confirmed"
    assert "95.0 % (83.5 to 98.6) before, 5.0 %" in forgets.ours
