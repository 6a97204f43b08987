"""Spots in: a stack of bright spots as a world of colored dots, without a truth.

Real spots have no order of hue, so each slice gets the hue of its depth, blue first and red last: the depth
coding that fluorescence microscopes use.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.formats.placing import Excerpt, Placing, square
from clonotate.formats.volumes import Volume, read_volume, stack_at
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.colored_dots import ColoredDots, hues

SLICES = 16  # at most; deeper stacks are taken together, the brightest voxel counts
SATURATION = 0.95


def read_spots(path: Path, seed: int) -> Excerpt:
    """A stack of spots, depth-coded; `seed` chooses the square that is seen of an oblong one."""
    slices, placing = grey_slices(read_volume(stack_at(path)), np.random.default_rng(seed))
    return Excerpt(ColoredDots().begin_from(depth_coded(slices)), placing)


def grey_slices(volume: Volume, rng: np.random.Generator) -> tuple[NDArray[np.uint8], Placing]:
    """A square of a volume: uint8 `[slices, 256, 256]`, each the maximum over some sections; where it lies.

    A slice lies at the middle of its sections, for nobody saw which of them a place was brightest in.
    """
    depth, height, width = volume.shape
    side = min(height, width)
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    rows, columns = slice(top, top + side), slice(left, left + side)
    how = cv2.INTER_AREA if side > CANVAS else cv2.INTER_LINEAR
    slices = []
    groups = np.array_split(np.arange(depth), min(SLICES, depth))
    for sections in groups:
        brightest = np.max([volume.grey(int(z), rows, columns) for z in sections], axis=0)
        slices.append(cv2.resize(brightest, (CANVAS, CANVAS), interpolation=how))
    middles = tuple(float(sections.mean()) for sections in groups)
    place = square(left, top, side)
    return np.stack(slices), Placing(height, width, place, middles, volume.spacing, volume.unit)


def depth_coded(slices: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey slices in the hue of their depth: uint8 `[slices, 256, 256, 3]`."""
    colors = np.array(hues(len(slices), SATURATION), np.uint16)
    return (slices[..., None].astype(np.uint16) * colors[:, None, None] // 255).astype(np.uint8)
