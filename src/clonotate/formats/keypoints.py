"""Keypoints in: DeepLabCut's CSV of labelled frames, for one animal or several; `deeplabcut.py` writes it.

Rows scorer, (individuals,) bodyparts, coords, then a row a frame whose first cells lead to its picture.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clonotate.records import ClonotateError

ONE, SEVERAL = ["scorer", "bodyparts", "coords"], ["scorer", "individuals", "bodyparts", "coords"]


@dataclass(frozen=True, eq=False)
class Table:
    """Keypoints as a file holds them, a column for each of them and of each animal."""

    frames: tuple[str, ...]  # file names, "" where there are none
    individuals: tuple[str, ...]  # the animal of each column; empty for one animal
    names: tuple[str, ...]  # the body part of each column
    points: NDArray[np.float64]  # [frames, columns, 2] x, y; NaN where the cells are empty


def read_deeplabcut(path: Path, several: bool) -> Table:
    """A table of one animal or of `several`; ClonotateError where it is not, or its cells are no numbers."""
    with path.open(newline="", encoding="utf-8", errors="replace") as stream:
        rows = [row for row in csv.reader(stream) if row]
    heads = SEVERAL if several else ONE
    count = len(heads)
    if [row[0] for row in rows[:count]] != heads or len(rows) <= count:
        animals = "several animals" if several else "one animal"
        raise ClonotateError(f"{path} is no DeepLabCut table of {animals}: rows {', '.join(heads)}")
    columns = [i for i, axis in enumerate(rows[count - 1]) if axis == "x"]
    if not columns or any(rows[count - 1][i + 1 : i + 2] != ["y"] for i in columns):
        raise ClonotateError(f"{path} needs a column x, then y, for each keypoint")
    try:
        points = [[(value(row[i]), value(row[i + 1])) for i in columns] for row in rows[count:]]
        individuals, names = ([row[i] for i in columns] for row in (rows[1], rows[count - 2]))
    except (ValueError, IndexError):
        raise ClonotateError(f"{path} has coordinates that are no numbers, or a row cut short") from None
    frames = (next((cell for cell in reversed(row[: columns[0]]) if cell), "") for row in rows[count:])
    return Table(
        frames=tuple(Path(frame).name for frame in frames),
        individuals=tuple(individuals) if several else (),
        names=tuple(names),
        points=np.array(points),
    )


def value(cell: str) -> float:
    """A cell as a number, NaN where it is empty."""
    return float(cell) if cell.strip() else float("nan")
