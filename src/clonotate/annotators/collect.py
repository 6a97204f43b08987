"""Demonstrations to keep: a person of the population works through a world, and its causes are recorded."""

from dataclasses import replace

import numpy as np

from clonotate.annotators.virtual import Habits, VirtualAnnotator, sample_habits
from clonotate.episodes.replay import digest
from clonotate.episodes.rollout import Guards, rollout
from clonotate.episodes.session import Session
from clonotate.records import Episode, Source


def demonstrate(
    source: Source, layout: str = "original", habits: Habits | None = None, budget: int = 500
) -> Episode:
    """One episode of a virtual annotator, with the digest of its screens; habits are sampled unless given.

    A pure function of its arguments.
    """
    rng = np.random.default_rng([source.seed, 1])
    session = Session(source, layout)
    rollout(session, VirtualAnnotator(session, habits or sample_habits(rng), rng), Guards(budget))
    episode = session.episode()
    return replace(episode, digest=digest(episode))
