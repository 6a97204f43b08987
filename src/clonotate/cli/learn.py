"""Train a policy from a recipe, and let it learn from its own mistakes and from people."""

import importlib
import inspect
import sys
from collections.abc import Callable
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeGuard

import typer
from rich.table import Table

from clonotate.cli.judge import percent
from clonotate.cli.options import TEST_SEED, Json, Processes, cores, names_of
from clonotate.cli.terminal import as_json, report, table, write_text
from clonotate.records import ClonotateError

if TYPE_CHECKING:
    from clonotate.training.before_after import Comparison
    from clonotate.training.train import Run

Out = Annotated[
    Path, typer.Option(help="The checkpoint folder; one that exists is resumed.", show_default=False)
]
Minutes = Annotated[
    float | None, typer.Option(help="Stop after so many minutes; the same call goes on.", min=0)
]
Device = Annotated[str, typer.Option(help="cpu or cuda.")]
Workers = Annotated[
    int | None,
    typer.Option(help="Render lessons for each process; 1 on a CPU, as many as cores beside a GPU.", min=1),
]


def train(
    recipe: Annotated[str, typer.Argument(help="FILE:FUNCTION in the recipes, such as foundation:nano.")],
    out: Out,
    max_minutes: Minutes = None,
    steps: Annotated[int | None, typer.Option(help="In place of the recipe's.", min=1)] = None,
    processes: Annotated[
        int | None, typer.Option(help="In place of the recipe's; one a core.", min=1)
    ] = None,
    device: Device = "cpu",
    workers: Workers = None,
) -> None:
    """Train a policy by a recipe: a function that returns a whole Run.

    Example: clonotate train foundation:nano --out runs/nano
    """
    run = recipe_named(recipe)
    run = replace(run, steps=steps or run.steps, processes=processes or run.processes)
    from clonotate.training.train import train as fit

    fit(run, out, max_minutes, device, workers)
    print(f"{out} holds the checkpoint; next: clonotate evaluate {out}")


def dagger(
    checkpoint: Annotated[str, typer.Argument(help="A checkpoint folder, shipped or nine.")],
    recipe: Annotated[str, typer.Option(help="How a round trains, as for train.", show_default=False)],
    out: Out,
    rounds: Annotated[int, typer.Option(help="Of practice and training.", min=1)] = 3,
    episodes: Annotated[int, typer.Option(help="To practise on in a round.", min=1)] = 200,
    temperature: Annotated[float, typer.Option(help="Of the policy while it practises.", min=0)] = 0.5,
    tasks: Annotated[str, typer.Option(help="Practise in these alone; with commas.")] = "",
    astray: Annotated[
        int, typer.Option(help="Clicks with a mistake standing until the expert leads; 0: never.", min=0)
    ] = 8,
    seed: Annotated[int, typer.Option(help="Another one gives other worlds to practise on.", min=0)] = 0,
    processes: Processes = cores(),
    device: Device = "cpu",
) -> None:
    """Let a policy practise while an expert says what it should have done, and train on that.

    Example: clonotate dagger runs/nano --recipe foundation:nano --out runs/dagger
    """
    run = recipe_named(recipe)
    from clonotate.training.dagger import Dagger, Practice
    from clonotate.training.dagger import dagger as practise

    only = tuple(names_of([tasks])) if tasks else ()
    plan = Dagger(checkpoint, run, rounds, episodes, temperature, Practice(astray=astray), only, seed)
    last = practise(plan, out, processes, device)
    print(f"{last} holds the checkpoint; next: clonotate evaluate {last}")


def average(
    checkpoints: Annotated[list[str], typer.Argument(help="Folders, shipped or nine; two or more.")],
    out: Annotated[Path, typer.Option(help="The folder for their mean.", show_default=False)],
) -> None:
    """Take the mean of checkpoints of one training: often better than each of them.

    Example: clonotate average runs/nano runs/dagger/round-02 --out runs/mean
    """
    from clonotate.evaluation.contenders import folder_of
    from clonotate.models.average import average as mean

    mean([folder_of(name) for name in checkpoints], checkpoints, out)
    print(f"{out} holds the checkpoint; next: clonotate evaluate {out}")


def gather(
    specialists: Annotated[list[str], typer.Argument(help="Folders, each of a policy for some tasks.")],
    out: Annotated[Path, typer.Option(help="The folder for all of them.", show_default=False)],
    otherwise: Annotated[
        str, typer.Option(help="Who works on what looks like none of their lessons; a folder or a name.")
    ] = "nine",
) -> None:
    """Put specialists together to one policy, which calls whom a session's first screen asks for.

    Example: clonotate gather runs/limbs runs/cells --out runs/together
    """
    from clonotate.evaluation.contenders import folder_of
    from clonotate.training.gather import gather as put_together

    put_together([folder_of(name) for name in specialists], folder_of(otherwise), out)
    print(f"{out} holds the policy; next: clonotate evaluate {out}")


