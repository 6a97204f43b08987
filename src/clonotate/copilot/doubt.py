"""Doubt: how likely something is wrong at each step of a recorded session, from what a policy thinks of it.

A scorer is a function from the evidence of a step to a number that ranks steps. Most read what the policy
would do; the flag reads what it knows.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch

from clonotate.copilot.flag import Flag
from clonotate.copilot.meaning import button, meant, share
from clonotate.episodes.dataset import lesson
from clonotate.episodes.replay import replay
from clonotate.evaluation.agreement import same
from clonotate.models.base import ClickModel
from clonotate.models.residuals import residuals
from clonotate.records import Click, Episode
from clonotate.screens.pointing import hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a policy thinks of one step. Probabilities are in [0, 1]."""

    own: Click  # what it would have clicked
    agrees: bool  # and whether that means the same as what was clicked
    expected: float  # the probability it gave to clicks that mean what was clicked
    entropy: float  # how undecided it was, in nats
    undo: float  # the probability it gives to Undo on this screen
    undo_next: float  # and on the screen after; 0 after the last step
    flagged: float = 0.0  # the chance that the click erred, by the policy's flag on the screen after


Scorer: TypeAlias = Callable[[Evidence], float]
"""The higher, the likelier that something is wrong at a step."""


def surprise(step: Evidence) -> float:
    """How little the click was expected."""
    return 1 - step.expected


def undecided(step: Evidence) -> float:
    """How undecided the policy was, whatever was clicked then."""
    return step.entropy


def disagreement(step: Evidence) -> float:
    """Whether the policy would have clicked something else; of two such steps the more surprising one."""
    return float(not step.agrees) + surprise(step)


def hindsight(step: Evidence) -> float:
    """Surprise, or that the next screen asks for an Undo: sessions are read to their end, then judged."""
    return 1 - step.expected * (1 - step.undo_next)


def regret(step: Evidence) -> float:
    """How far the wish for an Undo rises over the click: that points at what erred, not at later steps."""
    return step.undo_next * (1 - step.undo)


def flagged(step: Evidence) -> float:
    """What the flag of the policy says of the click."""
    return step.flagged


SCORERS: dict[str, Scorer] = {
    "regret": regret,
    "hindsight": hindsight,
    "surprise": surprise,
    "disagreement": disagreement,
    "entropy": undecided,
    "flag": flagged,
}
"""By name; the first is the default."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A step that is worth a look: its session and its place in it."""

    session: int
    step: int
    score: float
    evidence: Evidence


def review(
    model: ClickModel[Any],
    sessions: Sequence[tuple[Episode, Any]],
    scorer: Scorer = regret,
    progress: Callable[[], None] = lambda: None,
    flag: Flag | None = None,
) -> list[Doubt]:
    """All steps of sessions, each with its world or None, the most doubtful first."""
    found = []
    for i, (episode, world) in enumerate(sessions):
        steps = examine(model, episode, world, flag)
        found += [Doubt(i, k, scorer(step), step) for k, step in enumerate(steps)]
        progress()
    return sorted(found, key=lambda doubt: -doubt.score)


@torch.inference_mode()
def examine(
    model: ClickModel[Any], episode: Episode, world: Any = None, flag: Flag | None = None
) -> list[Evidence]:
    """What a model thinks of every step of a session, given all that came before; and its flag, if given."""
    asked = lesson(episode, world)
    with ExitStack() as stack:
        stream = stack.enter_context(residuals(model)) if flag else []
        guess = model(torch.from_numpy(asked.screens), torch.from_numpy(asked.past), [len(asked.past)])
    erred = flag.chance(stream[-1].numpy()).tolist() if flag else [0.0] * len(asked.past)
    own, entropy, mass = guess.argmax().tolist(), guess.entropy().tolist(), guess.mass()
    judged, undo = [], []
    for k, (session, step) in enumerate(zip(replay(episode, world), episode.steps, strict=False)):
        meanings = [hit(session.view, session.layout, click) for click in (Click(*own[k]), step.click)]
        pressable = button(session, "undo")
        undo.append(share(mass[k], pressable) if pressable else 0.0)
        judged.append((same(*meanings), share(mass[k], meant(session, step.click))))
    return [
        Evidence(Click(*own[k]), agrees, expected, entropy[k], undo[k], *after)
        for k, ((agrees, expected), *after) in enumerate(
            zip(judged, [*undo[1:], 0.0], [*erred[1:], 0.0], strict=True)
        )
    ]
