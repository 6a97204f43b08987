"""The data of a training step: whole lessons packed end to end, rendered by processes of their own.

Step k of rank r uses lessons k * processes * E + r * E + j, so that nothing about the data needs saving.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from clonotate.episodes.dataset import Lesson
from clonotate.episodes.hindsight import CELL, UNKNOWN
from clonotate.training.curriculum import Curriculum

TENSORS = ("screens", "past", "clicks", "weight", "ahead")


class Batch(NamedTuple):
    """Lessons end to end: N frames in all."""

    screens: Tensor  # uint8 [N, H, W, 3]
    past: Tensor  # int64 [N, 2]; (-1, -1) at the first frame of a lesson and where hidden
    clicks: Tensor  # int64 [N, 2], the targets
    weight: Tensor  # float32 [N]
    ahead: Tensor  # uint8 [N, H / 8, W / 8]: where something will be drawn, as in `episodes.hindsight`
    lengths: list[int]
    kinds: list[str]  # of the clicks, N of them

    def to(self, device: torch.device) -> "Batch":
        """The same batch with its tensors on `device`; from pinned memory they travel while others work."""
        return self._replace(**{name: getattr(self, name).to(device, non_blocking=True) for name in TENSORS})


def pack(lessons: list[Lesson], hidden: float, rng: np.random.Generator) -> Batch:
    """Lessons as one batch; each past click is hidden with probability `hidden`, so as not to be leant on."""
    past = np.concatenate([lesson.past for lesson in lessons])
    past[rng.random(len(past)) < hidden] = -1
    screens, clicks, weight = (
        torch.from_numpy(np.concatenate([getattr(lesson, name) for lesson in lessons]))
        for name in ("screens", "clicks", "weight")
    )
    ahead = torch.from_numpy(np.concatenate([ahead_of(lesson) for lesson in lessons]))
    kinds = [kind for lesson in lessons for kind in lesson.kinds]
    return Batch(
        screens, torch.from_numpy(past), clicks, weight, ahead, [len(x.clicks) for x in lessons], kinds
    )


def ahead_of(lesson: Lesson) -> NDArray[np.uint8]:
    """What a lesson tells of what is drawn later on, or that it tells nothing."""
    if lesson.ahead is not None:
        return lesson.ahead
    count, height, width, _ = lesson.screens.shape
    return np.full((count, height // CELL, width // CELL), UNKNOWN, np.uint8)


class Batches(Dataset[Batch]):
    """The batch of every step, for one of several processes: a pure function of its fields and the step."""

    def __init__(
        self, curriculum: Curriculum, lessons: int, hidden: float, seed: int, rank: int, processes: int
    ) -> None:
        self.curriculum, self.lessons, self.hidden, self.seed = curriculum, lessons, hidden, seed
        self.rank, self.processes = rank, processes

    def __getitem__(self, step: int) -> Batch:
        first = (step * self.processes + self.rank) * self.lessons
        lessons = [self.curriculum.lesson(first + k) for k in range(self.lessons)]
        return pack(lessons, self.hidden, np.random.default_rng((self.seed, step, self.rank)))


def stream(batches: Batches, start: int, steps: int, workers: int = 1, pin: bool = False) -> Iterator[Batch]:
    """The batches of steps `start` to `steps`, made ahead by worker processes; how many changes nothing.

    `pin` puts them where a GPU can fetch them by itself.
    """
    loader = DataLoader(
        batches,
        batch_size=None,
        sampler=range(start, steps),
        num_workers=workers,
        prefetch_factor=2,
        pin_memory=pin,
        multiprocessing_context="spawn",
        worker_init_fn=_quieten,
    )
    return iter(loader)


def _quieten(_: int) -> None:
    """A worker leaves it to the trainer to end, and takes one core."""
    import signal

    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)  # else as many of its own in each worker as there are cores
