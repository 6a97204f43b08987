"""Batches: a pure function of the step, and every lesson once over all processes."""

import numpy as np
import pytest
import torch
from fake_lessons import FakeLessons

from clonotate.training.batches import Batches, pack, stream


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
    for step, batch in enumerate(stream(batches, 2, 7, workers=2), 2):
        alone = batches[step]
        assert torch.equal(batch.screens, alone.screens)
        assert torch.equal(batch.past, alone.past)
        assert (batch.lengths, batch.kinds) == (alone.lengths, alone.kinds)
    assert step == 6
