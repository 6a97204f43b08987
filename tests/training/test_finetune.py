"""Fine-tuning: from people's clicks to a checkpoint; refused where there is too little, resumable."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from clonotate.annotators.collect import demonstrate
from clonotate.episodes.files import read_episodes, write_episodes
from clonotate.models import build
from clonotate.models.checkpoint import load, read_page, save_model
from clonotate.records import ClonotateError, Source
from clonotate.training import finetune as room
from clonotate.training.before_after import as_dict, compare
from clonotate.training.finetune import (
    Finetune,
    Look,
    begin,
    chosen,
    curve,
    finetune,
    over,
    run_of,
    split,
    whose,
)
from clonotate.training.gather import gather

DOTS = "colored-dot-tracking"


def by_hand(seed, by="person", **changes):
    """A short session as a person's: no label, no advice."""
    made = demonstrate(Source(DOTS, "easy", seed), budget=25)
    steps = tuple(replace(step, by=by, label=None, advice=None) for step in made.steps)
    return replace(made, steps=steps, **changes)


@pytest.fixture(scope="module")
def sessions():
    return [by_hand(seed) for seed in range(6)]


@pytest.fixture
def plan(sessions, tmp_path):
    write_episodes(tmp_path / "sessions.parquet", sessions)
    torch.manual_seed(0)
    run = {
        "preset": "pico",
        "curriculum": {"tasks": [[DOTS, "easy"]], "layouts": ["original"], "tremor": 2.0},
    }
    start = save_model(tmp_path / "start", build("pico"), run=run)
    data = str(tmp_path / "sessions.parquet")
    return Finetune(str(start), data, steps=4, leg=2, lr=1e-3, episodes_per_step=1)


@pytest.mark.slow
def test_from_sessions_to_a_better_checkpoint(plan, tmp_path):
    out, told, plan = tmp_path / "out", [], replace(plan, steps=2)
    assert finetune(plan, out, told=told.append)
    assert [look.step for look in told] == [0, 2]
    assert told == curve(out)
    assert told[-1].nats < told[0].nats
    page = read_page(out)
    assert page["metrics"]["step"] == 2
    assert page["metrics"]["held_out"]["sessions"] == 1
    assert page["finetuned"]["start"] == plan.start
    assert load(out).settings == load(plan.start).settings
    found = compare(plan, out, episodes=1, seed=20_000, budget=5)
    before, after = found.agreement
    assert after.nats == pytest.approx(told[-1].nats)
    assert before.nats == pytest.approx(told[0].nats)
    ((condition, *summaries),) = found.alone
    assert condition.learnt
    assert [one["episodes"] for one in summaries] == [1, 1]
    assert json.loads(json.dumps(as_dict(found)))["alone"][0]["task"] == DOTS


def test_of_specialists_the_one_whom_the_sessions_call_goes_on(plan, sessions, tmp_path):
    other = save_model(
        tmp_path / "other",
        build("pico"),
        run={
            "preset": "pico",
            "curriculum": {"tasks": [["neuron-tracking", "easy"]], "layouts": ["original"]},
        },
    )
    team = gather([Path(plan.start), other], other, tmp_path / "team")
    plan = replace(plan, start=str(team))
    begin(plan, tmp_path / "out")
    run = run_of(plan, tmp_path / "out")
    assert run.start == f"{team}/{DOTS}"
    assert run.curriculum.tasks == ((DOTS, "easy"),)
    assert whose(str(other), []) == str(other)


class StubTraining:
    """Leaves the start's weights, so many steps on; may be stopped before the second leg."""

    def __init__(self, stopped=False):
        self.untils, self.stopped = [], stopped

    def __call__(self, run, out, device="cpu", until=None):
        self.untils.append(until)
        step = until - 1 if self.stopped and len(self.untils) == 2 else until
        return save_model(out, load(run.start), run={"preset": run.preset}, metrics={"step": step})


