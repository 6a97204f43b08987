"""Road centre lines as a fine graph: where roads lead straight on, and in which order to trace them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

Place = tuple[int, int]  # x, y in tile pixels
SPACING = 4.0  # px between neighbouring points
CROWDED = 12.0  # px; junctions nearer to each other than that are one
SPUR = 16.0  # px; dead ends shorter than that are slips of whoever drew the lines
LONG = 300.0  # px; longer roads come first
STRAIGHT = math.cos(math.radians(50))


@dataclass(frozen=True, eq=False)
class Network:
    """Centre lines: points about 4 px apart, and which are linked. Ends and junctions have whole pixels."""

    points: NDArray[np.float64]  # [points, 2]: x, y in tile pixels
    links: NDArray[np.int64]  # [links, 2]: pairs of points, each once

    @cached_property
    def tree(self) -> KDTree:
        """To find the points near a place."""
        return KDTree(self.points)

    @cached_property
    def neighbours(self) -> tuple[tuple[int, ...], ...]:
        """The points linked to each."""
        found: list[list[int]] = [[] for _ in self.points]
        for a, b in self.links.tolist():
            found[a].append(b)
            found[b].append(a)
        return tuple(tuple(sorted(near)) for near in found)

    @cached_property
    def places(self) -> list[list[float]]:
        """The points as plain numbers."""
        places: list[list[float]] = self.points.tolist()
        return places

    @cached_property
    def pairs(self) -> list[list[int]]:
        """The links as plain numbers."""
        pairs: list[list[int]] = self.links.tolist()
        return pairs

    @cached_property
    def degree(self) -> NDArray[np.int64]:
        """How many links each point has."""
        return np.bincount(self.links.ravel(), minlength=len(self.points))

    @cached_property
    def stops(self) -> frozenset[int]:
        """Ends and junctions."""
        return frozenset(np.flatnonzero(self.degree != 2).tolist())

    @cached_property
    def link(self) -> dict[tuple[int, int], int]:
        """The number of the link between two points, either way round."""
        pairs = self.links.tolist()
        return {pair: i for i, (a, b) in enumerate(pairs) for pair in ((a, b), (b, a))}

    @cached_property
    def onward(self) -> dict[tuple[int, int], int]:
        """Where a road goes that came from one point to the next; nowhere at its ends."""
        ways: dict[tuple[int, int], int] = {}
        for here, near in enumerate(self.neighbours):
            for a, b in self.straightest(here, near):
                ways[a, here], ways[b, here] = b, a
        return ways

    def straightest(self, here: int, near: Sequence[int]) -> list[tuple[int, int]]:
        """The neighbours of a point as pairs that lie opposite each other, the straightest first."""
        if len(near) == 2:
            return [(near[0], near[1])]
        ways = {way: self.direction(here, way) for way in near}
        bends = sorted((float(ways[a] @ ways[b]), a, b) for a in near for b in near if a < b)
        pairs: list[tuple[int, int]] = []
        for cosine, a, b in bends:
            if cosine < -STRAIGHT and not any({a, b} & set(pair) for pair in pairs):
                pairs.append((a, b))
        return pairs

    def direction(self, here: int, way: int) -> NDArray[np.float64]:
        """The unit vector in which a road leaves a point by one of its neighbours."""
        beyond = [point for point in self.neighbours[way] if point != here]
        far = beyond[0] if len(beyond) == 1 else way
        step = self.points[far] - self.points[here]
        return np.asarray(step / max(np.hypot(*step), 1e-9))

    @cached_property
    def roads(self) -> tuple[tuple[int, ...], ...]:
        """Whole roads, straight on through junctions, as points in order.

        Each starts at its western end, or its northern one where it runs rather north and south. Long roads
        come first; among equals the order is that of reading, by the starts.
        """
        found: dict[int, tuple[int, ...]] = {}
        for a, b in self.links.tolist():
            if self.link[a, b] in found:
                continue
            back = follow(self, b, a)
            road = back[::-1] if back[-1] == b else (*back[:1:-1], *follow(self, a, b))
            found.update(dict.fromkeys((self.link[pair] for pair in pairwise(road)), self.oriented(road)))
        return tuple(sorted(set(found.values()), key=self.reading))

    @cached_property
    def road_links(self) -> tuple[NDArray[np.int64], ...]:
        """The numbers of the links of each road, in order."""
        return tuple(np.array([self.link[pair] for pair in pairwise(road)]) for road in self.roads)

    def oriented(self, road: tuple[int, ...]) -> tuple[int, ...]:
        """The same road from its canonical start; a ring starts in the west."""
        if road[0] == road[-1]:
            west = int(np.argmin(self.points[list(road), 0]))
            return (*road[west:], *road[1 : west + 1])
        across, down = self.points[road[-1]] - self.points[road[0]]
        return road if (across if abs(across) >= abs(down) else down) >= 0 else road[::-1]

    def reading(self, road: tuple[int, ...]) -> tuple[bool, int, float]:
        """What roads are sorted by."""
        x, y = self.points[road[0]]
        return len(road) * SPACING < LONG, round(y / 16), float(x)

    @cached_property
    def chains(self) -> tuple[frozenset[int], ...]:
        """The links of every stretch between two stops."""
        found: set[frozenset[int]] = set()
        for stop in self.stops:
            for way in self.neighbours[stop]:
                found.add(
                    frozenset(self.link[pair] for pair in pairwise(follow(self, stop, way, self.stops)))
                )
        return tuple(found)


def follow(
    network: Network, here: int, way: int, stops: frozenset[int] | Mapping[int, Place] = frozenset()
) -> tuple[int, ...]:
    """The points along a road from `here` by its neighbour `way`, to a stop, its end or back to `here`."""
    points = [here, way]
    while points[-1] not in stops and points[-1] != here:
        following = network.onward.get((points[-2], points[-1]))
        if following is None:
            break
        points.append(following)
    return tuple(points)


def cropped(network: Network, corner: Place, side: int, inside: bool) -> Network:
    """The part of a network inside or outside of a square view."""
    offset = network.points - corner
    kept = ((offset >= 0) & (offset < side)).all(axis=1) == inside
    number = np.cumsum(kept) - 1
    return Network(network.points[kept], number[network.links[kept[network.links].all(axis=1)]])


# From lines to a network


def lay(lines: Sequence[NDArray[np.float64]]) -> Network:
    """The network of lines `[vertices, 2]` in tile pixels; where lines touch or cross there is a junction."""
    points: list[tuple[float, float]] = []
    links: set[tuple[int, int]] = set()
    for line in lines:
        spots = dense(line)
        gaps, nearest = KDTree(points).query(spots) if points else (np.full(len(spots), np.inf), spots)
        before: int | None = None
        for spot, gap, index in zip(spots.tolist(), gaps, nearest, strict=True):
            here = int(index) if gap < SPACING * 0.75 else len(points)
            if here == len(points):
                points.append((spot[0], spot[1]))
            if before is not None and before != here:
                links.add((min(before, here), max(before, here)))
            before = here
    return tidied(np.array(points).reshape(-1, 2), links)


def dense(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points about 4 px apart along a line, its vertices among them."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    counts = np.maximum(np.rint(steps / SPACING).astype(int), 1)
    piece = np.repeat(np.arange(len(counts)), counts)
    share = (np.arange(len(piece)) - (np.cumsum(counts) - counts)[piece]) / counts[piece]
    spots = line[piece] + share[:, None] * np.diff(line, axis=0)[piece]
    return np.concatenate([spots, line[-1:]])


def tidied(points: NDArray[np.float64], links: set[tuple[int, int]]) -> Network:
    """Without crowded junctions and short spurs, with stops at whole pixels."""
    network = Network(points, np.array(sorted(links), int).reshape(-1, 2))
    while (merged := merge_crowded(network)) is not None or (merged := without_spur(network)) is not None:
        network = merged
    used = np.unique(network.links)
    number = np.full(len(network.points), -1)
    number[used] = np.arange(len(used))
    network = Network(network.points[used], number[network.links])
    rounded = network.points.copy()
    stops = sorted(network.stops)
    rounded[stops] = np.rint(rounded[stops])
    return Network(rounded, network.links)


def merge_crowded(network: Network) -> Network | None:
    """Two junctions too near to be told apart made one; None where there are none."""
    junctions = np.flatnonzero(network.degree > 2)
    if len(junctions) < 2:
        return None
    close = KDTree(network.points[junctions]).query_pairs(CROWDED)
    if not close:
        return None
    a, b = (int(junctions[i]) for i in min(close))
    middle = (network.points[a] + network.points[b]) / 2
    inside = network.tree.query_ball_point(middle, CROWDED / 2)
    points, links = network.points.copy(), network.links.copy()
    points[a] = middle
    links[np.isin(links, [*inside, b])] = a
    links = np.unique(np.sort(links[links[:, 0] != links[:, 1]], axis=1), axis=0)
    return Network(points, links)


def without_spur(network: Network) -> Network | None:
    """The network without a dead end that is too short to mean anything; None where there is none."""
    for end in np.flatnonzero(network.degree == 1).tolist():
        spur = follow(network, end, network.neighbours[end][0], network.stops)
        if network.degree[spur[-1]] > 2 and len(spur) * SPACING < SPUR:
            gone = [network.link[pair] for pair in pairwise(spur)]
            return Network(network.points, np.delete(network.links, gone, axis=0))
    return None
