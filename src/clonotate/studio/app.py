"""The studio as a web application: its state, its routes, and one short function for each of them."""

from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from clonotate.records import ClonotateError
from clonotate.screens.layout import LAYOUTS
from clonotate.studio import branches, catalog, exports, practice
from clonotate.studio.catalog import Shelf, Wish
from clonotate.studio.journal import Journal, Purpose, Tally
from clonotate.studio.latency import GOAL_MS, GOALS_MS, Latency
from clonotate.studio.lessons import Lessons
from clonotate.studio.live import Room
from clonotate.studio.lookback import Review, efforts
from clonotate.studio.messages import json_object, line, whole
from clonotate.studio.pilots import Pilots
from clonotate.studio.recorded import Reel
from clonotate.studio.security import LARGEST, Guard
from clonotate.studio.wire import Wire

PATIENCE = 2.0  # seconds that a page waits for a part of the review
STATIC = Path(str(files("clonotate.studio") / "static"))
Value = TypeVar("Value")
Endpoint = Callable[[Request], Awaitable[Response]]


class Studio:
    """All that one server holds. `policy` is who takes turns at an instance: a checkpoint, or a name."""

    def __init__(self, journal: Journal, data: Sequence[Path] = (), policy: str = "specialists") -> None:
        self.journal, self.policy = journal, policy
        self.room, self.shelf, self.latency = Room(journal), Shelf(data), Latency()
        self.pilots, self.lessons = Pilots(policy, self.latency), Lessons(journal)
        self.wire = Wire(self.room, self.latency, self.pilots)
        self.review = Review(journal, lambda: self.pilots.model)
        self.reels = lru_cache(maxsize=16)(self.reel_of)

    def reel(self, session: str) -> Reel:
        """A session laid out step by step, as far as it has come."""
        return self.reels(session, self.room.live(session).seq)

    def reel_of(self, session: str, clicks: int) -> Reel:
        """The first clicks of a session, laid out."""
        return Reel(self.journal.opening(session), self.journal.entries(session)[:clicks])


def application(studio: Studio, token: str, host: str, port: int) -> Guard:
    """The whole application, behind its guard."""
    session = "/api/sessions/{session}"
    routes = [
        Route("/", page),
        Mount("/static", StaticFiles(directory=STATIC)),
        Route("/api/home", home),
        Route("/api/status", status),
        Route("/api/tasks", tasks),
        Route("/api/layouts", layouts),
        Route("/api/tasks/{task}.png", task_picture),
        Route("/api/shelf/{name:path}", shelf_item),
        Route("/api/effort", effort),
        Route("/api/review", review),
        Route("/api/finetune", finetune, methods=["GET", "POST"]),
        Route("/api/finetune/{act}", finetuned, methods=["POST"]),
        Route("/api/sessions", begin, methods=["POST"]),
        Route(session, about),
        Route(f"{session}/last.png", last_picture),
        Route(f"{session}/steps/{{step:int}}.png", step_picture),
        Route(f"{session}/session.gif", as_gif),
        Route(f"{session}/session.html", as_html),
        Route(f"{session}/exports/{{name}}", as_work),
        Route(f"{session}/advice", advice),
        Route(f"{session}/branch", branch, methods=["POST"]),
        Route(f"{session}/turn", turn, methods=["POST"]),
        WebSocketRoute("/live/{session}", studio.wire.serve),
    ]
    app = Starlette(routes=routes, exception_handlers={ClonotateError: unusable})
    app.state.studio = studio
    return Guard(app, token, host, port)


def studio_of(request: Request) -> Studio:
    """The studio that a request is for."""
    return cast(Studio, request.app.state.studio)


async def unusable(request: Request, error: Exception) -> Response:
    """What cannot be done, in one line for the person."""
    return JSONResponse({"words": str(error)}, 400)


async def said(request: Request) -> dict[str, Any]:
    """The JSON object that a request brings."""
    return json_object((await request.body())[: LARGEST + 1])


async def working(work: Callable[..., Value], *arguments: object) -> Value:
    """Work that takes a while, beside the loop that serves everybody."""
    return await to_thread.run_sync(partial(work, *arguments))


# Home


async def page(request: Request) -> Response:
    return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-store"})


async def home(request: Request) -> Response:
    studio = studio_of(request)
    return JSONResponse(
        {
            "tasks": catalog.tasks(),
            "data": list(studio.shelf.items),
            "layouts": list(LAYOUTS),
            "sessions": await working(catalog.sessions, studio.room),
            "policy": studio.policy,
        }
    )


async def tasks(request: Request) -> Response:
    return JSONResponse({"tasks": catalog.tasks()})


async def layouts(request: Request) -> Response:
    return JSONResponse({"layouts": list(LAYOUTS)})


async def status(request: Request) -> Response:
    return JSONResponse({"goal": GOAL_MS, "goals": GOALS_MS, "times": studio_of(request).latency.summary()})


async def task_picture(request: Request) -> Response:
    return picture(await working(catalog.picture, request.path_params["task"]), lasting=True)


async def shelf_item(request: Request) -> Response:
    return JSONResponse(await working(studio_of(request).shelf.readers, request.path_params["name"]))


# Sessions


async def begin(request: Request) -> Response:
    studio, wish = studio_of(request), wished(await said(request))
    return JSONResponse({"id": await working(catalog.begun, studio.room, studio.shelf, wish)})


