"""How well is a real neurite followed? On tissue that nobody trained on, against trackers without learning.

    python benchmarks/real_em.py DATA/em-drosophila-vnc --write docs/real_em.md
    python benchmarks/real_em.py DATA/em-drosophila-vnc --by runs/mine --scales 2 auto

The folder holds `raw.tif` (ZYX, uint8) and `neurites.tif` (ids through z): serial-section TEM of a larval
Drosophila ventral nerve cord (Gerhard et al. 2013, figshare 856713, CC BY-NC-SA 3.0). The ids link
hand-segmented cross-sections by overlap; only neurites that span every section count.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray

from clonotate.annotate.trace import Node, trace
from clonotate.evaluation.contenders import contender
from clonotate.evaluation.intervals import bootstrap
from clonotate.formats.neurites import LEAST, innermost, spanning
from clonotate.formats.scale import scale_of
from clonotate.formats.volumes import Volume, read_volume
from clonotate.whole import whole
from floors import FLOORS, Tracker

Start = tuple[int, int, int]
Follow = Callable[[Start], tuple[list[Node], bool]]
"""From a start to nodes (z, y, x in voxels), and whether the annotator called it done."""


@dataclass(frozen=True)
class Outcome:
    """One neurite, followed by one method: shares in [0, 1]."""

    accuracy: float  # of the nodes, inside the right neurite
    coverage: float  # of the sections, with a node
    right: float  # of the sections, with a node inside the right neurite
    success: bool  # the task's own rule, and Done


@dataclass(frozen=True)
class Row:
    """One method at one scale."""

    method: str
    scale: str
    outcomes: tuple[Outcome, ...]


def main() -> None:
    """Measure and print; write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="holds raw.tif and neurites.tif")
    parser.add_argument(
        "--by", nargs="*", default=["shipped"], help="contenders; none measures the floors only"
    )
    parser.add_argument(
        "--scales", nargs="+", default=["1", "2", "3", "auto"], help="voxels per canvas pixel"
    )
    parser.add_argument("--temperature", type=float, default=0.4, help="of the contenders")
    parser.add_argument("--write", type=Path, help="Markdown file to write")
    options = parser.parse_args()
    volume, labels = read_volume(options.folder / "raw.tif"), tifffile.imread(options.folder / "neurites.tif")
    targets = {target: (0, *innermost(labels[0] == target)) for target in spanning(labels)}
    rows = []
    for method, scale, follow in methods(volume, options.by, options.scales, options.temperature):
        outcomes = (judged(labels, target, *follow(start)) for target, start in targets.items())
        rows.append(Row(method, scale, tuple(outcomes)))
        print(table_row(rows[-1]), flush=True)
    if options.write:
        with whole(options.write) as beside:
            beside.write_text(page(rows, len(targets), len(labels), options), encoding="utf-8")


def methods(
    volume: Volume, names: list[str], scales: list[str], temperature: float
) -> Iterator[tuple[str, str, Follow]]:
    """Every floor at every fixed scale, then every contender at every scale."""
    for scale in (float(text) for text in scales if text != "auto"):
        sections = shrunk(volume, scale)
        for name, track in FLOORS.items():
            yield name, f"{scale:g}", floor(track, sections, scale)
    for name in names:
        for text in scales:
            yield name, text, policy(name, volume, text, temperature)


def shrunk(volume: Volume, scale: float) -> NDArray[np.uint8]:
    """All sections at `scale` voxels per pixel, by area: uint8 `[Z, H, W]`."""
    depth, height, width = volume.shape
    size = round(width / scale), round(height / scale)
    whole_section = slice(0, height), slice(0, width)
    images = (volume.grey(z, *whole_section) for z in range(depth))
    return np.stack([cv2.resize(image, size, interpolation=cv2.INTER_AREA) for image in images])


