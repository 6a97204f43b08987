"""Tiles as seen from the air, made up with the roads that cross them.

Land comes first (fields, yards, scrub, woods), then a river and tracks that look like roads and are none,
then the roads, what stands beside them and hides parts of them, shadows, and at last a make-believe camera.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds.network import Network
from clonotate.tasks.worlds.streets import EDGE, SIDE, Line, Plan, Street, crossing_tile, lay_out

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
BANK = 1024  # px along a side of the sheets that noise and woods are cut from


@dataclass(frozen=True)
class Country:
    """How hard a tile is to read."""

    mains: tuple[int, int] = (1, 3)
    branches: tuple[int, int] = (2, 5)
    trees: float = 1.0  # how much stands over the roads; 1 hides about a tenth of them
    decoys: float = 0.7  # chance of a river, and of each of a few tracks
    contrast: float = 1.0  # of roads against the land, and of the light
    noise: float = 1.0  # grain, relative to a good camera


@dataclass(frozen=True, eq=False)
class Tile:
    """A picture from the air and the roads in it."""

    image: Bytes  # [512, 512, 3]
    network: Network
    decoys: Line  # [points, 2] along what only looks like a road


@dataclass(frozen=True)
class Biome:
    """The colours of a kind of country, RGB."""

    land: tuple[tuple[int, int, int], ...]  # what parcels are covered with
    wood: tuple[int, int, int]
    soil: tuple[int, int, int]
    water: tuple[int, int, int]
    wooded: float  # share of parcels under trees
    furrows: float  # share of parcels with crop rows
    scrub: float  # single bushes in open land, relative


DESERT = Biome(
    land=((168, 150, 122), (152, 136, 112), (182, 166, 138), (140, 132, 108)),
    wood=(72, 80, 58),
    soil=(188, 172, 144),
    water=(60, 70, 66),
    wooded=0.04,
    furrows=0.05,
    scrub=2.2,
)
FARMLAND = Biome(
    land=((108, 128, 78), (126, 140, 86), (148, 146, 98), (96, 116, 70), (166, 152, 112)),
    wood=(52, 74, 44),
    soil=(164, 142, 110),
    water=(54, 70, 74),
    wooded=0.16,
    furrows=0.5,
    scrub=0.4,
)
WOODLAND = Biome(
    land=((94, 112, 72), (106, 118, 80), (86, 104, 66), (120, 124, 90)),
    wood=(46, 66, 42),
    soil=(146, 132, 106),
    water=(46, 58, 62),
    wooded=0.5,
    furrows=0.1,
    scrub=0.7,
)
DRY_CROPS = Biome(
    land=((172, 154, 104), (154, 142, 94), (188, 172, 124), (132, 130, 84), (142, 120, 90)),
    wood=(74, 84, 54),
    soil=(176, 152, 118),
    water=(88, 96, 84),
    wooded=0.06,
    furrows=0.75,
    scrub=0.5,
)
SETTINGS = (
    (DESERT, 0.05, 0.9),
    (DESERT, 0.3, 0.5),
    (FARMLAND, 0.1, 0.6),
    (FARMLAND, 0.6, 0.15),
    (WOODLAND, 1.0, 0.12),
    (WOODLAND, 0.4, 0.5),
    (DRY_CROPS, 0.5, 0.1),
)
"""Kinds of country, each with how its roads wind and how densely it is built up, both in [0, 1]."""
ROOFS = ((150, 146, 142), (112, 104, 98), (196, 192, 186), (146, 104, 84), (92, 92, 96), (176, 150, 126))
SURFACES = ((84, 84, 88), (112, 112, 112), (64, 64, 68), (164, 160, 152), (172, 158, 132))
"""Old and new asphalt, concrete, gravel."""


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


@dataclass(frozen=True, eq=False)
class Scene:
    """What is being painted, and with which luck."""

    country: Country
    biome: Biome
    built: float
    streets: list[Street]
    network: Network
    rng: np.random.Generator


@lru_cache(maxsize=1)
def bank() -> tuple[Floats, Floats, Floats]:
    """Sheets of fine, coarse and broad noise, float32 `[1024, 1024]`, sd 1; worlds cut theirs out of them."""
    rng = np.random.default_rng(0)

    def octave(scale: int) -> Floats:
        small = rng.standard_normal((BANK // scale,) * 2, np.float32)
        return np.asarray(cv2.resize(small, (BANK, BANK), interpolation=cv2.INTER_CUBIC))

    fine = cv2.GaussianBlur(octave(1), (0, 0), 0.7)
    coarse = sum((octave(scale) * scale**0.8 for scale in (4, 8, 16, 32, 64)), np.float32(0))
    broad = sum((octave(scale) for scale in (32, 64, 128)), np.float32(0))
    return tuple(np.asarray(sheet / sheet.std(), np.float32) for sheet in (fine, coarse, broad))  # type: ignore[return-value]


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


SheetT = TypeVar("SheetT", Floats, Bytes)


def cut(sheet: SheetT, rng: np.random.Generator) -> SheetT:
    """A tile of a sheet, `[512, 512, ...]`, perhaps mirrored."""
    y, x = rng.integers(0, BANK - SIDE, 2)
    return sheet[y : y + SIDE, x : x + SIDE][:: rng.choice([-1, 1]), :: rng.choice([-1, 1])]


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


def bearing(streets: list[Street]) -> float:
    """The direction of the first road, radians: fields and houses follow it."""
    across, down = streets[0].line[-1] - streets[0].line[0]
    return math.atan2(down, across)


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


# Roads


def pave(picture: Bytes, scene: Scene) -> Floats:
    """The roads with shoulders, wear and markings, in place; how far pixels are from a road's middle."""
    mask, which = np.full((SIDE, SIDE), 255, np.uint8), np.zeros((SIDE, SIDE), np.int32)
    looks, begun = [], 0
    main_surface = surface(scene, main=True)
    for street in sorted(scene.streets, key=lambda street: street.main):
        line = fine_line(*shown(street, scene.network))
        paint = main_surface if street.main else surface(scene, main=False)
        looks.append(dressed(street, line, paint, scene))
        mask[line[:, 1], line[:, 0]] = 0
        which[line[:, 1], line[:, 0]] = np.arange(begun, begun + len(line))
        begun += len(line)
    measured, nearest = cv2.distanceTransformWithLabels(mask, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    distance = np.asarray(measured, np.float32)
    owner = np.zeros(int(nearest.max()) + 1, np.int32)
    owner[nearest[mask == 0]] = which[mask == 0]
    rows, columns = np.nonzero(distance < 13)
    look = np.concatenate(looks)[owner[nearest[rows, columns]]]
    picture[rows, columns] = asphalt(picture[rows, columns], distance[rows, columns], look, scene)
    return distance


def asphalt(ground: Bytes, d: Floats, look: Floats, scene: Scene) -> Floats:
    """The colours of pixels `d` px from a road's middle, by their looks (see `dressed`): `[pixels, 3]`."""
    half, shoulder, marking, tint = *look[:, :3].T, look[:, 3:]
    colors = ground.astype(np.float32)
    verge = 0.75 * np.clip(half + shoulder - d + 0.5, 0, 1)[:, None]
    colors += verge * (np.array(scene.biome.soil, np.float32) + 4 - colors)
    worn = 5 * np.exp(-(((d - half * 0.5) / 1.4) ** 2)) - 10 * np.clip(d - half + 2.5, 0, 1)
    worn += 4 * scene.rng.standard_normal(len(d), np.float32)
    colors += np.clip(half - d + 0.5, 0, 1)[:, None] * (tint + worn[:, None] - colors)
    colors += (marking * np.clip(1.1 - d, 0, 1))[:, None] * (np.array([214, 206, 176], np.float32) - colors)
    return colors.clip(0, 255)


def surface(scene: Scene, main: bool) -> NDArray[np.float64]:
    """A colour that stands out from the land."""
    rng, land_tone = scene.rng, float(np.mean(scene.biome.land))
    kinds = SURFACES[: (4 if rng.random() < 0.2 else 3) if main else 5]
    clear = [color for color in rng.permutation(kinds) if abs(color.mean() - land_tone) > 24]
    color = clear[0] + rng.normal(0, 7)
    return np.asarray(land_tone + (color - land_tone) * scene.country.contrast)


def dressed(street: Street, line: NDArray[np.int64], paint: NDArray[np.float64], scene: Scene) -> Floats:
    """Half width, shoulder, marking and colour at each pixel along a street: float32 `[pixels, 6]`."""
    rng, along = scene.rng, np.arange(len(line))
    half = rng.uniform(4.6, 7.0) if street.main else rng.uniform(3.4, 5.0)
    widths = half * (1 + 0.05 * np.sin(along / rng.uniform(25, 60) + rng.uniform(0, 6)))
    if street.closed_end:
        widths[-4:] = half + rng.uniform(4, 6)
    dashes = (along % 18 < rng.choice([9, 18])) * rng.uniform(0.3, 0.6) * (street.main and rng.random() < 0.7)
    gaps = np.hypot(*(line[::8, None] - scene.network.points[scene.network.degree > 2]).T).min(
        axis=0, initial=99
    )
    dashes *= np.repeat(gaps > 14, 8)[: len(line)]
    patches = np.convolve(rng.normal(0, 9, len(line) + 40), np.hanning(41) / 6, "valid")
    shoulder = rng.choice([0.5, 2.0, 4.0] if street.main else [0.5, 1.5])
    looks = [widths, np.full(len(line), shoulder), dashes]
    return np.column_stack([*looks, *(paint[:, None] + patches)]).astype(np.float32)


def shown(street: Street, network: Network) -> tuple[Line, float, float]:
    """A street as it is painted: led over the tile's edge; how much is left out where it joins another."""
    inset = [
        0.0 if street.main or network.degree[network.tree.query(end)[1]] == 1 else 5.0
        for end in street.line[[0, -1]]
    ]
    return extended(street.line), inset[0], inset[1]


def traffic(picture: Bytes, scene: Scene) -> None:
    """A few cars on the roads, in place."""
    rng = scene.rng
    for _ in range(int(rng.integers(2, 12))):
        line = scene.streets[int(rng.integers(len(scene.streets)))].line
        i = int(rng.integers(2, len(line) - 2))
        way = line[i + 1] - line[i - 1]
        way /= np.hypot(*way)
        middle = line[i] + np.array([-way[1], way[0]]) * rng.choice([-2.2, 2.2])
        box = rectangle(middle, way, (5.5, 2.6))
        color = rng.choice([(232, 232, 230), (40, 42, 46), (150, 60, 52), (120, 130, 150)])
        cv2.fillConvexPoly(picture, fixed(box), color.tolist(), cv2.LINE_AA, 4)


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
    return houses


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


# Strokes


def blend(picture: Bytes, cover: NDArray[np.float64] | Floats, color: NDArray[np.float64]) -> None:
    """Paint a colour where `cover`, in [0, 1], says so, in place."""
    rows, columns = np.nonzero(cover > 0)
    ground = picture[rows, columns].astype(np.float32)
    ground += cover[rows, columns][:, None] * (color - ground)
    picture[rows, columns] = ground.clip(0, 255)


def stroke(picture: Bytes, line: Line, color: NDArray[np.float64], width: int) -> None:
    """A line of whole pixels' width, in place."""
    tint = color.clip(0, 255).tolist()
    cv2.polylines(picture, [fixed(line)], False, tint, width, cv2.LINE_AA, 4)


def far_from(lines: list[Line]) -> Floats:
    """How far every pixel is from the lines: float32 `[512, 512]`."""
    mask = np.full((SIDE, SIDE), 255, np.uint8)
    cv2.polylines(mask, [fixed(line) for line in lines], False, 0, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, 5), np.float32)


