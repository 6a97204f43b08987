"""Tiles as seen from the air, made up with the roads that cross them.

Land comes first (fields, yards, scrub, woods), then a river and tracks that look like roads and are none,
then the roads, what stands beside them and hides parts of them, shadows, and at last a make-believe camera.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds.countryside import (
    BANK,
    ROOFS,
    SETTINGS,
    Bytes,
    Country,
    Floats,
    Scene,
    bank,
    bearing,
    blend,
    cut,
    extended,
    far_from,
    fixed,
    rectangle,
    stroke,
)
from clonotate.tasks.worlds.network import Network
from clonotate.tasks.worlds.paving import pave, traffic
from clonotate.tasks.worlds.streets import SIDE, Line, Plan, crossing_tile, lay_out


@dataclass(frozen=True, eq=False)
class Tile:
    """A picture from the air and the roads in it."""

    image: Bytes  # [512, 512, 3]
    network: Network
    decoys: Line  # [points, 2] along what only looks like a road


def survey(country: Country, rng: np.random.Generator) -> Tile:
    """A new tile; everything random comes from `rng`."""
    biome, winding, built = SETTINGS[int(rng.integers(len(SETTINGS)))]
    streets, network = lay_out(Plan(country.mains, country.branches, winding), rng)
    scene = Scene(country, biome, built, streets, network, rng)
    picture = land(scene)
    decoys = [*river(picture, scene), *tracks(picture, scene)]
    houses = settle(scene)
    drives(picture, houses)
    clear = pave(picture, scene)
    traffic(picture, scene)
    crowns = woods(scene, clear)
    for tree in (*roadside(scene), *gardens(houses, scene)):
        plant(crowns, tree, rng)
    shade(picture, houses, crowns, rng)
    build(picture, houses, rng)
    grow(picture, crowns, scene)
    return Tile(photographed(picture, scene), network, np.concatenate([*decoys, np.empty((0, 2))]))


@lru_cache(maxsize=1)
def canopy() -> Bytes:
    """A wood without end from above: uint8 `[1024, 1024, 2]`, light, and the rank of each crown in 0..255."""
    rng = np.random.default_rng(1)
    light, rank = np.full((BANK, BANK), 60, np.uint8), np.zeros((BANK, BANK), np.uint8)
    for x, y, radius in rng.uniform((0, 0, 3), (BANK, BANK, 7), (8000, 3)):
        plant(light, (x, y, radius), rng)
        cv2.circle(
            rank, fixed(np.array([x, y])).tolist(), int(radius * 16), int(rng.integers(90, 170)), -1, 8, 4
        )
    return np.stack([light, rank], axis=-1)


# Land and water


def land(scene: Scene) -> Bytes:
    """Parcels of land, each with its cover, and scrub: uint8 `[512, 512, 3]`."""
    rng, biome = scene.rng, scene.biome
    parcels, quads = parcelled(scene)
    colors = np.array(biome.land)[rng.integers(len(biome.land), size=256)]
    colors = colors + rng.normal(0, 6, (256, 1)) + rng.normal(0, 2, (256, 3))
    angle, pitch = rng.choice([0, math.pi / 2], 256) + bearing(scene.streets), rng.uniform(5, 9, 256)
    depth = (rng.random(256) < biome.furrows) * rng.uniform(0.02, 0.09, 256)
    a, b, c = (
        cv2.LUT(parcels, table.astype(np.float32))
        for table in (np.cos(angle) * 2 * np.pi / pitch, np.sin(angle) * 2 * np.pi / pitch, depth)
    )
    x = np.arange(SIDE, dtype=np.float32)
    fine, coarse, broad = bank()
    tone = 1 + c * np.sin(a * x + b * x[:, None])
    tone += 0.035 * cut(fine, rng) + np.float32(rng.uniform(0.04, 0.09)) * cut(coarse, rng)
    bushes = cut(fine, rng) + 0.4 * cut(broad, rng) + np.float32(0.35 * biome.scrub - 3.1)
    tone *= 1 - np.asarray(cv2.GaussianBlur((bushes > 0).astype(np.float32), (0, 0), 1.0), np.float32).clip(
        0, 0.6
    )
    plain = cv2.LUT(cv2.merge([parcels] * 3), colors.clip(0, 255).astype(np.uint8)[None])
    picture = np.asarray(cv2.multiply(plain, cv2.merge([tone] * 3), dtype=cv2.CV_8U), np.uint8)
    hedges(picture, quads, scene)
    return picture


def parcelled(scene: Scene) -> tuple[Bytes, list[NDArray[np.int32]]]:
    """Which parcel each pixel belongs to, uint8 `[512, 512]`, and the corners of every parcel."""
    rng, turn = scene.rng, bearing(scene.streets)
    size = rng.uniform(60, 85) if scene.built > 0.4 else rng.uniform(90, 170)
    steps = np.arange(-SIDE * 0.75, SIDE * 0.75 + size, size)
    u, v = np.meshgrid(steps, steps * rng.uniform(0.8, 1.4))
    u, v = u + rng.normal(0, size * 0.12, u.shape), v + rng.normal(0, size * 0.12, v.shape)
    x = SIDE / 2 + u * math.cos(turn) - v * math.sin(turn)
    y = SIDE / 2 + u * math.sin(turn) + v * math.cos(turn)
    corners = np.stack([x, y], axis=-1)
    label = np.zeros((SIDE, SIDE), np.uint8)
    quads = []
    for i in range(len(steps) - 1):
        for j in range(len(steps) - 1):
            ring = corners[[i, i, i + 1, i + 1], [j, j + 1, j + 1, j]]
            if (ring.max(axis=0) < 0).any() or (ring.min(axis=0) > SIDE).any():
                continue
            quads.append(np.rint(ring).astype(np.int32))
            cv2.fillConvexPoly(label, quads[-1], len(quads) - 1)
    return label, quads


def hedges(picture: Bytes, quads: list[NDArray[np.int32]], scene: Scene) -> None:
    """Fences, walls and hedges round some parcels, in place."""
    rng = scene.rng
    for quad in quads:
        kind = rng.random()
        color = scene.biome.wood if kind < 0.35 else tuple(rng.integers(60, 200) for _ in range(3))
        if kind < 0.55:
            grey = color if kind < 0.35 else (color[0],) * 3
            width = 2 if kind < 0.2 else 1
            cv2.polylines(picture, [quad], True, tuple(map(int, grey)), width, cv2.LINE_AA)


def river(picture: Bytes, scene: Scene) -> list[Line]:
    """Perhaps a river, painted in place; its course."""
    rng = scene.rng
    if rng.random() > scene.country.decoys * 0.6:
        return []
    for _ in range(6):
        line = crossing_tile(rng.uniform(0, math.pi), rng.uniform(-180, 180), 1.4, rng)
        gaps, _ = scene.network.tree.query(line) if len(line) > 40 else (np.zeros(1), None)
        if (gaps < 26).mean() < 0.2:
            break
    else:
        return []
    half, bank_color = rng.uniform(4, 11), np.array(scene.biome.wood) * 1.15
    distance = far_from([extended(line)])
    sway = half + 1.5 * cut(bank()[1], rng)
    blend(picture, np.clip(sway + 5 - distance, 0, 4) / 5, bank_color)
    blend(picture, np.clip(sway - distance, 0, 1), np.array(scene.biome.water) + rng.normal(0, 6))
    return [line]


def tracks(picture: Bytes, scene: Scene) -> list[Line]:
    """A few foot paths and wheel tracks, painted in place; their courses."""
    rng, lines = scene.rng, []
    for _ in range(5):
        if rng.random() > scene.country.decoys:
            continue
        line = crossing_tile(rng.uniform(0, math.pi), rng.uniform(-220, 220), rng.uniform(0.3, 1.8), rng)
        if len(line) < 50:
            continue
        first = int(rng.integers(0, len(line) - 30))
        line = line[first : first + int(rng.integers(25, 75))]
        color = np.array(scene.biome.soil) + rng.uniform(-30, 14)
        stroke(picture, line, color, 1 if rng.random() < 0.6 else 2)
        lines.append(line)
    return lines


# Buildings and trees

House = tuple[NDArray[np.float64], NDArray[np.float64], tuple[float, float], NDArray[np.float64]]
"""Its middle, the direction of its ridge, its length and width, and where its drive leaves the road."""
Tree = tuple[float, float, float]  # x, y, radius


def settle(scene: Scene) -> list[House]:
    """Houses along the roads, where there is room."""
    rng = scene.rng
    houses: list[House] = []
    for street in scene.streets:
        for i in range(4, len(street.line) - 4, 2):
            if rng.random() > 0.32 * scene.built:
                continue
            way = street.line[i + 2] - street.line[i - 2]
            way /= np.hypot(*way)
            out = np.array([-way[1], way[0]]) * rng.choice([-1, 1])
            setback = rng.uniform(22, 34) + rng.choice([0, 26]) * (rng.random() < 0.3)
            middle = street.line[i] + out * setback
            size = (rng.uniform(17, 30), rng.uniform(11, 16))
            if scene.network.tree.query(middle)[0] < 0.62 * size[0] + 7:
                continue
            if any(np.hypot(*(middle - other[0])) < 0.6 * (size[0] + other[2][0]) for other in houses):
                continue
            houses.append((middle, way if rng.random() < 0.7 else out, size, street.line[i]))
    return [*houses, *infill(houses, scene)]


def infill(houses: list[House], scene: Scene) -> list[House]:
    """More houses, in the second row, where the country is built up."""
    rng, turn = scene.rng, bearing(scene.streets)
    more: list[House] = []
    for middle in rng.uniform(10, SIDE - 10, (int(150 * max(scene.built - 0.4, 0)), 2)):
        size = (rng.uniform(15, 28), rng.uniform(11, 16))
        near = [at for at, *_ in (*houses, *more) if np.hypot(*(middle - at)) < 30]
        if not near and scene.network.tree.query(middle)[0] > 24:
            angle = turn + rng.choice([0, math.pi / 2])
            more.append((middle, np.array([math.cos(angle), math.sin(angle)]), size, middle))
    return more


def drives(picture: Bytes, houses: list[House]) -> None:
    """The drives and yards that houses are reached by, in place."""
    for i, (middle, ridge, (length, width), gate) in enumerate(houses):
        tone = 150 + 17 * (i % 4)
        if i % 3:
            stroke(picture, np.stack([gate, middle]), np.full(3, tone), 3)
        if i % 4 == 0:
            yard = rectangle(middle + 5, ridge, (length + 16, width + 18))
            cv2.fillConvexPoly(picture, fixed(yard), (tone, tone - 4, tone - 14), cv2.LINE_AA, 4)


def build(picture: Bytes, houses: list[House], rng: np.random.Generator) -> None:
    """Roofs: two slopes in different light, or flat with boxes on them, in place."""
    for middle, ridge, (length, width), _ in houses:
        color = np.array(ROOFS[int(rng.integers(len(ROOFS)))]) + rng.normal(0, 8)
        across = np.array([-ridge[1], ridge[0]])
        wing = middle + ridge * length * rng.uniform(-0.25, 0.25) + across * width * rng.choice([-0.5, 0.5])
        for at, size in ((wing, (width * 0.8, width)), (middle, (length, width))):
            for side, light in ((0.25, 1.1), (-0.25, 0.84)):
                slope = rectangle(at + across * size[1] * side, ridge, (size[0], size[1] / 2))
                tint = (color * light).clip(0, 255).tolist()
                cv2.fillConvexPoly(picture, fixed(slope), tint, cv2.LINE_AA, 4)
        if rng.random() < 0.4:
            box = rectangle(middle + rng.normal(0, 2, 2), ridge, (3, 2))
            cv2.fillConvexPoly(picture, fixed(box), (color * 1.3).clip(0, 255).tolist(), cv2.LINE_AA, 4)


def woods(scene: Scene, clear: Floats) -> Bytes:
    """Crowns of woods and groves away from the roads: uint8 `[512, 512]`, their light or 0."""
    rng, broad = scene.rng, bank()[2]
    sheet = cut(canopy(), rng)
    field = cut(broad, rng) - np.float32(np.quantile(broad, 1 - scene.biome.wooded))
    dense = sheet[..., 1] < (field * 260 + 60).clip(0, 256)
    dense &= clear > 9 + 2.5 * cut(broad, rng)
    return np.asarray(sheet[..., 0] * dense)


def roadside(scene: Scene) -> list[Tree]:
    """Trees beside the roads, some of which hide a piece of them; junctions stay open."""
    rng, trees = scene.rng, []
    stops = scene.network.points[sorted(scene.network.stops)]
    for street in scene.streets:
        i = 6
        while i < len(street.line) - 4:
            i += (
                int(rng.integers(3, 16) / max(scene.country.trees * (0.5 + 1.5 * scene.biome.wooded), 0.1))
                + 1
            )
            if i >= len(street.line) - 2:
                break
            way = street.line[i + 1] - street.line[i - 1]
            out = np.array([-way[1], way[0]]) / np.hypot(*way) * rng.choice([-1, 1])
            for _ in range(int(rng.integers(1, 4))):
                x, y = street.line[i] + out * rng.uniform(5, 12) + rng.normal(0, 3, 2)
                radius = rng.uniform(3, 6.5)
                if np.hypot(*(stops - (x, y)).T).min() > 20 + radius:
                    trees.append((float(x), float(y), float(radius)))
    return trees


def gardens(houses: list[House], scene: Scene) -> list[Tree]:
    """Trees around houses."""
    rng = scene.rng
    spots = [at + rng.normal(0, 17, 2) for at, *_ in houses for _ in range(int(rng.integers(0, 5)))]
    far = [(x, y) for x, y in spots if scene.network.tree.query((x, y))[0] > 12]
    return [(x, y, float(rng.uniform(1.8, 5))) for x, y in far]


def plant(crowns: Bytes, tree: Tree, rng: np.random.Generator) -> None:
    """Add a crown of a few lobes, darker on the side away from the sun, in place."""
    x, y, radius = tree
    tone = rng.uniform(0.8, 1.15)
    for shift, size, light in ((0.0, 1.0, 78), (0.25, 0.7, 102), (0.42, 0.36, 128)):
        a, b = (np.array([x, y]) - shift * radius + rng.normal(0, 0.14 * radius, 2)) * 16
        cv2.circle(crowns, (int(a), int(b)), int(radius * size * 16), int(tone * light), -1, 8, 4)


def shade(picture: Bytes, houses: list[House], crowns: Bytes, rng: np.random.Generator) -> None:
    """Shadows of houses and trees on the ground and on the roads, in place."""
    reach = rng.uniform(2.0, 5.0)
    move = np.array([[1, 0, reach], [0, 1, reach]])
    cast = cv2.warpAffine((crowns > 0) * np.uint8(255), move, (SIDE, SIDE))
    for middle, ridge, size, _ in houses:
        corners = rectangle(middle, ridge, size)
        hull = cv2.convexHull(fixed(np.concatenate([corners, corners + 1.4 * reach])))
        cv2.fillConvexPoly(cast, hull, 255, cv2.LINE_AA, 4)
    light = cv2.LUT(cast, (255 - np.arange(256) * rng.uniform(0.4, 0.6)).astype(np.uint8))
    cv2.multiply(picture, cv2.merge([light] * 3), picture, 1 / 255)


def grow(picture: Bytes, crowns: Bytes, scene: Scene) -> None:
    """The crowns over everything, in place."""
    fine, _, broad = bank()
    rows, columns = np.nonzero(crowns)
    tone = crowns[rows, columns] / np.float32(100)
    tone *= 1 + 0.16 * cut(fine, scene.rng)[rows, columns] + 0.08 * cut(broad, scene.rng)[rows, columns]
    picture[rows, columns] = (tone[:, None] * np.array(scene.biome.wood, np.float32)).clip(0, 255)


# The camera


def photographed(picture: Bytes, scene: Scene) -> Bytes:
    """What a camera makes of it: blur, light, grain, and often no colour."""
    rng = scene.rng
    fine, _, broad = bank()
    soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 0.8))
    grey = cv2.cvtColor(soft, cv2.COLOR_RGB2GRAY)
    middle, level, gain = float(grey.mean()), rng.uniform(92, 130), rng.uniform(1.05, 1.4)
    light = np.float32(gain) * (1 + 0.03 * cut(broad, rng))
    grain = np.float32(rng.uniform(2.5, 5) * scene.country.noise) * cut(fine, rng) + np.float32(level)
    panchromatic = rng.random() < 0.4
    vivid, cast = (0.0, np.zeros(3)) if panchromatic else (rng.uniform(0.55, 0.9), rng.normal(0, 2.5, 3))
    channels = []
    for channel, tint in zip(cv2.split(soft), cast, strict=True):
        mixed = cv2.addWeighted(channel, vivid, grey, 1 - vivid, tint - middle, dtype=cv2.CV_32F)
        channels.append(cv2.add(mixed * light, grain, dtype=cv2.CV_8U))
    return np.asarray(cv2.merge(channels))
