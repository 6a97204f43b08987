"""The websocket: frames and clicks over real sockets, many pages on a session, a server that is killed."""

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from serving import Expert, Server, act, head_of, serving, source_of
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from clonotate.records import Click
from clonotate.studio.journal import Journal
from clonotate.studio.recorded import episode_of

DOTS = "colored-dot-tracking"
KILLS = int(os.environ.get("CLONOTATE_KILLS", "5"))
CROWD = 20


def clicked(line: ClientConnection, frame: dict[str, Any], click: Click, name: str) -> dict[str, Any]:
    """The frame after a click."""
    line.send(act(frame, click, name))
    answer = head_of(line.recv(20))
    assert answer["type"] == "accepted", answer
    return head_of(line.recv(20))


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
            assert head_of(line.recv(20))["type"] == "fault"
            with pytest.raises(ConnectionClosed):
                line.recv(20)

    def test_times_are_measured(self, server: Server) -> None:
        with server.line(server.begin(task=DOTS)) as line:
            clicked(line, head_of(line.recv(20)), Click(100, 100), "timed")
            line.send('{"type": "seen", "ms": 12.5}')
            line.ping().wait(5)
        deadline = time.monotonic() + 5
        while "browser" not in (times := server.json("/api/status")["times"]):
            assert time.monotonic() < deadline
        assert times["server"]["count"] >= 1
        assert times["browser"]["median"] == 12.5


class Person:
    """Annotates a session whatever happens to the server, and remembers what was acknowledged."""

    def __init__(self, server: Server, session: str) -> None:
        self.server, self.session = server, session
        self.expert = Expert(source_of(server.journal, session), seed=hash(session) & 0xFFFF)
        self.acknowledged: list[Click] = []
        self.pending: tuple[dict[str, Any], Click, str] | None = None

    def work(self, clicks: int) -> None:
        """So many acknowledged clicks more, over as many lines as it takes."""
        goal = len(self.acknowledged) + clicks
        while len(self.acknowledged) < goal and not self.expert.session.done:
            try:
                with self.server.line(self.session) as line:
                    self.on(line, goal)
            except (OSError, ConnectionClosed, TimeoutError):
                time.sleep(0.05)
        assert self.pending is None

    def on(self, line: ClientConnection, goal: int) -> None:
        """Work while the line lasts. What was not answered is sent again, as the page does."""
        frame = head_of(line.recv(20))
        assert frame["seq"] >= len(self.acknowledged), "an acknowledged click is lost"
        while self.pending or (len(self.acknowledged) < goal and not self.expert.session.done):
            if self.pending is None:
                name = f"{self.session}-{len(self.acknowledged)}"
                self.pending = (frame, self.expert.decide(), name)
            line.send(act(*self.pending))
            answer, frame = head_of(line.recv(20)), head_of(line.recv(20))
            assert (answer["type"], answer["seq"]) == ("accepted", len(self.acknowledged)), answer
            self.acknowledged.append(self.pending[1])
            self.pending = None

    def check(self, journal: Journal) -> None:
        """The journal holds what was acknowledged, neither more nor less, and replays to the same end."""
        entries = journal.entries(self.session)
        assert [entry.click for entry in entries] == self.acknowledged
        assert [entry.seq for entry in entries] == list(range(len(entries)))
        episode = episode_of(journal.opening(self.session), entries)
        assert [step.click for step in episode.steps] == [s.click for s in self.expert.session.steps]
        assert episode.score == self.expert.session.score()


class TestKilled:
    def test_kill_9_at_any_moment_loses_nothing(self, where: str) -> None:
        """`CLONOTATE_KILLS` says how often; the person never stops clicking."""
        rng = random.Random(KILLS)
        server = Server(where, ("--policy", "expert")).start()
        people = [Person(server, server.begin(task=DOTS, level="hard")) for _ in range(2)]
        try:
            for kill in range(KILLS):
                working = [threading.Thread(target=person.work, args=(4,)) for person in people]
                for thread in working:
                    thread.start()
                time.sleep(rng.uniform(0.0, 0.12))
                server.stop(signal.SIGKILL)
                server.start()
                for thread in working:
                    thread.join(60)
                    assert not thread.is_alive(), f"no way back after kill {kill}"
                people = [person if not person.expert.session.done else newcomer(server) for person in people]
        finally:
            server.stop()
        journal = Journal(where)
        for person in people:
            person.check(journal)
        journal.close()


def newcomer(server: Server) -> Person:
    """Somebody who begins another instance."""
    return Person(server, server.begin(task=DOTS, level="hard"))


class TestCrowd:
    def test_twenty_people_at_once(self, tmp_path: Path) -> None:
        where = str(tmp_path / "studio.sqlite")
        with serving(where, "--policy", "expert") as server:
            people = [Person(server, server.begin(task=DOTS, annotator=f"p{i}")) for i in range(CROWD)]
            with ThreadPoolExecutor(CROWD) as pool:
                list(pool.map(lambda person: person.work(10), people))
        journal = Journal(where)
        for person in people:
            assert len(person.acknowledged) == 10
            person.check(journal)
        journal.close()
