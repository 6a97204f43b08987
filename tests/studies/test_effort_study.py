"""The study of effort: pairs of sessions, honest intervals, the same columns for recorded people."""

from dataclasses import asdict, replace

import pytest
import torch

from clonotate.annotators.collect import demonstrate
from clonotate.models import build
from clonotate.models.checkpoint import save_model
from clonotate.records import ClonotateError, Source, Step
from clonotate.studies.effort import (
    HEADINGS,
    Job,
    Sitting,
    cells,
    cells_of,
    figures,
    findings,
    measure,
    sitting,
    sittings,
    tables,
)
from clonotate.studies.study import Bench, read_rows, write_rows

DOTS = "colored-dot-tracking"


def row(seed, together, seconds, success=True, policy=0):
    counts = dict.fromkeys(("own", "corrections", "accepted", "interventions"), 1)
    threshold = 0.7 if together else None
    score = 1.0 if success else 0.8
    return Sitting(
        DOTS,
        "easy",
        seed,
        together,
        threshold,
        success,
        score,
        seconds,
        seconds,
        0.0,
        by_policy=policy,
        **counts,
    )


ROWS = [row(i, False, 50.0) for i in range(4)] + [row(i, True, 20.0 + i, i != 3, policy=10) for i in range(4)]


def test_what_is_saved_is_of_the_same_people_alone():
    alone, together = cells_of(ROWS)
    assert alone.saved is None
    assert alone.condition == "alone"
    assert together.condition == "runs, confidence >= 0.7"
    assert together.saved == pytest.approx(1 - 86 / 200)
    assert together.saved_interval.low <= together.saved <= together.saved_interval.high
    assert together.even == pytest.approx(1000 * (200 - 86) / 40)
    assert together.success == 0.75
    assert together.worse == pytest.approx(0.05)
    assert len(cells(together)) == len(cells(alone)) == len(HEADINGS)


def test_recorded_people_get_the_same_columns():
    episode = demonstrate(Source(DOTS, "easy", 3))
    by_hand = replace(episode, steps=tuple(replace(step, by="person") for step in episode.steps))
    steps = (
        *by_hand.steps[:3],
        Step(by_hand.steps[3].click, by_hand.steps[3].ms, "policy"),
        *by_hand.steps[4:],
    )
    lines = cells_of([sitting(by_hand), sitting(replace(by_hand, steps=steps))])
    assert [line.condition for line in lines] == ["alone", "together"]
    assert [line.by_policy for line in lines] == [0, 1]
    assert [line.interventions for line in lines] == [1, 2]
    assert lines[0].success == 1
    unscored = sitting(replace(by_hand, score=None))
    assert cells_of([unscored])[0].success is None


def test_the_same_people_work_in_every_condition(tmp_path):
    torch.manual_seed(0)
    untrained = Bench(str(save_model(tmp_path / "untrained", build("pointer", width=32, depth=1))), tmp_path)
    rows = [row for bound in (None, 0.7) for row in measure(untrained, Job(DOTS, bound, 2, "easy"))]
    assert rows[2:] == measure(untrained, Job(DOTS, 0.7, 2, "easy"))
    assert [row["together"] for row in rows] == [False, False, True, True]
    assert [row["seed"] for row in rows] == [20000, 20001] * 2
    assert all(row["success"] for row in rows)


@pytest.mark.parametrize(
    ("seconds", "won", "verdicts"),
    [
        (20.0, True, ["confirmed"] * 2),
        (80.0, False, ["contradicted"] * 2),
        (50.0, True, ["undecided", "confirmed"]),
    ],
)
def test_verdicts_follow_from_intervals(tmp_path, seconds, won, verdicts):
    people = [row(i, False, 50.0 + i % 3) for i in range(12)]
    paired = [row(i, True, seconds + (i * 5) % 3, won, policy=10) for i in range(12)]
    write_rows(tmp_path / "effort.csv", [asdict(one) for one in people + paired])
    rows = read_rows(tmp_path / "effort.csv")
    assert sittings(rows) == people + paired
    assert [one.verdict for one in findings(rows)] == verdicts
    assert set(figures(rows)) == {"saved"}
    (told,) = tables(rows).values()
    assert "stated, not measured" in told


def test_who_is_no_policy_cannot_help(tmp_path):
    with pytest.raises(ClonotateError, match="name a checkpoint"):
        measure(Bench("expert", tmp_path), Job(DOTS, 0.7, 1))
