"""Probes read what is there, sessions are held out whole, and verdicts follow from intervals."""

import numpy as np
import pytest

from clonotate.evaluation.contenders import SHIPPED
from clonotate.models import build
from clonotate.models.checkpoint import save_model
from clonotate.records import ClonotateError
from clonotate.studies import probes
from clonotate.studies.activations import Watched, watch
from clonotate.studies.probes import (
    Job,
    alike,
    auc,
    figures,
    findings,
    held_out,
    joined,
    left_out,
    measure,
    tables,
)
from clonotate.studies.study import Bench

DOTS, NEURONS = "colored-dot-tracking", "neuron-tracking"


def made_up(seed, sessions=8, steps=40):
    """Sessions whose mistakes lie along the first direction, beside noise."""
    rng = np.random.default_rng(seed)
    mistake = rng.random(sessions * steps) < 0.3
    x = rng.normal(size=(len(mistake), 6)).astype(np.float32)
    x[:, 0] += 3 * mistake
    truth = {"mistake": mistake, "in_error": mistake, "phase": np.where(mistake, "a", "b")}
    truth |= dict.fromkeys(("position", "progress"), x[:, 1])
    noise = rng.normal(size=x.shape).astype(np.float32)
    inside = {"layer 0": noise, "layer 1": x, "untrained": noise, "pixels": noise, "time": noise}
    return Watched(np.repeat(np.arange(sessions), steps), inside, truth)


def test_a_policy_is_watched_once(tmp_path):
    seen = watch(SHIPPED, DOTS, 2, 30_000, tmp_path)
    again = watch(SHIPPED, DOTS, 2, 30_000, tmp_path)
    steps = len(seen.episode)
    assert all(len(values) == steps for values in (*seen.inside.values(), *seen.truth.values()))
    assert {"layer 0", "layer 4", "untrained", "pixels", "time"} <= seen.inside.keys()
    assert all((seen.inside[name] == again.inside[name]).all() for name in seen.inside)
    assert not np.allclose(seen.inside["layer 4"], seen.inside["untrained"])


def test_other_families_have_no_such_stream(tmp_path):
    grid = save_model(tmp_path / "grid", build("grid-pico"))
    with pytest.raises(ClonotateError, match="pointer"):
        watch(grid, DOTS, 1, 30_000, tmp_path)


def test_ranks_make_the_area_under_the_curve():
    assert auc(np.array([False, False, True, True]), np.array([0.1, 0.2, 0.3, 0.4])) == 1
    assert auc(np.array([False, True]), np.array([1.0, 1.0])) == 0.5


def test_what_is_there_is_read_and_only_from_other_sessions():
    seen = made_up(0)
    guess = held_out(seen.inside["layer 1"], seen.truth["mistake"], seen.episode, "mistake")
    assert auc(seen.truth["mistake"], guess) > 0.95
    code = np.eye(8, dtype=np.float32)[seen.episode]  # tells sessions apart and nothing else
    whose = seen.episode % 2 == 0
    assert auc(whose, held_out(code, whose, seen.episode, "mistake")) <= 0.5


def test_from_sessions_to_findings(tmp_path, monkeypatch):
    monkeypatch.setattr(probes, "watch", lambda policy, task, *_: made_up(len(task)))
    bench = Bench("shipped", tmp_path)
    rows = [
        {"policy": "shipped", "task": task, **row}
        for task in (DOTS, probes.POOLED)
        for row in measure(bench, Job(task, 8))
    ]
    verdicts = [found.verdict for found in findings(rows)]
    assert verdicts == ["confirmed"] * 5
    assert set(figures(rows)) == {"layers", "cosines"}
    assert len(tables(rows)) == 2


def test_directions_are_compared_and_tasks_left_out(monkeypatch):
    seen = [made_up(k) for k in range(9)]
    cosines = {(row["source"], row["other"]): row["score"] for row in alike(seen)}
    assert all(cosines[task, task] == pytest.approx(1) for task in probes.NINE)
    assert min(cosines.values()) > 0.8
    assert all(row["score"] > 0.9 for row in left_out(seen))
    assert len(joined(seen).episode) == 9 * 320
    assert len(np.unique(joined(seen).episode)) == 72
