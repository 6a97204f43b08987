"""Before and after fine-tuning: agreement on the held-out sessions, and work alone on worlds never seen."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clonotate.episodes.rollout import Guards
from clonotate.evaluation.agreement import Agreement
from clonotate.evaluation.closed_loop import closed_loop
from clonotate.evaluation.contenders import Contender, contender, folder_of
from clonotate.records import ClonotateError
from clonotate.screens.layout import layout_named
from clonotate.training.curriculum import load as opened
from clonotate.training.finetune import HELD_OUT, LEARN, Finetune, judged, run_of


@dataclass(frozen=True)
class Condition:
    """What both are set to do alone; `learnt` where the sessions were made under it."""

    task: str
    level: str
    layout: str
    learnt: bool


@dataclass(frozen=True)
class Comparison:
    """The start and what became of it, measured alike: `agreement` holds two, each row of `alone` too."""

    agreement: tuple[Agreement, Agreement]
    alone: tuple[tuple[Condition, dict[str, Any], dict[str, Any]], ...]  # summaries of closed loops


def compare(
    plan: Finetune,
    out: Path,
    episodes: int,
    seed: int,
    budget: int = 400,
    workers: int = 1,
) -> Comparison:
    """Measure the start of a fine-tuning and `out`: alone on `episodes` worlds, `budget` clicks at most."""
    held_out = opened((str(out / HELD_OUT),))
    both = contender(plan.start), contender(str(out))
    rows = []
    for condition in conditions(plan, out) if episodes else ():
        before, after = (alone(who, condition, episodes, seed, Guards(budget), workers) for who in both)
        rows.append((condition, before, after))
    first, last = (judged(folder, held_out) for folder in (folder_of(plan.start), out))
    return Comparison((first, last), tuple(rows))


def alone(
    who: Contender, what: Condition, episodes: int, seed: int, guards: Guards, workers: int
) -> dict[str, Any]:
    """The summary of a closed loop under a condition."""
    return closed_loop(who, what.task, episodes, seed, what.level, what.layout, guards, workers).summary()


def conditions(plan: Finetune, out: Path) -> Iterator[Condition]:
    """What was learnt from, where worlds can be made without end; then the old tasks, against forgetting."""
    sessions = [episode for episode, _ in opened((str(out / LEARN),)) if not episode.source.data]
    learnt = dict.fromkeys((one.source.task, one.source.level, one.layout) for one in sessions)
    yield from (Condition(*what, learnt=True) for what in learnt)
    curriculum = run_of(plan, out).curriculum
    layout = next((name for name in curriculum.layouts if known(name)), "original")
    for task, level in dict.fromkeys(curriculum.tasks):
        if (task, level, layout) not in learnt:
            yield Condition(task, level, layout, learnt=False)


def known(layout: str) -> bool:
    """Whether a layout is one, and not many to be drawn from."""
    try:
        layout_named(layout)
    except ClonotateError:
        return False
    return True


def as_dict(found: Comparison) -> dict[str, Any]:
    """A comparison in plain JSON values, without the single episodes."""
    return {
        "agreement": {
            when: asdict(one) for when, one in zip(("before", "after"), found.agreement, strict=True)
        },
        "alone": [
            asdict(condition) | {"before": short(before), "after": short(after)}
            for condition, before, after in found.alone
        ],
    }


def short(summary: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in summary.items() if name != "rows"}
