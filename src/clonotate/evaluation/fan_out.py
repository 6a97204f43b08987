"""Many episodes for one contender, spread over processes; each process takes the contender in once."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import torch

from clonotate.evaluation.contenders import Contender

Job = TypeVar("Job")
Result = TypeVar("Result")
present: Contender
"""The contender of this process, where it is one of several."""


def fan_out(
    work: Callable[[Contender, Job], Result], contender: Contender, jobs: Sequence[Job], workers: int = 1
) -> Iterator[Result]:
    """`work(contender, job)` for every job, in order, as they come; `work` is a function of a module.

    With one worker it happens here. Processes are spawned, never forked, and use one thread each.
    """
    if workers <= 1 or len(jobs) <= 1:
        yield from (work(contender, job) for job in jobs)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(jobs)), spawn, take_in, (contender,)) as pool:
        yield from pool.map(work_here, [work] * len(jobs), jobs)


def take_in(contender: Contender) -> None:
    """Make a process ready."""
    global present
    present = contender
    torch.set_num_threads(1)


def work_here(work: Callable[[Contender, Job], Result], job: Job) -> Result:
    """One job for the contender of this process."""
    return work(present, job)
