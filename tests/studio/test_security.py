"""Security: only our own page with the token gets in, and nonsense neither breaks nor writes anything."""

import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serving import TOKEN, Server, act, heard, serving
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from clonotate.records import Click, ClonotateError
from clonotate.studio.security import LARGEST, loopback, only_loopback, split, token_beside

FEW = settings(max_examples=30, deadline=None)
WISH = {"task": "colored-dot-tracking", "level": "easy"}


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A studio of its own, with one session in it; at the end it must not have complained once."""
    folder = tmp_path_factory.mktemp("victim")
    with serving(str(folder / "studio.sqlite"), folder, "--data", str(folder)) as server:
        yield server
        assert server.json("/api/status")["goal"] == 50
    assert server.complaints.read_text() == ""


@pytest.fixture(scope="module")
def session(victim: Server) -> str:
    return victim.begin(**WISH)


def raw(server: Server, content: bytes, patience: float = 0.2) -> bytes:
    """What a server says to bytes, within some seconds."""
    answer = b""
    with closing(socket.create_connection(("127.0.0.1", server.port), 10)) as line, suppress(OSError):
        line.settimeout(patience)
        line.sendall(content)
        while piece := line.recv(65536):
            answer += piece
    return answer


def written(server: Server) -> tuple[int, int]:
    """How many sessions and clicks the journal holds."""
    with closing(sqlite3.connect(server.journal)) as journal:
        counts = (
            journal.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("sessions", "clicks")
        )
        return tuple(count for (count,) in counts)  # type: ignore[return-value]


class TestGate:
    def test_without_the_token_nothing_is_served(self, victim: Server) -> None:
        for path in ("/", "/api/home", "/static/main.js", "/?token=wrong", f"/api/home?token={TOKEN}"):
            assert victim.ask(path, Authorization="")[0] == 403

    def test_the_first_visit_leaves_a_cookie_that_scripts_and_other_sites_do_not_get(
        self, victim: Server
    ) -> None:
        request = (
            f"GET /?token={TOKEN} HTTP/1.1\r\nHost: 127.0.0.1:{victim.port}\r\nConnection: close\r\n\r\n"
        )
        head = raw(victim, request.encode(), 10).partition(b"\r\n\r\n")[0].decode().lower()
        assert head.startswith("http/1.1 200")
        assert f"set-cookie: clonotate-{victim.port}=" in head
        assert "httponly" in head
        assert "samesite=strict" in head
        assert "referrer-policy: no-referrer" in head

    def test_the_cookie_opens(self, victim: Server) -> None:
        cookie = f"clonotate-{victim.port}={TOKEN}"
        assert victim.ask("/api/status", Authorization="", Cookie=cookie)[0] == 200
        assert victim.ask("/api/status", Authorization="", Cookie=cookie[:-1])[0] == 403

    @pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "", "[::1"])
    def test_a_rebound_name_is_not_ours(self, victim: Server, host: str) -> None:
        assert victim.ask("/api/home", Host=host.format(port=victim.port))[0] == 421

    @pytest.mark.parametrize(
        "origin", ["http://evil.example", "null", "", "http://127.0.0.1:1", "https://127.0.0.1"]
    )
    def test_another_origin_changes_nothing(self, victim: Server, origin: str) -> None:
        before = written(victim)
        assert victim.ask("/api/sessions", WISH, Origin=origin)[0] == 403
        assert written(victim) == before

    def test_another_origin_gets_no_line(self, victim: Server, session: str) -> None:
        address = f"ws://127.0.0.1:{victim.port}/live/{session}"
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        for origin, headers in (("http://evil.example", bearer), (None, bearer), (victim.origin, {})):
            with pytest.raises(InvalidStatus), connect(address, origin=origin, additional_headers=headers):  # type: ignore[arg-type]
                pass

    def test_a_large_request_is_refused(self, victim: Server) -> None:
        assert victim.ask("/api/sessions", {"task": "x" * LARGEST})[0] == 413
        assert victim.ask("/api/" + "x" * 5000)[0] == 414

    def test_a_large_message_ends_the_line(self, victim: Server, session: str) -> None:
        with victim.line(session) as line:
            heard(line)
            line.send("x" * (LARGEST + 1))
            with pytest.raises(ConnectionClosed):
                line.recv(20)

    @pytest.mark.parametrize(
        "path",
        [
            "/static/../journal.py",
            "/static/%2e%2e/journal.py",
            "/static/..%2f..%2fjournal.py",
            "/static//etc/passwd",
            "/api/shelf/../../../etc/passwd",
            "/api/shelf/%2e%2e/%2e%2e/etc/passwd",
            "/api/shelf//etc/passwd",
        ],
    )
    def test_no_path_leads_out(self, victim: Server, path: str) -> None:
        status, body = victim.ask(path)
        assert status in (400, 404)
        assert b"root:" not in body
        assert b"Journal" not in body


class TestNonsense:
    @FEW
    @given(
        st.binary(max_size=600),
        st.sampled_from([b"", b"GET / HTTP/1.1\r\n", b"POST /api/sessions HTTP/1.1\r\n"]),
    )
    def test_any_bytes(self, victim: Server, content: bytes, start: bytes) -> None:
        before = written(victim)
        raw(victim, start + content)
        assert written(victim) == before

    @FEW
    @given(
        st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]),
        st.sampled_from(
            ["/", "/api/sessions", "/api/sessions/0/branch", "/api/tasks/", "/live/", "/static/"]
        ),
        st.binary(max_size=40),
        st.dictionaries(
            st.sampled_from(["Content-Type", "Cookie", "Range", "Upgrade", "If-Match"]),
            st.binary(max_size=30),
        ),
    )
    def test_any_request_of_who_has_the_token(
        self, victim: Server, method: str, path: str, tail: bytes, headers: dict[str, bytes]
    ) -> None:
        before = written(victim)
        quoted = "".join(f"%{byte:02x}" for byte in tail)
        lines = [f"{method} {path}{quoted} HTTP/1.1", f"Host: 127.0.0.1:{victim.port}", "Connection: close"]
        lines += [f"Authorization: Bearer {TOKEN}", f"Origin: {victim.origin}"]
        extra = b"".join(b"\r\n" + name.encode() + b": " + value for name, value in headers.items())
        answer = raw(victim, "\r\n".join(lines).encode() + extra + b"\r\n\r\n")
        assert not answer.startswith(b"HTTP/1.1 500")
        assert written(victim) == before

    @FEW
    @given(
        st.sampled_from(["/api/sessions", "/api/sessions/{}/branch", "/api/sessions/nowhere/turn"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from([*WISH, "layout", "purpose", "data", "instance", "step"]),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=12,
        ),
    )
    def test_any_json_that_is_posted(self, victim: Server, session: str, path: str, content: Any) -> None:
        before = written(victim)
        status, _ = victim.ask(path.format(session), content)
        assert status in (200, 400, 404)
        assert written(victim) == before or status == 200  # a step alone is enough for a branch

    @FEW
    @given(st.text(max_size=200) | st.binary(max_size=200))
    def test_any_message(self, victim: Server, session: str, message: str | bytes) -> None:
        with victim.line(session) as line:
            heard(line)
            line.send(message.encode("utf-8", "replace").decode() if isinstance(message, str) else message)
            assert heard(line)["type"] == "fault"
        assert written(victim)[1] == 0

    @FEW
    @given(
        st.sampled_from(["type", "id", "seq", "screen", "x", "y", "by", "client_at"]),
        st.none()
        | st.booleans()
        | st.integers(max_value=-1)
        | st.floats()
        | st.just("virtual\x00")
        | st.lists(st.integers()),
    )
    def test_a_click_with_one_field_wrong(
        self, victim: Server, session: str, name: str, value: object
    ) -> None:
        with victim.line(session) as line:
            frame = heard(line)
            line.send(act(frame, Click(100, 100), "odd", **{name: value}))
            assert heard(line)["type"] == "fault"
        assert written(victim)[1] == 0

    def test_deep_nesting(self, victim: Server, session: str) -> None:
        with victim.line(session) as line:
            heard(line)
            line.send("[" * 30_000)
            assert heard(line)["type"] == "fault"

    def test_a_virtual_annotator_has_no_page(self, victim: Server, session: str) -> None:
        with victim.line(session) as line:
            frame = heard(line)
            line.send(json.dumps(json.loads(act(frame, Click(1, 1), "v")) | {"by": "virtual"}))
            assert heard(line)["type"] == "fault"


class TestParts:
    def test_hosts_are_split(self) -> None:
        assert split("localhost:80") == ("localhost", 80)
        assert split("[::1]:8642") == ("::1", 8642)
        assert split("[::1]") == ("::1", 80)
        assert split("name") == ("name", 80)

    def test_loopback_is_this_machine_alone(self) -> None:
        assert all(map(loopback, ("localhost", "127.0.0.1", "127.9.9.9", "::1")))
        assert not any(
            map(loopback, ("0.0.0.0", "10.0.0.1", "localhost.evil.example", "127.0.0.1.nip.io", ""))
        )

    def test_the_network_is_only_listened_to_when_told(self) -> None:
        with pytest.raises(ClonotateError, match="--remote"):
            only_loopback("0.0.0.0")
        only_loopback("0.0.0.0", ["0.0.0.0"])

    def test_the_token_outlives_a_restart_and_is_for_its_owner(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("CLONOTATE_TOKEN", raising=False)
        journal = str(tmp_path / "studio.sqlite")
        assert token_beside(journal) == token_beside(journal)
        assert (tmp_path / "studio.token").stat().st_mode & 0o777 == 0o600
        assert token_beside("postgresql://host/name") != token_beside("postgresql://host/name")
