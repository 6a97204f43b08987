"""What a policy would click next, and what else it thinks of: for a person to look at, take or leave."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from clonotate.copilot.meaning import button, share
from clonotate.episodes.replay import replay
from clonotate.episodes.session import Session
from clonotate.models.base import APART, CELL, ClickDistribution, ClickModel, around
from clonotate.models.policy import Policy
from clonotate.records import Click, Episode, Screen
from clonotate.screens.layout import Rect

OTHERS = 2
"""How many alternatives are shown at most."""
FAINT = 0.02
"""Less likely alternatives are not worth a look."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A click that is possible, and the probability of its place, in [0, 1]."""

    click: Click
    probability: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A policy's next click. Probabilities are those of a place: 3 x 3 cells of 8 px around the click."""

    step: int  # how many clicks had been made
    click: Click
    confidence: float
    others: tuple[Candidate, ...]  # the likely ones among the rest, best first
    entropy: float  # between cells, in nats
    doubt: float  # the probability it gives to Undo here: that something is wrong


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A screen as it came up in a session, by which click, and where Undo can be pressed on it."""

    screen: Screen
    click: Click | None = None  # None at the first screen
    undo: Rect | None = None


def glimpse(session: Session) -> Glimpse:
    """The present screen of a session."""
    last = session.steps[-1].click if session.steps else None
    return Glimpse(session.screen, last, button(session, "undo"))


def glimpses(episode: Episode, world: Any = None) -> Iterator[Glimpse]:
    """All screens of a session so far, the present one last; `world` as in `replay`."""
    return map(glimpse, replay(episode, world))


class Follower:
    """A policy that looks over somebody's shoulder: it sees every screen, and hears of every click."""

    def __init__(self, model: ClickModel[Any], unrest: float = 0.0) -> None:
        self.policy = Policy(model, unrest=unrest)
        self.forget()

    def forget(self) -> None:
        """The next glimpse is the first of another session."""
        self.policy.reset()
        self.seen = 0
        self.guess: ClickDistribution | None = None
        self.undo: Rect | None = None

    @torch.inference_mode()
    def see(self, what: Glimpse) -> None:
        """Takes in the next screen of the session."""
        if what.click is not None:
            self.policy.made(what.click)
        self.guess, self.undo = self.policy.look(what.screen), what.undo
        self.seen += 1

    @torch.inference_mode()
    def suggest(self) -> Suggestion:
        """What the policy would click on the last screen it saw."""
        assert self.guess is not None, "nothing was seen yet"
        guess, mass = self.guess, self.guess.mass()
        click = self.policy.choose(guess)
        return Suggestion(
            step=self.seen - 1,
            click=click,
            confidence=around(mass)[0, click.y // CELL, click.x // CELL].item(),
            others=others(guess, click),
            entropy=guess.entropy().item(),
            doubt=share(mass[0], self.undo) if self.undo else 0.0,
        )


def others(guess: ClickDistribution, chosen: Click) -> tuple[Candidate, ...]:
    """The likely clicks elsewhere than the chosen one."""
    clicks, probabilities = (part[0].tolist() for part in guess.candidates(OTHERS + 1))
    found = [Candidate(Click(*click), p) for click, p in zip(clicks, probabilities, strict=True)]
    return tuple(one for one in found if one.probability >= FAINT and apart(one.click, chosen))[:OTHERS]


def apart(one: Click, other: Click) -> bool:
    """Whether two clicks are more than `APART` cells from each other."""
    return max(abs(one.x // CELL - other.x // CELL), abs(one.y // CELL - other.y // CELL)) > APART
