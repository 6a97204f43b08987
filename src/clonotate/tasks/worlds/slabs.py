"""Two contrasts of one slice through a folded organ in its shell, made up with the map between them.

Both are painted from one field of tissues, each with a grey level of its own in either contrast, as two
sequences of a scanner or two stains show it. Landmarks are corners that both show.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds.channels import SIZE, Channels, Grey, Layer, Scene, random_map
from clonotate.tasks.worlds.corners import corners, spread
from clonotate.tasks.worlds.maps import Matrix

FINE = 2 * SIZE  # px along a side of the field of tissues
GROUND, SKIN, BONE, FLUID, RIND, CORE = range(6)
APART = 38  # grey levels between fluid, rind and core


def scanned(scene: Scene, rng: np.random.Generator) -> Channels:
    """Two new contrasts; everything random comes from `rng`."""
    while True:
        tissues, affine = _tissues(rng), bool(rng.random() < scene.affine)
        matrix = random_map(scene, affine, rng)
        first = _scan(tissues, np.eye(2, 3), scene.noise, rng)
        second = _scan(tissues, matrix, scene.noise, rng)
        found, none = corners(first, second, matrix), np.empty((0, 2))
        if len(found) >= 2 * scene.landmarks:
            landmarks = spread(found, scene.landmarks)
            return Channels(first, second, affine, matrix, landmarks, found, none, none)


def _tissues(rng: np.random.Generator) -> NDArray[np.uint8]:
    """What lies where: uint8 `[FINE, FINE]`, a shell round a rind that folds into a core with cavities."""
    ys, xs = np.mgrid[:FINE, :FINE].astype(np.float32) / (FINE / 2) - 1
    tilt = rng.uniform(-0.25, 0.25)
    x, y = xs * np.cos(tilt) + ys * np.sin(tilt), ys * np.cos(tilt) - xs * np.sin(tilt)
    angle, width = np.arctan2(y, x), rng.uniform(0.58, 0.7)
    radius = np.ones_like(x) * rng.uniform(0.72, 0.82)
    for order in (2, 3, 4):
        radius += rng.normal(0, 0.012) * np.cos(order * angle + rng.uniform(0, 2 * np.pi))
    depth = 1 - np.hypot(x * 0.8 / width, y) / radius
    rind, folds = rng.uniform(0.07, 0.12), _waves(int(rng.integers(14, 22)), rng)
    tissues = np.full((FINE, FINE), CORE, np.uint8)
    tissues[depth < 0.17 + rind * (0.9 + 0.6 * _waves(18, rng))] = RIND
    tissues[(np.abs(folds) < 0.16) & (depth < 0.17 + 2.2 * rind)] = RIND
    tissues[(np.abs(folds) < 0.05 + 0.1 * (0.3 - depth)) & (depth < 0.17 + 1.7 * rind)] = FLUID
    tissues[(np.abs(x + 0.02 * folds) < 0.012) & (np.abs(y) > rng.uniform(0.15, 0.3))] = FLUID
    _pair(tissues, x, y, RIND, rng)
    _pair(tissues, x, y, FLUID, rng)
    for tissue, until in ((FLUID, 0.16), (BONE, 0.13), (SKIN, rng.uniform(0.05, 0.09)), (GROUND, 0.0)):
        tissues[depth < until] = tissue
    return tissues


def _pair(tissues: NDArray[np.uint8], x: Layer, y: Layer, tissue: int, rng: np.random.Generator) -> None:
    """Put two bent ellipses of a tissue beside the midline, nearly mirror images."""
    away, down, bend = rng.uniform(0.1, 0.2), rng.uniform(-0.15, 0.1), rng.uniform(-2.5, 2.5)
    long, short = rng.uniform(0.14, 0.26), rng.uniform(0.045, 0.08)
    for side in (-1, 1):
        u, v = side * x - away * rng.uniform(0.9, 1.1), y - down * rng.uniform(0.9, 1.1)
        tissues[((u - bend * v**2) / short) ** 2 + (v / (long * rng.uniform(0.9, 1.1))) ** 2 < 1] = tissue


def _waves(cells: int, rng: np.random.Generator) -> Layer:
    """Smooth noise of about unit size: float32 `[FINE, FINE]`."""
    coarse = rng.standard_normal((cells, cells), np.float32)
    return np.asarray(cv2.resize(coarse, (FINE, FINE), interpolation=cv2.INTER_CUBIC), np.float32)


def _scan(tissues: NDArray[np.uint8], matrix: Matrix, noise: float, rng: np.random.Generator) -> Grey:
    """One contrast, moved: uint8 `[256, 256]`."""
    fine = _shades(rng)[tissues] * (1 + 0.05 * _waves(3, rng))
    fine = cv2.GaussianBlur(fine.astype(np.float32), (0, 0), rng.uniform(1.2, 2.0))
    half = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1]])
    place = (np.vstack([matrix, (0, 0, 1)]) @ half)[:2]
    image = np.asarray(cv2.warpAffine(fine, place, (SIZE, SIZE), flags=cv2.INTER_LINEAR), np.float32)
    image += noise * rng.uniform(2, 7) * rng.standard_normal((SIZE, SIZE), np.float32)
    return np.asarray(np.rint(image.clip(0, 255)), np.uint8)


def _shades(rng: np.random.Generator) -> NDArray[np.float64]:
    """A grey level for every tissue; the three inside are told apart."""
    while True:
        inside = rng.uniform(30, 235, 3)
        if np.abs(inside - np.roll(inside, 1)).min() > APART:
            return np.array([rng.uniform(2, 8), rng.uniform(70, 200), rng.uniform(10, 60), *inside])
