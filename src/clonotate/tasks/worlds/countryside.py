"""What painters of tiles share: the country and its colours, sheets of noise to cut from, and strokes."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds.network import Network
from clonotate.tasks.worlds.streets import EDGE, SIDE, Line, Street

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
    (DESERT, 0.05, 1.0),
    (DESERT, 0.3, 0.7),
    (FARMLAND, 0.1, 0.8),
    (FARMLAND, 0.6, 0.15),
    (WOODLAND, 1.0, 0.12),
    (WOODLAND, 0.4, 0.5),
    (DRY_CROPS, 0.5, 0.1),
)
"""Kinds of country, each with how its roads wind and how densely it is built up, both in [0, 1]."""
ROOFS = ((150, 146, 142), (112, 104, 98), (196, 192, 186), (146, 104, 84), (92, 92, 96), (176, 150, 126))
SURFACES = ((84, 84, 88), (112, 112, 112), (64, 64, 68), (164, 160, 152), (172, 158, 132))
"""Old and new asphalt, concrete, gravel."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What is being painted, and with which luck."""

    country: Country
    biome: Biome
    built: float
    streets: list[Street]
    network: Network
    rng: np.random.Generator


def bearing(streets: list[Street]) -> float:
    """The direction of the first road, radians: fields and houses follow it."""
    across, down = streets[0].line[-1] - streets[0].line[0]
    return math.atan2(down, across)


# Noise


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


SheetT = TypeVar("SheetT", Floats, Bytes)


def cut(sheet: SheetT, rng: np.random.Generator) -> SheetT:
    """A tile of a sheet, `[512, 512, ...]`, perhaps mirrored."""
    y, x = rng.integers(0, BANK - SIDE, 2)
    return sheet[y : y + SIDE, x : x + SIDE][:: rng.choice([-1, 1]), :: rng.choice([-1, 1])]


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
