"""Time-lapses of tracked cells in: a folder with images and a label stack, cropped to a few cells.

`images.tif` and `labels.tif` (or .npy, .zarr) are T, Y, X of one shape; labels are track ids, 0 is ground, as
trackers and the Cell Tracking Challenge write them.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.formats.volumes import read_volume
from clonotate.records import ClonotateError
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.cell_lineage import CellLineage, World
from clonotate.tasks.worlds.tracks import LEAST, numbered, origins

FRAMES = 12  # at most; of a longer film every n-th
DIAMETER = 30  # canvas px that a typical cell is enlarged or reduced to
CELLS = (2, 8)  # in every frame of a crop

Labels = NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Timelapse:
    """A film as stored: images uint8 and track ids, both `[frames, height, width]`."""

    images: NDArray[np.uint8]
    labels: Labels


def read_timelapse(path: Path, seed: int = 0) -> World:
    """A world of a time-lapse: the `seed`-th crop of it, those with divisions first.

    Raises ClonotateError where the folder is no such time-lapse, or no crop of it holds a few cells.
    """
    film = stored(path)
    every = max(1, (len(film.images) - 1) // (FRAMES - 1))
    images, labels = (stack[::every][:FRAMES] for stack in (film.images, film.labels))
    side = crop_side(labels)
    crops = good_crops(labels, side)
    if not crops:
        raise ClonotateError(f"no part of {path} holds {CELLS[0]} to {CELLS[1]} cells in every frame")
    window = (slice(None), *crops[seed % len(crops)])
    sized = [cv2.resize(image, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC) for image in images[window]]
    return CellLineage().begin_from(np.stack(sized), np.stack([resized(layer) for layer in labels[window]]))


def stored(path: Path) -> Timelapse:
    """The whole film of a folder; ClonotateError says what is missing or does not fit."""
    stacks = []
    for name in ("images", "labels"):
        files = [path / f"{name}{suffix}" for suffix in (".tif", ".tiff", ".npy", ".zarr")]
        found = next((file for file in files if file.exists()), None)
        if found is None:
            raise ClonotateError(f"{path} has no {name}.tif; a time-lapse is a folder with images and labels")
        stacks.append(read_volume(found))
    images, labels = stacks
    if images.shape != labels.shape:
        raise ClonotateError(
            f"{path}: images are {images.shape} and labels {labels.shape}; they must be alike"
        )
    if np.dtype(labels.array.dtype).kind not in "ui":
        raise ClonotateError(f"{labels.path} holds {labels.array.dtype} values; track ids are integers")
    every = slice(None)
    grey = np.stack([images.grey(t, every, every) for t in range(images.shape[0])])
    return Timelapse(grey, np.asarray(labels.array).reshape(labels.shape))


def crop_side(labels: Labels) -> int:
    """How many pixels of the film make a canvas on which a typical cell measures `DIAMETER`."""
    areas = np.unique(labels[0][labels[0] != 0], return_counts=True)[1]
    if not len(areas):
        raise ClonotateError("the first frame of this film has no cell")
    typical = float(np.sqrt(np.median(areas) * 4 / np.pi))
    return int(min(max(round(CANVAS * typical / DIAMETER), 16), *labels.shape[1:]))


def good_crops(labels: Labels, side: int) -> list[tuple[slice, slice]]:
    """Squares round each cell of the middle frame with `CELLS` in all frames; most divisions first."""
    middle = labels[len(labels) // 2]
    found: dict[tuple[int, int], int] = {}
    for label in np.unique(middle[middle != 0]):
        corner = (np.argwhere(middle == label).mean(axis=0) - side / 2).round().astype(int)
        top, left = (int(v) for v in corner.clip(0, np.array(middle.shape) - side))
        crop = labels[:, top : top + side, left : left + side]
        owners = [numbered(layer, LEAST * (side / CANVAS) ** 2)[1] for layer in crop]
        if all(CELLS[0] <= len(owned) <= CELLS[1] for owned in owners):
            found[top, left] = divisions(origins(crop, owners))
    return [np.s_[y : y + side, x : x + side] for y, x in sorted(found, key=lambda at: (-found[at], at))]


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
