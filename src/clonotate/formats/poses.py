"""Poses in: frames of an animal and DeepLabCut's table of its keypoints, as a world of limb tracking."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.formats.keypoints import read_deeplabcut
from clonotate.formats.placing import Excerpt, Placing, square
from clonotate.records import ClonotateError
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.limb_tracking import LimbTracking

FRAMES = 8  # of a world, at most
STRIDE = 2  # rows of the table from a frame to the next, at most
ROOM = 1.45  # side of the window, in extents of the keypoints through all frames
LEAST = 96  # px of a window


def read_poses(path: Path, seed: int) -> Excerpt:
    """Up to 8 frames of a film: a DeepLabCut table (CSV, one animal), or a folder with one and its frames.

    `seed` chooses the frames; they are cut to a square around the keypoints. A table whose coordinates are
    all empty names the keypoints without a truth. ClonotateError where table or frames cannot be read.
    """
    table = table_of(path)
    poses = read_deeplabcut(table, several=False)
    chosen = some_frames(poses.points, np.random.default_rng(seed))
    pictures = [read_frame(table.parent / poses.frames[i]) for i in chosen]
    points = poses.points[chosen]
    height, width = pictures[0].shape[:2]
    if any(picture.shape != pictures[0].shape for picture in pictures):
        raise ClonotateError(f"the frames of {table} are not all {width} x {height}")
    left, top, side = window(points, width, height)
    frames = np.stack([cut(picture, left, top, side) for picture in pictures])
    scaled = (points - (left, top) + 0.5) * (CANVAS / side) - 0.5
    known = None if np.isnan(points).all() else scaled
    names = tuple(poses.frames[i] for i in chosen)
    placing = Placing(height, width, square(left, top, side), tuple(map(float, chosen)), names=names)
    return Excerpt(LimbTracking().begin_from(frames, poses.names, known), placing)


def table_of(path: Path) -> Path:
    """The table at a path: itself, or the only CSV of a folder."""
    tables = [path] if path.is_file() else sorted(path.glob("*.csv"))
    if len(tables) != 1 or tables[0].suffix.lower() != ".csv":
        raise ClonotateError(f"no table of keypoints at {path}: name one .csv file, or a folder with one")
    return tables[0]


def some_frames(points: NDArray[np.float64], rng: np.random.Generator) -> list[int]:
    """Which frames are seen: in order and evenly spaced, one of the runs in which the animal strays least."""
    count = min(FRAMES, len(points))
    runs = [
        list(range(first, first + (count - 1) * stride + 1, stride))
        for stride in range(1, STRIDE + 1)
        for first in range(len(points) - (count - 1) * stride)
    ]
    calm = sorted(runs, key=lambda run: extent(points[run]))[: -(-len(runs) // 3)]
    return calm[int(rng.integers(len(calm)))]


def extent(points: NDArray[np.float64]) -> float:
    """The longer side of a box around all that is known of points `[..., 2]`; 0 where nothing is."""
    known = points[np.isfinite(points).all(axis=-1)]
    return float(np.ptp(known, axis=0).max()) if len(known) else 0.0


def read_frame(path: Path) -> NDArray[np.uint8]:
    """A picture, uint8 RGB `[height, width, 3]`."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR) if path.exists() else None
    if picture is None:
        raise ClonotateError(f"no frame that can be read at {path}")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def window(points: NDArray[np.float64], width: int, height: int) -> tuple[int, int, int]:
    """Left, top and side of a square around all keypoints, or the whole picture where none is known."""
    if np.isnan(points).all():
        side = max(width, height)
        return (width - side) // 2, (height - side) // 2, side
    low, high = np.nanmin(points, axis=(0, 1)), np.nanmax(points, axis=(0, 1))
    side = int(max(ROOM * extent(points), LEAST))
    corner = [
        round(float(np.clip(middle - side / 2, 0, length - side))) if side < length else (length - side) // 2
        for middle, length in zip((low + high) / 2, (width, height), strict=True)
    ]
    return corner[0], corner[1], side


def cut(picture: NDArray[np.uint8], left: int, top: int, side: int) -> NDArray[np.uint8]:
    """A square of a picture as a canvas, uint8 `[256, 256, 3]`; black beyond its border."""
    height, width = picture.shape[:2]
    square = np.zeros((side, side, 3), np.uint8)
    rows, columns = slice(max(top, 0), min(top + side, height)), slice(max(left, 0), min(left + side, width))
    square[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = picture[
        rows, columns
    ]
    how = cv2.INTER_AREA if side > CANVAS else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(square, (CANVAS, CANVAS), interpolation=how), np.uint8)