def extended(line: Line) -> Line:
    """A line led on over the tile's edge where it was cut there."""
    parts = [line]
    for end, before, place in ((line[0], line[2], 0), (line[-1], line[-3], 1)):
        if (end < 3 * EDGE).any() or (end > SIDE - 3 * EDGE).any():
            beyond = end + (end - before) * 2.5
            parts.insert(0, beyond[None]) if place == 0 else parts.append(beyond[None])
    return np.concatenate(parts)


def fine_line(line: Line, skip: float = 0, drop: float = 0) -> NDArray[np.int64]:
    """The pixels of the tile along a line, in order, less some px at either end: int `[pixels, 2]`."""
    arc = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.arange(skip, arc[-1] - drop, 0.7)
    pixels = np.rint(np.column_stack([np.interp(at, arc, axis) for axis in line.T])).astype(np.int64)
    return np.asarray(pixels[((pixels >= 0) & (pixels < SIDE)).all(axis=1)])


def rectangle(middle: NDArray[np.float64], way: NDArray[np.float64], size: tuple[float, float]) -> Line:
    """The corners of a rectangle, `size` along `way` and across it."""
    along, across = way * size[0] / 2, np.array([-way[1], way[0]]) * size[1] / 2
    return np.stack(
        [middle + along + across, middle + along - across, middle - along - across, middle - along + across]
    )


def fixed(points: Line) -> NDArray[np.int32]:
    """Points in sixteenths of a pixel, as OpenCV wants them with `shift` 4."""
    return np.rint(points * 16).astype(np.int32)
