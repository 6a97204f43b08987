"""How a policy fails, episode by episode: where it went wrong for good, and what it should have done there.

    python benchmarks/failures.py nine --episodes 100 --out docs/failures.md

An expert looks over its shoulder and says nothing. An episode that ends with something wrong went wrong for
good at the last mistake after which something wrong always stood; one that ends too early, at Done.
"""

import argparse
import math
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from clonotate.episodes.replay import replay
from clonotate.episodes.session import Session
from clonotate.evaluation.closed_loop import how
from clonotate.evaluation.contenders import contender
from clonotate.records import Click, Episode, Screen, Source, Step
from clonotate.screens.pointing import hit
from clonotate.tasks import NINE, task_named
from clonotate.training.dagger import Assignment, Practice, collect
from clonotate.whole import write_whole

WATCHED = Practice(loop=0, astray=0, length=6)
NEAR = 10
"""Pixels within which a click was meant for the same thing."""
INTRODUCTION = """
An expert watched every episode: what the policy did, and what the expert would have done, at the mistake
after which something wrong always stood, or at a Done that came too early. *Beside it* is within 10 px of the
place meant. Pictures show these moments: red is where it clicked, green where it should have. To see the
whole episode: `clonotate play TASK --by POLICY --seed SEED --gif failure.gif`.
"""
SHOWN = 4
"""Ways to fail that are told of each task."""
ACROSS, DOWN = 4, 5
"""Failures in a picture."""
DID, DUE = (255, 40, 40), (60, 255, 90)


@dataclass(frozen=True, eq=False)
class Failure:
    """An episode that went wrong for good, and where."""

    seed: int
    said: str
    screen: Screen
    did: Click
    due: Click | None  # the same, where nothing else was due


def main() -> None:
    """Watch, and write the page."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("policy", help="a checkpoint folder, or a name such as specialists")
    options.add_argument("--tasks", nargs="+", default=NINE)
    options.add_argument("--episodes", type=int, default=100, help="worlds of each task")
    options.add_argument("--seed", type=int, default=20_000, help="the first of them")
    options.add_argument("--layout", default="original", help="its name")
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options.add_argument("--out", type=Path, default=Path("docs/failures.md"))
    chosen = options.parse_args()
    write_whole(chosen.out, ("\n".join(page(chosen)) + "\n").encode())


def page(chosen: argparse.Namespace) -> Iterator[str]:
    """The page, line by line."""
    yield f"# How `{chosen.policy}` fails\n"
    how_many = f"--episodes {chosen.episodes} --seed {chosen.seed}"
    how_many += f" --layout {chosen.layout}" if chosen.layout != "original" else ""
    yield f"    python benchmarks/failures.py {chosen.policy} {how_many} \\"
    yield f"        --tasks {' '.join(chosen.tasks)}"
    yield INTRODUCTION
    yield "| task | failed | how often | what it did, and should have done | seeds |"
    yield "|---|---|---|---|---|"
    for task in chosen.tasks:
        version = task_named(task).version
        sources = [Source(task, seed=chosen.seed + i, version=version) for i in range(chosen.episodes)]
        what = [Assignment(source, chosen.layout, WATCHED, (source.seed,)) for source in sources]
        watched = collect(contender(chosen.policy), what, chosen.processes)
        failed = [failure for episode in watched if (failure := failure_of(episode))]
        picture = path(chosen, task)
        picture.unlink(missing_ok=True)  # it may be another policy's
        if not failed:
            yield f"| {task} | 0 of {len(watched)} | - | - | - |"
            continue
        for said, count in Counter(failure.said for failure in failed).most_common(SHOWN):
            seeds = ", ".join([str(failure.seed) for failure in failed if failure.said == said][:3])
            yield f"| {task} | {len(failed)} of {len(watched)} | {count} | {said} | {seeds} |"
        picture.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(sheet(failed)).save(picture, quality=80, subsampling=0)
    for task in chosen.tasks:
        picture = path(chosen, task)
        if picture.exists():
            yield f"\n## {task}\n\n![{task}]({picture.parent.name}/{picture.name})"


def path(chosen: argparse.Namespace, task: str) -> Path:
    """Where the picture of a task's failures lies: many colours, so a JPEG."""
    page: Path = chosen.out
    return page.with_suffix("") / f"{task}.jpg"


def failure_of(episode: Episode) -> Failure | None:
    """Where and how an episode failed; None if it did not."""
    stages = replay(episode)
    said, screens = [], []
    for step, session in zip(episode.steps, stages, strict=False):
        said.append(act(session, step))
        screens.append(session.screen.copy())
    last = next(stages)
    ending = how(last, last.score().success)
    if ending == "right":
        return None
    wrong = [step.label.in_error for step in episode.steps if step.label]
    wrong.append(last.task.standing(last.world).in_error)
    at = [i for i, stands in enumerate(wrong) if not stands][-1] if wrong[-1] else len(said) - 1
    words = said[at]
    if ending == "unfinished":
        words = f"never Done, {'over: ' + words if wrong[-1] else 'with nothing wrong'}"
    step = episode.steps[at]
    return Failure(episode.source.seed, words, screens[at], step.click, step.advice)


def sheet(failed: Sequence[Failure]) -> Screen:
    """The first failures side by side."""
    pictures = [pictured(failure) for failure in failed[: ACROSS * DOWN]]
    pictures += [np.zeros_like(pictures[0])] * (-len(pictures) % ACROSS)
    rows = [np.hstack(pictures[k : k + ACROSS]) for k in range(0, len(pictures), ACROSS)]
    return np.vstack(rows)


def pictured(failure: Failure) -> Screen:
    """The screen of a failure with what it did in red, what was due in green, and its seed."""
    screen = failure.screen.copy()
    for click, color, radius in ((failure.due, DUE, 9), (failure.did, DID, 6)):
        if click is not None:
            cv2.circle(screen, (click.x, click.y), radius, color, 2, cv2.LINE_AA)
    place = (screen.shape[1] - 64, 12)
    cv2.putText(screen, str(failure.seed), place, cv2.FONT_HERSHEY_SIMPLEX, 0.4, DID, 1, cv2.LINE_AA)
    return screen


def act(session: Session, step: Step) -> str:
    """What a policy did, and what the expert would have done."""
    made, meant = (hit(session.view, session.layout, one) for one in (step.click, step.advice or step.click))
    if made is None or meant is None:
        return "nothing hit"
    if made.at and meant.at:
        return "placed beside it" if math.dist(made.at, meant.at) <= NEAR else "placed elsewhere"
    did, due = ("a place" if one.at else f"`{one.widget}`" for one in (made, meant))
    return f"clicked {did} in place of {due}"


if __name__ == "__main__":
    main()
