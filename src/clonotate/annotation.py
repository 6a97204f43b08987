"""What an annotator made of a world, in a few nouns that the formats of the field have a place for.

Places are in pixels, integers at the middle of a pixel: those of the canvas as a task gives them, those of
the data once `formats.placing` has brought them back. `marks` of a noun are what was made one by one, in
order; somebody made each, so whatever says by whom has one name a mark.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

Matrix: TypeAlias = tuple[tuple[float, float, float], tuple[float, float, float]]
"""An affine map of (x, y): two rows of a linear part and a shift."""


class Spot(NamedTuple):
    """A place: `z` is the slice or frame, 0 where there is one picture only."""

    x: float
    y: float
    z: float = 0.0


@dataclass(frozen=True, slots=True)
class Points:
    """Places in a stack in the order of what they follow: a path, a neurite, a chain."""

    marks: tuple[Spot, ...]


class Cell(NamedTuple):
    """A cell of one frame as the tool outlines it: given, not annotated."""

    spot: Spot
    outline: tuple[Spot, ...]


class Link(NamedTuple):
    """What became of a cell, both as indices of `Tracks.cells`; `child` is None where it is gone."""

    parent: int
    child: int | None


@dataclass(frozen=True, slots=True)
class Tracks:
    """Cells linked from frame to frame; two links from one cell are a division."""

    cells: tuple[Cell, ...]
    marks: tuple[Link, ...]


class Pair(NamedTuple):
    """One thing in two pictures."""

    first: Spot
    second: Spot


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Pairs of places and the map from the first picture to the second that they say by least squares."""

    marks: tuple[Pair, ...]
    matrix: Matrix
    model: str  # "similarity" or "affine"


class Keypoint(NamedTuple):
    """One keypoint of one individual in one frame, as indices; without a spot it was said to be hidden."""

    frame: int
    individual: int
    name: int
    spot: Spot | None


@dataclass(frozen=True, slots=True)
class Poses:
    """Keypoints through `frames` frames; of a keypoint without a mark nobody said anything."""

    frames: int
    individuals: tuple[str, ...]
    names: tuple[str, ...]
    bones: tuple[tuple[int, int], ...]
    marks: tuple[Keypoint, ...]


class Member(NamedTuple):
    """An item said to be of a category, or the part of it that `region` bounds."""

    item: int
    category: str
    region: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Categories:
    """What each of `items` things was said to be."""

    items: int
    names: tuple[str, ...]
    marks: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A polygon round the one thing looked for, or the answer that there is none; then it has no vertex."""

    marks: tuple[Spot, ...]
    category: str
    closed: bool = False
    absent: bool = False


class Node(NamedTuple):
    """A node of a path; paths that pass the same spot are joined there."""

    path: int
    spot: Spot


@dataclass(frozen=True, slots=True)
class Graph:
    """Polylines that meet in nodes, node by node."""

    marks: tuple[Node, ...]

    @property
    def paths(self) -> tuple[tuple[Spot, ...], ...]:
        """The nodes of every path in order."""
        found: dict[int, list[Spot]] = {}
        for path, spot in self.marks:
            found.setdefault(path, []).append(spot)
        return tuple(map(tuple, found.values()))


Annotation: TypeAlias = Points | Tracks | Landmarks | Poses | Categories | Region | Graph


def is_empty(annotation: Annotation) -> bool:
    """Whether nothing was said: no mark, and not even that there is nothing."""
    return not annotation.marks and not (isinstance(annotation, Region) and annotation.absent)


def moved(value: Any, to: Callable[[Spot], Spot]) -> Any:
    """Marks or parts of them, with every spot moved."""
    if isinstance(value, Spot):
        return to(value)
    if not isinstance(value, tuple):
        return value
    parts = [moved(part, to) for part in value]
    return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
