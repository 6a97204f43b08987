"""See what there is: the tasks, the layouts, and somebody at work."""

from pathlib import Path
from typing import Annotated

import typer

from clonotate.cli.options import TEST_SEED, Budget, Json, Layout, Level, Seed, Task
from clonotate.cli.terminal import report, table
from clonotate.records import ClonotateError


def tasks(json: Json = None) -> None:
    """List the tasks, their levels and their widgets.

    Example: clonotate tasks
    """
    import numpy as np

    from clonotate.tasks import TASKS

    shown = table("Tasks", "task", "levels", "buttons")
    rows = []
    for name, levels in TASKS.items():
        easiest = next(iter(levels.values()))
        buttons = easiest.view(easiest.begin(np.random.default_rng(TEST_SEED))).buttons
        rows.append({"task": name, "levels": list(levels), "buttons": [button.text for button in buttons]})
        shown.add_row(name, ", ".join(levels), "  ".join(button.text for button in buttons))
    report(shown, rows, json)


def layouts(json: Json = None) -> None:
    """List the layouts: how the tool of any task can look.

    Example: clonotate layouts
    """
    from clonotate.screens.layout import KNOWN, LAYOUTS

    shown = table("Layouts", "layout", "panel", "theme", "buttons", "size", "border", "status", "")
    rows = []
    for name, it in LAYOUTS.items():
        training = "" if name in KNOWN else "held out"
        shown.add_row(name, it.side, it.theme, it.button, it.size, it.border, it.status, training)
        row = {"layout": name, "panel": it.side, "theme": it.theme, "button": it.button, "size": it.size}
        rows.append(row | {"border": it.border, "status": it.status, "held_out": name not in KNOWN})
    report(shown, rows, json)


def play(
    task: Task,
    by: Annotated[
        str, typer.Option(help="expert, random, repeat, shipped, or a checkpoint folder.")
    ] = "expert",
    seed: Seed = TEST_SEED,
    level: Level = "standard",
    layout: Layout = "original",
    gif: Annotated[
        Path | None, typer.Option(help="Write what happened as a GIF here.", metavar="FILE")
    ] = None,
    scale: Annotated[
        float, typer.Option(help="Size of the GIF; 2 is twice the screen.", min=0.25, max=4)
    ] = 1.0,
    temperature: Annotated[
        float, typer.Option(help="Of a policy; 0 takes the likeliest click.", min=0)
    ] = 0.0,
    budget: Budget = 500,
) -> None:
    """Let somebody work through one episode, and look at it.

    Example: clonotate play colored-dot-tracking --by shipped --gif dots.gif
    """
    from clonotate.episodes.rollout import Guards, rollout
    from clonotate.episodes.session import Session
    from clonotate.evaluation.contenders import contender
    from clonotate.formats.gif import write_gif
    from clonotate.records import Source
    from clonotate.tasks import task_named

    if gif and gif.suffix.lower() != ".gif":
        raise ClonotateError(f"{gif} should end in .gif")
    session = Session(Source(task, level, seed, task_named(task, level).version), layout)
    annotator, screens = contender(by, temperature).annotator(session, seed), []

    def watched(screen):  # type: ignore[no-untyped-def]
        screens.append(screen)
        return annotator(screen)

    ending = rollout(session, watched, Guards(budget))
    score = session.score()
    outcome = "success" if score.success else "finished wrong" if session.done else "never finished"
    parts = ", ".join(f"{name} {value:.2f}" for name, value in score.parts.items())
    print(f"{by} on {task} ({level}, seed {seed}): {outcome} in {ending.steps} clicks; {parts}")
    if gif:
        write_gif(gif, [*screens, session.screen], [step.click for step in session.steps], scale)
        print(f"wrote {gif}")
