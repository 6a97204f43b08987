"""The websocket: frames and clicks over real sockets, many pages on a session, a server that is killed."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from serving import Expert, Server, act, head_of, heard, serving, source_of
from websockets.exceptions import ConnectionClosed, InvalidMessage
from websockets.sync.client import ClientConnection

from clonotate.records import Click
from clonotate.studio.journal import Journal
from clonotate.studio.recorded import episode_of, opened

DOTS = "colored-dot-tracking"
KILLS = int(os.environ.get("CLONOTATE_KILLS", "4"))
CROWD = 20


def clicked(line: ClientConnection, frame: dict[str, Any], click: Click, name: str) -> dict[str, Any]:
    """The frame after a click."""
    line.send(act(frame, click, name))
    answer = heard(line)
    assert answer["type"] == "accepted", answer
    return heard(line)


class TestLine:
    def test_the_first_message_is_a_frame(self, server: Server) -> None:
        with server.line(server.begin(task=DOTS)) as line:
            message = line.recv(20)
            frame = head_of(message)
            assert (frame["type"], frame["seq"], frame["width"], frame["height"]) == ("frame", 0, 384, 288)
            length = int.from_bytes(message[:4], "big")  # type: ignore[arg-type]
            assert len(message) == 4 + length + 384 * 288 * 4

    def test_the_picture_is_the_simulators_own(self, server: Server) -> None:
        session = server.begin(task=DOTS)
        with server.line(session) as line:
            message = line.recv(20)
        assert isinstance(message, bytes)
        pixels = message[4 + int.from_bytes(message[:4], "big") :]
        screen = Expert(source_of(server.journal, session)).session.screen
        assert all(pixels[channel::4] == screen[..., channel].tobytes() for channel in range(3))

    def test_a_second_page_sees_every_click_and_one_of_two_wins(self, server: Server) -> None:
        session = server.begin(task=DOTS)
        with server.line(session) as one, server.line(session) as two:
            frame = head_of(one.recv(20))
            assert head_of(two.recv(20))["screen"] == frame["screen"]
            after = clicked(one, frame, Click(100, 100), "first")
            assert head_of(two.recv(20)) == after
            two.send(act(frame, Click(120, 120), "second"))
            refused, present = head_of(two.recv(20)), head_of(two.recv(20))
            assert (refused["type"], refused["id"], refused["reason"]) == ("refused", "second", "stale")
            assert present["seq"] == 1

    def test_a_session_that_is_not_there(self, server: Server) -> None:
        with server.line("nowhere") as line:
            assert heard(line)["type"] == "fault"
            with pytest.raises(ConnectionClosed):
                line.recv(20)

    def test_times_are_measured(self, server: Server) -> None:
        with server.line(server.begin(task=DOTS)) as line:
            clicked(line, heard(line), Click(100, 100), "timed")
            line.send('{"type": "seen", "ms": 12.5}')
            line.ping().wait(5)
        deadline = time.monotonic() + 5
        while "browser" not in (times := server.json("/api/status")["times"]):
            assert time.monotonic() < deadline
        assert times["server"]["count"] >= 1
        assert times["browser"]["median"] == 12.5


class Person:
    """Annotates session after session whatever happens to the server, and remembers what was acknowledged."""

    def __init__(self, server: Server, name: str, level: str = "easy") -> None:
        self.server, self.name, self.level = server, name, level
        self.finished: list[tuple[str, Expert]] = []
        self.acknowledged = 0  # clicks of all sessions
        self.lines = 0

    def work(self, goal: int, stop: Callable[[], bool] = lambda: False) -> None:
        """So many acknowledged clicks, or until told to stop, over as many lines as it takes."""
        goal += self.acknowledged
        while self.acknowledged < goal and not stop():
            session = patiently(lambda: self.server.begin(task=DOTS, level=self.level, annotator=self.name))
            expert = Expert(source_of(self.server.journal, session))
            self.finished.append((session, expert))
            self.annotate(session, expert, lambda: stop() or self.acknowledged >= goal)

    def annotate(self, session: str, expert: Expert, stop: Callable[[], bool]) -> None:
        """One session, up to its end or until told to stop."""
        pending: Pending | None = None
        made = 0
        while pending or not (expert.session.done or stop()):
            try:
                with self.server.line(session) as line:
                    self.lines += 1
                    frame = heard(line)
                    assert frame["seq"] >= made, "an acknowledged click is lost"
                    while pending or not (expert.session.done or stop()):
                        pending = pending or (frame, expert.decide(), f"{session}-{made}")
                        line.send(act(*pending))
                        answer, frame = heard(line), heard(line)
                        assert (answer["type"], answer["seq"]) == ("accepted", made), answer
                        pending, made = None, made + 1
                        self.acknowledged += 1
            except (OSError, ConnectionClosed, InvalidMessage, TimeoutError):
                time.sleep(0.02)  # what was not answered will be sent again, as the page does

    def check(self, journal: Journal) -> None:
        """The journal holds what was acknowledged, neither more nor less, and replays to the same end."""
        for session, expert in self.finished:
            entries = journal.entries(session)
            assert [entry.seq for entry in entries] == list(range(len(expert.session.steps)))
            assert [entry.click for entry in entries] == [step.click for step in expert.session.steps]
            if entries:
                episode = episode_of(journal.opening(session), entries)
                assert (episode.done, episode.score) == (expert.session.done, expert.session.score())


Pending: TypeAlias = tuple[dict[str, Any], Click, str]
"""A click that was not acknowledged yet: the frame it was made on, its place, its id."""


def patiently(call: Callable[[], str]) -> Any:
    """What a server gives that may be dead just now."""
    while True:
        try:
            return call()
        except (OSError, HTTPException):
            time.sleep(0.02)


class TestKilled:
    def test_kill_9_at_any_moment_loses_nothing(self, where: str, tmp_path: Path) -> None:
        """`CLONOTATE_KILLS` says how often; the people never stop clicking."""
        rng = random.Random(KILLS)
        server = Server(where, tmp_path, ("--policy", "expert")).start()
        people = [Person(server, f"p{i}", "standard") for i in range(3)]
        stop = threading.Event()
        try:
            with ThreadPoolExecutor(len(people)) as pool:
                working = [pool.submit(person.work, 1_000_000, stop.is_set) for person in people]
                try:
                    for _ in range(KILLS):
                        before = sum(person.acknowledged for person in people)
                        while sum(person.acknowledged for person in people) < before + 3:
                            time.sleep(0.005)
                            assert not any(work.done() for work in working)
                        time.sleep(rng.uniform(0.0, 0.1))
                        server.stop(signal.SIGKILL)
                        server.start()
                finally:
                    stop.set()
                for work in working:
                    work.result(60)
        finally:
            server.stop()
        with opened(where) as journal:
            for person in people:
                person.check(journal)
        assert sum(person.lines for person in people) > KILLS


class TestCrowd:
    def test_twenty_people_at_once(self, tmp_path: Path) -> None:
        where = str(tmp_path / "studio.sqlite")
        with serving(where, tmp_path) as server:
            people = [Person(server, f"p{i}") for i in range(CROWD)]
            with ThreadPoolExecutor(CROWD) as pool:
                list(pool.map(lambda person: person.work(10), people))
        with opened(where) as journal:
            for person in people:
                assert person.acknowledged == 10
                person.check(journal)
