"""Habits come back from what they do, and a two-sample test tells people apart."""

import json
from pathlib import Path

import numpy as np
import pytest

from clonotate.annotators.virtual import Habits, VirtualAnnotator
from clonotate.cli import main
from clonotate.episodes.rollout import Guards, rollout
from clonotate.episodes.session import Session
from clonotate.records import ClonotateError, Episode, Source
from clonotate.studies import habits
from clonotate.studies.habits import compared, fitted, pooled, read_figures, recorded
from clonotate.studies.humans import PUBLISHED, TASK

SLOPPY = Habits(care=0.8, mistake=0.25, late=0.4, glance=0.15, pace=2.0)
HASTY = Habits(care=0.05, mistake=0.02, glance=0.0)


def work(habits: Habits, count: int) -> list[Episode]:
    """Sessions of one person."""
    made = []
    for seed in range(30_000, 30_000 + count):
        session = Session(Source(TASK, "standard", seed))
        rollout(session, VirtualAnnotator(session, habits, np.random.default_rng(seed)), Guards(budget=1000))
        made.append(session.episode())
    return made


def test_a_person_is_found_again() -> None:
    sessions, pace = recorded(work(SLOPPY, 8))
    assert pace == pytest.approx(2.0, rel=0.15)
    fit = fitted(pooled(sessions), people=20, stacks=1)
    assert fit.habits.care > 0.5
    for figure, off in (("steps", 25), ("correction rate %", 6), ("MIP toggle %", 3), ("navigation %", 6)):
        assert fit.reached[figure] == pytest.approx(fit.wanted[figure], abs=off)
    assert min(row.p for row in compared(sessions, fit.habits, 40_000)) > 0.05
    assert min(row.p for row in compared(sessions, HASTY, 40_000)) < 0.01


def test_figures_may_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(habits, "ROUNDS", 2)
    path = tmp_path / "figures.json"
    path.write_text(json.dumps({"steps": 71, "correction rate %": 2.4}))
    assert read_figures(path) == {"steps": 71, "correction rate %": 2.4}
    with pytest.raises(SystemExit) as stopped:
        main(["fit-habits", str(path), "--people", "20", "--stacks", "1", "--json", str(tmp_path / "h.json")])
    assert not stopped.value.code
    found = json.loads((tmp_path / "h.json").read_text())
    assert found["compared"] == []
    assert found["reached"].keys() == PUBLISHED.keys()
    assert found["habits"]["mistake"] < 0.15


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"speed": 3}', '{"steps": "many"}', '{"steps": NaN}'])
def test_what_are_no_figures_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text(text)
    with pytest.raises(ClonotateError):
        read_figures(tmp_path / "f.json")


def test_few_sessions_are_not_enough() -> None:
    with pytest.raises(ClonotateError, match="2 finished sessions"):
        recorded(work(HASTY, 2))
