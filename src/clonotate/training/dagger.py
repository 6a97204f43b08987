"""DAgger (Ross, Gordon, Bagnell 2011): the policy acts, an expert beside it says what it would have done.

A cloned policy strays into states that no demonstration holds; this is where it learns the way back. Rounds
of practising, and of training on all practice so far; a round that is on disk is not made again.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from clonotate.annotators.virtual import STEADY, VirtualAnnotator, sample_habits
from clonotate.episodes.files import write_episodes
from clonotate.episodes.rollout import Annotator, rollout
from clonotate.episodes.session import Session
from clonotate.evaluation.contenders import Contender, contender
from clonotate.evaluation.fan_out import fan_out
from clonotate.models.checkpoint import PAGE, read_page
from clonotate.models.policy import Policy
from clonotate.records import Click, ClonotateError, Episode, Event, Label, Source, Step
from clonotate.screens.pointing import hit
from clonotate.tasks import task_named
from clonotate.tasks.base import Intent, Standing
from clonotate.training.curriculum import FIRST_TRAINING_SEED
from clonotate.training.train import Run, begin, train

FIRST_SEED = FIRST_TRAINING_SEED + 500_000_000
"""Worlds practised on lie above, half-way to the next curriculum: fresh, and never those of an evaluation."""


@dataclass(frozen=True)
class Practice:
    """How a policy works under an expert's eye. One that is lost is led back to where it can learn."""

    beta: float = 0.0  # the chance that the expert acts in place of the policy, at each step
    length: float = 2.0  # clicks at most, in lengths of a steady expert's own episode
    loop: int = 6  # so often on the very same screen, and the expert takes over; 0 for never
    astray: int = 8  # so many clicks with a mistake left standing, and the expert takes over; 0 for never
    care: float = 0.5  # the expert's, the same in all episodes
    undo: bool = True  # whether the expert undoes what went wrong, or goes on as if nothing had


@dataclass(frozen=True)
class Assignment:
    """One episode to be practised; `stream` seeds all that is random about it but the world."""

    source: Source
    layout: str
    practice: Practice
    stream: tuple[int, ...]


@dataclass(frozen=True)
class Dagger:
    """All that decides the outcome: `run` says how a round trains, its curriculum on which tasks and layouts.

    The curriculum's `recorded_share` is the share of lessons that come from practice; files of its own stay.
    """

    start: str  # a checkpoint folder, or "shipped"
    run: Run
    rounds: int = 3
    episodes: int = 200  # a round
    temperature: float = 0.5  # of the policy while it practises
    practice: Practice = Practice()
    only: tuple[str, ...] = ()  # practise in these families alone; in all of the curriculum's if empty
    seed: int = 0

    def __post_init__(self) -> None:
        """Raises ClonotateError for a family to practise in that the curriculum does not have."""
        taught = {task for task, _ in self.run.curriculum.tasks}
        if unknown := set(self.only) - taught:
            raise ClonotateError(f"the recipe does not teach {', '.join(sorted(unknown))}")


def dagger(plan: Dagger, out: Path, workers: int = 1, device: str = "cpu") -> Path:
    """Practise and train for `plan.rounds`; returns the last checkpoint, a folder in `out`.

    Resumes by the same call: what a round has collected is kept, and a training goes on where it stopped.
    """
    begin(replace(plan.run, start=plan.start))  # what is wrong with it is said before anything is practised
    curriculum = plan.run.curriculum
    checkpoint = plan.start
    for turn in range(plan.rounds):
        file = out / f"practice-{turn:02d}.parquet"
        if not file.exists():
            pupil = contender(checkpoint, plan.temperature)
            write_episodes(file, collect(pupil, assignments(plan, turn), workers))
        seed = plan.run.curriculum.seed + turn  # fresh demonstrations in every round
        curriculum = replace(curriculum, recorded=(*curriculum.recorded, str(file)), seed=seed)
        run = replace(plan.run, curriculum=curriculum, start=checkpoint, seed=plan.run.seed + turn)
        folder = out / f"round-{turn:02d}"
        if not finished(run, folder):
            train(run, folder, device=device)
        if not finished(run, folder):
            return folder  # stopped from outside; the same call goes on here
        checkpoint = str(folder)
    return Path(checkpoint)


def finished(run: Run, folder: Path) -> bool:
    """Whether a training has made all its steps."""
    return (folder / PAGE).exists() and read_page(folder)["metrics"].get("step", 0) >= run.steps


