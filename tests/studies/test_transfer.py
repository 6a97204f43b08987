"""Transfer: one list of demonstrations for all starts, and verdicts by intervals."""

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

TASK = "shape-matching"


def row(start, count, success, replay=0.0):
    about = {"policy": "p", "task": TASK, "start": start, "demonstrations": count, "replay": replay}
    return {**about, "episodes": 40, "success": success, "right": success, "old_right": 0.5, "nats": 1.0}


def job(start, count, steps):
    return Job(TASK, "easy", start, count, 0.5, steps, 1)


@pytest.mark.slow
def test_a_policy_learns_a_new_task_beside_its_old_ones(tmp_path):
    run = Run(Curriculum((("colored-dot-tracking", "easy"),)), "pico")
    policy = save_model(tmp_path / "old", build("pico"), run=plain(run))
    bench = Bench(str(policy), tmp_path / "work")
    for start, count, steps in ((ZERO_SHOT, 0, 0), (PRETRAINED, 2, 1)):
        (found,) = measure(bench, job(start, count, steps))
        assert 0 <= found["right"] <= 1
        assert 0 <= found["old_right"] <= 1


@pytest.mark.parametrize(
    ("own", "other", "verdict"),
    [(0.8, 0.1, "confirmed"), (0.1, 0.8, "contradicted"), (0.5, 0.5, "undecided")],
)
def test_verdicts_follow_from_intervals(own, other, verdict):
    rows = [row(ZERO_SHOT, 0, 0.0), row(PRETRAINED, 100, own), row(PRETRAINED, 100, own, 0.5)]
    rows += [row(NOTHING, 100, other), row(NOTHING, MORE * 100, other)]
    assert [found.verdict for found in findings(rows)] == [verdict] * 2
    assert set(figures(rows)) == {"demonstrations"}
    assert "50 % replay" in called(rows[2])
    assert all("zero-shot" in table for table in tables(rows).values())
