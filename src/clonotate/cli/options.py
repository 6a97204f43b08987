"""Options that several commands share, and what their values mean."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from clonotate.records import ClonotateError

TEST_SEED = 20_000
"""The first of the worlds that no policy was ever trained or tuned on."""

Task: TypeAlias = Annotated[
    str, typer.Argument(help="A name that `clonotate tasks` lists.", show_default=False)
]
Tasks: TypeAlias = Annotated[
    list[str],
    typer.Argument(help="Names, also with commas; `nine`: the families of pretraining; `all`: others too."),
]
Level: TypeAlias = Annotated[str, typer.Option(help="easy, standard or hard.")]
Layout: TypeAlias = Annotated[
    str, typer.Option(help="One that `clonotate layouts` lists, sampled-SEED or painted-SEED.")
]
Seed: TypeAlias = Annotated[
    int, typer.Option(help="The first world; further ones have the seeds that follow.", min=0)
]
Processes: TypeAlias = Annotated[int, typer.Option(help="How many at a time.", min=1)]
Budget: TypeAlias = Annotated[int, typer.Option(help="Clicks an episode at most.", min=1)]
Unrest: TypeAlias = Annotated[
    float, typer.Option(help="Added to the temperature for each return to the very same screen.", min=0)
]
Json: TypeAlias = Annotated[
    Path | None,
    typer.Option("--json", help="Write the numbers as JSON here; - is standard output.", metavar="FILE"),
]


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def names_of(tasks: Sequence[str]) -> list[str]:
    """Task names as given on the command line, each once, in order; ClonotateError for an unknown one."""
    from clonotate.tasks import NINE, TASKS, task_named

    groups = {"all": TASKS, "nine": NINE}
    words = [word.strip() for text in tasks for word in text.split(",") if word.strip()]
    names = list(dict.fromkeys(name for word in words for name in groups.get(word, [word])))
    if not names:
        raise ClonotateError("no task given; name one or more, or say: all")
    for name in names:
        task_named(name)
    return names
