"""A tool's title, read wherever it stands and in whatever colours: by where its letters begin and end."""

from functools import lru_cache

import numpy as np
from torch import Tensor

from clonotate.screens.font import inked


def stands_on(screen: Tensor, title: str) -> bool:
    """Whether the title is written somewhere on a screen, uint8 `[H, W, 3]`, at one pixel a dot, uncut."""
    turns = (screen[:, 1:] != screen[:, :-1]).any(-1).cpu().numpy()
    rows, wanted = [row.tobytes() for row in turns], outline(title)
    return any(begins_at(rows[top:], wanted) for top in range(len(rows) - len(wanted) + 1))


def begins_at(rows: list[bytes], wanted: tuple[bytes, ...]) -> bool:
    """Whether all that is wanted stands one above the other, from the first row down."""
    left = rows[0].find(wanted[0])
    while left >= 0:
        if all(row.startswith(line, left) for row, line in zip(rows, wanted, strict=False)):
            return True
        left = rows[0].find(wanted[0], left + 1)
    return False


@lru_cache(maxsize=64)
def outline(title: str) -> tuple[bytes, ...]:
    """For each row of its letters, a byte between any two pixels: 1 where ink begins or ends, else 0."""
    ink = np.pad(inked(title), ((0, 0), (1, 1)))
    return tuple((row[1:] != row[:-1]).tobytes() for row in ink)
