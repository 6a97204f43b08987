"""A drawn graph held against the roads: what is covered, what is wrong, where to go on, how good it is.

All but the scores is answered from what lies within a few pixels, so whoever sees a part of the tile knows
all that is needed there.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds.network import Network, Place, follow
from clonotate.tasks.worlds.noding import JOIN, Paths, beside_lines, joints, planar, stretches

BESIDE = 8.0  # px that a drawn line may lie beside the centre line
PASS = 4.0  # px beside a junction that a line may pass it, for a node to be joined to it later
REACH = 40.0  # px between nodes at most
SAG = 2.5  # px that a road may lie off the straight line between two nodes


@dataclass(frozen=True, eq=False)
class Sketch:
    """What is drawn, as one sees it beside the roads."""

    covered: NDArray[np.bool_]  # [links] under a drawn line
    seats: Mapping[int, Place]  # which node sits at which point of the network
    faults: tuple[tuple[Place, Place], ...] = ()  # wrong placements: a node and the one it was joined to


@lru_cache(maxsize=1024)
def sketch(network: Network, paths: Paths) -> Sketch:
    """Hold a drawing against the roads, placement by placement, each judged by what was there before it."""
    if not any(paths):
        return Sketch(np.zeros(len(network.links), bool), {})
    before = sketch(network, undone(paths))
    if not paths[-1]:
        return before
    node, joined = paths[-1][-1], paths[-1][-2] if len(paths[-1]) > 1 else None
    at = seat(network, node)
    fresh = not any(node in path for path in (*paths[:-1], paths[-1][:-1]))
    wrong = at is None or (fresh and at in before.seats)
    seats = {**before.seats, at: node} if at is not None and at not in before.seats else before.seats
    covered = before.covered
    if joined is not None:
        line, astray = beneath(network, joined, node)
        covered = before.covered.copy()
        covered[list(line)] = True
        twice = [link for link in line if before.covered[link]]
        again = sum(not beside_node(network, link, (joined, node)) for link in twice)
        wrong = wrong or astray > 0 or len(twice) == len(line) or again > max(3, len(line) / 2)
        wrong = (
            wrong or cuts(network, line, joined, node) or misses(network, before.seats, line, joined, node)
        )
    faults = (*before.faults, (node, joined or node)) if wrong else before.faults
    return Sketch(covered, seats, faults)


def beside_node(network: Network, link: int, nodes: tuple[Place, Place]) -> bool:
    """Whether a link lies all beside one of two nodes, where roads that meet cannot be told apart."""
    ends = [network.places[point] for point in network.pairs[link]]
    return any(all(math.dist(end, node) <= BESIDE for end in ends) for node in nodes)


def undone(paths: Paths) -> Paths:
    """The drawing without its last placement, or with the path before opened again."""
    return (*paths[:-1], paths[-1][:-1]) if paths[-1] else paths[:-1] or ((),)


@lru_cache(maxsize=4096)  # every node is asked for several times
def seat(network: Network, node: Place) -> int | None:
    """The point a node sits at: a junction or an end within 6 px, else the nearest; None off the road."""
    near = network.tree.query_ball_point(node, JOIN)
    if not near:
        return None
    gaps: dict[int, float] = {point: math.dist(network.places[point], node) for point in near}
    return min([point for point in near if point in network.stops] or gaps, key=lambda p: gaps[p])


def beneath(network: Network, a: Place, b: Place) -> tuple[frozenset[int], float]:
    """The links under a straight line between two nodes, and which share of it lies beside the road."""
    steps, (x, y) = max(int(math.dist(a, b) / 2), 1), a
    across, down = (b[0] - x) / steps, (b[1] - y) / steps
    gaps, nearest = network.tree.query([(x + i * across, y + i * down) for i in range(steps + 1)])
    touched = set(nearest[gaps <= BESIDE].tolist())
    for node in (a, b):
        at = seat(network, node)
        if at is not None and at not in touched:
            touched.update(network.tree.query_ball_point(network.points[at], JOIN))
    beside = [p for touching in touched for p in network.neighbours[touching] if p not in touched]
    touched.update(p for p, n in Counter(beside).items() if n > 1)  # no link is left out between two others
    number = network.link
    links = (number[p, q] for p in touched for q in network.neighbours[p] if p < q and q in touched)
    return frozenset(links), float((gaps > BESIDE).mean())


def cuts(network: Network, links: frozenset[int], a: Place, b: Place) -> bool:
    """Whether a line cuts a corner from road to road."""
    touched = {point for link in links for point in network.pairs[link]}
    return len(touched) != len(links) + 1 or not {seat(network, a), seat(network, b)} <= touched


def misses(network: Network, seats: Mapping[int, Place], links: frozenset[int], a: Place, b: Place) -> bool:
    """Whether a line runs past a node, or a junction, too far beside it to be joined there."""
    ends = {seat(network, a), seat(network, b)}
    passed = {point for link in links for point in network.pairs[link]} - ends
    stops = [point for point in passed if point in seats or point in network.stops]
    if not stops:
        return False
    nodes = [seats.get(point) or node_of(network, point) for point in stops]
    reach = [JOIN if point in seats else PASS for point in stops]
    along, gaps = beside_lines(np.array([(a, b)], float), np.array(nodes, float))
    return bool(((gaps > reach) & (along > 0) & (along < 1)).any())


# Going on


def route(network: Network, drawn: Sketch, path: tuple[Place, ...]) -> tuple[int, ...] | None:
    """How a path goes on: points from its last node to the next stop, straight ahead; None where it ends."""
    here = next((point for point, node in drawn.seats.items() if node == path[-1]), None)
    if here is None:
        return None
    stops = network.stops | drawn.seats.keys()
    ways = [follow(network, here, way, stops) for way in network.neighbours[here]]
    ways = [way for way in ways if untraced(network, drawn, way)]
    if len(path) < 2:  # eastward or southward, as roads begin in the west or the north
        return max(ways, key=lambda way: bearing(network, way, (1, 0.9)), default=None)
    (x, y), (from_x, from_y) = path[-1], path[-2]
    length = math.dist(path[-1], path[-2])
    ahead = ((x - from_x) / length, (y - from_y) / length)
    best = max(ways, key=lambda way: bearing(network, way, ahead), default=None)
    return best if best is not None and bearing(network, best, ahead) > 0.5 else None


def untraced(network: Network, drawn: Sketch, way: tuple[int, ...]) -> bool:
    """Whether a road is not drawn yet, to judge by its first few points."""
    return not all(drawn.covered[network.link[pair]] for pair in pairwise(way[:4]))


def bearing(network: Network, way: tuple[int, ...], along: tuple[float, float]) -> float:
    """How well a road sets out in a direction: the cosine between them, times the direction's length."""
    (x, y), (to_x, to_y) = network.places[way[0]], network.places[way[:4][-1]]
    across, down = to_x - x, to_y - y
    return (across * along[0] + down * along[1]) / max(math.hypot(across, down), 1e-9)


