"""What an evaluation comes to: both measurements of every task, with all that was chosen, as plain JSON."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import clonotate
from clonotate.episodes.rollout import Guards
from clonotate.evaluation.closed_loop import ClosedLoop, Row, closed_loop
from clonotate.evaluation.contenders import Contender
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
    workers: int = 1,
    progress: Callable[[str, Row], None] | None = None,
) -> dict[str, Any]:
    """Measure a contender on tasks, closed loop and teacher-forced, and report.

    `asked` is on how many of the worlds a model is also teacher-forced: all if None, none if 0.
    `progress` hears the task and the row of every episode.
    """
    guards = guards or Guards()
    alone, forced = [], []
    for task in tasks:
        tell = (lambda row, task=task: progress(task, row)) if progress else None
        alone.append(closed_loop(contender, task, episodes, seed, level, layout, guards, workers, tell))
        if contender.model is not None and asked != 0:
            count = episodes if asked is None else asked
            forced.append(teacher_forced(contender, task, count, seed, level, layout, workers=workers))
    return report(contender, seed, alone, forced)


def report(
    contender: Contender, seed: int, alone: Sequence[ClosedLoop], forced: Sequence[TeacherForced] = ()
) -> dict[str, Any]:
    """The page of an evaluation in JSON values; `teacher_forced` is None for a task where none was made."""
    asked = {result.task: result.summary() for result in forced}
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
            result.task: {"closed_loop": result.summary(), "teacher_forced": asked.get(result.task)}
            for result in alone
        },
    }
