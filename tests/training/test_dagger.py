from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from clonotate.annotators.collect import demonstrate
from clonotate.annotators.virtual import STEADY, Habits, VirtualAnnotator, sample_habits
from clonotate.episodes.dataset import lesson
from clonotate.episodes.files import read_episodes, write_episodes
from clonotate.episodes.replay import replay
from clonotate.episodes.session import Session
from clonotate.evaluation.contenders import contender
from clonotate.models import build
from clonotate.models.checkpoint import save_model
from clonotate.records import Click, ClonotateError, Event, Source
from clonotate.screens.pointing import hit, locate
from clonotate.training import dagger as room
from clonotate.training.curriculum import FIRST_TRAINING_SEED, Curriculum
from clonotate.training.dagger import FIRST_SEED, Dagger, Practice, assignments, collect, dagger, supervise
from clonotate.training.train import Run

TASK = "colored-dot-tracking"
ALONE = Practice(loop=0, astray=0)


@pytest.fixture
def session():
    return Session(Source(TASK, "easy", FIRST_SEED + 7))


def plan(start="random", **changes):
    run = Run(Curriculum(((TASK, "easy"),), layouts=("original", "dark-top")), preset="pico", steps=3)
    return replace(Dagger(start, run, rounds=2, episodes=3, practice=Practice(length=0.3)), **changes)


def careless(session):
    """Marks a corner of every screen, wrongly."""
    return lambda screen: locate(session.view, session.layout, Event("canvas", (3, 3)))


def test_an_expert_who_always_acts_is_a_demonstration(session):
    episode = supervise(session, careless(session), Practice(beta=1, length=9), np.random.default_rng(5))
    again, rng = Session(session.source), np.random.default_rng(5)
    person = VirtualAnnotator(again, replace(sample_habits(rng), care=ALONE.care), rng)
    while not again.done:
        again.click(person(again.screen))
    assert episode == again.episode()


def test_the_advice_undoes_wrong_marks_whoever_made_them(session):
    episode = supervise(session, careless(session), ALONE, np.random.default_rng(5))
    in_error = 0
    for shown, step in zip(replay(episode), episode.steps, strict=False):
        assert step.by == "policy"
        advised = hit(shown.view, shown.layout, step.advice or step.click)
        assert (advised == Event("undo")) == step.label.in_error
        in_error += step.label.in_error
    assert in_error == len(episode.steps) - 1
    assert [step.label.mistake for step in episode.steps] == [True] + [False] * in_error
    learnt = lesson(episode)
    assert (learnt.past[1:] == [(step.click.x, step.click.y) for step in episode.steps[:-1]]).all()
    assert (learnt.clicks == [(step.advice.x, step.advice.y) for step in episode.steps]).all()


def test_only_the_repair_of_a_fresh_mistake_is_learnt_where_so_asked(session):
    episode = supervise(session, careless(session), ALONE, np.random.default_rng(5))
    assert [step.label.in_error for step in episode.steps[:5]] == [False, True, True, True, True]
    assert lesson(episode, notice=1).weight[:5].tolist() == [1, 1, 0, 0, 0]
    assert lesson(episode, notice=2).weight[:5].tolist() == [1, 1, 1, 0, 0]
    assert lesson(episode).weight.all()


def test_people_repair_their_own_mistakes_as_late_as_they_like(session):
    late = demonstrate(session.source, habits=Habits(mistake=0.5, late=1.0))
    assert any(a.label.in_error and b.label.in_error for a, b in pairwise(late.steps))
    assert lesson(late, notice=1).weight.all()


def test_an_oblivious_expert_never_undoes(session):
    blind = replace(ALONE, undo=False)
    episode = supervise(session, careless(session), blind, np.random.default_rng(5))
    assert sum(step.label.in_error for step in episode.steps) > 3
    assert "undo" not in {step.label.target for step in episode.steps}
    assert [step.label.mistake for step in episode.steps].count(True) == 1


def test_who_goes_astray_is_led_back(session):
    led = Practice(astray=3, length=6)
    episode = supervise(session, careless(session), led, np.random.default_rng(5))
    assert {step.by for step in episode.steps} == {"policy", "virtual"}
    assert max(step.label.progress for step in episode.steps) > 0
    streak = longest = 0
    for step in episode.steps:
        streak = streak + 1 if step.by == "policy" and step.label.in_error else 0
        longest = max(longest, streak)
    assert longest == 3


