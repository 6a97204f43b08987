"""What a tracker proposes that cells become: all not yet linked at once, in the way that costs least.

As in TrackMate (Tinevez et al. 2017, after Jaqaman et al. 2008) a cell is linked to one of the next frame,
ends or divides, and what nobody became begins there. The cost of a link is a sum: of the way, of how much the
area changes, and of how little the two look alike; of a division, of the way to the middle between the
daughters, of how much area comes or goes, of how unlike in size they are, of how far from round their mother
is, since cells round up to divide, and of how much one of them looks like her, who should be gone. To begin
or to end costs more, the farther from the border. People click through these and mend the wrong ones.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from clonotate.tasks.worlds.tracks import Frame, Place

Floats = NDArray[np.float64]
Window = tuple[Floats, NDArray[np.bool_]]  # the pixels around the middle of a cell, and which are of it
Links = dict[int, tuple[int, ...]]  # what every cell becomes: one, two daughters, or none

CRAWL = 20.0  # px of way from which on a px more costs less than half of one: who jumps, jumps far
GROWTH = 30.0  # px that a change of the area by a factor of e costs
STRANGENESS = 60.0  # px that it costs to look like nothing known
FAR = 70.0  # px beyond which no cell is looked at closely, and no two are sisters
HALF = 32  # px of the window around a cell on each side
DIVIDED = 1.1  # times the area of their mother that two daughters have, in made-up films
UNEQUAL = 90.0  # px that it costs two daughters to differ in area by a factor of e
SPLIT = 15.0  # px that a division costs
ANGULAR = 150.0  # px that it costs a mother to be a line; a disc is free
REMAINING = 30.0  # px that it costs if a daughter looks just like her mother
ASIDE = 65.0  # px that the middle between daughters is from their mother at the most
PASSING = 80.0  # px that it costs to begin or end at the border
NEVER = 1e6  # px
CROWD = 16  # cells around the one asked for, in each frame, that are looked at: it costs their cube


@dataclass(frozen=True, eq=False)
class Costs:
    """What everything costs that can become of the cells of a frame, in px."""

    links: Floats  # [cells, cells after]
    ends: Floats  # [cells]
    begins: Floats  # [cells after]
    splits: dict[int, dict[tuple[int, int], float]]  # of each cell, by its daughters


def proposed(
    before: Frame,
    after: Frame,
    sources: Sequence[int],
    targets: Sequence[int],
    daughters: tuple[int, ...] | None = None,
) -> tuple[int, ...]:
    """What the first of `sources`, cells of a frame, becomes: some of `targets`, cells of the next one.

    One cell, two daughters or none. Where somebody says that it divides, and that these are among its
    `daughters`, two, or none where it can have no such daughters.
    """
    known, first = costs(before, after), sources[0]
    here = before.cells[first].middle
    sources, targets = around(here, before, sources), around(here, after, targets)
    if daughters is None:
        return linked(known, sources, targets)[first]
    prices = {
        pair: price + assigned(known, without(sources, (first,)), without(targets, pair))[0]
        for pair, price in possible(known.splits[first], targets)
        if set(daughters) <= set(pair)
    }
    return min(prices, key=prices.__getitem__, default=())


def around(place: Place, frame: Frame, cells: Sequence[int]) -> list[int]:
    """Of some cells of a frame those that are nearest to a place, no more than a `CROWD`, in their order."""
    nearest = sorted(cells, key=lambda cell: math.dist(place, frame.cells[cell].middle))[:CROWD]
    return [cell for cell in cells if cell in nearest]


def linked(known: Costs, sources: Sequence[int], targets: Sequence[int]) -> Links:
    """What becomes of all: divisions are put in one after the other, while all costs less with them."""
    total, links = assigned(known, sources, targets)
    divided: Links = {}
    spent = 0.0
    while True:
        tries = []
        for mother in sources:
            others = without(sources, (mother,))
            for pair, price in possible(known.splits[mother], targets):
                rest, became = assigned(known, others, without(targets, pair))
                tries.append((spent + price + rest, price, mother, pair, became))
        best = min(tries, key=lambda one: one[0], default=None)
        if best is None or best[0] >= total:
            return links | divided
        total, price, mother, pair, links = best
        divided[mother], spent = pair, spent + price
        sources, targets = without(sources, (mother,)), without(targets, pair)


def possible(
    splits: dict[tuple[int, int], float], targets: Sequence[int]
) -> list[tuple[tuple[int, int], float]]:
    """The pairs of daughters, and their costs, of which both are among the targets."""
    return [(pair, price) for pair, price in splits.items() if pair[0] in targets and pair[1] in targets]


def without(cells: Sequence[int], some: Iterable[int]) -> list[int]:
    """Cells that are not some of them."""
    gone = set(some)
    return [cell for cell in cells if cell not in gone]


def assigned(known: Costs, sources: Sequence[int], targets: Sequence[int]) -> tuple[float, Links]:
    """What is cheapest where none divides, and what it costs: an assignment with a place for each to end."""
    olds, news = len(sources), len(targets)
    prices = np.full((olds + news, olds + news), NEVER)
    prices[:olds, :news] = known.links[np.ix_(sources, targets)]
    prices[np.arange(olds), news + np.arange(olds)] = known.ends[list(sources)]
    prices[olds + np.arange(news), np.arange(news)] = known.begins[list(targets)]
    prices[olds:, news:] = 0
    rows, columns = linear_sum_assignment(prices)
    became = zip(sources, columns[:olds].tolist(), strict=True)
    return float(prices[rows, columns].sum()), {i: (targets[j],) if j < news else () for i, j in became}


@lru_cache(maxsize=64)
def costs(before: Frame, after: Frame) -> Costs:
    """What it costs to link each cell of a frame to each of the next, to divide, to end and to begin."""
    old, new = (np.array(middles(frame), float) for frame in (before, after))
    ways = np.hypot(*(old[:, None] - new).transpose(2, 0, 1))
    growth = np.abs(np.log(before.areas[:, None] / after.areas))
    seen, seen_after = windows(before), windows(after)
    likeness = np.zeros_like(ways)
    for i, j in zip(*np.nonzero(ways <= FAR), strict=True):
        likeness[i, j] = alike(seen[i], seen_after[j])
    links = effort(ways) + GROWTH * growth + STRANGENESS * (1 - likeness)
    ends, begins = (PASSING + from_border(frame) for frame in (before, after))
    return Costs(np.asarray(links), ends, begins, splits(before, after, likeness))


def splits(before: Frame, after: Frame, likeness: Floats) -> dict[int, dict[tuple[int, int], float]]:
    """What it costs each cell to divide, by every two of the next frame that may be its daughters."""
    angular = ANGULAR * (1 - roundness(before))
    old, new = (np.array(middles(frame), float) for frame in (before, after))
    prices: dict[int, dict[tuple[int, int], float]] = {i: {} for i in range(len(old))}
    for j, k in itertools.combinations(range(len(new)), 2):
        if np.hypot(*(new[j] - new[k])) > FAR:
            continue
        one, other = after.areas[[j, k]]
        aside = np.hypot(*(old - (one * new[j] + other * new[k]) / (one + other)).T)
        growth = np.abs(np.log((one + other) / before.areas / DIVIDED))
        price = effort(aside) + GROWTH * growth + UNEQUAL * abs(np.log(one / other)) + SPLIT + angular
        price += REMAINING * likeness[:, [j, k]].max(axis=1).clip(0)
        for i in np.flatnonzero(aside <= ASIDE).tolist():
            prices[i][j, k] = float(price[i])
    return prices


def effort(ways: Floats) -> Floats:
    """What ways cost: less and less for every px more."""
    return np.asarray(CRAWL * np.log1p(ways / CRAWL))


def roundness(frame: Frame) -> Floats:
    """How round every cell is: 1 a disc, towards 0 the farther its pixels lie apart for their number."""
    number, (y, x) = frame.segments.ravel(), np.indices(frame.segments.shape).reshape(2, -1)

    def mean(values: NDArray[np.integer]) -> Floats:
        return np.asarray(np.bincount(number, values)[1:] / frame.areas)

    spread = mean(x**2) - mean(x) ** 2 + mean(y**2) - mean(y) ** 2 + 1 / 6  # a pixel is a square
    return np.minimum(frame.areas / (2 * np.pi * spread), 1)


def from_border(frame: Frame) -> Floats:
    """How far every cell is from the nearest border of the picture, px."""
    height, width = frame.segments.shape
    boxes = np.array([cv2.boundingRect(np.array(cell.outline)) for cell in frame.cells]).reshape(-1, 4)
    left, top, wide, high = boxes.T
    return np.asarray(np.min([left, top, width - left - wide, height - top - high], axis=0), float)


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
