"""Karyograms in: a picture of chromosomes, sorted into numbered pairs, as boards of shape matching.

Which two belong together is read from the layout alone: two shapes stand over each printed number. A pair
that differs much in size, as X and Y do, is nobody's match.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.formats.placing import Excerpt, Placing
from clonotate.records import ClonotateError
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.shape_matching import ShapeMatching
from clonotate.tasks.worlds.shapes import SIDE, TILES

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
BOARDS = 12  # at most
LARGE = 0.08  # area of a shape, as a share of the largest; what is smaller is writing or dirt
BLACK = 90  # grey level that writing reaches everywhere
ALIKE = 0.6  # size of the smaller of a pair, as a share of the larger, at least
ROOM = 3  # px round the largest shape of a board

Grey = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Shape:
    """One chromosome, cut out."""

    picture: Grey  # alone on white
    size: int  # px along its longer side
    place: tuple[float, float]  # x, y of its middle


def read_karyogram(path: Path, seed: int) -> Excerpt:
    """A picture of a karyogram, or a folder with one: up to 12 boards, each a chromosome to find the mate of.

    Beside the mate lie those nearest in size, all turned at random. `seed` chooses the boards and the turns.
    Without a number under every pair there is no truth. Exported places are those on the boards.
    ClonotateError where the picture cannot be read or shows fewer than ten shapes.
    """
    grey = read_picture(path)
    found, writing = shapes(grey)
    pairs = over_words(found, writing)
    if pairs:  # shapes that touch are one to the eye of a program: left out
        found = [shape for pair in pairs for shape in pair]
    if len(found) <= TILES:
        raise ClonotateError(f"{path} shows {len(found)} dark shapes on white; a board needs {TILES + 1}")
    mates = {
        2 * i + side: 2 * i + 1 - side for i, pair in enumerate(pairs) if alike(*pair) for side in (0, 1)
    }
    rng = np.random.default_rng(seed)
    first = sorted(mates) if mates else list(range(len(found)))
    chosen = rng.permutation(first)[:BOARDS].tolist()
    boards = [board(one, mates.get(one), found, rng) for one in chosen]
    references, tiles, matches, unlike = (np.stack(part) for part in zip(*boards, strict=True))
    world = ShapeMatching().begin_from(references, tiles, matches if mates else None, unlike)
    return Excerpt(world, Placing(CANVAS, CANVAS))


def read_picture(path: Path) -> Grey:
    """The picture at a path, or the only one of a folder: uint8 `[height, width]`."""
    files = [path] if path.is_file() else sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
    picture = cv2.imread(str(files[0]), cv2.IMREAD_GRAYSCALE) if len(files) == 1 else None
    if picture is None:
        raise ClonotateError(f"no picture that can be read at {path}: name one {', '.join(SUFFIXES)}")
    return np.asarray(picture, np.uint8)


def shapes(grey: Grey) -> tuple[list[Shape], NDArray[np.float64]]:
    """The dark shapes of a picture, and the middles `[words, 2]` of what is written."""
    white = float(np.median(grey))
    dark = (grey < 0.92 * white).astype(np.uint8)
    count, labels, boxes, middles = cv2.connectedComponentsWithStats(dark)
    areas = boxes[:, cv2.CC_STAT_AREA]
    large = [i for i in range(1, count) if areas[i] >= LARGE * areas[1:].max()]
    found = [cut_out(grey, labels == i, boxes[i], middles[i]) for i in large]
    return found, words(np.isin(labels, large) == 0, grey)


def cut_out(grey: Grey, own: NDArray[np.bool_], box: NDArray[np.int32], middle: NDArray[np.float64]) -> Shape:
    """A shape without its neighbours."""
    left, top, width, height, _ = box.tolist()
    window = np.s_[top : top + height, left : left + width]
    alone = np.where(own[window], grey[window], np.uint8(255))
    return Shape(alone, max(width, height), (float(middle[0]), float(middle[1])))


def words(elsewhere: NDArray[np.bool_], grey: Grey) -> NDArray[np.float64]:
    """The middles of black letters that stand side by side: `[words, 2]`."""
    ink = ((grey < BLACK) & elsewhere).astype(np.uint8)
    wide = cv2.dilate(ink, np.ones((5, max(grey.shape[1] // 100, 3)), np.uint8))
    count, _, boxes, middles = cv2.connectedComponentsWithStats(wide)
    heights = boxes[1:, cv2.CC_STAT_HEIGHT]
    return np.asarray(middles[1:][heights > 0.5 * np.median(heights)] if count > 1 else middles[1:])


def over_words(found: list[Shape], writing: NDArray[np.float64]) -> list[tuple[Shape, Shape]]:
    """The pairs that stand over a word each; none where most words have more or less than two."""
    if not len(writing):
        return []
    away = writing[None] - np.array([shape.place for shape in found])[:, None]
    owner = np.where(away[..., 1] > 0, np.hypot(away[..., 0], away[..., 1]), np.inf).argmin(axis=1)
    over = [[found[i] for i in np.flatnonzero(owner == word)] for word in range(len(writing))]
    pairs = [(shapes[0], shapes[1]) for shapes in over if len(shapes) == 2]
    return pairs if len(pairs) > len(writing) / 2 else []


def alike(one: Shape, other: Shape) -> bool:
    """Whether two shapes of a pair can be mates by their size."""
    return min(one.size, other.size) >= ALIKE * max(one.size, other.size)


def board(
    one: int, mate: int | None, found: list[Shape], rng: np.random.Generator
) -> tuple[Grey, Grey, NDArray[np.bool_], NDArray[np.float64]]:
    """A reference, nine tiles, which of them is its mate, and how far each differs from it in size."""
    unlike = np.array([abs(np.log(shape.size / found[one].size)) for shape in found])
    others = [i for i in np.argsort(unlike).tolist() if i not in (one, mate)]
    nine = rng.permutation([*([] if mate is None else [mate]), *others][:TILES])
    largest = max(found[i].size for i in (one, *nine))
    tiles = np.stack([tile(found[i].picture, largest, rng) for i in nine])
    return tile(found[one].picture, largest, rng), tiles, nine == mate, unlike[nine]


def tile(picture: Grey, largest: int, rng: np.random.Generator) -> Grey:
    """A shape turned at random, sized so that one of `largest` px just fits: uint8 `[62, 62]`."""
    height, width = picture.shape
    scale = (SIDE - 2 * ROOM) / (1.1 * largest)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(0, 360), scale)
    turn[:, 2] += (SIDE - width) / 2, (SIDE - height) / 2
    smooth = cv2.GaussianBlur(picture, (0, 0), max(0.35 / scale, 0.1))  # it is made much smaller
    return np.asarray(cv2.warpAffine(smooth, turn, (SIDE, SIDE), borderValue=255.0), np.uint8)
