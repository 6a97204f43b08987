"""Where drawn lines meet: the graph that a drawing is, as GIS make it of lines (snapping and noding)."""

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds.network import Place

Paths = tuple[tuple[Place, ...], ...]  # what is drawn: nodes in order; equal places are one node
JOIN = 6.0  # px within which a click is a node's, and a node is a junction's, and on a line


def stretches(paths: Paths) -> list[tuple[Place, ...]]:
    """The drawn graph between its ends and junctions: every stretch as its nodes in order, rings left out."""
    near = joints(paths)
    found: dict[frozenset[tuple[Place, Place]], tuple[Place, ...]] = {}
    for node, beside in near.items():
        for way in beside if len(beside) != 2 else ():
            stretch = [node, way]
            while len(near[stretch[-1]]) == 2 and stretch[-1] != node:
                stretch.append(next(p for p in near[stretch[-1]] if p != stretch[-2]))
            found.setdefault(frozenset((min(p), max(p)) for p in pairwise(stretch)), tuple(stretch))
    return list(found.values())


@lru_cache(maxsize=256)
def joints(paths: Paths) -> Mapping[Place, frozenset[Place]]:
    """Every drawn node and the nodes it is joined to."""
    near: dict[Place, set[Place]] = {node: set() for path in paths for node in path}
    for path in paths:
        for a, b in pairwise(path):
            near[a].add(b)
            near[b].add(a)
    return {node: frozenset(beside) for node, beside in near.items()}


@lru_cache(maxsize=256)
def planar(paths: Paths) -> Paths:
    """A drawing with a node wherever lines meet: where they cross, and where a node lies on another line."""
    starts = [(i, k) for i, path in enumerate(paths) for k in range(len(path) - 1)]
    if len(starts) < 2:
        return paths
    lines = np.array([(paths[i][k], paths[i][k + 1]) for i, k in starts], float)
    places = sorted({node for path in paths for node in path} | crossings(lines))
    along, gaps = beside_lines(lines, np.array(places, float))
    met: dict[tuple[int, int], list[Place]] = {}
    for line, point in np.argwhere((gaps <= JOIN) & (along > 0) & (along < 1)).tolist():
        i, k = starts[line]
        if places[point] not in paths[i][max(k - 1, 0) : k + 3]:  # bends are none of its own meetings
            met.setdefault((i, k), []).append(places[point])
    return tuple(
        tuple(place for k, node in enumerate(path) for place in (node, *in_order(node, met.get((i, k), []))))
        for i, path in enumerate(paths)
    )


def beside_lines(
    lines: NDArray[np.float64], places: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far along lines `[n, 2, 2]` places `[m, 2]` lie, in [0, 1] within, and how far beside: `[n, m]`."""
    starts, ways = lines[:, None, 0], (lines[:, 1] - lines[:, 0])[:, None]
    offsets = places - starts
    along = (offsets * ways).sum(-1) / np.maximum((ways**2).sum(-1), 1e-9)
    return along, np.linalg.norm(offsets - along[..., None] * ways, axis=-1)


def crossings(lines: NDArray[np.float64]) -> set[Place]:
    """Where lines `[n, 2, 2]` cross, in whole pixels, but for where a node of theirs is near."""
    starts, ways = lines[:, 0], lines[:, 1] - lines[:, 0]
    apart = starts[None] - starts[:, None]  # from each line's start to each other's
    turn = cross(ways[:, None], ways[None])
    level = np.where(np.abs(turn) < 1e-9, np.inf, turn)
    along, other = cross(apart, ways[None]) / level, cross(apart, ways[:, None]) / level
    meet = (along > 0) & (along < 1) & (other > 0) & (other < 1) & np.isfinite(level)
    found = set()
    for a, b in np.argwhere(np.triu(meet)).tolist():
        at = starts[a] + along[a, b] * ways[a]
        if min(np.linalg.norm(lines[[a, b]].reshape(-1, 2) - at, axis=1)) > JOIN:
            x, y = np.rint(at).astype(int).tolist()
            found.add((x, y))
    return found


def cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """The cross product of vectors `[..., 2]`."""
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def in_order(start: Place, places: list[Place]) -> list[Place]:
    """Places on a line from its start on."""
    return sorted(places, key=lambda place: math.dist(start, place))
