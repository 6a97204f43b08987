from dataclasses import replace

import pytest

from clonotate.episodes.rollout import Guards
from clonotate.evaluation.closed_loop import attempts
from clonotate.evaluation.contenders import Contender, contender
from clonotate.evaluation.recovery import WITHIN, Recovery, Repair, put_right, recovery
from clonotate.models import build
from clonotate.models.policy import Policy

TASK = "colored-dot-tracking"


def worlds(count, task=TASK):
    return attempts(task, count, 10_000, "easy", "original", Guards(300))


@pytest.mark.parametrize("task", [TASK, "road-network-construction", "exploration-classification-3d"])
def test_an_expert_repairs_what_was_done_wrong(task):
    result = recovery(contender("expert"), worlds(3, task))
    assert len(result.repairs) == 3
    assert all(0 < repair.repaired <= WITHIN for repair in result.repairs)
    assert len({repair.after for repair in result.repairs}) > 1


def test_looks_around_may_pass_before_the_repair():
    (what,) = worlds(1)
    at_once, late = (put_right(contender("expert"), what, delay) for delay in (0, 3))
    assert at_once.apart == late.apart > 5
    assert at_once.after == late.after
    assert late.repaired is not None


def test_who_clicks_anywhere_seldom_does():
    assert recovery(contender("random"), worlds(4)).summary()["repaired"] <= 0.5


def test_a_policy_has_been_shown_all_that_went_before(monkeypatch):
    seen = []
    monkeypatch.setattr(Policy, "made", lambda self, click: seen.append(click))
    (repair,) = recovery(Contender("tiny", build("pointer", width=32, depth=1)), worlds(1)).repairs
    assert len(seen) >= 2 * (repair.after + 1)  # its own idea on each screen, and what was made instead


def test_the_summary_counts():
    repair = Repair(0, 5, 1)
    some = (repair, replace(repair, repaired=4), replace(repair, repaired=None))
    summary = Recovery(some).summary()
    assert (summary["mistakes"], summary["median_clicks"]) == (3, 2.5)
    assert summary["repaired"] == pytest.approx(2 / 3)
    assert summary["at_once"] == pytest.approx(1 / 3)
    assert summary["interval"][0] < 2 / 3 < summary["interval"][1]
    assert Recovery(()).summary()["repaired"] is None
