"""The study of mistakes: people's slips are found by what they did; only what is repaired counts so."""

import numpy as np
import pytest

from clonotate.annotators.virtual import Habits, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.records import Source
from clonotate.studies.mistakes import KINDS, Job, figures, findings, measure, put_row, tables, tally
from clonotate.studies.study import Bench
from clonotate.tasks import NINE

DOTS = "colored-dot-tracking"


@pytest.mark.parametrize("task", NINE)
def test_slips_are_found_by_what_was_done(task):
    session = Session(Source(task, "easy", 20_003))
    told = tally(session, VirtualAnnotator(session, Habits(mistake=0.2), np.random.default_rng(5)))
    slips = sum(step.label.mistake for step in session.steps)
    assert abs(told["mistakes"] - slips) <= 1
    assert sum(told[kind] for kind in KINDS) == told["mistakes"] == told["mended"]
    assert told["placements"] >= told["mistakes"]


def test_jobs_from_people_to_findings(tmp_path):
    bench, rows = Bench("shipped", tmp_path), []
    for who in ("people", "policy", "put"):
        job = Job(DOTS, who, 0, 1, 20_004)
        rows += [
            {"policy": "shipped", "task": DOTS, "who": who, "delay": 0, **row} for row in measure(bench, job)
        ]
    assert [row["world"] for row in rows] == [20_004] * 3
    assert rows[2]["repaired"]
    assert set(figures(rows)) == {"shares", "repairs"}
    assert all(table.count("\n") >= 2 for table in tables(rows).values())
    assert [found.verdict for found in findings(rows)] == ["undecided", "undecided"]


def row(who, **values):
    return {"policy": "p", "task": DOTS, "who": who, "delay": 0, **values}


def test_verdicts_follow_from_intervals():
    people = [row("people", placements=20, mistakes=2 + i % 2) for i in range(20)]
    steady = [row("policy", placements=20, mistakes=0) for _ in range(20)]
    stubborn = [row("put", kind="hand", repaired=i < 10) for i in range(50)]
    assert [found.verdict for found in findings(people + steady + stubborn)] == ["confirmed", "contradicted"]
    clumsy = [row("policy", placements=20, mistakes=9) for _ in range(20)]
    assert [found.verdict for found in findings(people + clumsy)] == ["contradicted"]


def test_a_world_where_nothing_can_go_wrong_says_so():
    assert put_row(3, None) == {"world": 3}
    assert not figures([row("put", kind=None)])
