"""Where a world lies in the data that it was cut from, so that what was annotated finds its way back.

Every reader gives an excerpt: a world, and how its canvas lies in the pixels of the file. A procedural world
is its own data. Pixels are counted from 0, in x and y, at the middle of the first one.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clonotate.annotation import Annotation, Landmarks, Matrix, Pair, Spot, moved
from clonotate.formats.volumes import Spacing
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.worlds.maps import composed, inverse

PLAIN: Matrix = ((1, 0, 0), (0, 1, 0))


@dataclass(frozen=True, slots=True)
class Placing:
    """How the canvas of a world lies in its data.

    `sections` are the slices or frames of the data that the world's are, one each; empty where there is one
    picture. `spacing` (z, y, x) is in `unit`, None where the file does not state it. `second` is the matrix
    of a second picture, `degrees` leads from pixels to longitude and latitude.
    """

    height: int  # px of the picture, or of a section
    width: int
    matrix: Matrix = PLAIN  # from canvas px to those of the picture
    sections: tuple[float, ...] = ()
    spacing: Spacing | None = None
    unit: str = ""
    folds: bool = False  # beyond the border lies the mirror image
    second: Matrix | None = None
    degrees: Matrix | None = None
    names: tuple[str, ...] = ()  # files of the sections or pictures

    def spot(self, spot: Spot) -> Spot:
        """A place on the canvas as one in the data."""
        x, y = on(self.matrix, spot)
        if self.folds:
            x, y = mirrored(x, self.width), mirrored(y, self.height)
        return Spot(x, y, self.sections[int(spot.z)] if self.sections else spot.z)

    def physical(self, spot: Spot) -> Spot:
        """A place in the data in units of its spacing; in pixels where that is not known."""
        z, y, x = self.spacing or (1.0, 1.0, 1.0)
        return Spot(spot.x * x, spot.y * y, spot.z * z)

    @property
    def measured(self) -> str:
        """The unit of `physical`; "px" where nobody knows a spacing."""
        return self.unit or "unstated" if self.spacing else "px"


@dataclass(frozen=True, eq=False)
class Excerpt:
    """A part of a file as a task's world, and where it lies."""

    world: Any
    placing: Placing


def square(left: float, top: float, side: float, cells: int = CANVAS) -> Matrix:
    """The map from a square canvas of so many pixels to the square of a picture that it shows."""
    grain = side / cells
    return (grain, 0, left + grain / 2 - 0.5), (0, grain, top + grain / 2 - 0.5)


def on(matrix: Matrix, spot: Spot) -> tuple[float, float]:
    """Where a map leads a place."""
    (a, b, across), (c, d, down) = matrix
    return a * spot.x + b * spot.y + across, c * spot.x + d * spot.y + down


def mirrored(place: float, length: int) -> float:
    """A coordinate folded back into a picture, whose pixels reach from -0.5 to length - 0.5."""
    folded = (place + 0.5) % (2 * length)
    return float(np.clip(min(folded, 2 * length - folded) - 0.5, 0, length - 1))


def rows(matrix: Any) -> Matrix:
    """An array `[2, 3]` as plain numbers."""
    (a, b, across), (c, d, down) = np.asarray(matrix, float).tolist()
    return (a, b, across), (c, d, down)


def brought_back(annotation: Annotation, placing: Placing) -> Annotation:
    """An annotation in canvas pixels as one in those of the data."""
    if isinstance(annotation, Landmarks):
        return aligned(annotation, placing)
    parts = ("marks", "cells") if hasattr(annotation, "cells") else ("marks",)
    return replace(annotation, **{name: moved(getattr(annotation, name), placing.spot) for name in parts})


def aligned(landmarks: Landmarks, placing: Placing) -> Landmarks:
    """Pairs between two pictures, each placed by itself, and the map between their pixels."""
    second = placing.second or PLAIN
    pairs = (Pair(placing.spot(a), Spot(*on(second, b))) for a, b in landmarks.marks)
    back = inverse(np.array(placing.matrix, float))
    whole = composed(np.array(second, float), np.array(landmarks.matrix), back)
    return replace(landmarks, marks=tuple(pairs), matrix=rows(whole))
