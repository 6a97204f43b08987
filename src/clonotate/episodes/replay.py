"""Replay: an episode is its causes, so its screens come back bit for bit; a digest tells of drift."""

import hashlib
from collections.abc import Iterator
from typing import Any

from clonotate.episodes.session import Session
from clonotate.records import ClonotateError, Episode, Event, Screen
from clonotate.screens.pointing import locate
from clonotate.tasks import task_named


def replay(episode: Episode, world: Any = None, layout: str | None = None) -> Iterator[Session]:
    """The session before each click and once more at the end; under another layout if one is named.

    `world` is needed for episodes on real data. One session object is stepped, so look before going on.
    """
    if episode.source.data and world is None:
        raise ClonotateError(f"this episode was made on {episode.source.data}; open that file to replay it")
    expected = task_named(episode.source.task, episode.source.level).version
    if episode.source.version != expected:
        raise ClonotateError(
            f"this episode is of version {episode.source.version} of {episode.source.task};"
            f" the program has version {expected}"
        )
    session = Session(episode.source, episode.layout, world)
    shown = session if layout is None else Session(episode.source, layout, session.world)
    for step in episode.steps:
        yield shown
        event = session.click(step)
        if shown is not session:
            follow(shown, event)
    yield shown


def follow(session: Session, event: Event | None) -> None:
    """Carry out an event that was made under another layout."""
    if event is not None:
        session.click(locate(session.view, session.layout, event))


def digest(episode: Episode, world: Any = None) -> str:
    """SHA-256 over all screens of an episode, the last one included, in hex."""
    total = hashlib.sha256()
    for session in replay(episode, world):
        total.update(session.screen.data)
    return total.hexdigest()


def screens(episode: Episode, world: Any = None, layout: str | None = None) -> Iterator[Screen]:
    """Every screen of an episode: the one before each click, and the last."""
    return (session.screen for session in replay(episode, world, layout))