def floor(track: Tracker, sections: NDArray[np.uint8], scale: float) -> Follow:
    """A tracker without learning, from voxels to voxels."""

    def follow(start: Start) -> tuple[list[Node], bool]:
        y, x = ((place + 0.5) / scale - 0.5 for place in start[1:])
        places = (track(sections, (y, x)) + 0.5) * scale - 0.5
        return [(z, float(y), float(x)) for z, (y, x) in enumerate(places)], True

    return follow


def policy(name: str, volume: Volume, scale: str, temperature: float) -> Follow:
    """A contender through the interface, as `clonotate annotate` runs it."""
    who = contender(name, temperature)

    def follow(start: Start) -> tuple[list[Node], bool]:
        result = trace(volume, start, lambda s: who.annotator(s, seed=0), scale_of(scale, volume, start))
        return list(result.nodes), result.done

    return follow


def judged(labels: NDArray[np.uint16], target: int, nodes: list[Node], done: bool) -> Outcome:
    """The rule of neuron tracking, against the linked profiles: a node on a membrane is wrong."""
    last = np.array(labels.shape[1:]) - 1
    places = [(int(z), *np.clip(np.rint([y, x]).astype(int), 0, last)) for z, y, x in nodes]
    hits = sum(bool(labels[place] == target) for place in places)
    accuracy, coverage = hits / max(len(places), 1), len(places) / len(labels)
    success = done and coverage >= 0.9 and accuracy >= 0.95
    return Outcome(accuracy, coverage, hits / len(labels), success)


def table_row(row: Row) -> str:
    """A line of the Markdown table."""
    coverage = np.mean([outcome.coverage for outcome in row.outcomes])
    success = sum(outcome.success for outcome in row.outcomes)
    accuracy = with_interval([outcome.accuracy for outcome in row.outcomes])
    right = with_interval([outcome.right for outcome in row.outcomes])
    cells = (row.method, row.scale, right, accuracy, f"{coverage:.2f}", f"{success} of {len(row.outcomes)}")
    return f"| {' | '.join(cells)} |"


def with_interval(shares: list[float]) -> str:
    """The mean over neurites and its 95 % interval."""
    low, high = bootstrap(shares)
    return f"{np.mean(shares):.3f} ({low:.3f}-{high:.3f})"


PAGE = """# Real neurites

{neurites} neurites that span all {sections} sections of a larval Drosophila ventral nerve cord, with at least
{least} px in each. No annotator was trained on it, but it is no blind test: the grey levels, sizes and
movement of the made-up training tissue were set with these sections in view, and earlier checkpoints tried on
them decided that traces draw their clicks at temperature 0.4. The constant behind *auto* was measured on
made-up tissue; that it averages over nine canvases was decided with a look at these.

    {command}

The start is the place deepest inside the profile of section 0. *Right sections* is the share of all sections
with a node inside the right neurite, *skeleton accuracy* the share of the nodes that were placed, *coverage*
the share of sections with a node; means over neurites, with 95 % bootstrap intervals over neurites. A
*success* has 95 % of its nodes right, 90 % coverage and Done pressed. *Scale* is in voxels (4.6 nm) per
canvas pixel.

The truth was made by linking hand-segmented profiles whose overlap (IoU) exceeds 0.25. That favours neurites
which overlap themselves, and with them every method that stays near the last place.

| method | scale | right sections | skeleton accuracy | coverage | success |
|---|---|---|---|---|---|
{table}

Data: Gerhard, Funke, Martel, Cardona, Fetter (2013), *Segmented anisotropic ssTEM dataset of neural tissue*,
figshare 856713, CC BY-NC-SA 3.0; not part of this repository.
"""


def page(rows: list[Row], neurites: int, sections: int, options: argparse.Namespace) -> str:
    """The whole page."""
    command = " ".join(["python benchmarks/real_em.py", f"DATA/{options.folder.name}", "--by", *options.by])
    return PAGE.format(
        neurites=neurites,
        sections=sections,
        least=LEAST,
        command=f"{command} --scales {' '.join(options.scales)}",
        table="\n".join(map(table_row, rows)),
    )


if __name__ == "__main__":
    main()
