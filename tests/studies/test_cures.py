"""Cures: each changes what is learnt from in the way it says, and is judged by intervals against none."""

import numpy as np
import pytest

from clonotate.studies.cures import (
    CURES,
    Job,
    Oversampled,
    figures,
    findings,
    measure,
    rarity,
    tables,
)
from clonotate.studies.study import Bench
from clonotate.training.curriculum import Curriculum

PLAIN = Curriculum((("colored-dot-tracking", "easy"),))


def test_oversampling_takes_lessons_with_more_rare_decisions():
    richer = Oversampled(**vars(PLAIN))
    assert np.mean([rarity(richer.lesson(i)) for i in range(4)]) > np.mean(
        [rarity(PLAIN.lesson(i)) for i in range(4)]
    )
    assert (richer.lesson(1).clicks == richer.lesson(1).clicks).all()


def test_every_cure_is_measured_in_the_same_way(tmp_path):
    job = Job("colored-dot-tracking", "easy", "pico", "practice", 2, 1, 1, 0)
    (row,) = measure(Bench("shipped", tmp_path), job)
    assert {"undo_right", "done_asked", "place_right", "nats", "success", "world"} <= set(row)
    assert len(list(tmp_path.rglob("round-00"))) == 1


def worlds(cure, right, won, of=40):
    about = {"policy": "p", "task": "t", "level": "easy", "preset": "pico", "cure": cure, "steps": 9}
    kinds = ("undo", "done", "place")
    asked = {f"{kind}_asked": 2 for kind in kinds}
    return [
        {**about, **asked, **{f"{kind}_right": right for kind in kinds}, "world": k, "success": k < won}
        for k in range(of)
    ]


@pytest.mark.parametrize(
    ("right", "won", "verdicts"),
    [(1, 20, ["undecided"] * 2), (2, 40, ["confirmed"] * 2), (0, 0, ["contradicted"] * 2)],
)
def test_verdicts_follow_from_intervals(right, won, verdicts):
    rows = worlds("none", 1, 20) + worlds("weighting", right, won)
    assert [one.verdict for one in findings(rows)] == verdicts
    assert set(figures(rows)) == {"effects"}
    (table,) = tables(rows).values()
    assert "weighting" in table
    assert CURES[3] not in table
