"""A drill: it teaches the close look what whole lessons would, and nothing else."""

from dataclasses import replace

import pytest
import torch
from fake_lessons import FakeLessons, small_run

from clonotate.models import build
from clonotate.models.checkpoint import load
from clonotate.records import ClonotateError
from clonotate.training.batches import Batches
from clonotate.training.drill import LEARNING, POOL, Drill, asked
from clonotate.training.train import begin, train


@pytest.fixture
def model():
    """A network with a judge that says something."""
    torch.manual_seed(0)
    made = build("pico", rivals=3)
    torch.nn.init.normal_(made.judge.verdict.weight)
    return made.requires_grad_(False)


def lessons():
    return Batches(FakeLessons(), 1, 0.0, 0, 0, 1)


def test_kept_looks_say_what_the_screens_said(model):
    batch = lessons()[5]
    looks = asked(model, batch, bf16=False)
    assert len(looks.clicks) == len(batch.clicks)
    whole = batch.guess(model)
    torch.testing.assert_close(looks.guess(model).nll(looks.clicks), whole.nll(batch.clicks))
    torch.testing.assert_close(looks.guess(model).squares, whole.squares)


def test_what_counts_nothing_is_not_looked_at(model):
    batch = lessons()[5]
    batch.weight[1] = 0
    assert len(asked(model, batch, bf16=False).clicks) == len(batch.clicks) - 1


def test_a_step_is_the_same_looks_every_time_and_mixes_the_lessons_of_its_pool(model):
    one, other = (Drill(model, lessons(), 10, bf16=False) for _ in range(2))
    other[POOL]
    for step in (POOL + 2, 1):
        assert torch.equal(one[step].seen, other[step].seen)
    worlds = {tuple(click) for k in range(POOL) for click in lessons()[k].clicks.tolist()}
    assert {tuple(click) for click in one[3].clicks.tolist()} < worlds
    first = {tuple(click) for click in one[0].clicks.tolist()}
    assert not first & {tuple(click) for click in one[1].clicks.tolist()}


@pytest.mark.slow
def test_a_drill_leaves_all_else_as_it_was(tmp_path):
    start = train(small_run(2), tmp_path / "start")
    out = train(replace(small_run(4, drill=8), start=str(start)), tmp_path / "drilled")
    before, after = load(start).state_dict(), load(out).state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(name.startswith(LEARNING) for name in changed)


def test_a_grid_has_nothing_to_drill():
    with pytest.raises(ClonotateError, match="only networks of the pointer family"):
        begin(small_run(drill=8, preset="grid-pico"))
