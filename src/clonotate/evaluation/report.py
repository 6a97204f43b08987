"""What an evaluation comes to: both measurements of every task, with all that was chosen, as plain JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import clonotate
from clonotate.episodes.rollout import Guards
from clonotate.evaluation.closed_loop import ClosedLoop, Row, attempts, closed_loop
from clonotate.evaluation.contenders import Contender
from clonotate.evaluation.recovery import Recovery, recovery
from clonotate.evaluation.teacher_forced import TeacherForced, teacher_forced


def evaluate(
    contender: Contender,
    tasks: Sequence[str],
    episodes: int,
    seed: int,
    *,
    level: str = "standard",
    layout: str = "original",
    guards: Guards | None = None,
    asked: int | None = None,
    mistakes: bool = False,
    workers: int = 1,
    progress: Callable[[str, Row], None] | None = None,
) -> dict[str, Any]:
    """Measure a contender on tasks, closed loop and teacher-forced, and report.

    `asked` is on how many of the worlds a model is also teacher-forced: all if None, none if 0. With
    `mistakes` it is also put into one in each world, to see whether it is repaired.
    `progress` hears the task and the row of every episode.
    """
    guards = guards or Guards()
    alone, forced, repaired = [], [], {}
    for task in tasks:
        tell = (lambda row, task=task: progress(task, row)) if progress else None
        alone.append(closed_loop(contender, task, episodes, seed, level, layout, guards, workers, tell))
        if contender.model is not None and asked != 0:
            count = episodes if asked is None else asked
            forced.append(teacher_forced(contender, task, count, seed, level, layout, workers=workers))
        if mistakes:
            worlds = attempts(task, episodes, seed, level, layout, Guards())
            repaired[task] = recovery(contender, worlds, workers)
    return report(contender, seed, alone, forced, repaired)


def report(
    contender: Contender,
    seed: int,
    alone: Sequence[ClosedLoop],
    forced: Sequence[TeacherForced] = (),
    repaired: Mapping[str, Recovery] = MappingProxyType({}),
) -> dict[str, Any]:
    """The page of an evaluation in JSON values; what was not measured for a task is None."""
    asked = {result.task: result.summary() for result in forced}
    repairs = {task: result.summary() for task, result in repaired.items()}
    first = alone[0]
    return {
        "checkpoint": contender.name,
        "seed": seed,
        "clonotate": clonotate.__version__,
        "temperature": contender.temperature,
        "unrest": contender.unrest,
        "level": first.level,
        "layout": first.layout,
        "guards": asdict(first.guards),
        "tasks": {
            result.task: {
                "closed_loop": result.summary(),
                "teacher_forced": asked.get(result.task),
                "recovery": repairs.get(result.task),
            }
            for result in alone
        },
    }