def assignments(plan: Dagger, turn: int) -> list[Assignment]:
    """The episodes of one round: tasks take turns, worlds never come twice."""
    curriculum = plan.run.curriculum
    turns = [(task, level) for task, level in curriculum.tasks if not plan.only or task in plan.only]
    made = []
    for i in range(turn * plan.episodes, (turn + 1) * plan.episodes):
        task, level = turns[i % len(turns)]
        layout = curriculum.layout(np.random.default_rng([plan.seed, i]))
        seed = FIRST_SEED + FIRST_TRAINING_SEED * plan.seed + i
        source = Source(task, level, seed, task_named(task, level).version)
        made.append(Assignment(source, layout, plan.practice, (plan.seed, i, 1)))
    return made


def collect(pupil: Contender, what: Sequence[Assignment], workers: int = 1) -> list[Episode]:
    """Let a contender practise; every step holds what was clicked, by whom, and what the expert advises."""
    return list(fan_out(practise, pupil, what, workers))


def practise(pupil: Contender, what: Assignment) -> Episode:
    """One episode of a contender, beside one person of the population."""
    session = Session(what.source, what.layout)
    rng = np.random.default_rng(what.stream)
    return supervise(session, pupil.annotator(session, what.source.seed), what.practice, rng)


def supervise(session: Session, pupil: Annotator, practice: Practice, rng: np.random.Generator) -> Episode:
    """The policy acts, the expert labels every state, and acts too: by chance, or where the policy is lost.

    The expert's care is that of `practice`. Drawn anew for each episode, its advice would contradict itself,
    and the style that the policy's own past clicks speak of.
    """
    coin = rng.spawn(1)[0]  # leaves the person's own chances as they are in a demonstration
    expert = VirtualAnnotator if practice.undo else Oblivious
    person = expert(session, replace(sample_habits(rng), care=practice.care), rng)
    budget = math.ceil(practice.length * expert_length(session))
    watch = Watch(session, practice)
    while not session.done and len(session.steps) < budget:
        lost = watch.lost()
        click = propose(pupil, session)
        if lost or coin.random() < practice.beta:
            step = person(session.screen)
            if isinstance(pupil, Policy):
                pupil.made(step.click)  # what it sees next comes of this
        else:
            step = observed(session, click, person.advise(session.screen))
        session.click(step)
    return session.episode()


class Oblivious(VirtualAnnotator):
    """One who goes on as if nothing had gone wrong: the oracle with which DAgger is said to have failed.

    Chandok and Park, arXiv 2606.07568: theirs did not undo the policy's wrong placements.
    """

    def intend(self) -> tuple[Intent, Standing]:
        intent, standing = super().intend()
        if standing.in_error:
            intent = self.session.task.expert(unspoilt(self.session), self.memory, self.habits.care)
        return intent, standing


def unspoilt(session: Session) -> Any:
    """The world as it would be with all that went wrong undone, as far as Undo reaches."""
    task, world = session.task, session.world
    while task.standing(world).in_error and (before := task.update(world, Event("undo"))) is not world:
        world = before
    return world


def propose(pupil: Annotator, session: Session) -> Click:
    """What the policy would click; it is asked on every screen, so that its memory has no gaps."""
    act = pupil(session.screen)
    return act.click if isinstance(act, Step) else act


def expert_length(session: Session) -> int:
    """How many clicks a steady expert needs on this world."""
    own = Session(session.source, session.layout_name, session.world)
    return rollout(own, VirtualAnnotator(own, STEADY, np.random.default_rng(0))).steps


class Watch:
    """Notices when a policy is lost, and when it has been led out again."""

    def __init__(self, session: Session, practice: Practice) -> None:
        self.session, self.practice = session, practice
        self.met: Counter[int] = Counter()  # how often each screen was shown
        self.astray = 0  # clicks in a row with a mistake standing
        self.leading = False

    def lost(self) -> bool:
        """Whether the expert should act on the present screen; to be asked once on each."""
        screen = hash(self.session.screen.tobytes())
        self.met[screen] += 1
        in_error = self.session.task.standing(self.session.world).in_error
        self.astray = self.astray + 1 if in_error else 0
        if self.leading:
            self.leading = in_error or self.met[screen] > 1  # out: on a new screen, with nothing wrong
        else:
            loops = 0 < self.practice.loop < self.met[screen]
            self.leading = loops or 0 < self.practice.astray < self.astray
        return self.leading


def observed(session: Session, click: Click, counsel: Step) -> Step:
    """A policy's click beside the expert's counsel. The label is the counsel's, but for `mistake`."""
    event = hit(session.view, session.layout, click)
    assert counsel.label is not None
    label = replace(counsel.label, mistake=errs(session, event, counsel.label))
    return Step(click, counsel.ms, "policy", label, None if click == counsel.click else counsel.click)


def errs(session: Session, event: Event | None, counsel: Label) -> bool:
    """Whether an event spoils what was right, or ends what is not finished."""
    if event is None:
        return False
    if event.widget == "done":
        return counsel.kind != "done"
    after = session.task.update(session.world, event)
    return session.task.standing(after).in_error and not counsel.in_error
