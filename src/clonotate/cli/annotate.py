"""The main job: a policy traces a neurite through a real image stack."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clonotate.cli.options import Json
from clonotate.cli.terminal import STANDARD_OUTPUT, as_json, bar
from clonotate.records import ClonotateError

if TYPE_CHECKING:
    from clonotate.annotate.trace import Trace
    from clonotate.formats.volumes import Volume

FILM = 400  # clicks of a GIF at most; of a longer trace every n-th is shown


def annotate(
    volume: Annotated[
        Path,
        typer.Option(help="A .tif, .npy, .zarr or .h5 stack, Z Y X.", metavar="FILE", show_default=False),
    ],
    start: Annotated[
        str, typer.Option(help="A voxel inside the neurite, from 0.", metavar="Z,Y,X", show_default=False)
    ],
    out: Annotated[Path, typer.Option(help="The SWC file to write.", metavar="FILE", show_default=False)],
    task: Annotated[str, typer.Option(help="The task that works on stacks.")] = "neuron-tracking",
    by: Annotated[str, typer.Option(help="Who traces: shipped, nine, or a checkpoint folder.")] = "shipped",
    spacing: Annotated[
        str | None,
        typer.Option(help="Size of a voxel; else the file's own, else 1,1,1.", metavar="Z,Y,X"),
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Unit of --spacing, for the header: nm, um.")] = None,
    scale: Annotated[
        str,
        typer.Option(
            help="Voxels per canvas pixel; auto: as coarse as training tissue. Less for a very thin neurite."
        ),
    ] = "auto",
    temperature: Annotated[float, typer.Option(help="0 takes the likeliest click; may circle.", min=0)] = 0.4,
    gif: Annotated[Path | None, typer.Option(help="Write the episode as a GIF.", metavar="FILE")] = None,
    json: Json = None,
) -> None:
    """Let a policy trace a neurite through a real image stack, on the screens that people use.

    Example: clonotate annotate --volume raw.tif --start 0,526,639 --out trace.swc --gif trace.gif
    """
    from clonotate.annotate.trace import refuse_outside, trace
    from clonotate.evaluation.contenders import contender
    from clonotate.formats.scale import scale_of
    from clonotate.formats.volumes import read_volume

    refuse_unfit(task, out, gif)
    z, y, x = (int(place) for place in triple("--start", start, whole_numbers=True))
    size = triple("--spacing", spacing) if spacing else None
    opened = read_volume(volume)
    refuse_outside(opened, (z, y, x))
    coarseness = scale_of(scale, opened, (z, y, x))
    who = contender(by, temperature)
    with bar("tracing", opened.shape[0]) as advance:
        result = trace(
            opened,
            (z, y, x),
            lambda session: who.annotator(session, seed=0),
            coarseness,
            watch=lambda sections: [advance() for _ in range(sections)],
        )
    write(out, result, opened, size, unit)
    if gif:
        film(gif, result, opened)
    tell(out, result, opened, json)


def refuse_unfit(task: str, out: Path, gif: Path | None) -> None:
    """Raises ClonotateError for a task that does not work on stacks, and for files of another kind."""
    from clonotate.annotate.trace import TASK

    if task != TASK:
        raise ClonotateError(f"annotate knows --task {TASK} only, not {task}")
    if out.suffix.lower() != ".swc":
        raise ClonotateError(f"{out} should end in .swc")
    if gif and gif.suffix.lower() != ".gif":
        raise ClonotateError(f"{gif} should end in .gif")


def triple(option: str, text: str, whole_numbers: bool = False) -> tuple[float, float, float]:
    """Three numbers with commas between: places from 0 on, or sizes above 0."""
    try:
        numbers = tuple(int(word) if whole_numbers else float(word) for word in text.split(","))
    except ValueError:
        numbers = ()
    if (
        len(numbers) != 3
        or not all(0 <= number < 1e9 for number in numbers)
        or (not whole_numbers and 0 in numbers)
    ):
        kind = "whole numbers from 0 on" if whole_numbers else "numbers above 0"
        raise ClonotateError(f"{option} is three {kind}, Z,Y,X, not {text}")
    return numbers[0], numbers[1], numbers[2]


def write(
    out: Path, result: "Trace", volume: "Volume", size: tuple[float, float, float] | None, unit: str | None
) -> None:
    """The trace as SWC in physical units."""
    import numpy as np

    import clonotate
    from clonotate.formats.swc import line, write_swc

    spacing = size or volume.spacing or (1.0, 1.0, 1.0)
    named = unit or ("" if size else volume.unit if volume.spacing else "voxel")
    comments = (
        f"clonotate {clonotate.__version__}: one neurite of {volume.path.name}",
        f"spacing (z, y, x): {', '.join(f'{step:g}' for step in spacing)}; radius 0: not measured",
    )
    points = np.array(result.nodes, float).reshape(-1, 3) * spacing
    write_swc(out, line(points, result.root, named), comments)


def film(gif: Path, result: "Trace", volume: "Volume") -> None:
    """The episode as a GIF, thinned out if it is long."""
    from clonotate.annotate.trace import showing
    from clonotate.formats.gif import write_gif
    from clonotate.whole import whole

    shown, clicks = showing(volume, result, every=max(1, -(-result.steps // FILM)))
    with whole(gif) as beside:
        write_gif(beside, shown, clicks)


def tell(out: Path, result: "Trace", volume: "Volume", json: Path | None) -> None:
    """What came of it, in one line and, if wanted, as JSON."""
    from clonotate.whole import whole

    numbers = {
        "nodes": [list(node) for node in result.nodes],
        "done": result.done,
        "steps": result.steps,
        "seconds": round(result.seconds, 3),
    }
    if json == STANDARD_OUTPUT:
        print(as_json(numbers))
        return
    if json:
        with whole(json) as beside:
            beside.write_text(as_json(numbers) + "\n", encoding="utf-8")
    sessions, loose = len(result.episodes), result.open_ends
    check = f"; Done was not pressed in {loose} of {sessions} sessions: check the trace" if loose else ""
    print(
        f"wrote {out}: {len(result.nodes)} of {volume.shape[0]} sections have a node; {result.steps} "
        f"clicks in {result.seconds:.1f} s at {result.scale:g} voxels per canvas pixel{check}"
    )
