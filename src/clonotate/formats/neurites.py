"""Neurites in: an EM stack, with profiles linked through it if there are, as a world of neuron tracking."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.formats.placing import Excerpt
from clonotate.formats.scale import familiar_scale
from clonotate.formats.volumes import Volume, read_volume, reader
from clonotate.formats.window import Window
from clonotate.records import ClonotateError
from clonotate.tasks.neuron_tracking import NeuronTracking

LEAST = 200  # voxels a neurite has at least in every section
SECTIONS = 48  # of a world at most
STACKS = ("raw.tif", "images.tif")
LABELS = ("neurites.tif", "labels.tif")


def read_neurites(path: Path, seed: int) -> Excerpt:
    """One neurite of a stack: a file, or a folder with `raw.tif` and, if there is a truth, `neurites.tif`.

    With labels (ids through z, beside the file) `seed` chooses among the neurites that span all sections;
    without, a bright place of section 0. Seen as coarsely as training tissue, `SECTIONS` of it at most.
    """
    file = path if path.is_file() or path.suffix == ".zarr" else present(path, STACKS)
    if file is None:
        raise ClonotateError(f"no image stack at {path}: name a file, or a folder with {' or '.join(STACKS)}")
    volume, beside = read_volume(file), present(file.parent, LABELS)
    rng = np.random.default_rng(seed)
    if beside is None:
        window = window_at(volume, bright_place(volume, rng))
        return Excerpt(NeuronTracking().begin_from(window.images(volume)), window.placing(volume))
    labels = read_labels(beside, volume)
    for target in rng.permutation(spanning(labels)):
        window = window_at(volume, (0, *innermost(labels[0] == target)))
        seen = window.labels(labels)
        if int(target) in spanning(seen, 1):
            world = NeuronTracking().begin_from(window.images(volume), seen)
            return Excerpt(world, window.placing(volume))
    raise ClonotateError(f"no neurite of {beside} spans all sections with {LEAST} voxels in each")


def present(folder: Path, names: tuple[str, ...]) -> Path | None:
    """The first of the files that is there."""
    return next((folder / name for name in names if (folder / name).is_file()), None)


def read_labels(path: Path, volume: Volume) -> NDArray[np.uint16]:
    """The ids `[Z, Y, X]` of a stack; ClonotateError where they do not fit it."""
    array, _, _ = reader(path)(path)
    if array.shape != volume.shape or array.dtype.kind not in "ui":
        raise ClonotateError(f"{path} should hold whole numbers for {volume.shape} voxels, not {array.shape}")
    return np.asarray(array, np.uint16)


def window_at(volume: Volume, start: tuple[int, int, int]) -> Window:
    """What one session shows of a neurite that begins at a place (z, y, x)."""
    return Window.around(start, familiar_scale(volume, start), min(SECTIONS, volume.shape[0]), 1)


def spanning(labels: NDArray[np.uint16], least: int = LEAST) -> list[int]:
    """The ids with at least `least` voxels in every section of `[Z, Y, X]`."""
    count = int(labels.max()) + 1
    areas = np.stack([np.bincount(section.ravel(), minlength=count) for section in labels])
    return [target for target in range(1, count) if areas[:, target].min() >= least]


def innermost(profile: NDArray[np.bool_]) -> tuple[int, int]:
    """The place (y, x) of a profile that lies farthest from its border and the picture's."""
    distance = cv2.distanceTransform(np.pad(profile.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    y, x = np.unravel_index(distance.argmax(), distance.shape)
    return int(y), int(x)


def bright_place(volume: Volume, rng: np.random.Generator) -> tuple[int, int, int]:
    """A place (z, y, x) of section 0 amid bright voxels, hence inside a cell and not on its membrane."""
    _, height, width = volume.shape
    side = min(height, width, 128)
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    seen = volume.grey(0, slice(top, top + side), slice(left, left + side))
    y, x = np.unravel_index(cv2.GaussianBlur(seen, (0, 0), 4).argmax(), seen.shape)
    return 0, top + int(y), left + int(x)
