"""Layouts: one policy under every arrangement of the same tools, and verdicts by what it learnt under."""

import pytest

from clonotate.models import build
from clonotate.models.checkpoint import save_model
from clonotate.screens.layout import HELD_OUT, KNOWN, LAYOUTS
from clonotate.studies.layouts import MOVED, Job, figures, findings, group_of, jobs, measure, tables
from clonotate.studies.study import Bench
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run, plain

DOTS = "colored-dot-tracking"


def test_every_layout_is_tried_and_told_apart():
    tried = [job.layout for job in jobs("laptop") if job.task == DOTS]
    assert tried == [*LAYOUTS, *MOVED]
    groups = {layout: group_of(layout, frozenset(KNOWN)) for layout in tried}
    assert {layout for layout, group in groups.items() if group == "held out"} == set(HELD_OUT)
    assert {groups[layout] for layout in KNOWN} == {"learnt"}


def test_a_policy_is_measured_under_a_layout(tmp_path):
    run = Run(Curriculum(((DOTS, "easy"),), ("original",)), "pico")
    policy = save_model(tmp_path / "old", build("pico"), run=plain(run))
    (row,) = measure(Bench(str(policy), tmp_path), Job(DOTS, HELD_OUT[0], 1))
    assert row["group"] == "held out"
    assert 0 <= row["buttons"] <= 1


def under(policy, learnt, held_out, task=DOTS):
    about = {"policy": policy, "task": task, "episodes": 40, "score": 0.5, "place_5px": 0.5, "buttons": 0.5}
    shares = {**dict.fromkeys(KNOWN, learnt), **dict.fromkeys(HELD_OUT, held_out)}
    return [
        {**about, "layout": layout, "group": group_of(layout, frozenset(KNOWN)), "success": share}
        for layout, share in shares.items()
    ]


@pytest.mark.parametrize(
    ("learnt", "held_out", "verdict"),
    [(0.9, 0.1, "confirmed"), (0.1, 0.9, "contradicted"), (0.5, 0.5, "undecided")],
)
def test_verdicts_follow_from_intervals(learnt, held_out, verdict):
    rows = under("before", learnt, held_out) + under("after", 0.5, 0.5, "neuron-tracking")
    assert [found.verdict for found in findings(rows)] == [verdict, "undecided"]
    assert set(figures(rows)) == {"success"}
    (table,) = tables(rows).values()
    assert table.count("held out") == 2 * len(HELD_OUT)
