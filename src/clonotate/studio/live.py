"""Live sessions: the server owns the state, the journal comes first, and the screen follows.

A click is checked against the screen it was made on, written to the journal, and only then carried out and
shown. A session is nothing but its journal replayed, so a server that was killed goes on where it was.
"""

import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from clonotate.episodes.session import Session
from clonotate.records import Author, Click, ClonotateError, Source, Step
from clonotate.screens.pointing import hit
from clonotate.studio.frames import described, digest_of, raw
from clonotate.studio.journal import Ending, Entry, Journal, Opening, Purpose, TakenError
from clonotate.studio.messages import Accepted, Act, Refused, framed

RESIDENT = 64  # sessions kept in memory; others come back from the journal


class Live:
    """One session in progress. All who look at it share it; one lock lets one click in at a time.

    `author` decides whose click it is, `heard` is called after each that took effect, both under the lock.
    """

    def __init__(
        self,
        journal: Journal,
        opening: Opening,
        author: "Callable[[Live, Act], Author]" = lambda live, act: act.by,
        heard: "Callable[[Live], None]" = lambda live: None,
    ) -> None:
        self.journal, self.opening = journal, opening
        self.author, self.heard = author, heard
        self.session = Session(opening.source, opening.layout, world_of(opening.source))
        self.lock = threading.Lock()
        self.known: dict[str, int] = {}  # the ids of all clicks, and where they stand
        self.screen = digest_of(self.session.screen)
        self.head_start = 0  # ms of clicks that were copied
        self.catch_up()

    @property
    def seq(self) -> int:
        """How many clicks were made."""
        return len(self.session.steps)

    def catch_up(self) -> None:
        """Carry out what the journal holds and this session has not seen yet.

        Raises ClonotateError where a click was made on another screen than it would be made on now.
        """
        for entry in self.journal.entries(self.opening.id, self.seq):
            if entry.screen != self.screen:
                raise ClonotateError(
                    f"click {entry.seq} of session {entry.session} was made on a screen that this program"
                    " does not draw any more: open it with the version it was recorded with"
                )
            self.carry_out(entry)

    def carry_out(self, entry: Entry) -> None:
        """A click that is in the journal takes effect."""
        self.session.click(Step(entry.click, entry.ms, entry.by))
        self.known[entry.id] = entry.seq
        self.screen = digest_of(self.session.screen)
        if entry.seq < self.opening.copied:
            self.head_start = entry.ms
        self.heard(self)

    def act(self, act: Act) -> Accepted | Refused:
        """A click by somebody: journalled and carried out, or refused. One sent twice is made once."""
        with self.lock:
            if act.id in self.known:
                return Accepted(act.id, self.known[act.id])
            if refused := self.refusal(act):
                return refused
            entry = self.entry(act)
            try:
                self.journal.add(entry, self.ending(entry.click))
            except TakenError:  # by another server on the same journal
                self.catch_up()
                return Refused(act.id, "stale", STALE)
            self.carry_out(entry)
            return Accepted(act.id, entry.seq)

    def refusal(self, act: Act) -> Refused | None:
        """Why a click cannot count, if it cannot."""
        if self.session.done:
            return Refused(act.id, "finished", "This session is finished.")
        if act.seq != self.seq or act.screen != self.screen:
            return Refused(act.id, "stale", STALE)
        height, width, _ = self.session.screen.shape
        if act.click.x >= width or act.click.y >= height:
            return Refused(act.id, "outside", "That is not on the screen.")
        return None

    def entry(self, act: Act) -> Entry:
        """A click as the journal keeps it."""
        at = now()
        before = self.session.steps[-1].ms if self.session.steps else 0
        ms = max(before, self.head_start + at - self.opening.at)  # a clock may be set back
        return Entry(
            session=self.opening.id,
            seq=self.seq,
            id=act.id,
            click=act.click,
            by=self.author(self, act),
            screen=act.screen,
            ms=ms,
            at=at,
            client_at=act.client_at,
        )

    def ending(self, click: Click) -> Ending | None:
        """What the journal says of the end, if this click is Done."""
        event = hit(self.session.view, self.session.layout, click)
        if event is None or event.widget != "done":
            return None
        return Ending(self.session.task.score(self.session.world) if self.session.scored else None)

    def frame(self) -> bytes:
        """What a page is shown now."""
        with self.lock:
            session, screen = self.session, self.session.screen
            last = session.steps[-1] if session.steps else None
            head = {
                "type": "frame",
                "session": self.opening.id,
                "seq": self.seq,
                "screen": self.screen,
                "width": screen.shape[1],
                "height": screen.shape[0],
                "done": session.done,
                "last": {"x": last.click.x, "y": last.click.y, "by": last.by} if last else None,
                "feedback": self.feedback(),
                **described(session.view, session.layout),
            }
            return framed(head, raw(screen))

    def feedback(self) -> dict[str, Any] | None:
        """How it stands: in practice always, in work only at the end; None where nobody knows."""
        session = self.session
        if not session.scored or not (session.done or self.opening.purpose == "practice"):
            return None
        standing, score = session.task.standing(session.world), session.score()
        return {
            "in_error": standing.in_error,
            "progress": standing.progress,
            "success": score.success,
            "parts": dict(score.parts),
        }


STALE = "The screen had changed before this click arrived; it was not made. Look again."


class Room:
    """The live sessions of a server, brought back from the journal as they are asked for."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.author: Callable[[Live, Act], Author] = lambda live, act: act.by
        self.heard: Callable[[Live], None] = lambda live: None
        self.lives: OrderedDict[str, Future[Live]] = OrderedDict()
        self.lock = threading.Lock()

    def live(self, session: str) -> Live:
        """The session of that name, as the journal has it; ClonotateError if there is none."""
        with self.lock:
            coming = self.lives.get(session)
            mine = coming is None
            if coming is None:
                coming = self.lives[session] = Future()
            self.lives.move_to_end(session)
            while len(self.lives) > RESIDENT:
                self.lives.popitem(last=False)
        if mine:
            self.bring_back(session, coming)
        return coming.result()

    def bring_back(self, session: str, coming: "Future[Live]") -> None:
        """Replay a session for all who wait for it; what failed may be asked for again."""
        try:
            coming.set_result(Live(self.journal, self.journal.opening(session), self.author, self.heard))
        except Exception as error:
            with self.lock:
                self.lives.pop(session, None)
            coming.set_exception(error)

    def begin(self, source: Source, layout: str, purpose: Purpose, annotator: str) -> str:
        """A new session; its name. ClonotateError where the layout or the data cannot be used."""
        shown = Session(source, layout, world_of(source)).screen
        assert shown.size
        opening = Opening(secrets.token_hex(8), now(), purpose, annotator, source, layout)
        self.journal.begin(opening)
        return opening.id


def now() -> int:
    """The clock, ms since 1970."""
    return time.time_ns() // 1_000_000


def world_of(source: Source) -> Any:
    """The world of real data that a session is about, read once for all its sessions; else None."""
    return read_once(json.dumps(asdict(source), sort_keys=True)) if source.data else None


@lru_cache(maxsize=8)
def read_once(source: str) -> Any:
    from clonotate.formats import worlds

    return worlds.world_of(Source(**json.loads(source)))
