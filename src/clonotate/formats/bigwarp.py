"""BigWarp's landmark CSV, out and in: pairs of places of a moving and a fixed picture, without a header.

Columns: name, active, x and y in the moving picture, x and y in the fixed one. The first picture of a pair
(channel A) is the fixed one, the second is moved onto it.
"""

import csv
import io
from pathlib import Path

from clonotate.annotation import Landmarks, Pair, Spot
from clonotate.formats.work import Work, number
from clonotate.records import ClonotateError
from clonotate.whole import write_whole


def write_bigwarp(path: Path, work: Work) -> None:
    """Pairs in pixels of their pictures."""
    rows = (
        [f"Pt-{i}", "true", *map(number, (*second[:2], *first[:2]))]
        for i, (first, second) in enumerate(work.of(Landmarks).marks)
    )
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    write_whole(path, text.getvalue().encode())


def read_bigwarp(path: Path) -> tuple[Pair, ...]:
    """The active pairs of a file; ClonotateError where it is no such table of two dimensions."""
    if not path.is_file():
        raise ClonotateError(f"no such file: {path}")
    with path.open(newline="", encoding="utf-8", errors="replace") as stream:
        rows = [row for row in csv.reader(stream) if row]
    try:
        places = [[float(cell) for cell in row[2:]] for row in rows if row[1].lower() == "true"]
        return tuple(Pair(Spot(u, v), Spot(x, y)) for x, y, u, v in places)
    except (ValueError, IndexError):
        raise ClonotateError(
            f"{path} is no landmark table of BigWarp: a name, true or false, then four numbers"
        ) from None
