"""Put specialists together to one policy: copies of checkpoints, each with the looks that it is called by."""

import json
import shutil
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

import clonotate
from clonotate.episodes.session import Session
from clonotate.models.checkpoint import FORMAT, LOOK, PAGE, WEIGHTS, read_page
from clonotate.models.specialists import FAMILY, look_of
from clonotate.records import ClonotateError, Source
from clonotate.tasks import TASKS
from clonotate.training.curriculum import FIRST_TRAINING_SEED
from clonotate.whole import whole_folder, write_whole

WORLDS = 8
"""First screens of so many worlds of each level say what all have in common."""


def gather(specialists: Sequence[Path], otherwise: Path, out: Path) -> Path:
    """Writes to `out` a policy of `specialists`, each for the tasks and layouts of its lessons.

    Of two that learnt the same the later one is called; `otherwise` works on what looks like none of those
    lessons. Raises ClonotateError where a page does not say what was learnt, and where `out` is not empty.
    """
    pages = [read_page(folder) for folder in specialists]
    called = [calls(folder, page) for folder, page in zip(specialists, pages, strict=True)]
    names = [member_name(some) for some in called]
    if len(set(names)) < len(names):
        raise ClonotateError(f"two specialists have learnt {max(names, key=names.count)}: name one of them")
    who = {one: name for name, some in zip(names, called, strict=True) for one in some}
    with whole_folder(out) as beside:
        for name, folder in zip(names, specialists, strict=True):
            copy(folder, beside / name)
        copy(otherwise, beside / "otherwise")
        for (task, layout), name in who.items():
            write_look(beside / name / LOOK.format(task=task, layout=layout), first_look(task, layout))
        tasks = sorted({task for task, _ in who} | set(learnt(read_page(otherwise))))
        page = {
            "format": FORMAT,
            "clonotate": clonotate.__version__,
            "family": FAMILY,
            "settings": {"members": sorted([*names, "otherwise"]), "otherwise": "otherwise"},
            "run": {},
            "metrics": {},
            "tasks": tasks,
        }
        write_whole(beside / PAGE, (json.dumps(page, indent=2) + "\n").encode())
    return out


def calls(folder: Path, page: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The tasks and layouts of a checkpoint's lessons; ClonotateError where its page names none."""
    layouts = page["run"].get("curriculum", {}).get("layouts", ())
    named = [layout for layout in dict.fromkeys(layouts) if not layout.startswith("sampled")]
    if found := list(product(learnt(page), named)):
        return found
    raise ClonotateError(f"{folder / PAGE} does not say which tasks and layouts were learnt")


def learnt(page: Mapping[str, Any]) -> list[str]:
    """The tasks of a checkpoint's lessons, by its page."""
    named = [task for task, _ in page["run"].get("curriculum", {}).get("tasks", ())]
    return list(dict.fromkeys([*named, *page.get("tasks", ())]))


def member_name(called: Sequence[tuple[str, str]]) -> str:
    """What a specialist's folder is called: its tasks."""
    return "+".join(dict.fromkeys(task for task, _ in called))


def first_look(task: str, layout: str) -> Tensor:
    """What the first screens of a task's sessions have in common under a layout: uint8 `[H, W, 4]`."""
    screens = [
        Session(Source(task, level, FIRST_TRAINING_SEED + seed, kind.version), layout).screen
        for level, kind in TASKS[task].items()
        for seed in range(WORLDS)
    ]
    return look_of(torch.stack([torch.from_numpy(screen) for screen in screens]))


def copy(checkpoint: Path, to: Path) -> None:
    """A checkpoint alone, without what its training left beside it; specialists with all of theirs."""
    if read_page(checkpoint)["family"] == FAMILY:
        shutil.copytree(checkpoint, to)
        return
    to.mkdir()
    for name in (PAGE, WEIGHTS):
        shutil.copyfile(checkpoint / name, to / name)


def write_look(path: Path, look: Tensor) -> None:
    """A look as a picture, clear where screens differ."""
    shown = look * (look[..., 3:] > 0)
    Image.fromarray(shown.numpy()).save(path, optimize=True)