def finetune(
    checkpoint: Annotated[str, typer.Argument(help="A checkpoint folder, shipped or nine.")],
    data: Annotated[Path, typer.Option(help="Recorded sessions, Parquet.", show_default=False)],
    out: Out,
    tasks: Annotated[str, typer.Option(help="Learn from sessions of these alone; with commas.")] = "",
    steps: Annotated[int, typer.Option(help="At most.", min=1)] = 300,
    leg: Annotated[int, typer.Option(help="Steps between looks at the held-out sessions.", min=1)] = 50,
    replayed: Annotated[float, typer.Option(help="Share of lessons from old tasks.", min=0, max=0.95)] = 0.5,
    episodes: Annotated[
        int, typer.Option(help="Worlds to work on alone before and after, of each task; 0: none.", min=0)
    ] = 20,
    processes: Processes = cores(),
    device: Device = "cpu",
    json: Json = None,
) -> None:
    """Let a policy learn from recorded and corrected sessions, without forgetting what it knew.

    Example: clonotate finetune shipped --data sessions.parquet --out runs/mine
    """
    from clonotate.training.before_after import as_dict, compare
    from clonotate.training.finetune import Finetune, Look
    from clonotate.training.finetune import finetune as fit

    only = tuple(names_of([tasks])) if tasks else ()
    plan = Finetune(checkpoint, str(data), only, steps, leg, replayed=replayed)

    def told(look: Look) -> None:
        print(
            f"after {look.step} steps: {look.nats:.2f} nats a click held out, {look.differing:.1f} clicks"
            f" a session otherwise than the person's",
            file=sys.stderr,
        )

    if not fit(plan, out, device, told):
        print(f"stopped; the same command goes on in {out}")
        return
    found = compare(plan, out, episodes, TEST_SEED, workers=processes)
    write_text(out / "result.json", as_json(as_dict(found)) + "\n")
    report(comparison_table(found), as_dict(found), json)
    print(f"{out} holds the checkpoint; next: clonotate evaluate {out}", file=sys.stderr)


def comparison_table(found: "Comparison") -> Table:
    """Before and after, for the eye."""
    shown = table("Before and after", "what", "", "before", "after")
    before, after = found.agreement
    held = f"{before.sessions} sessions held out"
    agrees = [f"{percent(one.agrees)} ({span(one.agrees_interval, 100)})" for one in (before, after)]
    shown.add_row(held, "clicks as the person's", *agrees)
    differing = [f"{one.differing:.1f} ({span(one.differing_interval)})" for one in (before, after)]
    shown.add_row(held, "clicks a session otherwise", *differing)
    for what, *both in found.alone:
        name = f"{what.task}, {what.level}, {what.layout}"
        rates = [f"{percent(one['success'])} ({span((one['low'], one['high']), 100)})" for one in both]
        shown.add_row(name, "alone, learnt" if what.learnt else "alone, known before", *rates)
    return shown


def span(interval: tuple[float, float], by: float = 1) -> str:
    """An interval for the eye."""
    return " to ".join(f"{by * bound:.1f}" for bound in interval)


def recipe_named(recipe: str) -> "Run":
    """The run that a recipe returns; ClonotateError says which recipes there are.

    `foundation:nano` is the function `nano` in `recipes/foundation.py`; `mine.big:run` one in a module of
    yours, found from the present folder.
    """
    from clonotate.training.train import Run

    module, _, function = recipe.partition(":")
    sys.path[:0] = [""] if "" not in sys.path else []
    for name in (f"recipes.{module}", module):
        try:
            found = getattr(importlib.import_module(name), function or "", None)
        except ModuleNotFoundError as error:
            if error.name and (name == error.name or name.startswith(f"{error.name}.")):
                continue
            raise
        if is_recipe(found) and isinstance(run := found(), Run):
            return run
    raise ClonotateError(f"no recipe {recipe!r}; there are: {', '.join(recipes()) or 'none here'}")


def is_recipe(found: object) -> TypeGuard[Callable[[], Any]]:
    """Whether it may return a whole run: a function that asks for nothing."""
    return inspect.isfunction(found) and not signature(found).parameters


def recipes() -> list[str]:
    """Every recipe that comes with the program, as FILE:FUNCTION."""
    import pkgutil

    import recipes as package

    names = []
    for module in pkgutil.iter_modules(package.__path__):
        here = importlib.import_module(f"recipes.{module.name}")
        functions = inspect.getmembers(here, inspect.isfunction)
        whole = [name for name, made in functions if is_recipe(made) and made.__module__ == here.__name__]
        names += [f"{module.name}:{name}" for name in whole]
    return names
