"""A policy beside a person: what it saved, and where somebody should look again."""

from pathlib import Path
from typing import Annotated

import typer

from clonotate.cli.options import Json, names_of
from clonotate.cli.terminal import bar, report, table
from clonotate.records import ClonotateError

Policy = Annotated[str, typer.Option(help="A checkpoint folder, shipped or nine.")]


def effort(
    sessions: Annotated[Path, typer.Argument(help="Recorded sessions, Parquet.", show_default=False)],
    json: Json = None,
) -> None:
    """Measure what recorded sessions cost: seconds, clicks and interventions, alone and beside a policy.

    Of simulated people: clonotate study effort.

    Example: clonotate effort sessions.parquet
    """
    from dataclasses import asdict

    from clonotate.episodes.files import read_episodes
    from clonotate.studies.effort import HEADINGS, cells, cells_of, sitting

    lines = cells_of([sitting(episode) for episode in read_episodes(sessions)])
    shown = table("What sessions cost", *HEADINGS)
    for line in lines:
        shown.add_row(*cells(line))
    report(shown, [asdict(line) for line in lines], json)


def review(
    sessions: Annotated[Path, typer.Argument(help="Recorded sessions, Parquet.", show_default=False)],
    policy: Policy = "shipped",
    top: Annotated[int, typer.Option(help="How many steps to show.", min=1)] = 20,
    by: Annotated[
        str, typer.Option(help="regret, hindsight, surprise, disagreement, entropy, flag.")
    ] = "regret",
    json: Json = None,
) -> None:
    """Rank the steps of recorded sessions by the chance that something is wrong.

    By regret it looks at what the policy would do then, by flag (clonotate fit-flag) at what it knows.

    Example: clonotate review sessions.parquet --top 20
    """
    from dataclasses import asdict

    from clonotate.copilot.doubt import SCORERS
    from clonotate.copilot.doubt import review as rank
    from clonotate.copilot.flag import read_flag
    from clonotate.evaluation.contenders import contender, folder_of
    from clonotate.training.curriculum import load

    if by not in SCORERS:
        raise ClonotateError(f"no way to rank called {by!r}; there are: {', '.join(SCORERS)}")
    model, read = contender(policy).network(), load((str(sessions),))
    flag = read_flag(folder_of(policy)) if by == "flag" else None
    with bar("looking", len(read)) as advance:
        doubts = rank(model, read, SCORERS[by], advance, flag)[:top]
    shown = table(f"{sessions}, by {by}", "session", "task", "step", "by", "doubt", "clicked", "policy would")
    rows = []
    for doubt in doubts:
        episode = read[doubt.session][0]
        step, own = episode.steps[doubt.step], doubt.evidence.own
        places = (f"{step.click.x}, {step.click.y}", f"{own.x}, {own.y}")
        task = f"{episode.source.task} {episode.source.seed}"
        shown.add_row(str(doubt.session), task, str(doubt.step), step.by, f"{doubt.score:.2f}", *places)
        rows.append({"task": episode.source.task, "seed": episode.source.seed, **asdict(doubt)})
    report(shown, rows, json)


def fit_flag(
    policy: Annotated[str, typer.Argument(help="A checkpoint folder, shipped or nine.", show_default=False)],
    tasks: Annotated[str, typer.Option(help="Names, with commas; or nine.")] = "nine",
    episodes: Annotated[int, typer.Option(help="Worlds of each task, one person in each.", min=1)] = 16,
) -> None:
    """Fit a flag for mistakes to what a policy knows, beside its weights; then: clonotate review --by flag.

    Example: clonotate fit-flag runs/nano
    """
    from tempfile import TemporaryDirectory

    from clonotate.copilot.flag import write_flag
    from clonotate.evaluation.contenders import folder_of
    from clonotate.studies.review import flag_of

    folder, names = folder_of(policy), tuple(names_of([tasks]))
    with TemporaryDirectory() as beside:
        file = write_flag(folder, flag_of(folder, names, Path(beside), episodes))
    print(f"{file} holds the flag; next: clonotate review SESSIONS --policy {policy} --by flag")
