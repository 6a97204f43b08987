"""Microscopes for cells in culture: phase contrast, fluorescent membranes, and relief (DIC).

They paint what `cells` says is there; every film has its own light, ground, debris, contrast and grain.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE = 256  # px along a side of the canvas
BANK = 512  # px along a side of the sheets that textures are cut from

Floats = NDArray[np.float32]
Ids = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Layer:
    """One frame of cells, pixel by pixel: `[256, 256]` each, zero on the ground."""

    owner: Ids  # the cell, from 1
    depth: Floats  # px inside the rim
    texture: Floats  # the cell's own, about 0; it moves and turns with the cell
    tone: Floats  # brightness of the cell, about 1
    mitosis: Floats  # how near the cell is to dividing, 0 to 1


@dataclass(frozen=True, eq=False)
class Scene:
    """A microscope and what it sees besides cells, in grey levels unless said otherwise."""

    microscope: str
    ground: Floats  # [256, 256]
    light: Floats  # [256, 256] factor
    contrast: float  # of cells, factor
    texture: float  # strength of what is inside a cell
    grain: float  # px, scale of that
    edge: float  # px, width of the rim
    lamp: Floats  # [5, 5] filter: the slope that relief shows
    blur: float  # px
    noise: float


def scene(grain: float, rng: np.random.Generator) -> Scene:
    """A new scene; `grain` is that of the camera, relative to a typical one."""
    microscope = str(rng.choice(list(MICROSCOPES)))
    level = rng.uniform(14, 34) if microscope == "membrane" else rng.uniform(95, 150)
    lamp = np.zeros((5, 5), np.float32)
    lamp[2, 2], lamp[rng.choice([0, 4]), rng.choice([0, 4])] = 1, -1
    return Scene(
        microscope=microscope,
        ground=level + _debris(microscope, rng) + _cut(noise(9.0), rng) * np.float32(rng.uniform(0.5, 2.5)),
        light=_light(rng),
        contrast=rng.uniform(0.8, 1.4),
        texture=rng.uniform(0.6, 1.4),
        grain=float(rng.choice([1.6, 2.2, 3.0])),
        edge=rng.uniform(1.0, 1.7),
        lamp=lamp,
        blur=rng.uniform(0.4, 0.9),
        noise=grain * rng.uniform(2.0, 6.0),
    )


def _light(rng: np.random.Generator) -> Floats:
    """`[256, 256]` factor about 1: brighter round some place, darker towards a side."""
    y, x = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]
    (a, b), (tilt, turn) = rng.uniform(-0.7, 0.7, 2), (rng.uniform(0, 0.16), rng.uniform(0, 2 * np.pi))
    vignette = rng.uniform(0.04, 0.14) * ((x - a) ** 2 + (y - b) ** 2)
    return np.asarray(1.06 - vignette + tilt * (x * np.cos(turn) + y * np.sin(turn)), np.float32)


def _debris(microscope: str, rng: np.random.Generator) -> Floats:
    """`[256, 256]` specks that lie still, and faint rings of dust out of focus."""
    layer = np.zeros((SIZE, SIZE), np.float32)
    sign = -1 if microscope == "relief" else 1
    for x, y in rng.integers(6, SIZE - 6, (rng.integers(3, 12), 2)).tolist():
        cv2.circle(layer, (x, y), int(rng.integers(1, 3)), sign * rng.uniform(15, 70), -1, cv2.LINE_AA)
    if microscope != "membrane":
        for x, y in rng.integers(0, SIZE, (rng.integers(0, 3), 2)).tolist():
            cv2.circle(layer, (x, y), int(rng.integers(18, 50)), rng.uniform(5, 11), 3, cv2.LINE_AA)
    return _blurred(layer, 1.1)


def picture(layer: Layer, scene: Scene, rng: np.random.Generator) -> NDArray[np.uint8]:
    """What the camera takes, uint8 `[256, 256]`: cells over the ground, uneven light, blur and grain."""
    image = scene.ground + scene.contrast * MICROSCOPES[scene.microscope](layer, scene)
    image = _blurred(image * scene.light, scene.blur)
    exposure = float(rng.normal(0, 1.5))
    grain = _cut(noise(0.6), rng)
    return np.asarray(cv2.addWeighted(image, 1, grain, scene.noise, exposure, dtype=cv2.CV_8U), np.uint8)


def _phase(layer: Layer, scene: Scene) -> Floats:
    """Phase contrast: bright bodies with faint tails, brighter when round, in a dark halo."""
    inside = layer.owner > 0
    thick = 1 - np.exp(-layer.depth / (5.5 - 3 * layer.mitosis))
    texture = 1 + 0.3 * scene.texture * layer.texture * (1 - layer.mitosis)
    bright = thick * layer.tone * (78 + 70 * layer.mitosis) * texture
    edge = _edges(layer.owner, scene.edge)
    halo = 42 * _blurred(inside.astype(np.float32), 5.0) * np.where(inside, np.float32(0.3), np.float32(1.3))
    return np.asarray(bright * (1 - 0.35 * edge) + 26 * edge * inside - halo, np.float32)


def _membrane(layer: Layer, scene: Scene) -> Floats:
    """Fluorescent membranes: beaded outlines, speckled cytoplasm, dark nuclei, bright when round."""
    edge = _edges(layer.owner, scene.edge) * (1 + 0.45 * noise(2.2)[:SIZE, :SIZE])
    outline = np.maximum(layer.tone, cv2.dilate(layer.tone, np.ones((3, 3), np.uint8)))
    nucleus = (1 - layer.mitosis) / (1 + np.exp(6 - 0.9 * layer.depth.clip(0, 12)))
    cytoplasm = (34 + 22 * layer.mitosis) * (1 + 0.5 * scene.texture * layer.texture) * (1 - 0.6 * nucleus)
    return np.asarray(outline * (cytoplasm * (layer.owner > 0) + 120 * edge.clip(0, 1.6)), np.float32)


def _relief(layer: Layer, scene: Scene) -> Floats:
    """Differential interference contrast: domes lit from one side, with grainy insides."""
    dome = np.sqrt(layer.depth.clip(0, 12)) * (1 + 0.5 * layer.mitosis)
    grainy = 0.28 * scene.texture * layer.texture * (layer.owner > 0)
    height = _blurred(dome + grainy, 0.9)
    slope = cv2.filter2D(height, cv2.CV_32F, scene.lamp)
    return np.asarray(
        34 * slope * layer.tone.clip(0.8, None) + 16 * (layer.tone - 0.8) * dome.clip(0, 1), np.float32
    )


MICROSCOPES = {"phase": _phase, "membrane": _membrane, "relief": _relief}


def _edges(owner: Ids, width: float) -> Floats:
    """`[256, 256]`, about 1 where one cell ends."""
    edges = np.zeros(owner.shape, np.float32)
    edges[:, :-1] = owner[:, :-1] != owner[:, 1:]
    edges[:-1] = np.maximum(edges[:-1], owner[:-1] != owner[1:])
    return _blurred(edges, width) * np.float32(1.9 * width)


@cache
def noise(sigma: float) -> Floats:
    """`[BANK, BANK]` noise of unit variance, `sigma` px smooth: one sheet for all films, cut at random."""
    white = np.random.default_rng(round(100 * sigma)).standard_normal((BANK, BANK), np.float32)
    made = _blurred(white, sigma)
    return np.asarray(made / made.std(), np.float32)


def _cut(sheet: Floats, rng: np.random.Generator) -> Floats:
    top, left = rng.integers(0, BANK - SIZE, 2).tolist()
    return sheet[top : top + SIZE, left : left + SIZE]


def _blurred(image: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)
