"""A square of a volume seen through the canvas: where it lies, what it shows, what a click on it means."""

from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.formats.placing import Placing, square
from clonotate.formats.volumes import Volume
from clonotate.screens.widgets import CANVAS


@dataclass(frozen=True)
class Window:
    """`side` voxels square from (`top`, `left`), through `count` sections from `first`, by `step` (1 or -1).

    What lies beyond the volume's border is its mirror image, which looks like tissue, unlike a grey margin;
    a place there means the voxel that is mirrored.
    """

    top: int
    left: int
    side: int
    first: int
    count: int
    step: int = 1

    @classmethod
    def around(cls, node: tuple[float, float, float], scale: float, count: int, step: int) -> "Window":
        """The window with a node `(z, y, x)`, in voxels, at the centre of its first section."""
        z, y, x = node
        side = max(1, round(CANVAS * scale))
        corner = (CANVAS // 2 + 0.5) * side / CANVAS - 0.5
        return cls(round(y - corner), round(x - corner), side, round(z), count, step)

    @property
    def settings(self) -> dict[str, int]:
        """The window as plain values: with the file, all that is needed to see it again."""
        return asdict(self)

    def section(self, index: int) -> int:
        """Which section of the volume is slice `index` of the window."""
        return self.first + self.step * index

    def placing(self, volume: Volume) -> Placing:
        """Where its canvas lies in its volume."""
        _, height, width = volume.shape
        sections = tuple(float(self.section(i)) for i in range(self.count))
        place = square(self.left, self.top, self.side)
        return Placing(height, width, place, sections, volume.spacing, volume.unit, folds=True)

    def images(self, volume: Volume) -> NDArray[np.uint8]:
        """What the canvas shows: uint8 `[count, 256, 256]`, shrunk by area, enlarged linearly."""
        rows, columns = self.covered(volume.shape)
        seen = slice(int(rows.min()), int(rows.max()) + 1), slice(int(columns.min()), int(columns.max()) + 1)
        places = np.ix_(rows - rows.min(), columns - columns.min())
        how = cv2.INTER_AREA if self.side >= CANVAS else cv2.INTER_LINEAR
        slices = (volume.grey(self.section(i), *seen)[places] for i in range(self.count))
        return np.stack([cv2.resize(image, (CANVAS, CANVAS), interpolation=how) for image in slices])

    def labels(self, array: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """What labels `[Z, Y, X]` say of every canvas pixel: uint16 `[count, 256, 256]`."""
        rows, columns = self.covered(array.shape)
        grid = ((np.arange(CANVAS) + 0.5) * self.side / CANVAS).astype(int)
        sections = [self.section(i) for i in range(self.count)]
        return array[np.ix_(sections, rows[grid], columns[grid])]

    def covered(self, shape: tuple[int, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The rows and columns of a volume `[Z, Y, X]` that the window looks at, border to border."""
        return reflected(self.top, self.side, shape[1]), reflected(self.left, self.side, shape[2])


def reflected(start: int, count: int, length: int) -> NDArray[np.intp]:
    """`count` indices from `start` on, folded back into 0..length-1 at the borders."""
    folded = np.arange(start, start + count) % (2 * length)
    return np.minimum(folded, 2 * length - 1 - folded)
