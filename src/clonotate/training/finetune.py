"""Fine-tuning on recorded sessions: what people clicked, corrections above all, beside old tasks replayed.

Some sessions are held out, whole; they say when to stop, and which weights are kept. What a policy did in a
run is seen and not learnt, and fresh demonstrations of the tasks it came from keep it from forgetting them.
Resumes by the same call, like `train`.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from clonotate.episodes.files import read_episodes, write_episodes
from clonotate.episodes.session import Session
from clonotate.evaluation.agreement import Agreement, agreed, agreement
from clonotate.evaluation.contenders import folder_of
from clonotate.models.checkpoint import PAGE, WEIGHTS, load, read_page
from clonotate.models.specialists import Specialists
from clonotate.records import ClonotateError, Episode
from clonotate.screens.layout import drawn_from, layout_named
from clonotate.tasks import TASKS
from clonotate.training.curriculum import Curriculum
from clonotate.training.curriculum import load as opened
from clonotate.training.train import Run, train
from clonotate.whole import write_whole

LEAST_SESSIONS = 5
LEAST_CLICKS = 100
"""Fewer sessions, or clicks of people in them, are refused."""
PLAN, CURVE, RUN = "plan.json", "curve.jsonl", "run"
LEARN, HELD_OUT = "learn.parquet", "held-out.parquet"


@dataclass(frozen=True)
class Finetune:
    """All that decides the outcome."""

    start: str  # a checkpoint folder, or "shipped"
    data: str  # a Parquet file of sessions
    tasks: tuple[str, ...] = ()  # learn from their sessions only; all if none is named
    steps: int = 300  # at most
    leg: int = 50  # steps between looks at the held-out sessions
    patience: int = 2  # legs in a row that bring nothing there, before it stops
    held_out: float = 0.2  # the share of sessions
    replayed: float = 0.5  # the share of lessons that are fresh demonstrations of old tasks
    lr: float = 2e-4
    lr_end: float = 2e-5
    episodes_per_step: int = 2
    processes: int = 1
    seed: int = 0


@dataclass(frozen=True)
class Look:
    """How the weights after so many steps do on the held-out sessions."""

    step: int
    nats: float
    agrees: float
    differing: float


def finetune(
    plan: Finetune, out: Path, device: str = "cpu", told: Callable[[Look], None] = lambda look: None
) -> bool:
    """Fine-tunes; `out` becomes the best checkpoint on the held-out sessions, the start itself included.

    False if it was stopped from outside; the same call goes on. `told` hears of every look. Raises
    ClonotateError where there is too little to learn from, and where `out` holds another plan.
    """
    begin(plan, out)
    run, held_out = run_of(plan, out), opened((str(out / HELD_OUT),))
    looks = curve(out)
    while not over(plan, looks):
        step = looks[-1].step + plan.leg if looks else 0
        checkpoint = folder_of(run.start)
        if step:
            checkpoint = train(run, out / RUN, device=device, until=step)
            if read_page(checkpoint)["metrics"]["step"] < min(step, run.steps):
                return False
        found = judged(checkpoint, held_out)
        look = Look(min(step, run.steps), found.nats, found.agrees, found.differing)
        if all(look.nats < earlier.nats for earlier in looks):
            keep(checkpoint, out, plan, found)
        looks.append(look)
        write_whole(out / CURVE, "".join(json.dumps(asdict(one)) + "\n" for one in looks).encode())
        told(look)
    return True


def begin(plan: Finetune, out: Path) -> None:
    """Splits the sessions into files of `out`, or checks that the plan is the one already there."""
    page = json.loads(json.dumps(asdict(plan)))
    if (out / PLAN).exists():
        if json.loads((out / PLAN).read_text()) != page:
            raise ClonotateError(
                f"{out} holds another fine-tuning; give a new folder, or the settings in {PLAN}"
            )
        return
    learn, held_out = split(chosen(plan), plan.held_out, plan.seed)
    write_episodes(out / LEARN, learn)
    write_episodes(out / HELD_OUT, held_out)
    write_whole(out / PLAN, (json.dumps(page, indent=2) + "\n").encode())


def chosen(plan: Finetune) -> list[Episode]:
    """The sessions to learn from. ClonotateError where they are too few, or of screens of several sizes."""
    sessions = [
        one for one in read_episodes(Path(plan.data)) if not plan.tasks or one.source.task in plan.tasks
    ]
    taught = [targets(one) for one in sessions]
    useful = [one for one, clicks in zip(sessions, taught, strict=True) if clicks]
    clicks = sum(taught)
    if len(useful) < LEAST_SESSIONS or clicks < LEAST_CLICKS:
        raise ClonotateError(
            f"too little to learn from: {plan.data} has {len(useful)} sessions with {clicks} clicks of people"
            f"{' on ' + ', '.join(plan.tasks) if plan.tasks else ''}; at least {LEAST_SESSIONS} sessions with"
            f" {LEAST_CLICKS} clicks are needed: record {max(LEAST_SESSIONS - len(useful), 1)} more"
        )
    if len(sizes := {size_of(one.layout) for one in useful}) > 1:
        spoken = ", ".join(f"{width} x {height}" for width, height in sorted(sizes))
        raise ClonotateError(f"sessions on screens of one size are learnt from together, not of {spoken}")
    return useful


def targets(episode: Episode) -> int:
    """How many clicks of a session can be learnt from, as far as its steps alone tell."""
    return sum(step.by != "policy" or step.advice is not None for step in episode.steps)


def size_of(layout: str) -> tuple[int, int]:
    """Width and height of the screens of a layout, in pixels."""
    look = layout_named(layout)
    return look.width * look.ratio, look.height * look.ratio


def split(sessions: Sequence[Episode], share: float, seed: int) -> tuple[list[Episode], list[Episode]]:
    """Sessions to learn from and sessions held out, at least one each; those on one world stay together."""
    worlds = list(dict.fromkeys(repr(one.source) for one in sessions))
    if len(worlds) < 2:
        raise ClonotateError("all sessions are on one world, so none can be held out; record another world")
    order = np.random.default_rng(seed).permutation(len(worlds))
    count = min(max(round(share * len(worlds)), 1), len(worlds) - 1)
    held = {worlds[i] for i in order[:count]}
    return (
        [one for one in sessions if repr(one.source) not in held],
        [one for one in sessions if repr(one.source) in held],
    )


def run_of(plan: Finetune, out: Path) -> Run:
    """The training: recorded sessions, and demonstrations of what the checkpoint learnt before."""
    worked = opened((str(out / LEARN),))
    sessions = [episode for episode, _ in worked]
    start = whose(plan.start, worked)
    before = read_page(folder_of(start))["run"]
    curriculum = Curriculum(
        tasks=old_tasks(before, sessions),
        layouts=old_layouts(before, sessions),
        recorded=(str(out / LEARN),),
        recorded_share=1 - plan.replayed,
        tremor=before.get("curriculum", {}).get("tremor", 0.0),
        seed=1_000 + plan.seed,  # fresh worlds again, not those of the training before
    )
    return Run(
        curriculum,
        preset=before.get("preset", "nano"),
        start=start,
        steps=plan.steps,
        episodes_per_step=plan.episodes_per_step,
        processes=plan.processes,
        lr=plan.lr,
        lr_end=plan.lr_end,
        warmup=min(20, plan.leg),
        decay_from=0.5,
        average=0.97,
        seed=plan.seed,
        save_every=plan.leg,
        log_every=min(10, plan.leg),
    )


def whose(start: str, sessions: Sequence[tuple[Episode, Any]]) -> str:
    """Whose weights to go on from: of several specialists, the one whom most of the sessions call."""
    team = load(folder_of(start))
    if not isinstance(team, Specialists):
        return start
    firsts = [Session(one.source, one.layout, world).screen for one, world in sessions]
    called = Counter(team.choose(torch.from_numpy(screen)) for screen in firsts)
    return whose(f"{start}/{called.most_common(1)[0][0]}", sessions)


def old_tasks(before: dict[str, Any], sessions: Sequence[Episode]) -> tuple[tuple[str, str], ...]:
    """What the checkpoint learnt from, to be replayed; that of the sessions where it does not say."""
    named = tuple((task, level) for task, level in before.get("curriculum", {}).get("tasks", ()))
    known = tuple((task, level) for task, level in named if level in TASKS.get(task, {}))
    return known or tuple(dict.fromkeys((one.source.task, one.source.level) for one in sessions))


def old_layouts(before: dict[str, Any], sessions: Sequence[Episode]) -> tuple[str, ...]:
    """The layouts to replay under: those of before that have the sessions' size, and the sessions' own."""
    size = size_of(sessions[0].layout)
    asked = before.get("curriculum", {}).get("layouts", ["original"])
    old = [name for name in asked if size_of(drawn_from(name, 0)) == size]
    return tuple(dict.fromkeys([*old, *(one.layout for one in sessions)]))


def judged(checkpoint: Path, sessions: Sequence[tuple[Episode, Any]]) -> Agreement:
    """How a checkpoint does on sessions."""
    model = load(checkpoint)
    return agreement([agreed(model, episode, world) for episode, world in sessions])


def curve(out: Path) -> list[Look]:
    """The looks so far."""
    path = out / CURVE
    return [Look(**json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []


def over(plan: Finetune, looks: Sequence[Look]) -> bool:
    """Whether all steps were made, or the last few legs brought nothing."""
    if not looks:
        return False
    best = min(range(len(looks)), key=lambda i: looks[i].nats)
    return looks[-1].step >= plan.steps or len(looks) - 1 - best >= plan.patience


def keep(checkpoint: Path, out: Path, plan: Finetune, found: Agreement) -> None:
    """These weights are the best so far: `out` becomes a checkpoint of them, which says how it came about."""
    page = read_page(checkpoint)
    page["metrics"] |= {"held_out": asdict(found)}
    page["finetuned"] = asdict(plan)
    learnt = {(one.source.task, one.layout) for one in read_episodes(out / LEARN)}
    page["sessions"] = sorted(learnt)  # their tasks and layouts, besides the run's own
    write_whole(out / WEIGHTS, (checkpoint / WEIGHTS).read_bytes())
    write_whole(out / PAGE, (json.dumps(page, indent=2) + "\n").encode())
