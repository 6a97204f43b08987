"""What a tracker proposes as the continuation of a cell: by the least-cost assignment of all not yet linked.

As in TrackMate (Tinevez et al. 2017, after Jaqaman et al. 2008), but that the cost of a link is a sum: of the
way, of how much the area changes, and of how little the two look alike. People click through such proposals
and mend the wrong ones.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from clonotate.tasks.worlds.tracks import Frame

Floats = NDArray[np.float64]
Window = tuple[Floats, NDArray[np.bool_]]  # the pixels around the middle of a cell, and which are of it

GROWTH = 20.0  # px that a change of the area by a factor of e costs
STRANGENESS = 40.0  # px that it costs to look like nothing known
FAR = 70.0  # px beyond which no cell is looked at closely
HALF = 32  # px of the window around a cell on each side


def proposed(before: Frame, after: Frame, sources: Sequence[int], targets: Sequence[int]) -> int | None:
    """Of the cells `targets` of a frame the one that the first of `sources`, of the frame before, becomes.

    None where other sources fit all of them better.
    """
    rows, columns = linear_sum_assignment(costs(before, after)[np.ix_(sources, targets)])
    return next((targets[column] for row, column in zip(rows, columns, strict=True) if row == 0), None)


@lru_cache(maxsize=64)
def costs(before: Frame, after: Frame) -> Floats:
    """What it costs to link each cell of a frame to each of the next, px: `[cells, cells after]`."""
    old, new = (np.array(middles(frame), float) for frame in (before, after))
    ways = np.hypot(*(old[:, None] - new).transpose(2, 0, 1))
    growth = np.abs(np.log(before.areas[:, None] / after.areas))
    seen, seen_after = windows(before), windows(after)
    likeness = np.zeros_like(ways)
    for i, j in zip(*np.nonzero(ways <= FAR), strict=True):
        likeness[i, j] = alike(seen[i], seen_after[j])
    return np.asarray(ways + GROWTH * growth + STRANGENESS * (1 - likeness))


def windows(frame: Frame) -> list[Window]:
    """The surroundings of every cell."""
    image = np.pad(frame.image.astype(float), HALF)
    segments = np.pad(frame.segments, HALF)
    places = [(slice(y, y + 2 * HALF + 1), slice(x, x + 2 * HALF + 1)) for x, y in middles(frame)]
    return [(image[place], segments[place] == n) for n, place in enumerate(places, 1)]


def middles(frame: Frame) -> list[tuple[int, int]]:
    """Where the cells of a frame are."""
    return [cell.middle for cell in frame.cells]


def alike(one: Window, other: Window) -> float:
    """The correlation of two cells laid over each other, where both are; 0 where that says nothing."""
    both = one[1] & other[1]
    a, b = one[0][both], other[0][both]
    if not both.any() or a.min() == a.max() or b.min() == b.max():
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])
