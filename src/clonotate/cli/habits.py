"""Habits of a person, fitted."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from clonotate.cli.options import Json, Seed
from clonotate.cli.terminal import bar, report, table

FITTED_SEED = 4_000_000
"""Away from all other worlds."""


def fit_habits(
    source: Annotated[
        Path, typer.Argument(help="A .parquet of sessions, or a .json of figures.", show_default=False)
    ],
    people: Annotated[int, typer.Option(help="Habits tried a round.", min=20)] = 60,
    stacks: Annotated[int, typer.Option(help="Stacks that each of them marks.", min=1)] = 3,
    seed: Seed = FITTED_SEED,
    json: Json = None,
) -> None:
    """Fit a virtual person's habits to recorded sessions of colored dots, or to figures of them.

    Recorded sessions are then held against as many fitted ones: a two-sample test of every figure.

    Example: clonotate fit-habits sessions.parquet --json habits.json
    """
    from clonotate.episodes.files import read_episodes
    from clonotate.studies import habits

    sessions: list[dict[str, float]] = []
    pace = 1.0
    if source.suffix.lower() == ".json":
        wanted = habits.read_figures(source)
    else:
        sessions, pace = habits.recorded(read_episodes(source))
        wanted = habits.pooled(sessions)
    with bar("trying habits", people * habits.ROUNDS) as advance:
        fit = habits.fitted(wanted, people, stacks, seed, progress=advance)
    fit = replace(fit, habits=replace(fit.habits, pace=pace))
    rows = habits.compared(sessions, fit.habits, seed + 1_000_000) if sessions else []
    title = ", ".join(f"{name} {getattr(fit.habits, name):.2f}" for name in (*habits.SEARCHED, "pace"))
    shown = table(title, "figure", "wanted", "reached", "p (Holm)")
    tested = {row.figure: f"{row.p:.3f}" for row in rows}
    for name, value in wanted.items():
        shown.add_row(name, f"{value:.1f}", f"{fit.reached[name]:.1f}", tested.get(name, "-"))
    report(shown, habits.as_dict(fit, rows), json)
