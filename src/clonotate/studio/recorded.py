"""From the journal back to episodes: sessions as their causes, checked against its digests."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from clonotate.episodes.session import Session
from clonotate.records import Click, ClonotateError, Episode, Event, Screen, Step
from clonotate.screens.layout import layout_named
from clonotate.screens.pointing import hit, locate
from clonotate.screens.render import render
from clonotate.screens.widgets import View
from clonotate.studio.frames import digest_of, png
from clonotate.studio.journal import Entry, Journal, Opening
from clonotate.studio.live import world_of


@contextmanager
def opened(where: str) -> Iterator[Journal]:
    """A journal that is there already; ClonotateError if it is not, or not ours."""
    if "://" not in where and not Path(where).expanduser().is_file():
        raise ClonotateError(f"no such journal: {where}")
    journal = Journal(where)
    try:
        yield journal
    finally:
        journal.close()


def episodes_of(journal: Journal) -> Iterator[Episode]:
    """All real work that has a click, finished or not; practice and policies' turns are left out.

    Raises ClonotateError where a session does not replay to the screens it was made on.
    """
    for opening in journal.openings():
        entries = journal.entries(opening.id)
        if opening.purpose == "work" and entries:
            yield episode_of(opening, entries)


def episode_of(opening: Opening, entries: list[Entry]) -> Episode:
    """One session as an episode, with the digest of all its screens."""
    total = hashlib.sha256()
    for session in replayed(opening, entries):
        total.update(session.screen.data)
    return replace(session.episode(), digest=total.hexdigest())


def replayed(opening: Opening, entries: list[Entry]) -> Iterator[Session]:
    """A session before each of its clicks and at the end; every screen must be the one acted on."""
    session = Session(opening.source, opening.layout, world_of(opening.source))
    for entry in entries:
        if digest_of(session.screen) != entry.screen:
            raise ClonotateError(
                f"click {entry.seq} of session {opening.id} was made on another screen than is drawn now"
            )
        yield session
        session.click(Step(entry.click, entry.ms, entry.by))
    yield session


class Reel:
    """A session laid out step by step, to be looked at from any of them and under any layout."""

    def __init__(self, opening: Opening, entries: list[Entry]) -> None:
        self.opening, self.entries = opening, entries
        self.views: list[View] = []
        self.events: list[Event | None] = []
        for session, entry in zip(replayed(opening, entries), [*entries, None], strict=True):
            self.views.append(session.view)
            if entry:
                self.events.append(hit(session.view, session.layout, entry.click))

    def picture(self, step: int, layout: str) -> bytes:
        """The screen after so many clicks, as PNG."""
        return png(self.screen(step, layout))

    def screen(self, step: int, layout: str) -> Screen:
        """The screen after so many clicks; ClonotateError if there were fewer."""
        if not 0 <= step < len(self.views):
            raise ClonotateError(f"this session has {len(self.entries)} clicks, not {step}")
        return render(self.views[step], layout_named(layout))

    def clicks(self, layout: str) -> list[Click | None]:
        """Where each click lies under a layout; None where it hit nothing and was made under another."""
        if layout == self.opening.layout:
            return [entry.click for entry in self.entries]
        into = layout_named(layout)
        return [
            locate(view, into, event) if event else None
            for view, event in zip(self.views, self.events, strict=False)
        ]

    def steps(self, layout: str) -> list[dict[str, Any]]:
        """Every click in words and numbers, for the page."""
        return [
            {
                "x": click.x if click else None,
                "y": click.y if click else None,
                "ms": entry.ms,
                "by": entry.by,
                "widget": event.widget if event else "",
                "copied": entry.seq < self.opening.copied,
            }
            for entry, event, click in zip(self.entries, self.events, self.clicks(layout), strict=True)
        ]