def wished(said: dict[str, Any]) -> Wish:
    """What a page asks to annotate; ClonotateError for what cannot be meant."""
    purpose = said.get("purpose", "work")
    if purpose not in get_args(Purpose) or purpose == "policy":
        raise ClonotateError("a session is for work or practice")
    return Wish(
        task=line(said, "task", 64, ""),
        level=line(said, "level", 32, "standard"),
        layout=line(said, "layout", 64, "original"),
        purpose=purpose,
        annotator=line(said, "annotator", 80, "somebody"),
        data=line(said, "data", 300, ""),
        instance=line(said, "instance", 32, ""),
    )


async def about(request: Request) -> Response:
    studio, session = studio_of(request), request.path_params["session"]
    layout = request.query_params.get("layout", "")
    return JSONResponse(await working(laid_out, studio, session, layout))


def laid_out(studio: Studio, session: str, layout: str) -> dict[str, Any]:
    """A session with all its steps, and what else there is of its instance."""
    reel = studio.reel(session)
    source, ending = reel.opening.source, studio.journal.endings().get(session)
    score = ending.score if ending else None
    tally = studio.journal.tallies().get(session, Tally(0, 0))
    others = [o for o in studio.journal.openings() if o.source == source and o.id != session]
    return catalog.told(reel.opening, tally) | {
        "item": studio.shelf.name(source.data),
        "done": ending is not None,
        "score": {"success": score.success, "parts": dict(score.parts)} if score else None,
        "steps": reel.steps(layout or reel.opening.layout),
        "others": [{"id": o.id, "annotator": o.annotator, "purpose": o.purpose} for o in others],
    }


async def last_picture(request: Request) -> Response:
    studio, session = studio_of(request), request.path_params["session"]
    return picture(await working(latest, studio, session))


def latest(studio: Studio, session: str) -> bytes:
    """The present screen of a session, as PNG."""
    reel = studio.reel(session)
    return reel.picture(len(reel.entries), reel.opening.layout)


async def advice(request: Request) -> Response:
    studio, session = studio_of(request), request.path_params["session"]
    live = await working(studio.room.live, session)
    return JSONResponse(await working(practice.advice, live))


async def branch(request: Request) -> Response:
    studio, asked = studio_of(request), await said(request)
    step, annotator = whole(asked, "step", 1_000_000), line(asked, "annotator", 80, "somebody")
    parent = request.path_params["session"]
    layout = line(asked, "layout", 64, "") or studio.journal.opening(parent).layout
    return JSONResponse(
        {"id": await working(branches.branch, studio.journal, parent, step, layout, annotator)}
    )


async def turn(request: Request) -> Response:
    studio, session = studio_of(request), request.path_params["session"]
    return JSONResponse({"id": await working(branches.policy_turn, studio.journal, session, studio.policy)})


# Looking back, and learning from it


async def effort(request: Request) -> Response:
    return JSONResponse({"sessions": await working(efforts, studio_of(request).journal)})


async def review(request: Request) -> Response:
    studio = studio_of(request)
    return JSONResponse(await working(lambda: studio.review.queue(studio.pilots.tasks, PATIENCE)))


async def finetune(request: Request) -> Response:
    studio = studio_of(request)
    if request.method == "POST":
        await working(studio.lessons.start, studio.pilots.policy)
    return await learning(studio)


async def learning(studio: Studio) -> Response:
    return JSONResponse(await working(studio.lessons.state) | {"policy": studio.policy})


async def finetuned(request: Request) -> Response:
    studio, act = studio_of(request), request.path_params["act"]
    if act == "stop":
        studio.lessons.stop()
    elif act == "use" and (checkpoint := studio.lessons.state().get("checkpoint")):
        studio.policy = checkpoint
        studio.pilots.adopt(checkpoint)
        studio.review.forget()
    else:
        raise ClonotateError("there is no checkpoint to use yet")
    return await learning(studio)


# Replay


async def step_picture(request: Request) -> Response:
    studio, session = studio_of(request), request.path_params["session"]
    reel = await working(studio.reel, session)
    layout = request.query_params.get("layout", reel.opening.layout)
    return picture(await working(reel.picture, request.path_params["step"], layout), lasting=True)


async def as_gif(request: Request) -> Response:
    studio, session = studio_of(request), request.path_params["session"]
    reel = await working(studio.reel, session)
    layout = request.query_params.get("layout", reel.opening.layout)
    return download(await working(exports.gif, reel, layout), "image/gif", f"{session}.gif")


async def as_html(request: Request) -> Response:
    studio, session = studio_of(request), request.path_params["session"]
    reel = await working(studio.reel, session)
    seconds = studio.journal.tallies().get(session, Tally(0, 0)).ms / 1e3
    return download(await working(exports.html, reel, seconds), "text/html", f"{session}.html")


async def as_work(request: Request) -> Response:
    studio, session = studio_of(request), request.path_params["session"]
    reel = await working(studio.reel, session)
    content, suffix = await working(exports.work, reel, request.path_params["name"])
    return download(content, "application/octet-stream", f"{session}{suffix}")


def picture(png: bytes, lasting: bool = False) -> Response:
    """A picture; one that can never change may be kept by the browser."""
    kept = "private, max-age=86400, immutable" if lasting else "no-store"
    return Response(png, media_type="image/png", headers={"Cache-Control": kept})


def download(content: bytes | str, kind: str, name: str) -> Response:
    """A file to keep."""
    return Response(
        content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
