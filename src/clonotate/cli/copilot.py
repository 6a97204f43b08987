"""A policy beside a person: what it saved, and where somebody should look again."""

from pathlib import Path
from typing import Annotated

import typer

from clonotate.cli.judge import study
from clonotate.cli.options import TEST_SEED, Json, Layout, Level, Processes, Seed, cores, names_of
from clonotate.cli.terminal import bar, report, table, write_text
from clonotate.records import ClonotateError

Policy = Annotated[str, typer.Option(help="A checkpoint folder, or shipped.")]
PAIRED = "colored-dot-tracking,neuron-tracking"
"""The tasks that the shipped policy knows."""


@study.command()
def effort(
    sessions: Annotated[
        Path | None,
        typer.Argument(help="Recorded sessions to measure, Parquet; without it people are simulated."),
    ] = None,
    policy: Policy = "shipped",
    tasks: Annotated[str, typer.Option(help="Names, with commas.")] = PAIRED,
    episodes: Annotated[int, typer.Option(help="Worlds of each task.", min=1)] = 30,
    thresholds: Annotated[
        str, typer.Option(help="Confidence at which a run stops; above 1: no runs, each click accepted.")
    ] = "0,0.7,0.9,1.01",
    seed: Seed = TEST_SEED,
    level: Level = "standard",
    layout: Layout = "original",
    out: Annotated[
        Path | None, typer.Option(help="Write effort.csv, .md, .png and .svg here.", metavar="FOLDER")
    ] = None,
    json: Json = None,
    processes: Processes = cores(),
) -> None:
    """Measure what a co-pilot saves: seconds, clicks and interventions at equal score.

    Example: clonotate study effort --out docs
    """
    from dataclasses import asdict

    from clonotate.studies import effort as study_of_effort

    if sessions:
        from clonotate.episodes.files import read_episodes

        rows = [study_of_effort.row_of(episode) for episode in read_episodes(sessions)]
        command = f"clonotate study effort {sessions}"
    else:
        from clonotate.evaluation.contenders import contender

        names, bounds = names_of([tasks]), numbers(thresholds)
        with bar("working together", len(names) * (len(bounds) + 1) * episodes) as advance:
            rows = study_of_effort.run(
                contender(policy),
                names,
                episodes,
                bounds,
                seed,
                level,
                layout,
                workers=processes,
                progress=advance,
            )
        command = (
            f"clonotate study effort --policy {policy} --tasks {tasks} --episodes {episodes} --seed {seed}"
        )
    lines = study_of_effort.table(rows)
    shown = table("What sessions cost", *study_of_effort.HEADINGS)
    for line in lines:
        shown.add_row(*study_of_effort.cells(line))
    if out:
        from clonotate.studies.figures import write_figure

        write_text(out / "effort.csv", study_of_effort.as_csv(rows))
        write_text(out / "effort.md", study_of_effort.page(lines, policy, command))
        write_figure(study_of_effort.figure(lines), out / "effort")
    report(shown, [asdict(line) for line in lines], json)


def numbers(text: str) -> list[float]:
    """Numbers with commas between; ClonotateError for what is none."""
    try:
        return [float(word) for word in text.split(",")]
    except ValueError:
        raise ClonotateError(f"numbers with commas between them, not {text!r}") from None
