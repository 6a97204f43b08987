"""The data of a training step: whole lessons packed end to end, rendered by processes of their own.

Batch k of rank r holds lessons k * processes * E + r * E + j, so that nothing about the data needs saving.
Step k learns from batch k, unless batches are echoed.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from clonotate.episodes.dataset import Lesson
from clonotate.training.curriculum import Curriculum

TENSORS = ("screens", "past", "clicks", "weight")
HELD = 16
"""So many batches are held where batches are echoed: so long it takes until one comes again."""


class Batch(NamedTuple):
    """Lessons end to end: N frames in all."""

    screens: Tensor  # uint8 [N, H, W, 3]
    past: Tensor  # int64 [N, 2]; (-1, -1) at the first frame of a lesson and where hidden
    clicks: Tensor  # int64 [N, 2], the targets
    weight: Tensor  # float32 [N]
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
    kinds = [kind for lesson in lessons for kind in lesson.kinds]
    return Batch(screens, torch.from_numpy(past), clicks, weight, [len(x.clicks) for x in lessons], kinds)


class Batches(Dataset[Batch]):
    """Numbered batches for one of several processes: each a pure function of the fields and its number."""

    def __init__(
        self, curriculum: Curriculum, lessons: int, hidden: float, seed: int, rank: int, processes: int
    ) -> None:
        self.curriculum, self.lessons, self.hidden, self.seed = curriculum, lessons, hidden, seed
        self.rank, self.processes = rank, processes

    def __getitem__(self, number: int) -> Batch:
        first = (number * self.processes + self.rank) * self.lessons
        lessons = [self.curriculum.lesson(first + k) for k in range(self.lessons)]
        return pack(lessons, self.hidden, np.random.default_rng((self.seed, number, self.rank)))


def number(step: int, echoes: int = 1) -> int:
    """Which batch a step learns from, where each is learnt from `echoes` times, `HELD` steps apart."""
    return step // (HELD * echoes) * HELD + step % HELD


def stream(
    batches: Batches, steps: range, place: torch.device, workers: int = 1, echoes: int = 1
) -> Iterator[Batch]:
    """The batches of some steps on the device `place`, made ahead by worker processes, however many.

    Learning from a batch again is what a GPU does while it would wait for the next one (data echoing, Choi
    et al. 2019): `HELD` batches are held there and gone through `echoes` times.
    """
    numbers = [number(step, echoes) for step in steps]
    loader = made_ahead(batches, list(dict.fromkeys(numbers)), workers, pin=place.type == "cuda")
    fresh = sent(loader, place) if place.type == "cuda" else iter(loader)
    held: dict[int, Batch] = {}
    for one in numbers:
        if one not in held:
            held = {other: batch for other, batch in held.items() if other // HELD == one // HELD}
            held[one] = next(fresh)
        yield held[one] if echoes > 1 else held.pop(one)


def sent(batches: Iterable[Batch], place: torch.device) -> Iterator[Batch]:
    """The same batches on a GPU: each is on its way while the one before is learnt from."""
    road, here = torch.cuda.Stream(place), torch.cuda.current_stream(place)  # type: ignore[no-untyped-call]
    under_way: deque[tuple[Batch, torch.cuda.Event]] = deque()

    def arrived() -> Batch:
        batch, landed = under_way.popleft()
        here.wait_event(landed)
        for name in TENSORS:
            getattr(batch, name).record_stream(here)  # its memory is not given away while `here` works on it
        return batch

    for batch in batches:
        with torch.cuda.stream(road):
            under_way.append((batch.to(place), road.record_event()))
        if len(under_way) > 1:
            yield arrived()
    yield from (arrived() for _ in list(under_way))


def made_ahead(batches: Batches, numbers: list[int], workers: int, pin: bool) -> DataLoader[Batch]:
    """Batches by their numbers; `pin` puts them where a GPU can fetch them by itself."""
    return DataLoader(
        batches,
        batch_size=None,
        sampler=numbers,
        num_workers=workers,
        prefetch_factor=2,
        pin_memory=pin,
        multiprocessing_context="spawn",
        worker_init_fn=_quieten,
    )


def _quieten(_: int) -> None:
    """A worker leaves it to the trainer to end, and takes one core."""
    import signal

    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)  # its own threads, one a core in each worker, crowd out the trainer
