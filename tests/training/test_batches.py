"""Batches: a pure function of the step, and every lesson once over all processes."""

import numpy as np
import pytest
import torch
from fake_lessons import FakeLessons

from clonotate.training.batches import HELD, Batches, number, pack, stream

HERE = torch.device("cpu")


def test_processes_share_the_lessons_of_a_step_out_in_order():
    lessons = [Batches(FakeLessons(), 2, 0.0, 0, rank, 3)[4].clicks for rank in range(3)]
    wanted = [torch.from_numpy(FakeLessons().lesson(k).clicks) for k in range(4 * 6, 5 * 6)]
    assert torch.equal(torch.cat(lessons), torch.cat(wanted))


def test_a_step_is_the_same_batch_every_time():
    one, other = (Batches(FakeLessons(), 2, 0.5, 7, 0, 1)[3] for _ in range(2))
    assert torch.equal(one.past, other.past)
    assert not torch.equal(one.past, Batches(FakeLessons(), 2, 0.5, 8, 0, 1)[3].past)


def test_past_clicks_are_hidden_at_the_rate_asked_for():
    lessons = [FakeLessons().lesson(k) for k in range(300)]
    batch = pack(lessons, 0.25, np.random.default_rng(0))
    known = np.concatenate([lesson.past[:, 0] >= 0 for lesson in lessons])
    hidden = (batch.past == -1).all(1).numpy()
    assert hidden[~known].all()
    assert abs(hidden[known].mean() - 0.25) < 0.05
    assert batch.lengths == [len(lesson.clicks) for lesson in lessons]
    assert len(batch.screens) == len(batch.kinds) == sum(batch.lengths)


def test_packing_leaves_the_lessons_as_they_were():
    lesson = FakeLessons().lesson(0)
    before = lesson.past.copy()
    pack([lesson], 1.0, np.random.default_rng(0))
    assert (lesson.past == before).all()


@pytest.mark.slow
def test_several_workers_give_the_batches_of_one():
    batches = Batches(FakeLessons(), 2, 0.3, 7, 0, 1)
    for step, batch in enumerate(stream(batches, range(2, 7), HERE, workers=2), 2):
        alone = batches[step]
        assert torch.equal(batch.screens, alone.screens)
        assert torch.equal(batch.past, alone.past)
        assert (batch.lengths, batch.kinds) == (alone.lengths, alone.kinds)
    assert step == 6


def test_every_batch_is_echoed_as_often_as_asked_and_in_groups():
    steps = [number(step, 3) for step in range(4 * 3 * HELD)]
    assert sorted(steps) == sorted(3 * list(range(4 * HELD)))
    assert steps[: 3 * HELD] == 3 * list(range(HELD))
    assert [number(step) for step in range(100)] == list(range(100))


@pytest.mark.slow
@pytest.mark.parametrize("start", [0, HELD - 2, HELD + 3])
def test_a_stream_taken_up_anywhere_echoes_what_an_unbroken_one_does(start):
    batches = Batches(FakeLessons(), 2, 0.3, 7, 0, 1)
    steps = range(start, 2 * HELD + 3)
    echoed = stream(batches, steps, HERE, workers=2, echoes=2)
    for step, batch in zip(steps, echoed, strict=True):
        assert torch.equal(batch.past, batches[number(step, 2)].past)
        assert torch.equal(batch.screens, batches[number(step, 2)].screens)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_batches_reach_a_gpu_whole_and_in_order():
    batches, gpu = Batches(FakeLessons(), 2, 0.3, 7, 0, 1), torch.device("cuda", 0)
    for step, batch in enumerate(stream(batches, range(9), gpu, workers=2)):
        for name in ("screens", "past", "clicks", "weight"):
            assert torch.equal(getattr(batch, name).cpu(), getattr(batches[step], name))
    assert step == 8
