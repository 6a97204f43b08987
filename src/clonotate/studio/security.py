"""Who may talk to the studio: pages that it served itself, opened by somebody who has its token.

Before anything else looks at a request: the Host is one of ours (no rebound names), the token is there, a
request that could change something comes from our own page, and it is not large.
"""

import ipaddress
import os
import secrets
import socket
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clonotate.records import ClonotateError

LARGEST = 64 * 1024  # bytes of a request or a message
LONGEST = 1024  # characters of an address
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; object-src 'none';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
LOCKED = "This studio is locked. Open the address that `clonotate studio` printed; it has the token in it."


class Guard:
    """ASGI middleware: lets through what has the token and comes from our page; see the module."""

    def __init__(self, app: ASGIApp, token: str, host: str, port: int) -> None:
        self.app, self.token, self.host, self.port = app, token, host, port
        self.cookie = f"clonotate-{port}"  # cookies know no ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if refusal := self.refusal(scope):
            await refuse(scope, receive, send, *refusal)
            return
        fresh = self.cookie if secret_of(scope) else ""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if fresh:
                    headers.append("Set-Cookie", f"{fresh}={self.token}; HttpOnly; SameSite=Strict; Path=/")
            await send(message)

        await self.app(scope, receive, send_guarded)

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Status and words for a request that is not let through."""
        headers = Headers(scope=scope)
        if not self.ours(headers.get("host", "")):
            return 421, "This is not a name of this studio."
        if not self.knows_token(scope, headers):
            return 403, LOCKED
        changing = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        if changing and headers.get("origin") != f"http://{headers['host']}":
            return 403, "Only the studio's own page may do this."
        if len(scope["path"]) + len(scope["query_string"]) > LONGEST:
            return 414, "No address here is as long as that."
        length = headers.get("content-length", "0")
        sound = length.isdecimal() and len(length) < 10 and "transfer-encoding" not in headers
        if not sound or int(length) > LARGEST:
            return 413, f"A request is at most {LARGEST} bytes, and says how many."
        return None

    def ours(self, host: str) -> bool:
        """Whether a Host header names this server; on loopback only loopback's names do."""
        name, port = split(host)
        if port != self.port:
            return False
        if loopback(self.host):
            return loopback(name)
        known = {self.host, socket.gethostname(), socket.getfqdn()}
        return name in known or loopback(name) or is_address(name)  # a rebound name is never an address

    def knows_token(self, scope: Scope, headers: Headers) -> bool:
        """Whether a request has the token: in its cookie, as a bearer, or in the address of the page."""
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        shown = [cookie_of(headers, self.cookie), bearer, secret_of(scope)]
        return any(secrets.compare_digest(each.encode(), self.token.encode()) for each in shown if each)


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, words: str) -> None:
    """Say no."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": words})
    else:
        await PlainTextResponse(words, status, HEADERS)(scope, receive, send)


def secret_of(scope: Scope) -> str:
    """The token in the address of the page itself, the only place where it may stand in one."""
    if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
        return ""
    return parse_qs(str(scope["query_string"], "latin-1")).get("token", [""])[0]


def cookie_of(headers: Headers, name: str) -> str:
    """A cookie's value, empty if it is not there."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def split(host: str) -> tuple[str, int]:
    """Name and port of a Host header."""
    name, _, port = host.rpartition(":") if not host.endswith("]") else (host, "", "80")
    if not name:
        name, port = host, "80"
    return name.strip("[]").lower(), int(port) if port.isdecimal() and len(port) < 6 else 0


def loopback(host: str) -> bool:
    """Whether a name can only be this very machine."""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def is_address(host: str) -> bool:
    """Whether this is a number and not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def token_beside(journal: str) -> str:
    """The token of a journal's studio, the same after a restart, so that open pages find their way back.

    `CLONOTATE_TOKEN` decides; else it lies beside a SQLite file, readable for its owner alone. A journal
    by URL gets a new one every time. Raises ClonotateError where it cannot be kept.
    """
    if given := os.environ.get("CLONOTATE_TOKEN"):
        return given
    if "://" in journal:
        return secrets.token_urlsafe(24)
    path = Path(journal).expanduser().with_suffix(".token")
    try:
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(24))
        token = path.read_text().strip()
    except OSError as error:
        raise ClonotateError(f"cannot keep the token in {path}: {error.strerror}") from None
    if len(token) < 16:
        raise ClonotateError(f"{path} holds no token; delete it")
    return token


def only_loopback(host: str, allowed: Iterable[str] = ()) -> None:
    """Refuse to listen to the network; ClonotateError unless `host` is this machine or allowed."""
    if not loopback(host) and host not in allowed:
        raise ClonotateError(
            f"{host} can be reached from other machines, over a line that is not encrypted: say --remote too"
        )
