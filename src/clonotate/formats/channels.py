"""Pairs of pictures in, for alignment: a pair file, a folder of two pictures, or ITK's brain slices.

A pair file is JSON: {"first": "a.png", "second": "b.tif", "matrix": [[1, 0, 13], [0, 1, 17]]}, paths as from
its folder. The matrix, from pixels of the first to pixels of the second, is left out where nobody knows.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.formats.placing import Excerpt, Placing, rows
from clonotate.records import ClonotateError
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.image_alignment import ImageAlignment
from clonotate.tasks.worlds.maps import Matrix, composed, inverse, similarity

SUFFIXES = (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp")
BLACK_WHITE = (0.5, 99.5)  # percentiles that become 0 and 255 where grey levels are not 8-bit
LEAST = 16  # px along a side of a picture

SLICE = (221, 257)
FIXED_SLICES = ("BrainT1SliceBorder20.png", "BrainProtonDensitySliceBorder20.png")
MOVED_SLICES = {
    "BrainProtonDensitySliceShifted13x17y.png": similarity(SLICE, 0, 1, (13, 17)),
    "BrainProtonDensitySliceR10X13Y17.png": similarity(SLICE, 10, 1, (13.1, 15.9)),
    "BrainProtonDensitySliceR10X13Y17S12.png": similarity(SLICE, -10, 1 / 1.2, (-13.1, -11.9)),
}
"""The map from either fixed slice. The names state turns and zooms; the shifts about the middle, which depend
on an origin that the names leave out, were measured on the proton density slices (ECC, correlation 0.999)."""


@dataclass(frozen=True, eq=False)
class ChannelPair:
    """Two pictures on the canvas, and the map between them if it is known."""

    first: NDArray[np.uint8]  # [256, 256]
    second: NDArray[np.uint8]  # [256, 256]
    matrix: Matrix | None  # from canvas pixels of the first to those of the second
    placing: Placing  # of the first and the second

    @property
    def affine(self) -> bool:
        """Whether the map is known and more than a similarity."""
        if self.matrix is None:
            return False
        (a, b, _), (c, d, _) = self.matrix
        return bool(max(abs(a - d), abs(b + c)) > 1e-3)


def read_channels(path: Path, seed: int) -> Excerpt:
    """A pair of channels to align; `seed` chooses among the pairs of the brain slices."""
    pair = read_pair(path, seed)
    world = ImageAlignment().begin_from(pair.first, pair.second, pair.matrix, pair.affine)
    return Excerpt(world, pair.placing)


def read_pair(path: Path, seed: int = 0) -> ChannelPair:
    """Two pictures to align, scaled to the canvas; `seed` chooses among the pairs of the brain slices.

    ClonotateError where there are not two readable pictures.
    """
    if not path.exists():
        raise ClonotateError(f"no such file: {path}")
    if path.is_file():
        return on_canvas(*from_pair_file(path))
    if all((path / name).exists() for name in (*FIXED_SLICES, *MOVED_SLICES)):
        return on_canvas(*from_slices(path, seed))
    pictures = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    if len(pictures) != 2:
        raise ClonotateError(f"{path} holds {len(pictures)} pictures; name two of them in a pair file (JSON)")
    return on_canvas(read_picture(pictures[0]), read_picture(pictures[1]), None)


Pair = tuple[NDArray[np.uint8], NDArray[np.uint8], Matrix | None]


def from_pair_file(path: Path) -> Pair:
    """The pictures and the map that a JSON file names."""
    try:
        pair: Any = json.loads(path.read_text(encoding="utf-8"))
        first, second = (path.parent / pair[name] for name in ("first", "second"))
        matrix = None if pair.get("matrix") is None else np.array(pair["matrix"], float)
    except (ValueError, KeyError, TypeError) as error:
        raise ClonotateError(f"{path} is not a pair file with first, second and matrix: {error}") from None
    if matrix is not None and (matrix.shape != (2, 3) or not np.isfinite(matrix).all()):
        raise ClonotateError(f"the matrix of {path} is not two rows of three numbers")
    return read_picture(first), read_picture(second), matrix


def from_slices(folder: Path, seed: int) -> Pair:
    """One of the six pairs of brain slices."""
    fixed, moved = FIXED_SLICES[seed % 2], list(MOVED_SLICES)[seed // 2 % len(MOVED_SLICES)]
    return read_picture(folder / fixed), read_picture(folder / moved), MOVED_SLICES[moved]


def read_picture(path: Path) -> NDArray[np.uint8]:
    """A picture in grey levels, uint8 `[height, width]`; other than 8-bit ones stretched."""
    data = np.frombuffer(path.read_bytes() if path.is_file() else b"", np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_ANYDEPTH | cv2.IMREAD_GRAYSCALE) if data.size else None
    if picture is None:
        raise ClonotateError(f"{path} is not a readable picture; a channel is one of {', '.join(SUFFIXES)}")
    if min(picture.shape) < LEAST:
        raise ClonotateError(f"{path} is smaller than {LEAST} px along a side")
    if picture.dtype == np.uint8:
        return np.asarray(picture, np.uint8)
    black, white = np.percentile(picture, BLACK_WHITE)
    if white <= black:
        raise ClonotateError(f"{path} is blank: nearly all its values are {black:g}")
    return np.asarray(np.rint(((picture - black) * (255 / (white - black))).clip(0, 255)), np.uint8)


def on_canvas(first: NDArray[np.uint8], second: NDArray[np.uint8], matrix: Matrix | None) -> ChannelPair:
    """Both pictures at one scale in the middle of the canvas, and the map between them there."""
    zoom = CANVAS / max(*first.shape, *second.shape)
    there, here = placing(second, zoom), placing(first, zoom)
    placed = None if matrix is None else composed(there, matrix, inverse(here))
    height, width = first.shape
    where = Placing(height, width, rows(inverse(here)), second=rows(inverse(there)))
    return ChannelPair(painted(first, here), painted(second, there), placed, where)


def placing(picture: NDArray[np.uint8], zoom: float) -> Matrix:
    """The map from a picture's pixels to the canvas: zoomed, its middle in the middle."""
    height, width = picture.shape
    shift = [(CANVAS - 1) / 2 - zoom * (side - 1) / 2 for side in (width, height)]
    return np.array([[zoom, 0, shift[0]], [0, zoom, shift[1]]])


def painted(picture: NDArray[np.uint8], place: Matrix) -> NDArray[np.uint8]:
    """The picture on the canvas, black around it; blurred where it shrinks, for fine grain aliases."""
    zoom = float(place[0, 0])
    if zoom < 0.9:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 * np.sqrt(zoom**-2 - 1)), np.uint8)
    return np.asarray(cv2.warpAffine(picture, place, (CANVAS, CANVAS), flags=cv2.INTER_LINEAR), np.uint8)
