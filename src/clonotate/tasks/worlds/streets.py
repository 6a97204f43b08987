"""Where the roads of a made-up tile run: main roads that cross it and each other, and branches off them."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from clonotate.tasks.worlds.network import Network, lay

SIDE = 512  # px of a tile
STEP = 4.0  # px between points of a line
EDGE = 4.0  # px from the tile's edge at which roads are cut
APART = 34.0  # px that separate roads keep from each other
BETWEEN = 52.0  # px between junctions
Line = NDArray[np.float64]  # [points, 2]: x, y


@dataclass(frozen=True)
class Plan:
    """How many roads there are and how they run."""

    mains: tuple[int, int]  # roads across the tile, inclusive range
    branches: tuple[int, int]  # roads off them, inclusive range
    winding: float  # 0 is a straight grid, 1 hill country


@dataclass(frozen=True, eq=False)
class Street:
    """One road as it was laid out."""

    line: Line
    main: bool
    closed_end: bool = False  # ends in a turning circle


def lay_out(plan: Plan, rng: np.random.Generator) -> tuple[list[Street], Network]:
    """The streets of a tile and their network; drawn again until they make one connected whole."""
    for _ in range(50):
        streets = mains(plan, rng)
        if streets is None:
            continue
        wanted = int(rng.integers(plan.branches[0], plan.branches[1] + 1))
        for _ in range(60):
            if sum(not street.main for street in streets) == wanted:
                break
            grown = branch(streets, plan, rng)
            streets += [grown] if grown else []
        network = lay([street.line for street in streets])
        if sound(network):
            return streets, network
    raise AssertionError("no sound streets in fifty tries")


def sound(network: Network) -> bool:
    """Whether junctions and ends lie so far apart that nobody can mix them up."""
    stops = network.points[sorted(network.stops)]
    gaps = np.hypot(*(stops[:, None] - stops[None]).T) + np.eye(len(stops)) * 999
    return bool(gaps.min() > 36) and min(map(len, network.chains)) * STEP > 44


# Main roads


def mains(plan: Plan, rng: np.random.Generator) -> list[Street] | None:
    """Roads from edge to edge, each after the first crossing an earlier one; None if they get too near."""
    count = int(rng.integers(plan.mains[0], plan.mains[1] + 1))
    bearing = rng.choice([0, math.pi / 2]) + rng.normal(0, 0.05 + 0.4 * plan.winding)
    offsets = rng.uniform(-130, 130, 3)
    offsets[2] = offsets[0] + rng.choice([-1, 1]) * rng.uniform(120, 200)
    across = [0, 1, 0]
    lines: list[Line] = []
    for kind, offset in list(zip(across, offsets, strict=True))[:count]:
        angle = bearing + kind * math.pi / 2 + rng.normal(0, 0.02 + 0.12 * plan.winding)
        line = crossing_tile(angle, float(offset), plan.winding, rng)
        if len(line) < 60 or not all(meet_well(line, other) for other in lines):
            return None
        lines.append(line)
    return [Street(line, main=True) for line in lines]


def crossing_tile(angle: float, offset: float, winding: float, rng: np.random.Generator) -> Line:
    """A winding line across the tile, `offset` px from its middle."""
    along = np.arange(-SIDE, SIDE, STEP)
    waves = rng.uniform(220, 600, 2)
    sway = sum(
        winding * rng.uniform(0.03, 0.06) * wave * np.sin(2 * np.pi * along / wave + rng.uniform(0, 6.3))
        for wave in waves
    )
    forward, left = (
        np.array([math.cos(angle), math.sin(angle)]),
        np.array([-math.sin(angle), math.cos(angle)]),
    )
    line = SIDE / 2 + along[:, None] * forward + (offset + sway)[:, None] * left
    return inside_tile(line)


def inside_tile(line: Line) -> Line:
    """The first stretch of a line that lies in the tile."""
    inside = np.asarray(((line > EDGE) & (line < SIDE - EDGE)).all(axis=1))
    if not inside.any():
        return line[:0]
    first = int(inside.argmax())
    outside = ~inside[first:]
    return line[first : first + int(outside.argmax())] if outside.any() else line[first:]


def meet_well(line: Line, other: Line) -> bool:
    """Whether two roads cross once, steeply and away from the edge, or stay well apart."""
    gaps = np.hypot(*(line[:, None] - other[None]).T).T
    i, j = np.unravel_index(gaps.argmin(), gaps.shape)
    if gaps[i, j] > APART:
        return True
    steep = abs(float(heading(line, int(i)) @ heading(other, int(j)))) < math.cos(math.radians(58))
    near = (gaps < APART).any(axis=1)
    once = int(np.diff(near.astype(int)).clip(0).sum() + near[0]) == 1
    inner = bool(((line[i] > 44) & (line[i] < SIDE - 44)).all())
    return bool(gaps[i, j] < 3 and steep and once and inner)


def heading(line: Line, i: int) -> NDArray[np.float64]:
    """The direction of a line at one of its points, as a unit vector."""
    step = line[min(i + 2, len(line) - 1)] - line[max(i - 2, 0)]
    return np.asarray(step / max(np.hypot(*step), 1e-9))


# Branches


def branch(streets: list[Street], plan: Plan, rng: np.random.Generator) -> Street | None:
    """A road off another one that ends in a junction, at the tile's edge or blind; None if it won't fit."""
    parent = streets[int(rng.integers(len(streets)))].line
    if len(parent) < 26:
        return None
    i = int(rng.integers(11, len(parent) - 11))
    points = np.concatenate([street.line for street in streets])
    if np.hypot(*(crossings(streets) - parent[i]).T).min() < BETWEEN:
        return None
    line = wander(parent[i], heading(parent, i), plan.winding, rng)
    gaps, nearest = KDTree(points).query(line)
    leaving = 9  # points within which it may still be near its parent
    near = np.asarray(gaps)[leaving:] < APART
    inside = np.asarray(((line > EDGE) & (line < SIDE - EDGE)).all(axis=1))
    stop = min(
        leaving + int(near.argmax()) if near.any() else len(line),
        int((~inside).argmax()) if not inside.all() else len(line),
    )
    if stop < 18:
        return None
    at_edge = stop < len(line) and not inside[stop]
    if stop < len(line) and not at_edge:
        target = points[nearest[stop]]
        joined = joining(line[:stop], target, streets)
        return Street(joined, main=False) if joined is not None else blind(line[: stop - 3], plan, rng)
    return Street(line[:stop], main=False) if at_edge else blind(line[:stop], plan, rng)


def wander(
    start: NDArray[np.float64], parent: NDArray[np.float64], winding: float, rng: np.random.Generator
) -> Line:
    """A line that leaves a road to one side, straight first, then bending, in a grid by a right angle."""
    count = int(rng.uniform(90, 260) / STEP)
    side = rng.choice([-1, 1]) * math.pi / 2 + rng.normal(0, 0.03 + 0.25 * winding)
    turns = np.zeros(count)
    if rng.random() < 0.35 * (1 - winding) and count > 34:
        corner = int(rng.integers(14, count - 14))
        turns[corner : corner + 5] = rng.choice([-1, 1]) * math.pi / 10
    bend = np.convolve(rng.normal(0, 1, count + 30), np.hanning(31) / 8, "valid")
    turns[6:] += (winding * 0.045 * bend)[6:]
    angles = math.atan2(parent[1], parent[0]) + side + np.cumsum(turns)
    steps = STEP * np.column_stack([np.cos(angles), np.sin(angles)])
    return np.concatenate([start[None], start + np.cumsum(steps, axis=0)])


def joining(line: Line, target: NDArray[np.float64], streets: list[Street]) -> Line | None:
    """A branch led straight on into another road at `target`; None where they would not meet well."""
    way = target - line[-1]
    way /= max(np.hypot(*way), 1e-9)
    road = next(s.line for s in streets if (s.line == target).all(axis=1).any())
    at = int((road == target).all(axis=1).argmax())
    straight = float(way @ heading(line, len(line) - 1)) > math.cos(math.radians(38))
    steep = abs(float(way @ heading(road, at))) < math.cos(math.radians(58))
    free = np.hypot(*(crossings(streets) - target).T).min() > BETWEEN
    inner = 10 < at < len(road) - 10
    return np.concatenate([line, target[None]]) if straight and steep and free and inner else None


def blind(line: Line, plan: Plan, rng: np.random.Generator) -> Street | None:
    """A dead end, if it keeps a fair length."""
    return Street(line, main=False, closed_end=bool(rng.random() > plan.winding)) if len(line) > 15 else None


def crossings(streets: list[Street]) -> Line:
    """Where roads meet or end, as far as a new junction must keep away from it."""
    ends = [street.line[[0, -1]] for street in streets]
    return np.concatenate([*ends, *(touching(a, b) for i, a in enumerate(streets) for b in streets[:i])])


@lru_cache(maxsize=256)
def touching(a: Street, b: Street) -> Line:
    """The points of one street that lie on another."""
    gaps, _ = KDTree(b.line).query(a.line, distance_upper_bound=3)
    return np.asarray(a.line[np.asarray(gaps) < 3])
