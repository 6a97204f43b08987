"""Put specialists together to one policy: copies of checkpoints, each with what it is called by.

Who has learnt under layouts drawn at random is called by the titles of its tools, under any layout; else a
specialist is called by the looks of those it has learnt under.
"""

import shutil
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from clonotate.episodes.session import Session
from clonotate.models.checkpoint import PAGE, WEIGHTS, read_page, write_page
from clonotate.models.specialists import FAMILY, LOOK, look_of, write_look
from clonotate.records import ClonotateError, Source
from clonotate.screens.layout import DRAWN
from clonotate.tasks import TASKS, task_named
from clonotate.training.curriculum import FIRST_TRAINING_SEED
from clonotate.whole import whole_folder

ANY = "any"
"""In place of a layout: under all of them."""
WORLDS = 8
"""First screens of so many worlds of each level say what all have in common."""


def gather(specialists: Sequence[Path], otherwise: Path, out: Path) -> Path:
    """Writes to `out` a policy of `specialists`, each for the tasks and layouts of its lessons.

    Of two that learnt the same the later one is called; `otherwise` works on what looks like none of those
    lessons, and may be several again. Raises ClonotateError where a page does not say what was learnt, for
    two of the same tasks, unless one is for any layout and one is not, and where `out` is not empty.
    """
    pages = [read_page(folder) for folder in specialists]
    called = [calls(folder, page) for folder, page in zip(specialists, pages, strict=True)]
    names = member_names(called)
    if len(set(names)) < len(names):
        raise ClonotateError(f"two specialists have learnt {max(names, key=names.count)}: name one of them")
    who = {one: name for name, some in zip(names, called, strict=True) for one in some}
    titled = {task: name for (task, layout), name in who.items() if layout == ANY}
    with whole_folder(out) as beside:
        for name, folder in zip(names, specialists, strict=True):
            copy(folder, beside / name)
        copy(otherwise, beside / "otherwise")
        for (task, layout), name in who.items():
            if titled.get(task) != name:
                write_look(beside / name / LOOK.format(task=task, layout=layout), first_look(task, layout))
        titles = {first_session(task).view.title: name for task, name in titled.items()}
        settings = {"members": sorted([*names, "otherwise"]), "otherwise": "otherwise", "titles": titles}
        write_page(beside, FAMILY, settings, {"curriculum": union([*pages, read_page(otherwise)])}, {})
    return out


def calls(folder: Path, page: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The tasks and layouts that a checkpoint is for, `ANY` among them; ClonotateError where there are none.

    Those of the sessions that it was fine-tuned on, whatever it replayed beside; else those of its lessons.
    """
    if sessions := page.get("sessions"):
        return [(task, layout) for task, layout in sessions]
    lessons = curriculum(page)
    layouts = dict.fromkeys(ANY if name.startswith(DRAWN) else name for name in lessons["layouts"])
    if found := list(product(lessons["tasks"], layouts)):
        return found
    raise ClonotateError(f"{folder / PAGE} does not say which tasks and layouts were learnt")


def curriculum(page: Mapping[str, Any]) -> dict[str, list[str]]:
    """The names of tasks and of layouts that a checkpoint learnt from, by its page; none twice."""
    held, sessions = page["run"].get("curriculum", {}), page.get("sessions", ())
    tasks = [task for task, _ in (*held.get("tasks", ()), *sessions)]
    layouts = [*held.get("layouts", ()), *(layout for _, layout in sessions)]
    return {"tasks": list(dict.fromkeys(tasks)), "layouts": list(dict.fromkeys(layouts))}


def union(pages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All that several checkpoints learnt from, as a page has it."""
    each = [curriculum(page) for page in pages]
    tasks, layouts = (
        dict.fromkeys(name for one in each for name in one[key]) for key in ("tasks", "layouts")
    )
    return {"tasks": [[task, "standard"] for task in sorted(tasks)], "layouts": list(layouts)}


def member_names(called: Sequence[Sequence[tuple[str, str]]]) -> list[str]:
    """What specialists' folders are called: their tasks, and `@any` after those that another one has too."""
    names = ["+".join(dict.fromkeys(task for task, _ in some)) for some in called]
    wide = [any(layout == ANY for _, layout in some) for some in called]
    shared = [names.count(name) > 1 for name in names]
    return [
        f"{name}@{ANY}" if two and free else name for name, two, free in zip(names, shared, wide, strict=True)
    ]


def first_look(task: str, layout: str) -> Tensor:
    """What the first screens of a task's sessions have in common under a layout: uint8 `[H, W, 4]`.

    Raises ClonotateError where there is no such task or layout.
    """
    task_named(task)
    screens = [
        first_session(task, level, seed, layout).screen for level in TASKS[task] for seed in range(WORLDS)
    ]
    return look_of(torch.stack([torch.from_numpy(screen) for screen in screens]))


def first_session(task: str, level: str = "standard", seed: int = 0, layout: str = "original") -> Session:
    """A session on a training world, before its first click."""
    version = task_named(task, level).version
    return Session(Source(task, level, FIRST_TRAINING_SEED + seed, version), layout)


def copy(checkpoint: Path, to: Path) -> None:
    """A checkpoint alone, without what its training left beside it; specialists with all of theirs."""
    if read_page(checkpoint)["family"] == FAMILY:
        shutil.copytree(checkpoint, to)
        return
    to.mkdir()
    for name in (PAGE, WEIGHTS):
        shutil.copyfile(checkpoint / name, to / name)
