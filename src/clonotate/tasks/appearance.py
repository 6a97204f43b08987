"""How an animal of a film looks, straightened out, as a tool learns it from those that were just marked.

What differs from the still ground is something that moves. Along the midline from front to back, which goes
where a body is thickest, it is read out as a strip; the strip of all marked animals is what one looks like.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

Place = tuple[int, int]  # x, y in pixels
Floats = NDArray[np.float64]
Image = NDArray[np.float32]  # [height, width]: how much every pixel differs from the ground, grey levels

BARE = 0.8  # the share of frames in which a place may be covered by animals
BLUR = 0.7  # px
FAINTEST = 0.5  # grey levels that the grain is taken for at the least
SLIGHT, CLEAR, PLAIN = 2.5, 3.0, 8.0  # of the grain: a mean of bodies shows, a body shows, and is plain
SEGMENTS, FINE = 10, 4  # of a body, and how often it is read out along each
ASIDE = 24  # px to each side that are looked at
FAINT = 0.1  # of the strongest difference, what belongs to a body
RIM = 3  # px around a body that belong to its look
WIDE = 9  # px to each side from which on every other one is enough
ROOM = 20  # px around both ends in which a midline may go
DEEP = 8.0  # px from its outline from which on a body is thick
STEADY = 7  # px along a midline over which it is smoothed, to each side


class Pose(NamedTuple):
    """Both ends of an animal."""

    front: Place
    back: Place


@dataclass(frozen=True, eq=False)
class Look:
    """What one animal looks like from front to back, `[SEGMENTS * FINE, across]`."""

    strip: NDArray[np.float32]  # grey levels that it differs from the ground
    body: NDArray[np.float32]  # 1 on it and close around it, else 0
    across: NDArray[np.float32]  # px to the right of the midline, for every column
    lengths: tuple[float, ...]  # px, of each of those that it was learnt from

    @property
    def length(self) -> float:
        """How long one is, px."""
        return sum(self.lengths) / len(self.lengths)

    @cached_property
    def contrast(self) -> float:
        """How much its strongest places differ from the ground: all but a tenth of it differs less."""
        return float(np.percentile(np.abs(self.strip[self.body > 0]), 90))


def moved(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How much films, uint8 `[frames, height, width]`, differ from their ground, in grey levels.

    Animals are what is rarer: where they are dark the ground is the brighter part of every pixel's levels.
    """
    shots = images.astype(np.float32)
    unlike = shots - np.median(shots, axis=0).astype(np.float32)
    dark = unlike[np.abs(unlike) > PLAIN * grain(unlike)].sum() < 0
    unlike = shots - np.quantile(shots, BARE if dark else 1 - BARE, axis=0).astype(np.float32)
    unlike -= np.float32(np.median(unlike))
    return np.stack([cv2.GaussianBlur(shot, (0, 0), BLUR) for shot in unlike])


def grain(unlike: NDArray[np.float32]) -> float:
    """The standard deviation of the noise, of which most pixels are, grey levels."""
    return max(1.4826 * float(np.median(np.abs(unlike))), FAINTEST)


def learned(image: Image, poses: Sequence[Pose]) -> Look | None:
    """What animals look like of which some are marked in this image; None where nothing stands out there."""
    if not poses or any(pose.front == pose.back for pose in poses):
        return None
    noise = grain(image)
    lines = [midline(image, pose, CLEAR * noise) for pose in poses]
    across = np.arange(-ASIDE, ASIDE + 1, dtype=np.float32)
    strips = np.stack([straightened(image, line, across) for line in lines])
    strip = np.asarray(np.concatenate([strips, strips[:, :, ::-1]]).mean(axis=0), np.float32)
    strongest = float(np.abs(strip).max())
    if strongest < PLAIN * noise:
        return None
    mask = amid(np.abs(strip) > max(SLIGHT * noise, FAINT * strongest)).astype(np.float32)
    reach = np.abs(across[mask.any(axis=0)]).max()
    chosen = (np.abs(across) <= reach) & (across % (2 if reach > WIDE else 1) == 0)
    body = mask[:, chosen]
    return Look(strip[:, chosen] * body, body, across[chosen], tuple(map(way, lines)))


