"""The study of effort: pairs of sessions, honest intervals, the same columns for recorded people."""

import csv
import io
from dataclasses import replace

import pytest
import torch

from clonotate.annotators.collect import demonstrate
from clonotate.evaluation.contenders import Contender
from clonotate.models import build
from clonotate.records import ClonotateError, Source, Step
from clonotate.studies.effort import HEADINGS, Row, as_csv, cells, figure, page, row_of, run, table
from clonotate.studies.figures import write_figure

DOTS = "colored-dot-tracking"


def row(seed, together, seconds, success=True, policy=0):
    counts = dict.fromkeys(("own", "corrections", "accepted", "interventions"), 1)
    threshold = 0.7 if together else None
    score = 1.0 if success else 0.8
    return Row(
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
        policy=policy,
        **counts,
    )


ROWS = [row(i, False, 50.0) for i in range(4)] + [row(i, True, 20.0 + i, i != 3, policy=10) for i in range(4)]


def test_what_is_saved_is_of_the_same_people_alone():
    alone, together = table(ROWS)
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
    lines = table([row_of(by_hand), row_of(replace(by_hand, steps=steps))])
    assert [line.condition for line in lines] == ["alone", "together"]
    assert [line.policy for line in lines] == [0, 1]
    assert [line.interventions for line in lines] == [1, 2]
    assert lines[0].success == 1
    unscored = row_of(replace(by_hand, score=None))
    assert table([unscored])[0].success is None


def test_a_study_from_worlds_to_page_and_figure(tmp_path):
    torch.manual_seed(0)
    untrained = Contender("untrained", build("pointer", width=32, depth=1))
    rows = run(untrained, [DOTS], episodes=2, thresholds=(0.7,), level="easy")
    assert rows == run(untrained, [DOTS], episodes=2, thresholds=(0.7,), level="easy")
    assert [row.together for row in rows] == [False, False, True, True]
    assert all(row.success for row in rows)
    lines = table(rows)
    assert "clonotate study effort" in page(lines, "untrained", "clonotate study effort")
    assert [line["seed"] for line in csv.DictReader(io.StringIO(as_csv(rows)))] == ["20000", "20001"] * 2
    write_figure(figure(lines), tmp_path / "effort")
    assert (tmp_path / "effort.png").read_bytes().startswith(b"\x89PNG")
    assert DOTS in (tmp_path / "effort.svg").read_text()


def test_who_is_no_policy_cannot_help():
    with pytest.raises(ClonotateError, match="name a checkpoint"):
        run(Contender("expert"), [DOTS])
