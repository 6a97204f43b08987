"""Serve a studio until it is interrupted."""

import socket
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from clonotate.records import ClonotateError

try:
    import uvicorn

    from clonotate.studio.app import Studio, application
    from clonotate.studio.journal import Journal
    from clonotate.studio.security import LARGEST, only_loopback, token_beside
except ModuleNotFoundError as error:
    if error.name and error.name.startswith("clonotate"):
        raise
    raise ClonotateError("the studio needs an extra: pip install 'clonotate[studio]'") from None


def serve(
    where: str, data: Sequence[Path], policy: str, host: str, port: int, remote: bool, browser: bool
) -> None:
    """Print the address, open it if wished, and serve. ClonotateError for what cannot be served."""
    only_loopback(host, [host] if remote else [])
    listener = listening(host, port)
    journal = Journal(where)
    token = token_beside(where)
    name = f"[{host}]" if ":" in host else host
    address = f"http://{name}:{port}/?token={token}"
    studio = Studio(journal, data, policy)
    app = application(studio, token, host, port)
    config = uvicorn.Config(
        app,
        http="h11",
        ws="websockets-sansio",
        ws_max_size=LARGEST,
        ws_per_message_deflate=False,
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        lifespan="off",
    )
    print(f"The studio is at {address}\nClicks are kept in {where}. Ctrl-C ends it.", flush=True)
    if browser:
        webbrowser.open(address)
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        studio.lessons.stop()
        journal.close()


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; ClonotateError where another program has the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ClonotateError(
            f"cannot listen on {host}:{port}: {error.strerror}; try another --port"
        ) from None
    return listener