def amid(clear: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """What of a strip hangs together with its midline, and a rim around that."""
    parts = clear.astype(np.uint8)
    parts[:, ASIDE - 1 : ASIDE + 2] = 1
    _, labels = cv2.connectedComponents(parts, connectivity=4)
    mine = (labels == labels[0, ASIDE]).astype(np.uint8)
    return np.asarray(cv2.dilate(mine, np.ones((3, 2 * RIM + 1), np.uint8)))


# Midlines


def midline(image: Image, pose: Pose, least: float) -> Floats:
    """From front to back along where a body is thickest, in equal steps: `[SEGMENTS * FINE + 1, 2]`."""
    height, width = image.shape
    (left, top), (right, bottom) = np.min(pose, axis=0), np.max(pose, axis=0)
    left, top = max(int(left) - ROOM, 0), max(int(top) - ROOM, 0)
    box = np.s_[top : min(int(bottom) + ROOM + 1, height), left : min(int(right) + ROOM + 1, width)]
    depth = cv2.distanceTransform((np.abs(image) > least).astype(np.uint8), cv2.DIST_L2, 3)[box]
    start, end = ((y - top, x - left) for x, y in pose)
    line = cheapest(1 / (0.15 + np.minimum(depth, DEEP)) ** 2, start, end)[:, ::-1] + (left, top)
    inner = [smooth(line[:, axis]) for axis in (0, 1)]
    line = np.stack(inner, axis=1) if len(line) > 2 else line
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.linspace(0, along[-1], SEGMENTS * FINE + 1)
    return np.stack([np.interp(at, along, line[:, axis]) for axis in (0, 1)], axis=1)


def smooth(values: Floats) -> Floats:
    """The running mean; both ends stay."""
    padded = np.pad(values, STEADY, mode="edge")
    mean = np.convolve(padded, np.full(2 * STEADY + 1, 1 / (2 * STEADY + 1)), "valid")
    mean[[0, -1]] = values[[0, -1]]
    return mean


def cheapest(costs: Floats, start: tuple[int, int], end: tuple[int, int]) -> Floats:
    """The way through an image that costs least, row and column of its pixels, `[steps, 2]`."""
    width = costs.shape[1]
    _, before = dijkstra(
        neighbours(costs), directed=False, indices=start[0] * width + start[1], return_predecessors=True
    )
    way, at = [], end[0] * width + end[1]
    while at >= 0:
        way.append(divmod(int(at), width))
        at = before[at]
    return np.array(way[::-1], float)


def neighbours(costs: Floats) -> csr_array:
    """What it costs to go from each pixel to those of its eight neighbours that come after it."""
    (height, width), flat = costs.shape, costs.ravel()
    number = np.arange(flat.size).reshape(height, width)
    ones, others, ways = [], [], []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        one = number[: height - down, max(-right, 0) : width - max(right, 0)].ravel()
        other = number[down:, max(right, 0) : width - max(-right, 0)].ravel()
        ones.append(one)
        others.append(other)
        ways.append((flat[one] + flat[other]) * math.hypot(down, right))
    places = (np.concatenate(ones), np.concatenate(others))
    return coo_array((np.concatenate(ways), places), shape=(flat.size,) * 2).tocsr()


def straightened(image: Image, line: Floats, across: NDArray[np.float32]) -> NDArray[np.float32]:
    """What an image shows beside a line: a row between any two of its points, a column for every `across`."""
    steps = np.diff(line, axis=0)
    steps /= np.maximum(np.hypot(*steps.T), 1e-6)[:, None]
    middle = (line[1:] + line[:-1]) / 2
    x = middle[:, :1] + steps[:, 1:] * across
    y = middle[:, 1:] - steps[:, :1] * across
    return read(image, x.astype(np.float32), y.astype(np.float32))


def read(image: Image, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """The image between its pixels, at places of any shape; beyond its edge the last pixels go on."""
    rows = max(-(-x.size // 4096), 1)
    places = np.zeros((2, rows * 4096), np.float32)
    places[0, : x.size], places[1, : x.size] = x.ravel(), y.ravel()
    both = places.reshape(2, rows, 4096)
    values = cv2.remap(image, both[0], both[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(values.ravel()[: x.size].reshape(x.shape))


def way(line: Floats) -> float:
    """How long a line is."""
    return float(np.hypot(*np.diff(line, axis=0).T).sum())
