"""The websocket of a session: frames out, clicks in. Every page on a session sees every click at once."""

import asyncio
import time
from collections import defaultdict
from contextlib import suppress
from typing import TypeAlias

from anyio import to_thread
from starlette.websockets import WebSocket, WebSocketDisconnect

from clonotate.records import ClonotateError
from clonotate.studio.latency import Latency
from clonotate.studio.live import Room
from clonotate.studio.messages import Accepted, Act, Fault, Refused, Seen, Steer, parsed, text_of
from clonotate.studio.pilots import Pilots

WAITING = 64  # messages that a slow page may be behind
Outbox: TypeAlias = "asyncio.Queue[str | bytes | None]"
"""What a page is still to be sent; None ends it."""


class Audience:
    """Who looks at which session. Belongs to the event loop; other threads use `call_soon_threadsafe`."""

    def __init__(self) -> None:
        self.outboxes: defaultdict[str, set[Outbox]] = defaultdict(set)

    def join(self, session: str) -> Outbox:
        """A page more."""
        outbox: Outbox = asyncio.Queue(WAITING)
        self.outboxes[session].add(outbox)
        return outbox

    def leave(self, session: str, outbox: Outbox) -> None:
        """A page less."""
        self.outboxes[session].discard(outbox)
        if not self.outboxes[session]:
            del self.outboxes[session]

    def tell(self, session: str, message: str | bytes) -> None:
        """Send all pages of a session the same."""
        for outbox in tuple(self.outboxes.get(session, ())):
            post(outbox, message)


def post(outbox: Outbox, message: str | bytes | None) -> None:
    """Put a message into an outbox; a page that does not keep up is cut off and will come back."""
    try:
        outbox.put_nowait(message)
    except asyncio.QueueFull:
        while not outbox.empty():
            outbox.get_nowait()
        outbox.put_nowait(None)


class Wire:
    """Serves the websockets of a room, whose co-pilots talk to its pages."""

    def __init__(self, room: Room, latency: Latency, pilots: Pilots) -> None:
        self.room, self.latency, self.pilots, self.audience = room, latency, pilots, Audience()
        pilots.tell = self.tell
        room.author, room.heard = pilots.author, pilots.heard
        self.loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, socket: WebSocket) -> None:
        """One page on one session, until it leaves."""
        session = socket.path_params["session"]
        await socket.accept()
        self.loop = asyncio.get_running_loop()
        outbox = self.audience.join(session)
        sender, looked = asyncio.create_task(drain(socket, outbox)), False
        try:
            outbox.put_nowait(await self.frame(session))
            self.pilots.look(self.room.live(session))
            looked = True
            while True:
                await self.hear(session, outbox, await received(socket))
        except WebSocketDisconnect:
            pass
        except ClonotateError as error:
            post(outbox, text_of(Fault(str(error))))
            post(outbox, None)
            await asyncio.wait([sender], timeout=2)
        finally:
            self.audience.leave(session, outbox)
            if looked:
                self.pilots.leave(session)
            sender.cancel()
            with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await sender

    def tell(self, session: str, text: str) -> None:
        """Send all pages of a session the same, from any thread."""
        if self.loop:
            self.loop.call_soon_threadsafe(self.audience.tell, session, text)

    async def frame(self, session: str) -> bytes:
        """The present frame of a session."""
        return await to_thread.run_sync(lambda: self.room.live(session).frame())

    async def hear(self, session: str, outbox: Outbox, text: str) -> None:
        """Do what a page says. Raises ClonotateError for what is no message."""
        match parsed(text):
            case Seen(ms):
                self.latency.note("browser", ms)
            case Steer() as steer:
                await to_thread.run_sync(self.pilots.steer, session, steer)
            case Act() as act:
                await self.act(session, outbox, act)

    async def act(self, session: str, outbox: Outbox, act: Act) -> None:
        """A click: answered to its page, and the new frame shown to all."""
        begun = time.perf_counter()
        answer, frame = await to_thread.run_sync(self.made, session, act)
        post(outbox, text_of(answer))
        if isinstance(answer, Accepted):
            self.audience.tell(session, frame)
            self.latency.note("server", 1e3 * (time.perf_counter() - begun))
        else:
            post(outbox, frame)

    def made(self, session: str, act: Act) -> tuple[Accepted | Refused, bytes]:
        """A click made or refused, and the frame after it."""
        live = self.room.live(session)
        return live.act(act), live.frame()


async def received(socket: WebSocket) -> str:
    """The next message as text; ClonotateError for a binary one."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    text = message.get("text")
    if text is None:
        raise ClonotateError("messages are text")
    return str(text)


async def drain(socket: WebSocket, outbox: Outbox) -> None:
    """Send what is in an outbox, in order, until None."""
    while (message := await outbox.get()) is not None:
        if isinstance(message, bytes):
            await socket.send_bytes(message)
        else:
            await socket.send_text(message)
    await socket.close(1008)
