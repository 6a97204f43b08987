"""Paint the roads of a tile: their surface, shoulders, wear, markings and cars."""

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds.countryside import (
    SURFACES,
    Bytes,
    Floats,
    Scene,
    extended,
    fine_line,
    fixed,
    rectangle,
)
from clonotate.tasks.worlds.network import Network
from clonotate.tasks.worlds.streets import SIDE, Line, Street


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
