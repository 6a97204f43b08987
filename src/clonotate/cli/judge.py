"""How good a policy is, and what the studies found."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from clonotate.cli.options import (
    TEST_SEED,
    Budget,
    Json,
    Layout,
    Level,
    Processes,
    Seed,
    Unrest,
    cores,
    names_of,
)
from clonotate.cli.terminal import STANDARD_OUTPUT, bar, report, table
from clonotate.records import ClonotateError

if TYPE_CHECKING:
    from clonotate.evaluation.contenders import Contender

study = typer.Typer(
    help="Measure something about the whole; each study writes a table.", no_args_is_help=True
)


def evaluate(
    checkpoint: Annotated[
        str | None,
        typer.Argument(help="A checkpoint folder, specialists, nine, expert, blind, random or repeat."),
    ] = None,
    tasks: Annotated[
        list[str] | None, typer.Option(help="Names, with commas or repeated; `all`; `nine` if none.")
    ] = None,
    episodes: Annotated[int, typer.Option(help="Worlds of each task.", min=1)] = 50,
    seed: Seed = TEST_SEED,
    level: Level = "standard",
    layout: Layout = "original",
    asked: Annotated[
        int | None, typer.Option(help="Worlds to teacher-force on too; all unless given.", min=0)
    ] = None,
    temperature: Annotated[float, typer.Option(help="0 takes the likeliest click.", min=0)] = 0.0,
    unrest: Unrest = 0.25,
    budget: Budget = 500,
    loop_guard: Annotated[
        int, typer.Option(help="Stop at so many same clicks on one screen; 0: never.", min=0)
    ] = 0,
    ask: Annotated[
        float, typer.Option(help="Count where it would stop and ask, below this confidence.", min=0, max=1)
    ] = 0.0,
    calibration: Annotated[bool, typer.Option(help="Also print how sure it was, how often right.")] = False,
    recovery: Annotated[bool, typer.Option(help="Also put it into mistakes: does it repair them?")] = False,
    vlm: Annotated[
        str | None, typer.Option(help="The URL of a vision-language model, in a checkpoint's place.")
    ] = None,
    model: Annotated[str, typer.Option(help="Its name there.")] = "",
    json: Json = None,
    processes: Processes = cores(),
) -> None:
    """Let a policy work alone on worlds it never saw, and count.

    Example: clonotate evaluate shipped --tasks colored-dot-tracking --episodes 100 --json dots.json
    """
    names = names_of(tasks or ["nine"])
    from clonotate.episodes.rollout import Guards
    from clonotate.evaluation.report import evaluate as measure

    who = contender_of(checkpoint, vlm, model, temperature, unrest)
    with bar("evaluating", episodes * len(names)) as advance:
        page = measure(
            who,
            names,
            episodes,
            seed,
            level=level,
            layout=layout,
            guards=Guards(budget, loop_guard, ask),
            asked=asked,
            mistakes=recovery,
            workers=processes,
            progress=lambda task, row: advance(),
        )
    report(evaluation_table(page), page, json)
    if json != STANDARD_OUTPUT and (ask or recovery or calibration):
        report(doubt_table(page), page, None)
    if json != STANDARD_OUTPUT and calibration:
        report(calibration_table(page), page, None)


def contender_of(
    checkpoint: str | None, vlm: str | None, model: str, temperature: float, unrest: float
) -> "Contender":
    """Who is evaluated: a checkpoint or a name, or the model behind a URL."""
    from clonotate.annotators.vision import Endpoint
    from clonotate.evaluation.contenders import Contender, contender

    if (checkpoint is None) == (vlm is None):
        raise ClonotateError("say whom to evaluate: a checkpoint, or --vlm URL with --model NAME")
    if vlm is None:
        return contender(checkpoint or "", temperature, unrest)
    if not model:
        raise ClonotateError("--vlm wants the model's name there: --model NAME")
    return Contender(model, hired=Endpoint(vlm, model))


def evaluation_table(page: dict[str, Any]) -> Table:
    """The page of an evaluation for the eye: a row a task."""
    title = f"{page['checkpoint']}, {page['level']}, {page['layout']}, worlds from {page['seed']} on"
    asked = ("placed within 5 px", "buttons") if any(map(forced, page["tasks"].values())) else ()
    shown = table(title, "task", "success", "95 %", "fails by", "clicks", "invalid", "loops", "parts", *asked)
    for task, result in page["tasks"].items():
        alone = result["closed_loop"]
        shown.add_row(
            task,
            f"{percent(alone['success'])} of {alone['episodes']}",
            interval(alone["low"], alone["high"]),
            fails(alone["endings"]),
            f"{alone['steps']:.0f}",
            percent(alone["invalid"]),
            percent(alone["loops"]),
            "\n".join(f"{name} {value:.3f}" for name, value in alone["parts"].items()),
            *(percent(forced(result).get(rate)) for rate in ("place_5px", "buttons") if asked),
        )
    return shown


def fails(endings: dict[str, int]) -> str:
    """What ended episodes that failed, the most frequent first: such as "unfinished 3, mistake 1"."""
    failed = sorted(((n, how) for how, n in endings.items() if n and how != "right"), reverse=True)
    return ", ".join(f"{how} {n}" for n, how in failed) or "-"


def doubt_table(page: dict[str, Any]) -> Table:
    """Of every task, how well it knows what it does not know, and whether it repairs what is wrong."""
    shown = table("Doubts and mistakes", "task", "calibration error", "would ask", "right if not", "repaired")
    for task, result in page["tasks"].items():
        repairs, asks = result["recovery"], result["closed_loop"]["asks"] or {}
        shown.add_row(
            task,
            percent(forced(result).get("calibration", {}).get("error")),
            percent(asks.get("episodes")),
            percent(asks.get("success_unasked")),
            f"{percent(repairs['repaired'])} of {repairs['mistakes']}" if repairs else "-",
        )
    return shown


def calibration_table(page: dict[str, Any]) -> Table:
    """Of every task, how often it was right by how sure it was."""
    shown = table("How sure, how often right", "task", "clicks", "confidence", "right", "95 %")
    for task, result in page["tasks"].items():
        for one in forced(result).get("calibration", {}).get("bins", ()):
            sure, right = percent(one["confidence"]), percent(one["right"])
            shown.add_row(task, str(one["clicks"]), sure, right, interval(*one["interval"]))
    return shown


def interval(low: float, high: float) -> str:
    """Bounds in [0, 1] for the eye."""
    return f"{percent(low)} - {percent(high)}"


def forced(result: dict[str, Any]) -> dict[str, Any]:
    """The teacher-forced rates of one task, none where they were not asked for."""
    return result["teacher_forced"] or {}


def percent(rate: float | None) -> str:
    """A rate in [0, 1] for the eye."""
    return "-" if rate is None else f"{100 * rate:.1f} %"
