"""A studio as users run it: the command in a process of its own, real sockets, and an expert who clicks."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import numpy as np
from websockets.sync.client import ClientConnection, connect

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.records import Click, Source
from clonotate.studio.journal import Journal

TOKEN = "a-token-for-tests-alone"
ABSENT = object()


@dataclass
class Server:
    """`clonotate studio` on a journal. It may be killed and started again on the same port."""

    journal: str
    folder: Path
    options: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[str] | None = None
    environment: dict[str, str] = field(
        default_factory=lambda: os.environ | {"CLONOTATE_TOKEN": TOKEN}, repr=False
    )

    def start(self) -> "Server":
        self.port = self.port or free_port()
        command = [
            "studio",
            "--no-browser",
            "--journal",
            self.journal,
            "--port",
            str(self.port),
            *self.options,
        ]
        with self.complaints.open("a") as complaints:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "clonotate.cli", *command],
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                env=self.environment,
            )
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert "http://127.0.0.1" in line, "the studio did not start"
        return self

    def stop(self, how: int = signal.SIGINT) -> int:
        """Signal the server and wait; its exit code."""
        assert self.process
        self.process.send_signal(how)
        code = self.process.wait(20)
        assert self.process.stdout
        self.process.stdout.close()
        return code

    @property
    def complaints(self) -> Path:
        """What the server wrote on standard error."""
        return self.folder / "complaints.txt"

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"{self.origin}/?token={TOKEN}"

    def ask(self, path: str, content: Any = ABSENT, **headers: str) -> tuple[int, bytes]:
        """A request with the token: GET, or POST with content; status and body."""
        sent = {"Authorization": f"Bearer {TOKEN}", "Origin": self.origin} | headers
        body = None if content is ABSENT else json.dumps(content).encode()
        request = urllib.request.Request(self.origin + path, body, sent)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()

    def json(self, path: str, content: Any = ABSENT) -> Any:
        """What a request gives."""
        status, body = self.ask(path, content)
        assert status == 200, body
        return json.loads(body)

    def begin(self, **wish: object) -> str:
        """A new session; its name."""
        return str(self.json("/api/sessions", {"level": "easy", **wish})["id"])

    def line(self, session: str) -> ClientConnection:
        """The websocket of a session."""
        return connect(
            f"ws://127.0.0.1:{self.port}/live/{session}",
            origin=self.origin,  # type: ignore[arg-type]
            additional_headers={"Authorization": f"Bearer {TOKEN}"},
            compression=None,
            max_size=None,
            open_timeout=20,
        )


@contextmanager
def serving(journal: str, folder: Path, *options: str) -> Iterator[Server]:
    """A studio that runs for a while."""
    server = Server(journal, folder, options).start()
    try:
        yield server
    finally:
        if server.process and server.process.poll() is None:
            server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def head_of(message: str | bytes) -> dict[str, Any]:
    """What stands before the picture of a frame; or the JSON of an answer."""
    if isinstance(message, str):
        answer: dict[str, Any] = json.loads(message)
        return answer
    length = int.from_bytes(message[:4], "big")
    head: dict[str, Any] = json.loads(message[4 : 4 + length])
    return head


def heard(line: ClientConnection) -> dict[str, Any]:
    """The next answer or frame; what a co-pilot says in between is passed over."""
    while (message := head_of(line.recv(20)))["type"] in ("copilot", "suggestion"):
        pass
    return message


def act(frame: dict[str, Any], click: Click, name: str, **changes: object) -> str:
    """The message of a click on a frame."""
    content = {"type": "act", "id": name, "seq": frame["seq"], "screen": frame["screen"], "by": "person"}
    return json.dumps(content | {"x": click.x, "y": click.y, "client_at": 1_800_000_000_000} | changes)


class Expert:
    """Somebody who knows what to click: a twin of the session, and the virtual expert on it."""

    def __init__(self, source: Source, layout: str = "original", seed: int = 0) -> None:
        self.session = Session(source, layout)
        self.annotator = VirtualAnnotator(self.session, STEADY, np.random.default_rng(seed))

    def decide(self) -> Click:
        """The next click, made in the twin too."""
        step = self.annotator(self.session.screen)
        self.session.click(step.click)
        return step.click


def source_of(journal: Path | str, session: str) -> Source:
    """Where the world of a recorded session comes from."""
    opened = Journal(str(journal))
    try:
        return opened.opening(session).source
    finally:
        opened.close()


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
