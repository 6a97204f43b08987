"""Time-lapses of cells in: a film, with a label stack or without, cropped to a few cells.

A folder holds `images.tif` and `labels.tif` (or .npy, .zarr), T, Y, X of one shape; labels are track ids and
0 is ground, as trackers and the Cell Tracking Challenge write them. A film without labels is cut into cells
by brightness: it can be annotated, but nobody knows what is right.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.formats.placing import Excerpt, Placing, square
from clonotate.formats.volumes import Volume, read_volume
from clonotate.records import ClonotateError
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.cell_lineage import CellLineage
from clonotate.tasks.worlds.tracks import LEAST, numbered, origins

FRAMES = 12  # at most; of a longer film every n-th
DIAMETER = 30  # canvas px that a typical cell is enlarged or reduced to
CELLS = (2, 8)  # in every frame of a crop
DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))

Labels = NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Timelapse:
    """A film: images uint8 and the labels of its cells, both `[frames, height, width]`."""

    images: NDArray[np.uint8]
    labels: Labels
    tracked: bool  # a cell keeps its label over time
    shown: range  # which frames of the file these are


def read_timelapse(path: Path, seed: int = 0) -> Excerpt:
    """A crop of a time-lapse: a folder with `images.tif` and `labels.tif` of track ids, or a film alone.

    `seed` chooses the crop, those with divisions first. Raises ClonotateError where there is no such film, or
    no part of it holds a few cells in every frame.
    """
    film = stored(path)
    side = crop_side(film.labels)
    crops = good_crops(film, side)
    if not crops:
        raise ClonotateError(f"no part of {path} holds {CELLS[0]} to {CELLS[1]} cells in every frame")
    rows, columns = crops[seed % len(crops)]
    window = (slice(None), rows, columns)
    sized = [cv2.resize(i, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC) for i in film.images[window]]
    labels = np.stack([resized(layer) for layer in film.labels[window]])
    place = square(columns.start, rows.start, side)
    height, width = film.images.shape[1:]
    placing = Placing(height, width, place, tuple(map(float, film.shown)))
    return Excerpt(CellLineage().begin_from(np.stack(sized), labels, film.tracked), placing)


def stored(path: Path) -> Timelapse:
    """At most `FRAMES` frames, evenly spread, of a folder or of a file; ClonotateError if it does not fit."""
    folder = path.is_dir() and path.suffix != ".zarr"
    images = read_volume(found(path, "images") if folder else path)
    every = max(1, (images.shape[0] - 1) // (FRAMES - 1))
    shown = range(0, images.shape[0], every)[:FRAMES]
    grey = np.stack([images.grey(t, slice(None), slice(None)) for t in shown])
    if not folder:
        return Timelapse(grey, segmented(grey), tracked=False, shown=shown)
    labels = read_volume(found(path, "labels"))
    refuse(images, labels)
    array = np.asarray(labels.array).reshape(labels.shape)
    return Timelapse(grey, array[list(shown)], tracked=True, shown=shown)


def found(folder: Path, name: str) -> Path:
    """The stack of that name; ClonotateError where there is none."""
    for suffix in (".tif", ".tiff", ".npy", ".zarr"):
        if (folder / f"{name}{suffix}").exists():
            return folder / f"{name}{suffix}"
    raise ClonotateError(f"{folder} has no {name}.tif; a time-lapse is a folder with images and labels")


def refuse(images: Volume, labels: Volume) -> None:
    """ClonotateError unless the labels fit the images."""
    if images.shape != labels.shape:
        raise ClonotateError(f"{labels.path} is {labels.shape}, but the images are {images.shape}")
    if np.dtype(labels.array.dtype).kind not in "ui":
        raise ClonotateError(f"{labels.path} holds {labels.array.dtype} values; track ids are integers")


def segmented(images: NDArray[np.uint8]) -> Labels:
    """What stands out from the ground, brighter or darker, numbered anew in every frame (Otsu, 1979)."""
    smooth = [cv2.GaussianBlur(image, (0, 0), 1.5).astype(np.float32) for image in images]
    ground = max(images.shape[1:]) / 8
    relief = np.stack([np.abs(image - cv2.GaussianBlur(image, (0, 0), ground)) for image in smooth])
    stretched = (relief * (255 / max(float(relief.max()), 1))).astype(np.uint8)
    _, bright = cv2.threshold(stretched.reshape(len(images), -1), 0, 1, cv2.THRESH_OTSU)
    opened = [cv2.morphologyEx(layer, cv2.MORPH_OPEN, DISC) for layer in bright.reshape(images.shape)]
    return np.stack([cv2.connectedComponents(layer)[1] for layer in opened])


def crop_side(labels: Labels) -> int:
    """How many pixels of the film make a canvas on which a typical cell measures `DIAMETER`."""
    areas = np.unique(labels[0][labels[0] != 0], return_counts=True)[1]
    if not len(areas):
        raise ClonotateError("the first frame of this film has no cell")
    typical = float(np.sqrt(np.median(areas) * 4 / np.pi))
    return int(min(max(round(CANVAS * typical / DIAMETER), 16), *labels.shape[1:]))


def good_crops(film: Timelapse, side: int) -> list[tuple[slice, slice]]:
    """Squares round cells of the middle frame with `CELLS` in all frames, most divisions and cells first."""
    middle = film.labels[len(film.labels) // 2]
    scores: dict[tuple[int, int], tuple[int, int]] = {}
    for label in np.unique(middle[middle != 0]):
        corner = (np.argwhere(middle == label).mean(axis=0) - side / 2).round().astype(int)
        top, left = (int(v) for v in corner.clip(0, np.array(middle.shape) - side))
        crop = film.labels[:, top : top + side, left : left + side]
        owners = [numbered(layer, LEAST * (side / CANVAS) ** 2)[1] for layer in crop]
        if all(CELLS[0] <= len(owned) <= CELLS[1] for owned in owners):
            divided = divisions(origins(crop, owners)) if film.tracked else 0
            scores[top, left] = divided, min(map(len, owners))
    ordered = sorted(scores, key=lambda corner: (scores[corner], corner), reverse=True)
    return [np.s_[y : y + side, x : x + side] for y, x in ordered]


def divisions(come: tuple[tuple[int, ...], ...]) -> int:
    """How many cells have two daughters."""
    return sum(len(frame) - len(set(frame)) - max(frame.count(0) - 1, 0) for frame in come)


def resized(layer: Labels) -> Labels:
    """Labels `[side, side]` as `[256, 256]`, with smooth outlines."""
    sized = np.zeros((CANVAS, CANVAS), layer.dtype)
    for label in np.unique(layer[layer != 0]):
        share = cv2.resize(
            (layer == label).astype(np.float32), (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC
        )
        sized[share > 0.5] = label
    return sized
