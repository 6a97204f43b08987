"""The study of reviewing: precision and recall at budgets, by hand and end to end."""

import numpy as np
import pytest
import torch

from clonotate.evaluation.contenders import Contender
from clonotate.models import build
from clonotate.studies.review import BUDGETS, HEADINGS, WANTED, as_csv, at, cells, page, row, run


def test_precision_and_recall_at_a_budget():
    wrong = [np.array([True, False, False, False, False]), np.array([False, True, False, False, False])]
    scores = [np.array([0.9, 0.1, 0.2, 0.3, 0.4]), np.array([0.8, 0.7, 0.0, 0.0, 0.0])]
    assert at(0.1, wrong, scores) == (1.0, 0.5)
    assert at(0.2, wrong, scores) == (0.5, 0.5)
    assert at(0.3, wrong, scores) == pytest.approx((2 / 3, 1.0))
    assert np.isnan(at(0.1, [np.zeros(5, bool)], [scores[0]])[1])
    found = row("dots", "the click errs", "surprise", 0.1, wrong, scores)
    assert found.chance == 0.2
    assert found.precision_low <= found.precision <= found.precision_high


def test_from_people_to_a_page():
    torch.manual_seed(0)
    untrained = Contender("untrained", build("pointer", width=32, depth=1))
    rows = run(untrained, ["colored-dot-tracking"], episodes=2, level="easy")
    assert len(rows) == 5 * len(BUDGETS) * len(WANTED)
    assert all(len(cells(one)) == len(HEADINGS) for one in rows)
    assert as_csv(rows).count("\n") == len(rows) + 1
    assert "clonotate study review" in page(rows, "untrained", "clonotate study review")
