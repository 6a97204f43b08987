"""One page with every task, made from the code and from what was measured, so that it cannot drift."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import cv2
import numpy as np

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.formats.worlds import READERS
from clonotate.records import Screen, Source
from clonotate.screens.widgets import View
from clonotate.studies.experts import Row
from clonotate.tasks import KEPT_OUT, TASKS
from clonotate.tasks.base import Task

SEED = 20_007
TILE = (160, 120)  # px of a screen on the sheet
SHOWN = (
    *("original", "light-right", "dark-top", "dark-split", "retro-left-small", "light-left-pill"),
    *("sampled-11@384x288", "sampled-17@384x288"),
)
"""Layouts of the sheet."""


def screen_of(task: str, layout: str = "original", seed: int = SEED, part: float = 0.8) -> Screen:
    """What a careful expert sees after some part of its work on a standard world."""
    source = Source(task, "standard", seed, TASKS[task]["standard"].version)
    world = TASKS[task]["standard"].begin(np.random.default_rng(seed))
    whole = worked(Session(source, layout, world), 1000)
    return worked(Session(source, layout, world), round(part * len(whole.steps))).screen


def worked(session: Session, clicks: int) -> Session:
    """The session after so many clicks of an expert, or after Done."""
    expert, unseen = (
        VirtualAnnotator(session, STEADY, np.random.default_rng(0)),
        np.empty((0, 0, 3), np.uint8),
    )
    while not session.done and len(session.steps) < clicks:
        session.click(expert(unseen))
    return session


def sheet(tasks: Sequence[str], layouts: Sequence[str] = SHOWN) -> Screen:
    """Tasks from top to bottom under layouts from left to right, another world in each."""
    rows = []
    for task in tasks:
        screens = (screen_of(task, layout, SEED + i) for i, layout in enumerate(layouts))
        rows.append(np.hstack([cv2.resize(each, TILE, interpolation=cv2.INTER_AREA) for each in screens]))
    return np.vstack(rows)


def page(measured: Mapping[str, Row], pictures: str) -> str:
    """The page as Markdown; `pictures` is the folder that holds them, as seen from the page."""
    chapters = [chapter(name, levels, pictures) for name, levels in TASKS.items()]
    return PAGE.format(
        table="\n".join(table(measured)),
        measured=about(measured),
        chapters="\n\n".join(chapters),
        layouts=", ".join(SHOWN),
        pictures=pictures,
    )


def about(measured: Mapping[str, Row]) -> str:
    """On what the figures of the table rest."""
    episodes = sorted({row.episodes for row in measured.values()})
    seeds = sorted({row.seed for row in measured.values()})
    return f"{' or '.join(map(str, episodes))} episodes a task from seed {' or '.join(map(str, seeds))} on"


def table(measured: Mapping[str, Row]) -> list[str]:
    """What the virtual people of every task do, a line a task."""
    kinds = ("navigate", "place", "select", "adjust", "verify", "undo")
    heads = ("task", "success", "clicks (5-95 %)", *kinds, "slips", "repaired")
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for name in TASKS:
        row = measured.get(name)
        cells = cells_of(row, kinds) if row else ("not measured",) + ("",) * (len(heads) - 2)
        lines.append(f"| [{name}](#{name}) | {' | '.join(cells)} |")
    return lines


def cells_of(row: Row, kinds: Sequence[str]) -> tuple[str, ...]:
    """One line of the table."""
    median, low, high = row.steps
    shares = (f"{100 * row.kinds[kind]:.0f} %" if row.kinds[kind] else "" for kind in kinds)
    rates = (f"{100 * row.mistakes:.0f} %", f"{100 * row.repaired:.0f} %")
    return (f"{100 * row.success:.1f} %", f"{median} ({low}-{high})", *shares, *rates)


def chapter(name: str, levels: Mapping[str, Task[Any, Any]], pictures: str) -> str:
    """One task: a picture, what it is, what is on the screen, when it is right, and its knobs."""
    task = levels["standard"]
    module = inspect.getmodule(type(task))
    words = inspect.cleandoc(module.__doc__ or "") if module else ""
    file = type(task).__module__.replace(".", "/")
    parts = [
        f"## {name}",
        f"![{name}]({pictures}/{name}.png)",
        words,
        "Kept out of pretraining, to measure what is carried over." if name in KEPT_OUT else "",
        inspect.cleandoc(type(task).score.__doc__ or ""),
        widgets(task.view(task.begin(np.random.default_rng(SEED)))),
        knobs(levels),
        real_data(name),
        f"Version {task.version}, [{file}.py](../src/{file}.py).",
    ]
    return "\n\n".join(part for part in parts if part)


def widgets(view: View) -> str:
    """What is on the screen beside the canvas."""
    groups = [f"{group.role}: {', '.join(f'`{b.text}`' for b in group.buttons)}" for group in view.groups]
    status = ", ".join(f"{item.caption} ({type(item).__name__.lower()})" for item in view.status)
    return f"**Widgets:** canvas; {'; '.join(groups)}; status: {status}."


def knobs(levels: Mapping[str, Task[Any, Any]]) -> str:
    """The knobs that the levels turn, as a table, and the others in a line."""
    settings = {level: flat(task) for level, task in levels.items()}
    names = list(dict.fromkeys(name for setting in settings.values() for name in setting))
    turned = [name for name in names if len({setting.get(name) for setting in settings.values()}) > 1]
    lines = [f"| knob | {' | '.join(settings)} |", "|---" * (len(settings) + 1) + "|"]
    for name in turned:
        lines.append(f"| {name} | {' | '.join(setting.get(name, '') for setting in settings.values())} |")
    alike = ", ".join(f"{name} {settings['standard'][name]}" for name in names if name not in turned)
    return "\n".join(lines) + (f"\n\nThe same at every level: {alike}." if alike else "")


def flat(value: Any, prefix: str = "") -> dict[str, str]:
    """The fields of a dataclass, and of those within, as text by dotted name."""
    found: dict[str, str] = {}
    for one in fields(value):
        inner = getattr(value, one.name)
        nested = is_dataclass(inner) and not isinstance(inner, type)
        found |= flat(inner, f"{prefix}{one.name}.") if nested else {prefix + one.name: plain(inner)}
    return found


def plain(value: Any) -> str:
    """A knob's value for the eye."""
    if isinstance(value, tuple | list):
        value = value[:1] if len(value) == 2 and value[0] == value[1] else value
        between = " to " if len(value) == 2 and all(isinstance(each, int | float) for each in value) else ", "
        return between.join(map(plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def real_data(name: str) -> str:
    """What real data the task opens, as its reader says."""
    if name not in READERS:
        return ""
    words = inspect.cleandoc(READERS[name].__doc__ or "")
    return f"**Real data** (`clonotate play {name} --data PATH`): {words}"


PAGE = """# The tasks

    clonotate tasks --page docs/tasks.md

makes this page and its pictures from the code. All tasks share a canvas of 256 x 256 pixels; where it lies,
and buttons and status with it, is the layout's business. A click is all there is to do.

## What the virtual people do

Virtual people, each with habits of its own, on the standard level: {measured}. The shares
are of all clicks; *slips* are the placements that err, *repaired* the slips that did not stand at the end.

{table}

{chapters}

## Layouts

Every task under {layouts}: a world
each. `clonotate layouts` lists the named ones; the last are drawn at random.

![Tasks under layouts]({pictures}/layouts.png)
"""