def node_at(network: Network, drawn: Sketch, point: int) -> Place:
    """Where the node of a point is or would be."""
    return drawn.seats.get(point) or node_of(network, point)


def node_of(network: Network, point: int) -> Place:
    """Where the node of a point would be."""
    x, y = network.places[point]
    return round(x), round(y)


def next_start(network: Network, drawn: Sketch) -> Place | None:
    """Where the first road that is not all drawn goes on, in the order of `Network.roads`."""
    for road, links in zip(network.roads, network.road_links, strict=True):
        missing = np.flatnonzero(~drawn.covered[links])
        if len(missing):
            return beginning(network, drawn, road[missing[0]])
    return None


def loose_ends(network: Network, drawn: Sketch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The points where roads that are not drawn begin or end, and all points along such roads."""
    links = np.bincount(network.links[~drawn.covered].ravel(), minlength=len(network.points))
    ends = (links > 0) & ((links < network.degree) | (network.degree != 2))
    return np.flatnonzero(ends), np.flatnonzero(links)


def beginning(network: Network, drawn: Sketch, point: int) -> Place:
    """Where a path would begin that sets out at a point: at a node up to two points away, or right there.

    At a node only where a road that is not drawn leads on from it, not past the point.
    """
    near = network.neighbours[point]
    steps = [point, *near, *(two for one in near for two in network.neighbours[one])]
    nodes = (drawn.seats[p] for p in steps if p in drawn.seats)
    onward = (node for node in nodes if route(network, drawn, (node,)) is not None)
    return next(onward, None) or node_at(network, drawn, point)


def next_node(points: NDArray[np.float64], seen: int) -> int | None:
    """Which of the points along a road the next node goes to; None where too few are in view to say.

    At the stop if a straight line leads there, halfway if two do, else as far as one line follows the road.
    """
    arcs = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    far = min(int(np.searchsorted(arcs, REACH, "right")) - 1, seen - 1)
    while far > 1 and arcs[far] > 10 and sag(points[: far + 1]) > SAG:
        far -= 1
    if seen == len(points):
        if arcs[-1] <= max(arcs[max(far, 0)], 16):
            return len(points) - 1
        if arcs[-1] < 2 * arcs[far]:
            return int(np.abs(arcs - arcs[-1] / 2).argmin())
        return max(far, 1)
    return far if 0 < far < seen - 1 else None


def sag(points: NDArray[np.float64]) -> float:
    """How far a line strays from the straight one between its ends."""
    (x, y), (across, down) = (points - points[0]).T, points[-1] - points[0]
    return float(np.abs(x * down - y * across).max() / max(math.hypot(across, down), 1e-9))


# Scores


def graph_f1(network: Network, paths: Paths, overlap: float = 0.7) -> float:
    """How many stretches between ends and junctions agree, drawn with true: F1.

    They agree where the links under them do (intersection over union) and nothing leads off the road. A
    junction that is not joined makes one stretch of two, and a broken road two of one: this counts topology.
    Lines that meet are joined.
    """
    drawn, made = [], stretches(planar(paths))
    for stretch in made:
        parts = [beneath(network, a, b) for a, b in pairwise(stretch)]
        if max(astray for _, astray in parts) == 0:
            drawn.append(frozenset().union(*(links for links, _ in parts)))
    found = sum(any(len(c & d) >= overlap * len(c | d) for d in drawn) for c in network.chains)
    return 2 * found / max(len(network.chains) + len(made), 1)


def edge_f1(network: Network, paths: Paths) -> float:
    """How much road is drawn and how much drawn line is road, by length: F1."""
    lines = [(a, b, math.dist(a, b)) for path in paths for a, b in pairwise(path)]
    total = sum(length for _, _, length in lines)
    if not total:
        return 0.0
    on_road = sum(length * (1 - beneath(network, a, b)[1]) for a, b, length in lines) / total
    drawn = float(sketch(network, paths).covered.mean())
    return 2 * on_road * drawn / max(on_road + drawn, 1e-9)


def junction_f1(network: Network, paths: Paths) -> float:
    """How many junctions are drawn as such, within 8 px: F1; 1 where there are none either way."""
    drawn = [node for node, beside in joints(planar(paths)).items() if len(beside) > 2]
    true = network.points[network.degree > 2]
    if not len(true) + len(drawn):
        return 1.0
    if not drawn or not len(true):
        return 0.0
    gaps = np.hypot(*(true[:, None] - np.array(drawn)[None]).T)
    found = min(int((gaps.min(axis=0) <= BESIDE).sum()), int((gaps.min(axis=1) <= BESIDE).sum()))
    return 2 * found / (len(true) + len(drawn))
