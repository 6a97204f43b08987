"""Finished work out of a file of episodes, into the formats that a lab uses."""

from pathlib import Path
from typing import Annotated

import typer

from clonotate.cli.options import Json
from clonotate.cli.terminal import progressing, report, table
from clonotate.records import ClonotateError, Episode

ALL = "all"


def export(
    episodes: Annotated[
        Path | None, typer.Argument(help="A Parquet file of episodes.", show_default=False)
    ] = None,
    format: Annotated[
        str | None, typer.Option("--format", help="One that --formats lists.", metavar="NAME")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="What to write: a file, or a new folder where that is said.", metavar="PATH"),
    ] = None,
    episode: Annotated[
        str | None,
        typer.Option(help="Which one, from 0; all: each to a file in the folder --out.", metavar="N|all"),
    ] = None,
    formats: Annotated[bool, typer.Option("--formats", help="List which task goes into which.")] = False,
    json: Json = None,
) -> None:
    """Write what was annotated in episodes into a format of the field, with where it comes from.

    Episodes on real data need the file they were made on, where it was; places are in its pixels.

    Example: clonotate export traces.parquet --format swc --episode 0 --out trace.swc
    """
    if formats:
        list_formats(json)
        return
    if episodes is None or format is None or out is None:
        raise ClonotateError("name a file of episodes, --format and --out; --formats lists what there is")
    from clonotate.episodes.files import read_episodes
    from clonotate.formats.export import export as write

    kept = read_episodes(episodes)
    if episode == ALL:
        write_all(kept, format, out)
        return
    for path in write(kept[chosen(episode, len(kept), episodes)], format, out):
        print(f"wrote {path}")


def chosen(text: str | None, count: int, path: Path) -> int:
    """Which episode is meant; the only one if none is named."""
    if text is None and count == 1:
        return 0
    if text is None:
        raise ClonotateError(f"{path} holds {count} episodes: choose one with --episode N, or all")
    if not text.isdigit() or int(text) >= count:
        raise ClonotateError(f"--episode is 0 to {count - 1} or all, not {text}")
    return int(text)


def write_all(episodes: list[Episode], name: str, out: Path) -> None:
    """Every episode to a file of its own in a new folder; none if one of them fails."""
    from clonotate.formats.export import export, format_of
    from clonotate.whole import whole_folder

    with whole_folder(out) as beside:
        numbered = list(enumerate(episodes))
        for i, episode in progressing(numbered, len(numbered), "exporting"):
            suffix = format_of(episode, name).suffix
            try:
                export(episode, name, beside / f"{i:04}-{episode.source.task}{suffix}")
            except ClonotateError as error:
                raise ClonotateError(f"episode {i}: {error}; leave it out with --episode") from None
    print(f"wrote {out}: {len(episodes)} episodes as {name}")


def list_formats(json: Path | None) -> None:
    """Which task goes into which formats."""
    from clonotate.formats.export import EXPORTS, FORMATS

    shown = table("what goes into which format", "task", "--format", "what it is", "files")
    for task, names in EXPORTS.items():
        for i, name in enumerate(names):
            kind = FORMATS[name]
            ending = "folder " + kind.suffix if kind.folder else kind.suffix
            shown.add_row(task if i == 0 else "", name, kind.title, ending.strip())
    report(shown, {task: list(names) for task, names in EXPORTS.items()}, json)
