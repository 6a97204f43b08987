"""Animals in: frames of a film from above, with or without tracks, as a world of animal tracking."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.formats.keypoints import read_deeplabcut
from clonotate.formats.placing import Excerpt, Placing, square
from clonotate.formats.volumes import Volume, read_volume, stack_at
from clonotate.records import ClonotateError
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.animal_tracking import NAMES, AnimalTracking

FRAMES = 8  # of a world, at most
SPREAD = 48  # a film of more than twice so many frames is seen in leaps
ROOM = 1.3  # side of the window, in extents of the tracks
LEAST = 96  # px of a window
Square = tuple[int, int, int]  # left, top, side


def read_animals(path: Path, seed: int) -> Excerpt:
    """Up to 8 frames of a film: an image stack, or a folder with one and a DeepLabCut table of tracks.

    The first body part of each animal is its front, the last its back; row i of the table is frame i. `seed`
    chooses the frames. With a table they are cut to a square around the animals, else seen whole, for as many
    animals as there are buttons. ClonotateError where stack or table cannot be read.
    """
    stack, table = parts(path)
    volume = read_volume(stack)
    depth, height, width = volume.shape
    tracks = read_tracks(table) if table else None
    if tracks is not None and len(tracks) != depth:
        raise ClonotateError(f"{table} has {len(tracks)} rows for the {depth} frames of {stack}")
    chosen = some_frames(tracks, depth, np.random.default_rng(seed))
    left, top, side = box = window(None if tracks is None else tracks[chosen], width, height)
    placing = Placing(height, width, square(*box), tuple(map(float, chosen)))
    images = seen(volume, chosen, box)
    if tracks is None:
        return Excerpt(AnimalTracking().begin_from(images, animals=len(NAMES)), placing)
    ends = (tracks[chosen] - (left, top) + 0.5) * (CANVAS / side) - 0.5
    return Excerpt(AnimalTracking().begin_from(images, ends), placing)


def parts(path: Path) -> tuple[Path, Path | None]:
    """The stack at a path and the table beside it, if there is one: a file, or a folder with these."""
    tables = sorted(path.glob("*.csv")) if path.is_dir() else []
    if len(tables) > 1:
        raise ClonotateError(f"{path} holds {len(tables)} tables; leave the one whose tracks are to be read")
    return stack_at(path), tables[0] if tables else None


def read_tracks(path: Path) -> NDArray[np.float64]:
    """Front and back of every animal of a DeepLabCut table: `[frames, animals, 2, 2]`, x then y."""
    table = read_deeplabcut(path, several=True)
    columns = [np.flatnonzero(np.array(table.individuals) == who) for who in dict.fromkeys(table.individuals)]
    return np.stack([table.points[:, [own[0], own[-1]]] for own in columns], axis=1)


def some_frames(tracks: NDArray[np.float64] | None, depth: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Which frames are seen: in order, evenly spaced, only such in which every animal is marked."""
    usable = np.arange(depth) if tracks is None else np.flatnonzero(~np.isnan(tracks).any(axis=(1, 2, 3)))
    if len(usable) < 2:
        raise ClonotateError("there are not two frames in which every animal is marked")
    leap = max(1, len(usable) // SPREAD)
    count = min(FRAMES, 1 + (len(usable) - 1) // leap)
    first = int(rng.integers(len(usable) - (count - 1) * leap))
    return np.asarray(usable[first : first + count * leap : leap])


def window(tracks: NDArray[np.float64] | None, width: int, height: int) -> Square:
    """A square around all tracks, or around the whole frame."""
    if tracks is None:
        side = max(width, height)
        return (width - side) // 2, (height - side) // 2, side
    low, high = tracks.min(axis=(0, 1, 2)), tracks.max(axis=(0, 1, 2))
    side = int(max(ROOM * (high - low).max(), LEAST))
    left, top = np.rint((low + high) / 2 - side / 2).astype(int).tolist()
    return left, top, side


def seen(volume: Volume, frames: NDArray[np.intp], square: Square) -> NDArray[np.uint8]:
    """What the canvas shows: uint8 `[frames, 256, 256]`; beyond the border the median grey."""
    (left, top, side), (_, height, width) = square, volume.shape
    rows, columns = slice(max(top, 0), min(top + side, height)), slice(max(left, 0), min(left + side, width))
    how = cv2.INTER_AREA if side > CANVAS else cv2.INTER_LINEAR
    images = []
    for t in frames:
        inner = volume.grey(int(t), rows, columns)
        image = np.full((side, side), np.median(inner), np.uint8)
        image[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = inner
        images.append(cv2.resize(image, (CANVAS, CANVAS), interpolation=how))
    return np.stack(images)
