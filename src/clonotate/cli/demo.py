"""`clonotate demo`: the main job in one command, with a page to look at."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clonotate.cli.annotate import triple
from clonotate.cli.options import Processes, cores
from clonotate.cli.terminal import bar, report, table
from clonotate.records import ClonotateError

if TYPE_CHECKING:
    from clonotate.formats.html import Report


def demo(
    out: Annotated[Path, typer.Option(help="The folder to write to.", metavar="FOLDER")] = Path("out/demo"),
    episodes: Annotated[int, typer.Option(help="Worlds of each task.", min=1)] = 12,
    volume: Annotated[
        Path | None, typer.Option(help="Trace in this .tif, .npy or .zarr stack too.", metavar="FILE")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(help="A voxel inside the neurite; else the middle of section 0.", metavar="Z,Y,X"),
    ] = None,
    processes: Processes = cores(),
) -> None:
    """Let the shipped policy annotate all nine tasks, and a stack if you give one; then look at the report.

    Example: clonotate demo --volume raw.tif --start 0,526,639
    """
    from clonotate import demo as demonstration

    if start and not volume:
        raise ClonotateError("--start needs a --volume to start in")
    crew = demonstration.crew()
    place = triple("--start", start, whole_numbers=True) if start else None
    real = (
        demonstration.stack(volume, place and (int(place[0]), int(place[1]), int(place[2])))
        if volume
        else None
    )
    if crew["neuron-tracking"].model is None:
        print("This copy comes without weights, so the virtual expert, who knows the truth, works instead.")
        real = None
    films = min(episodes, demonstration.FILMS)
    with bar("annotating", len(crew) * (episodes + films) + bool(real)) as advance:
        page = demonstration.demo(out, crew, episodes, real, processes, lambda what: advance())
    show(page)
    print(f"wrote {out / 'report.html'}: open it in a browser to play the episodes")


def show(page: "Report") -> None:
    """The success table, and what came of a real stack."""
    from clonotate.formats.html import tally

    shown = table("Test worlds, worked through alone", "task", "success", "95 %", "clicks", "parts")
    for chapter in page.chapters:
        counted = tally(chapter.episodes)
        if counted is None:
            print(f"{chapter.title}: {chapter.lead}")
            continue
        shown.add_row(
            chapter.title,
            f"{100 * counted.rate:.1f} % of {counted.episodes}",
            f"{100 * counted.low:.1f} - {100 * counted.high:.1f} %",
            f"{counted.clicks:g}",
            ", ".join(f"{name} {mean:.3f}" for name, (mean, _, _) in counted.parts.items()),
        )
    report(shown, None, None)
