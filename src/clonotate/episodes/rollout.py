"""Rollout: let an annotator work on a session until it is done, or until a guard stops it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from clonotate.episodes.session import Session
from clonotate.records import Click, Screen, Step

Annotator: TypeAlias = Callable[[Screen], Click | Step]
"""Screen in, click out, with notes or without; a virtual annotator knows its session besides."""


@dataclass(frozen=True)
class Guards:
    """What ends a rollout early; each is reported, none is hidden.

    `budget`: clicks at most. `loop`: stop after so many clicks in a row that changed nothing at all
    or came back to a state met as often before; 0 switches it off. `ask`: below so much confidence, in
    [0, 1], an annotator would stop and ask; that is noted and it goes on, to see how it would have gone.
    """

    budget: int = 500
    loop: int = 0
    ask: float = 0.0


@dataclass(frozen=True)
class Ending:
    """How a rollout ended: by Done, by the budget or in a loop."""

    steps: int
    invalid: int
    looped: bool
    asked: int | None = None  # clicks made before it would first have asked; None if it never would


def rollout(
    session: Session,
    annotator: Annotator,
    guards: Guards | None = None,
    until: Callable[[Session], bool] = lambda session: False,
) -> Ending:
    """Act on a session until Done, a guard or `until`; the session holds the steps and the world.

    A loop is counted (and, with `guards.loop`, stopped) where the same screen is met with the same click
    again and again: `looped` tells that it happened at least `LOOPED` times in a row for one pair.
    """
    guards = guards or Guards()
    met: dict[tuple[int, Click], int] = {}
    most, asked = 0, None
    while not session.done and len(session.steps) < guards.budget:
        screen = session.screen
        act = annotator(screen)
        if asked is None and getattr(annotator, "confidence", 1.0) < guards.ask:  # only networks have doubts
            asked = len(session.steps)
        click = act.click if isinstance(act, Step) else act
        key = (hash(screen.tobytes()), click)
        met[key] = met.get(key, 0) + 1
        most = max(most, met[key])
        session.click(act)
        if (guards.loop and most >= guards.loop) or until(session):
            break
    return Ending(len(session.steps), session.invalid, most >= LOOPED, asked)


LOOPED = 8
"""The same click on the same screen so many times is called a loop."""