def test_it_stops_early_and_keeps_the_best_which_may_be_the_start(plan, tmp_path, monkeypatch):
    training = StubTraining()
    monkeypatch.setattr(room, "train", training)
    assert finetune(replace(plan, steps=100), tmp_path / "out")
    assert training.untils == [2, 4]  # half precision makes no weights better
    assert (tmp_path / "out" / "weights.safetensors").read_bytes()
    assert [look.step for look in curve(tmp_path / "out")] == [0, 2, 4]


def test_what_was_stopped_goes_on_and_another_plan_is_refused(plan, tmp_path, monkeypatch):
    out = tmp_path / "out"
    monkeypatch.setattr(room, "train", StubTraining(stopped=True))
    assert not finetune(plan, out)
    assert [look.step for look in curve(out)] == [0, 2]
    training = StubTraining()
    monkeypatch.setattr(room, "train", training)
    assert finetune(plan, out)
    assert training.untils == [4]
    with pytest.raises(ClonotateError, match="holds another fine-tuning"):
        finetune(replace(plan, lr=1.0), out)


def test_too_little_is_refused_and_it_says_how_much_is_needed(plan, tmp_path, sessions):
    write_episodes(tmp_path / "few.parquet", sessions[:3])
    with pytest.raises(
        ClonotateError, match=r"3 sessions with 75 clicks .* at least 5 .*100 clicks.* 2 more"
    ):
        finetune(replace(plan, data=str(tmp_path / "few.parquet")), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    write_episodes(tmp_path / "runs.parquet", [by_hand(seed, "policy") for seed in range(6)])
    with pytest.raises(ClonotateError, match="0 sessions with 0 clicks of people"):
        chosen(replace(plan, data=str(tmp_path / "runs.parquet")))
    with pytest.raises(ClonotateError, match="on neuron-tracking"):
        chosen(replace(plan, tasks=("neuron-tracking",)))


def test_screens_of_several_sizes_are_refused(plan, tmp_path, sessions):
    wide = [replace(one, layout="sampled-1@416x320") for one in sessions[:2]]
    write_episodes(tmp_path / "sizes.parquet", [*sessions, *wide])
    with pytest.raises(ClonotateError, match="384 x 288, 416 x 320"):
        chosen(replace(plan, data=str(tmp_path / "sizes.parquet")))


def test_whole_worlds_are_held_out(sessions):
    twice = [*sessions, *sessions]
    learn, held_out = split(twice, 0.2, seed=0)
    assert len(learn) + len(held_out) == len(twice)
    assert not {one.source.seed for one in learn} & {one.source.seed for one in held_out}
    assert len(held_out) == 2
    assert split(twice, 0.2, seed=0) == (learn, held_out)
    with pytest.raises(ClonotateError, match="on one world"):
        split(sessions[:1] * 5, 0.2, seed=0)


def test_old_tasks_are_replayed_on_screens_of_the_sessions_size(plan, tmp_path):
    room.begin(plan, tmp_path / "out")
    run = run_of(plan, tmp_path / "out")
    assert run.curriculum.tasks == ((DOTS, "easy"),)
    assert run.curriculum.layouts == ("original",)
    assert run.curriculum.recorded_share == 0.5
    assert run.curriculum.tremor == 2.0
    assert run.preset == "pico"
    assert len(read_episodes(tmp_path / "out" / "learn.parquet")) == 5
    before = {"curriculum": {"layouts": ["original", "sampled", "sampled@416x320"]}}
    other = [by_hand(1, layout="sampled-1@416x320")]
    assert room.old_layouts(before, other) == ("sampled@416x320", "sampled-1@416x320")


def test_it_is_over_at_the_end_or_out_of_patience():
    def looks(*nats):
        return [Look(2 * i, nat, 0.5, 1.0) for i, nat in enumerate(nats)]

    plan = Finetune("shipped", "x", steps=8, leg=2, patience=2)
    assert not over(plan, [])
    assert not over(plan, looks(3.0, 2.0, 2.5))
    assert over(plan, looks(3.0, 2.0, 2.5, 2.1))
    assert over(plan, looks(5.0, 4.0, 3.0, 2.0, 1.0))
