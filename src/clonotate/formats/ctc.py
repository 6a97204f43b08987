"""Cell Tracking Challenge out: a folder of label masks and `res_track.txt`, where each track begins and ends.

Frames are numbered from 0 without gaps, as the format wants, whichever of the film they are; the provenance
beside them says which. A mask is the outline that the tool drew of a cell, filled.
"""

import json
from pathlib import Path

import cv2
import numpy as np
import tifffile

from clonotate.annotation import Tracks
from clonotate.formats.work import Work, number
from clonotate.records import ClonotateError
from clonotate.whole import write_whole

Track = tuple[int, ...]  # cells of one track, a frame each


def write_ctc(path: Path, work: Work) -> None:
    """Write into a folder: `mask000.tif` and so on, `res_track.txt` and `provenance.json`.

    ClonotateError for cells that two others became, for which the format has no place.
    """
    tracks = work.of(Tracks)
    chains, mothers = chained(tracks)
    frames = sorted({cell.spot.z for cell in tracks.cells})
    place = {z: t for t, z in enumerate(frames)}
    masks = np.zeros((len(frames), work.placing.height, work.placing.width), np.uint16)
    lines = []
    for label, chain in enumerate(chains, 1):
        for cell in chain:
            outline = np.array([spot[:2] for spot in tracks.cells[cell].outline])
            mask = masks[place[tracks.cells[cell].spot.z]]
            cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], label)
        first, last = (place[tracks.cells[chain[end]].spot.z] for end in (0, -1))
        lines.append(f"{label} {first} {last} {mothers.get(label, 0)}\n")
    for t, mask in enumerate(masks):
        tifffile.imwrite(path / f"mask{t:03}.tif", mask, compression="zlib")
    shown = {"frames": [number(z) for z in frames], "masks": "the outlines that the tool drew, filled"}
    write_whole(path / "provenance.json", json.dumps(work.provenance | shown, indent=1).encode())
    write_whole(path / "res_track.txt", "".join(lines).encode())


def chained(tracks: Tracks) -> tuple[list[Track], dict[int, int]]:
    """Cells in tracks, labelled from 1 in order, and the label of the mother of each that has one."""
    parents: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for parent, child in tracks.marks:
        if child is None:
            continue
        if parents.setdefault(child, parent) != parent:
            raise ClonotateError("two cells became one in this episode; export it as geff or csv")
        children.setdefault(parent, []).append(child)
    begins = [n for n in range(len(tracks.cells)) if len(children.get(parents.get(n, -1), ())) != 1]
    chains = []
    for cell in begins:
        chain = [cell]
        while len(onward := children.get(chain[-1], [])) == 1:
            chain.append(onward[0])
        chains.append(tuple(chain))
    label = {cell: i for i, chain in enumerate(chains, 1) for cell in chain}
    return chains, {label[n]: label[parents[n]] for n in begins if n in parents}
