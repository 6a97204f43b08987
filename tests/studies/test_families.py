"""Families left out: three ways to come to the ninth, and verdicts over all of them."""

import pytest

from clonotate.models import build
from clonotate.models.checkpoint import save_model
from clonotate.studies import families
from clonotate.studies.families import (
    AFTER,
    BEFORE,
    NOTHING,
    Job,
    figures,
    findings,
    measure,
    of_others,
    of_the_ninth,
    tables,
)
from clonotate.studies.study import Bench
from clonotate.tasks import NINE

DOTS = "colored-dot-tracking"
TINY = Job(DOTS, "easy", "pico", 1, 1, 1, 1)


def test_the_ninth_is_never_among_the_eight_and_alone_afterwards():
    for task in NINE:
        job = Job(task, "easy", "pico", 9, 1, 3, 1)
        assert {name for name, _ in of_others(job).curriculum.tasks} == {*NINE} - {task}
        after, nothing = (of_the_ninth(job, "file", start) for start in ("eight", ""))
        assert after.curriculum == nothing.curriculum
        assert after.curriculum.recorded_share == 1
        assert (after.steps, nothing.steps) == (3, 3)


def test_every_way_is_judged_on_the_same_worlds(tmp_path, monkeypatch):
    monkeypatch.setattr(families, "trained", lambda run, folder: save_model(folder, build(run.preset)))
    rows = measure(Bench("shipped", tmp_path), TINY)
    assert [(row["learnt"], row["world"]) for row in rows] == [
        (way, 20_000) for way in (BEFORE, AFTER, NOTHING)
    ]
    assert all(row["nats"] > 0 for row in rows)


def made_up(after, nothing, success=False):
    costs = {BEFORE: 9.0, AFTER: after, NOTHING: nothing}
    return [
        {
            "policy": "p",
            "task": task,
            "learnt": way,
            "world": world,
            "nats": 20 * (cost + 0.1 * k),
            "shown": 20,
            "success": success and way == BEFORE,
            **dict.fromkeys(("navigate_asked", "place_asked"), 2),
            **dict.fromkeys(("navigate_right", "place_right"), 1),
        }
        for k, task in enumerate(NINE)
        for way, cost in costs.items()
        for world in range(10)
    ]


@pytest.mark.parametrize(
    ("after", "nothing", "success", "verdicts"),
    [
        (2.0, 5.0, False, ["confirmed", "confirmed"]),
        (5.0, 2.0, True, ["contradicted", "contradicted"]),
        (2.0, 2.0, False, ["undecided", "confirmed"]),
    ],
)
def test_verdicts_follow_from_intervals(after, nothing, success, verdicts):
    rows = made_up(after, nothing, success)
    assert [one.verdict for one in findings(rows)] == verdicts
    assert set(figures(rows)) == {"nats"}
    assert NOTHING in tables(rows)["Each family left out"]
    assert not findings([])
