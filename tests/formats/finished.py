"""Episodes that an expert finished, made once: on procedural worlds, several hands at work."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.replay import digest
from clonotate.episodes.rollout import rollout
from clonotate.episodes.session import Session
from clonotate.formats.worlds import read_world
from clonotate.records import Author, Episode, Source, Step
from clonotate.tasks import task_named

HANDS: tuple[Author, ...] = ("person", "accepted", "policy", "correction")


@cache
def finished(task: str, seed: int = 20_000) -> Episode:
    """An easy world, done right; its clicks are by all of `HANDS` in turn."""
    return worked(Session(Source(task, "easy", seed, task_named(task).version)))


def finished_on(task: str, path: Path, seed: int = 0) -> Episode:
    """The same on real data."""
    source, world = read_world(task, path, seed)
    return worked(Session(source, world=world), world)


def worked(session: Session, world: object = None) -> Episode:
    """What an expert makes of a session."""
    exact = replace(STEADY, jitter=0.0)
    person, clicks = VirtualAnnotator(session, exact, np.random.default_rng(0)), iter(range(10_000))

    def hand(screen: np.ndarray) -> Step:
        return replace(person(screen), by=HANDS[next(clicks) % len(HANDS)])

    rollout(session, hand)
    assert session.done
    episode = session.episode()
    return replace(episode, digest=digest(episode, world))
