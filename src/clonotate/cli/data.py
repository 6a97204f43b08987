"""Episodes: collect them from virtual annotators, and check that they still replay."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from clonotate.cli.options import Budget, Json, Layout, Level, Processes, Seed, Tasks, cores, names_of
from clonotate.cli.terminal import progressing, report, spread, table
from clonotate.records import ClonotateError, Episode, Source

COLLECTED_SEED = 1_000_000
"""Away from the worlds that policies are validated, tested and trained on (10,000, 20,000, 1,000,000,000)."""


def collect(
    out: Annotated[Path, typer.Option(help="The Parquet file to write.", metavar="FILE", show_default=False)],
    tasks: Tasks = [],  # noqa: B006 (typer wants a list, and nobody changes it)
    episodes: Annotated[int, typer.Option(help="How many of each task.", min=1)] = 20,
    seed: Seed = COLLECTED_SEED,
    level: Level = "standard",
    layout: Layout = "original",
    budget: Budget = 500,
    processes: Processes = cores(),
    from_studio: Annotated[
        str | None,
        typer.Option(
            help="Take what people recorded instead, of all tasks or those named.", metavar="JOURNAL"
        ),
    ] = None,
) -> None:
    """Record demonstrations of virtual annotators, each with habits of its own; or take those of people.

    Example: clonotate collect colored-dot-tracking --episodes 100 --out dots.parquet
    """
    if from_studio is not None:
        collect_people(from_studio, names_of(tasks or ["all"]), out)
        return
    from clonotate.annotators.collect import demonstrate
    from clonotate.episodes.files import write_episodes
    from clonotate.screens.layout import layout_named
    from clonotate.tasks import task_named

    layout_named(layout)
    sources = [
        Source(task, level, seed + i, task_named(task, level).version)
        for task in names_of(tasks)
        for i in range(episodes)
    ]
    work = partial(demonstrate, layout=layout, budget=budget)
    made = list(progressing(spread(work, sources, processes), len(sources), "collecting"))
    write_episodes(out, made)
    clicks, slips = sum(len(episode.steps) for episode in made), sum(map(mistakes, made))
    print(f"wrote {out}: {len(made)} episodes, {clicks} clicks, {slips} slips of the hand or the eye")


def collect_people(where: str, tasks: list[str], out: Path) -> None:
    """What people recorded in a studio, replayed and compared with the screens they acted on."""
    from clonotate.episodes.files import write_episodes
    from clonotate.studio.recorded import episodes_of, opened

    with opened(where) as journal:
        made = [episode for episode in episodes_of(journal) if episode.source.task in tasks]
    if not made:
        raise ClonotateError(f"nobody has made a click of {', '.join(tasks)} in {where} yet")
    write_episodes(out, made, licence="that of the annotators and their data")
    clicks, done = sum(len(episode.steps) for episode in made), sum(episode.done for episode in made)
    print(f"wrote {out}: {len(made)} episodes, {done} of them finished, {clicks} clicks")


def mistakes(episode: Episode) -> int:
    """How many clicks of an episode err."""
    return sum(step.label.mistake for step in episode.steps if step.label)


@dataclass(frozen=True)
class Verdict:
    """Whether an episode replays; `wrong` is empty if it does."""

    index: int
    task: str
    seed: int
    wrong: str


def validate(
    file: Annotated[Path, typer.Argument(help="A Parquet file of episodes.", show_default=False)],
    json: Json = None,
    processes: Processes = cores(),
) -> None:
    """Replay every episode of a file and compare its screens with the digest; exits with 1 if any broke.

    Episodes on real data need the file they were made on, where it was.

    Example: clonotate validate dots.parquet
    """
    from clonotate.episodes.files import read_episodes

    episodes = list(enumerate(read_episodes(file)))
    verdicts = list(progressing(spread(judged, episodes, processes), len(episodes), "replaying"))
    broken = [verdict for verdict in verdicts if verdict.wrong]
    shown = table(
        f"{len(broken)} of {len(episodes)} episodes broke", "episode", "task", "seed", "what is wrong"
    )
    for verdict in broken:
        shown.add_row(str(verdict.index), verdict.task, str(verdict.seed), verdict.wrong)
    numbers = {"episodes": len(episodes), "broken": [vars(verdict) for verdict in broken]}
    if broken or json:
        report(shown, numbers, json)
    else:
        print(f"{file}: all {len(episodes)} episodes replay to the same screens")
    raise typer.Exit(1 if broken else 0)


def judged(numbered: tuple[int, Episode]) -> Verdict:
    """Replay one episode of a file."""
    index, episode = numbered
    return Verdict(index, episode.source.task, episode.source.seed, fault(episode))


def fault(episode: Episode) -> str:
    """What keeps an episode from replaying to the screens it was recorded with; empty if nothing."""
    from clonotate.episodes.replay import digest
    from clonotate.formats.worlds import world_of

    try:
        found = digest(episode, world_of(episode.source))
    except ClonotateError as error:
        return str(error)
    if not episode.digest:
        return "no digest was recorded"
    return "" if found == episode.digest else "its screens differ from those recorded"
