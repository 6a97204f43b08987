"""The training loop: whatever ends it, running it again ends in the same bits."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from fake_lessons import FakeLessons, small_run

from clonotate.evaluation.contenders import SHIPPED
from clonotate.models.checkpoint import load, read_page, read_tensors
from clonotate.records import ClonotateError
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run, begin, claim, plain, train


def learnt(folder):
    """All that a run ended with but the time it took."""
    tensors = read_tensors(folder / "state.safetensors")
    return {name: tensor for name, tensor in tensors.items() if name != "minutes"}


def rows(folder):
    """The metrics of a run but those of time."""
    timed = ("minutes", "frames_per_s", "data_wait")
    lines = map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())
    return [{name: value for name, value in line.items() if name not in timed} for line in lines]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """An eight-step run from beginning to end."""
    return train(small_run(), tmp_path_factory.mktemp("unbroken"))


def ended(out: Path, how: signal.Signals) -> Path:
    """The same run in a process of its own, ended by a signal after its first checkpoint."""
    program = Path(__file__).with_name("fake_lessons.py")
    process = subprocess.Popen([sys.executable, program, out], start_new_session=True)
    while not (out / "state.safetensors").exists():
        assert process.poll() is None
        time.sleep(0.01)
    (os.killpg if how == signal.SIGKILL else os.kill)(process.pid, how)
    process.wait()
    return out


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda how: how.name)
def test_ended_and_resumed_equals_unbroken_bit_for_bit(unbroken, tmp_path, how):
    out = ended(tmp_path, how)
    assert learnt(out)["step"] < 8
    train(small_run(), out)
    one, other = learnt(unbroken), learnt(out)
    assert one.keys() == other.keys()
    assert [name for name in one if not torch.equal(one[name], other[name])] == []
    assert rows(unbroken) == rows(out)


@pytest.mark.slow
def test_a_run_leaves_averaged_weights_and_says_what_it_was(unbroken):
    average = learnt(unbroken)["average.memory.norm.weight"]
    assert torch.equal(load(unbroken).get_parameter("memory.norm.weight"), average.half().float())
    page = read_page(unbroken)
    assert page["run"]["preset"] == "pico"
    assert page["metrics"]["step"] == 8
    assert [row["step"] for row in rows(unbroken)] == [0, 2, 4, 6]
    assert not torch.equal(average, learnt(unbroken)["weight.memory.norm.weight"])


@pytest.mark.slow
def test_another_run_is_refused(unbroken):
    with pytest.raises(ClonotateError, match="holds another run"):
        train(replace(small_run(), lr=1e-5), unbroken)


def test_a_run_held_by_an_older_version_is_gone_on_with(tmp_path):
    run = Run(Curriculum())
    claim(run, tmp_path)
    page = json.loads((tmp_path / "run.json").read_text())
    del page["curriculum"]["worth"], page["snapshot_every"]
    (tmp_path / "run.json").write_text(json.dumps(page))
    claim(run, tmp_path)
    with pytest.raises(ClonotateError, match="holds another run"):
        claim(replace(run, curriculum=Curriculum(worth=(("undo", 2.0),))), tmp_path)


def test_a_run_from_the_shipped_weights_names_no_path_of_this_machine():
    run = Run(Curriculum(), start="shipped")
    assert plain(run)["start"] == "shipped"
    begun, shipped = begin(run).state_dict(), load(SHIPPED).state_dict()
    assert all(torch.equal(begun[name], tensor) for name, tensor in shipped.items())
    with pytest.raises(ClonotateError, match="no checkpoint 'nowhere'"):
        begin(replace(run, start="nowhere"))
    with pytest.raises(ClonotateError, match="name one of them, such as specialists/otherwise"):
        begin(replace(run, start="specialists"))


@pytest.mark.slow
def test_two_processes_learn_what_one_learns_from_the_same_lessons(tmp_path):
    alone = small_run(1, hide_past=0.0, bf16=False)
    one = learnt(train(alone, tmp_path / "one"))
    two = learnt(train(replace(alone, processes=2, episodes_per_step=1), tmp_path / "two"))
    assert one["frames"] == two["frames"]
    gradients = [name for name in one if name.startswith("first.")]  # after one step, a tenth of them
    for name in gradients:
        torch.testing.assert_close(one[name], two[name], rtol=1e-3, atol=1e-5)


@pytest.mark.slow
def test_time_is_up_after_the_step_at_hand(tmp_path):
    out = train(small_run(500), tmp_path, max_minutes=0)
    assert learnt(out)["step"] == 1
    assert load(out).settings["width"] == 96


def test_lessons_are_a_function_of_their_number():
    one, other = FakeLessons().lesson(3), FakeLessons().lesson(3)
    assert (one.screens == other.screens).all()


class TestForesight:
    RUN = Run(
        Curriculum((("road-network-construction", "easy"),), excerpt=8, whole=99),
        preset="pico",
        steps=2,
        episodes_per_step=1,
        foresight=True,
    )

    def test_it_is_learnt_and_not_kept_and_can_be_gone_on_from(self, tmp_path):
        out = train(self.RUN, tmp_path / "one")
        assert (learnt(out)["weight.foresight.cells.weight"] != 0).any()
        assert not [name for name in read_tensors(out / "weights.safetensors") if "foresight" in name]
        assert learnt(train(replace(self.RUN, start=str(out)), tmp_path / "other"))["step"] == 2

    def test_a_grid_does_not_foresee(self, tmp_path):
        with pytest.raises(ClonotateError, match=r"wrong settings for a grid model: .*foresight"):
            train(replace(self.RUN, preset="grid-nano"), tmp_path / "run")