def test_who_is_in_a_loop_is_led_out(session):
    def idle(screen):
        return Click(0, 0)

    alone = supervise(session, idle, ALONE, np.random.default_rng(5))
    assert not alone.done
    assert {step.by for step in alone.steps} == {"policy"}
    session = Session(session.source)
    led = supervise(session, idle, Practice(loop=2, length=9), np.random.default_rng(5))
    assert max(step.label.progress for step in led.steps) > 0.5
    idled = Counter(
        shown.screen.tobytes()
        for shown, step in zip(replay(led), led.steps, strict=False)
        if step.by == "policy"
    )
    assert max(idled.values()) == 2


def test_who_needs_no_advice_gets_none_but_for_the_trembling_hand(session):
    pupil = VirtualAnnotator(session, replace(STEADY, care=0.9), np.random.default_rng(1))
    episode = supervise(session, pupil, ALONE, np.random.default_rng(5))
    assert episode.done
    assert episode.score.success
    assert not any(step.label.mistake for step in episode.steps)


def test_pressing_done_too_early_is_a_mistake(session):
    def hasty(screen):
        return locate(session.view, session.layout, Event("done"))

    episode = supervise(session, hasty, ALONE, np.random.default_rng(5))
    (step,) = episode.steps
    assert step.label.mistake
    assert step.label.kind != "done"
    assert step.advice is not None


def test_practice_is_a_function_of_the_plan_and_survives_the_disk(tmp_path):
    first = collect(contender("random"), assignments(plan(), 0))
    write_episodes(tmp_path / "p.parquet", first)
    assert read_episodes(tmp_path / "p.parquet") == first
    assert collect(contender("random"), assignments(plan(), 0)) == first


def test_worlds_are_for_training_and_never_come_twice():
    seeds = [what.source.seed for turn in range(3) for what in assignments(plan(), turn)]
    assert len(set(seeds)) == len(seeds) == 9
    assert min(seeds) > FIRST_TRAINING_SEED
    others = [what.source.seed for what in assignments(plan(seed=1), 0)]
    assert not set(seeds) & set(others)
    assert {what.layout for what in assignments(plan(episodes=20), 0)} == {"original", "dark-top"}


def test_some_families_can_be_left_to_demonstrations():
    other = "neuron-tracking"
    both = plan(episodes=4, run=Run(Curriculum(((TASK, "easy"), (other, "easy"), (TASK, "hard")))))
    assert [what.source.task for what in assignments(both, 0)] == [TASK, other, TASK, TASK]
    alone = replace(both, only=(TASK,))
    assert [what.source.level for what in assignments(alone, 0)] == ["easy", "hard", "easy", "hard"]
    with pytest.raises(ClonotateError, match="does not teach road"):
        replace(both, only=("road-network-construction",))


@pytest.fixture
def start(tmp_path):
    return str(save_model(tmp_path / "start", build("pico")))


@dataclass
class StubTraining:
    """Leaves an untrained checkpoint at once; `stop_at` is how many trainings are let through."""

    stop_at: int = 99

    def __post_init__(self):
        self.runs = []

    def __call__(self, run, out, device="cpu"):
        self.runs.append(run)
        step = run.steps if len(self.runs) <= self.stop_at else 1
        return save_model(out, build("pico"), metrics={"step": step})


def test_rounds_start_from_the_last_checkpoint_and_learn_from_all_practice(start, tmp_path, monkeypatch):
    training = StubTraining()
    monkeypatch.setattr(room, "train", training)
    assert dagger(plan(start), tmp_path) == tmp_path / "round-01"
    first, second = training.runs
    files = tuple(str(tmp_path / f"practice-{turn:02d}.parquet") for turn in range(2))
    assert (first.start, second.start) == (start, str(tmp_path / "round-00"))
    assert (first.curriculum.recorded, second.curriculum.recorded) == (files[:1], files)
    assert len(read_episodes(tmp_path / "practice-01.parquet")) == 3


def test_what_cannot_be_gone_on_from_is_refused_before_anything_is_practised(tmp_path):
    with pytest.raises(ClonotateError, match="is several networks"):
        dagger(plan("specialists"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_on_disk_is_not_made_again(start, tmp_path, monkeypatch):
    monkeypatch.setattr(room, "train", StubTraining(stop_at=0))
    assert dagger(plan(start), tmp_path) == tmp_path / "round-00"
    assert not (tmp_path / "practice-01.parquet").exists()  # its policy is not ready yet
    collected = (tmp_path / "practice-00.parquet").stat().st_mtime_ns

    training = StubTraining()
    monkeypatch.setattr(room, "train", training)
    dagger(plan(start), tmp_path)
    assert len(training.runs) == 2
    assert (tmp_path / "practice-00.parquet").stat().st_mtime_ns == collected
    dagger(plan(start), tmp_path)
    assert len(training.runs) == 2
