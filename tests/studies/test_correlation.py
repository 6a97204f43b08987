"""Correlation: checkpoints at hand are asked both ways, and ranks are what is compared."""

from dataclasses import replace

import numpy as np
import pytest

from clonotate.models import build
from clonotate.models.checkpoint import save_model
from clonotate.records import ClonotateError
from clonotate.studies.correlation import Job, figures, findings, measure, rank_correlation, spearman, tables
from clonotate.studies.study import Bench

EASY = Job("colored-dot-tracking", "easy", 1, 9)


def rows(successes, scores):
    about = {"policy": "p", "task": "t", "undo": None, "place_5px": 0.5, "nats": 1.0}
    return [{**about, "success": s, "all": a} for s, a in zip(successes, scores, strict=True)]


def test_every_checkpoint_below_the_folder_is_asked(tmp_path):
    with pytest.raises(ClonotateError, match="study emergence"):
        measure(Bench("shipped", tmp_path), EASY)
    for i in range(4):
        save_model(tmp_path / "some" / f"{i}", build("pointer", width=32, depth=1))
    found = measure(Bench("shipped", tmp_path), EASY)
    assert [row["checkpoint"] for row in found] == ["shipped", *(f"some/{i}" for i in range(4))]
    assert found[0]["all"] > max(row["all"] for row in found[1:])
    few = measure(Bench("shipped", tmp_path), replace(EASY, most=2))
    assert [row["checkpoint"] for row in few] == ["shipped", "some/0", "some/3"]


def test_ranks_are_compared():
    assert spearman(np.array([[0, 0], [1, 10], [2, 11]])) == pytest.approx(1)
    assert spearman(np.array([[0, 1], [1, 1], [2, 1]])) is None


@pytest.mark.parametrize(
    ("successes", "scores", "verdict"),
    [
        (np.linspace(0, 1, 20), np.linspace(0.2, 0.9, 20) ** 2, "confirmed"),
        (np.linspace(0, 1, 20), np.linspace(0.9, 0.2, 20), "contradicted"),
        ([0, 1, 0, 1, 0, 1, 0, 1], [0.5, 0.5, 0.6, 0.6, 0.7, 0.7, 0.8, 0.8], "undecided"),
    ],
)
def test_verdicts_follow_from_intervals(successes, scores, verdict):
    made = rows(successes, scores)
    assert [found.verdict for found in findings(made)] == [verdict]
    assert set(figures(made)) == {"scores"}
    assert tables(made)


def test_where_nothing_changes_there_is_nothing_to_compare():
    assert rank_correlation(rows([0.5] * 9, np.linspace(0, 1, 9)), "all").count == 0
    assert not findings(rows([0.5] * 9, np.linspace(0, 1, 9)))
