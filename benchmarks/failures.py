"""How a policy fails, episode by episode: where it went wrong for good, and what it should have done there.

    python benchmarks/failures.py nine --episodes 100 --out docs/failures.md

An expert looks over its shoulder and says nothing. An episode that ends with something wrong went wrong for
good at the last mistake after which something wrong always stood; one that ends too early, at Done.
"""

import argparse
import math
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from clonotate.episodes.replay import replay
from clonotate.episodes.session import Session
from clonotate.evaluation.closed_loop import how
from clonotate.evaluation.contenders import contender
from clonotate.records import Episode, Source, Step
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
place meant. To see one: `clonotate play TASK --by POLICY --seed SEED --gif failure.gif`.
"""
SHOWN = 4
"""Ways to fail that are told of each task."""


def main() -> None:
    """Watch, and write the page."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("policy", help="a checkpoint folder, shipped or nine")
    options.add_argument("--tasks", nargs="+", default=NINE)
    options.add_argument("--episodes", type=int, default=100, help="worlds of each task")
    options.add_argument("--seed", type=int, default=20_000, help="the first of them")
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options.add_argument("--out", type=Path, default=Path("docs/failures.md"))
    chosen = options.parse_args()
    write_whole(chosen.out, ("\n".join(page(chosen)) + "\n").encode())


def page(chosen: argparse.Namespace) -> Iterator[str]:
    """The page, line by line."""
    yield f"# How `{chosen.policy}` fails\n"
    how_many = f"--episodes {chosen.episodes} --seed {chosen.seed}"
    yield f"    python benchmarks/failures.py {chosen.policy} {how_many} \\"
    yield f"        --tasks {' '.join(chosen.tasks)}"
    yield INTRODUCTION
    yield "| task | failed | how often | what it did, and should have done | seeds |"
    yield "|---|---|---|---|---|"
    for task in chosen.tasks:
        version = task_named(task).version
        sources = [Source(task, seed=chosen.seed + i, version=version) for i in range(chosen.episodes)]
        what = [Assignment(source, "original", WATCHED, (source.seed,)) for source in sources]
        watched = collect(contender(chosen.policy), what, chosen.processes)
        ways = {episode.source.seed: way(episode) for episode in watched}
        failed = {seed: said for seed, said in ways.items() if said}
        if not failed:
            yield f"| {task} | 0 of {len(ways)} | - | - | - |"
        for said, count in Counter(failed.values()).most_common(SHOWN):
            seeds = ", ".join(str(seed) for seed in [s for s, one in failed.items() if one == said][:3])
            yield f"| {task} | {len(failed)} of {len(ways)} | {count} | {said} | {seeds} |"


def way(episode: Episode) -> str:
    """In words, how an episode failed; empty if it did not."""
    stages = replay(episode)
    acts = [act(next(stages), step) for step in episode.steps]
    last = next(stages)
    ending = how(last, last.score().success)
    wrong = [step.label.in_error for step in episode.steps if step.label]
    wrong.append(last.task.standing(last.world).in_error)
    right = [i for i, stands in enumerate(wrong) if not stands]
    if ending == "right":
        return ""
    if ending == "unfinished":
        return f"never Done, {'over: ' + acts[right[-1]] if wrong[-1] else 'with nothing wrong'}"
    return acts[right[-1]] if wrong[-1] else acts[-1]


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
