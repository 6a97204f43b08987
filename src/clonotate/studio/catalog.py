"""Home: what can be annotated, what has been, by whom, how long it took and how good it is."""

import inspect
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from clonotate.episodes.session import Session
from clonotate.formats.export import EXPORTS, FORMATS
from clonotate.records import ClonotateError, Source
from clonotate.screens.layout import layout_named
from clonotate.studio.frames import png, progress
from clonotate.studio.journal import Journal, Opening, Purpose, Tally
from clonotate.studio.live import Room
from clonotate.tasks import TASKS, task_named

WORK_SEED, PRACTICE_SEED = 2_000_000, 3_000_000
"""First worlds for people: apart from those that policies are trained, chosen and tested on."""
PICTURED_SEED = 3_999_999
LISTED = 500  # files of a folder at most
GLANCED = 24  # unfinished sessions whose progress is looked up


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to annotate: a task, perhaps on data by its name on the shelf, or an `instance`
    again that another session had."""

    task: str
    level: str = "standard"
    layout: str = "original"
    purpose: Purpose = "work"
    annotator: str = "somebody"
    data: str = ""
    instance: str = ""


class Shelf:
    """The user's own data, by names that a page may say: it never says a path."""

    def __init__(self, paths: Sequence[Path]) -> None:
        for path in paths:
            if not path.exists():
                raise ClonotateError(f"no such file or folder: {path}")
        self.items = {name: path for each in paths for name, path in lying(each.resolve())}

    def path(self, name: str) -> Path:
        """Where it lies; ClonotateError for what is not on the shelf."""
        if name not in self.items:
            raise ClonotateError(f"no data called {name!r} on the shelf")
        return self.items[name]

    def name(self, path: str) -> str:
        """What the data of a session are called here; empty if they are not on the shelf."""
        return next((name for name, item in self.items.items() if str(item) == path), "")

    def readers(self, name: str) -> list[dict[str, str]]:
        """The tasks that can be opened on it; a task whose reader refuses is left out."""
        return [{"task": task, "title": titled(task)[0]} for task in openable(self.path(name))]


def lying(path: Path) -> list[tuple[str, Path]]:
    """A file or folder by its name, and what is directly in the folder."""
    if not path.is_dir():
        return [(path.name, path)]
    inside = sorted(child for child in path.iterdir() if not child.name.startswith("."))[:LISTED]
    return [(path.name, path), *((f"{path.name}/{child.name}", child) for child in inside)]


@lru_cache(maxsize=256)
def openable(path: Path) -> tuple[str, ...]:
    """The tasks whose reader can use a path, found by trying."""
    from clonotate.formats.worlds import READERS

    return tuple(task for task, read in READERS.items() if readable(read, path))


def readable(read: Any, path: Path) -> bool:
    """Whether a reader makes a world of a path."""
    try:
        read(path, 0)
    except ClonotateError:
        return False
    return True


def begun(room: Room, shelf: Shelf, wish: Wish) -> str:
    """A new session as wished; its name. ClonotateError for what there is not."""
    layout_named(wish.layout)
    source = chosen(room.journal, shelf, wish)
    return room.begin(source, wish.layout, wish.purpose, wish.annotator)


def chosen(journal: Journal, shelf: Shelf, wish: Wish) -> Source:
    """The instance: that of another session, or the next one that this annotator has not had yet."""
    if wish.instance:
        return journal.opening(wish.instance).source
    task, path = task_named(wish.task, wish.level), str(shelf.path(wish.data)) if wish.data else ""
    had = sum(
        (o.source.task, o.source.level, o.source.data, o.purpose, o.annotator)
        == (wish.task, wish.level, path, wish.purpose, wish.annotator)
        for o in journal.openings()
    )
    if path:
        from clonotate.formats.worlds import read_world

        return read_world(wish.task, Path(path), had, wish.level)[0]
    first = PRACTICE_SEED if wish.purpose == "practice" else WORK_SEED
    return Source(wish.task, wish.level, first + had, task.version)


def tasks() -> list[dict[str, Any]]:
    """Every task: what it is called, what to do, when it is right."""
    return [
        {
            "task": name,
            "title": titled(name)[0],
            "hint": titled(name)[1],
            "right": inspect.cleandoc(type(task_named(name)).score.__doc__ or ""),
            "levels": list(levels),
            "exports": {kind: FORMATS[kind].title for kind in EXPORTS[name]},
        }
        for name, levels in TASKS.items()
    ]


def titled(task: str) -> tuple[str, str]:
    """Title and hint: the first paragraph of the task's module says both, "Title: what to do"."""
    module = sys.modules[type(task_named(task)).__module__]
    title, _, hint = inspect.cleandoc(module.__doc__ or "").partition("\n\n")[0].partition(": ")
    return title, hint[:1].upper() + " ".join(hint[1:].split())


@lru_cache(maxsize=32)
def picture(task: str) -> bytes:
    """What a task looks like, as PNG."""
    return png(Session(Source(task, "easy", PICTURED_SEED, task_named(task, "easy").version)).screen)


def sessions(room: Room) -> list[dict[str, Any]]:
    """Every session, the latest first."""
    journal = room.journal
    tallies, endings = journal.tallies(), journal.endings()
    rows, glances = [], 0
    for opening in reversed(journal.openings()):
        row = told(opening, tallies.get(opening.id, Tally(0, 0)))
        ending = endings.get(opening.id)
        row["done"] = ending is not None
        if ending and ending.score:
            row["score"] = {"success": ending.score.success, "parts": dict(ending.score.parts)}
        if ending is None and glances < GLANCED and row["clicks"]:
            glances += 1
            row["progress"] = glance(room, opening.id)
        rows.append(row)
    return rows


def told(opening: Opening, tally: Tally) -> dict[str, Any]:
    """A session in plain values."""
    source = opening.source
    return {
        "id": opening.id,
        "task": source.task,
        "title": titled(source.task)[0],
        "level": source.level,
        "seed": source.seed,
        "data": Path(source.data).name,
        "purpose": opening.purpose,
        "annotator": opening.annotator,
        "at": opening.at,
        "layout": opening.layout,
        "parent": opening.parent,
        "copied": opening.copied,
        "clicks": tally.clicks,
        "seconds": tally.ms / 1e3,
        "score": None,
        "progress": None,
    }


def glance(room: Room, session: str) -> float | None:
    """How much of a session's timeline is annotated; None where that cannot be said."""
    try:
        return progress(room.live(session).session.view)
    except ClonotateError:  # its data are gone, or drawn otherwise now: its own page will say so
        return None
