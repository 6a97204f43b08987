"""DeepLabCut out: its CSV of labelled frames, for one animal or several; `keypoints.py` reads it.

Rows scorer, (individuals,) bodyparts, coords, then a row a frame whose first three cells lead to its picture.
Cells are empty where a keypoint is hidden or unmarked: the format cannot tell these apart.
"""

import csv
import io
from pathlib import Path

from clonotate.annotation import Poses
from clonotate.formats.work import Work, number
from clonotate.records import ClonotateError
from clonotate.whole import write_whole

SCORER = "clonotate"


def write_deeplabcut(path: Path, work: Work) -> None:
    """Keypoints in pixels of their frames."""
    poses = work.of(Poses)
    columns = [(i, k) for i in range(len(poses.individuals)) for k in range(len(poses.names))]
    spots = {(t, i, k): spot for t, i, k, spot in poses.marks}
    several = [("individuals", [poses.individuals[i] for i, _ in columns])]
    heads = [
        ("scorer", [SCORER] * len(columns)),
        *(several if len(poses.individuals) > 1 else []),
        ("bodyparts", [poses.names[k] for _, k in columns]),
    ]
    rows = [[head, "", "", *(name for name in names for _ in "xy")] for head, names in heads]
    rows.append(["coords", "", "", *("x", "y") * len(columns)])
    for t in range(poses.frames):
        marked = [spots.get((t, *column)) for column in columns]
        cells = [number(v) if spot else "" for spot in marked for v in (spot[:2] if spot else (0, 0))]
        rows.append(["labeled-data", Path(work.name).stem, frame_name(work, t), *cells])
    if all(spot is None for spot in spots.values()):
        raise ClonotateError("no keypoint of this episode has a place, and DeepLabCut keeps nothing else")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    write_whole(path, text.getvalue().encode())


def frame_name(work: Work, t: int) -> str:
    """The picture of a frame: the file it came from, else its number in the film."""
    if work.placing.names:
        return work.placing.names[t]
    section = int(work.placing.sections[t]) if work.placing.sections else t
    return f"img{section:04}.png"
