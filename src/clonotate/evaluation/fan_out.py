"""Many episodes for one contender, or a crew, spread over processes; each process takes them in once."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

import torch

Who = TypeVar("Who")
Job = TypeVar("Job")
Result = TypeVar("Result")
present: Any
"""Who works in this process, where it is one of several."""


def fan_out(
    work: Callable[[Who, Job], Result], who: Who, jobs: Sequence[Job], workers: int = 1
) -> Iterator[Result]:
    """`work(who, job)` for every job, in order, as they come; `work` is a function of a module.

    With one worker it happens here. Processes are spawned, never forked, and use one thread each.
    """
    if workers <= 1 or len(jobs) <= 1:
        yield from (work(who, job) for job in jobs)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(jobs)), spawn, take_in, (who,)) as pool:
        yield from pool.map(work_here, [work] * len(jobs), jobs)


def take_in(who: Any) -> None:
    """Make a process ready."""
    global present
    present = who
    torch.set_num_threads(1)


def work_here(work: Callable[[Any, Job], Result], job: Job) -> Result:
    """One job for who works in this process."""
    return work(present, job)
