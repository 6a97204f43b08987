"""A time-lapse as its annotator meets it: frames of cells to outline and click, and what becomes of each.

Made from segments that are numbered anew in every frame, or from label stacks with track ids as trackers and
the Cell Tracking Challenge store them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.records import ClonotateError

LEAST = 90  # px of a cell that must be in view for it to count as there
DAUGHTERS = 2
Place = tuple[int, int]  # x, y in canvas pixels


@dataclass(frozen=True)
class Cell:
    """A cell in one frame, as the tool draws it."""

    middle: Place  # the pixel of it nearest to its centre of mass
    outline: tuple[Place, ...]


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture and its segments; number n of the segments is cell n - 1."""

    image: NDArray[np.uint8]  # [256, 256]
    segments: NDArray[np.uint8]  # [256, 256] numbers from 1 in reading order, 0 is ground

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells, in reading order."""
        return tuple(outlined(self.segments, n) for n in range(1, int(self.segments.max()) + 1))

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """Of every cell, in pixels."""
        return np.bincount(self.segments.ravel())[1:].astype(float)

    def at(self, place: Place) -> int | None:
        """The cell at a place, None on the ground."""
        number = int(self.segments[place[1], place[0]])
        return number - 1 if number else None


@dataclass(frozen=True, eq=False)
class Film:
    """What there is to annotate, and the truth where there is one."""

    frames: tuple[Frame, ...]
    origins: tuple[tuple[int, ...], ...] | None  # for each cell the segment it comes from, 0 for none

    @cached_property
    def queue(self) -> tuple[tuple[int, int], ...]:
        """The links to make, in the order of the tool: a frame, and a cell of it."""
        return tuple((t, i) for t, frame in enumerate(self.frames[:-1]) for i in range(len(frame.cells)))

    @cached_property
    def answers(self) -> tuple[tuple[int, ...], ...]:
        """What becomes of each cell of the queue: one cell of the next frame, two daughters, none if gone."""
        origins = self.truth
        return tuple(
            tuple(j for j, origin in enumerate(origins[t + 1]) if origin == i + 1) for t, i in self.queue
        )

    @property
    def truth(self) -> tuple[tuple[int, ...], ...]:
        """The origins; ClonotateError without them."""
        if self.origins is None:
            raise ClonotateError(
                "this film has no tracks, so no expert and no score; let a policy annotate it"
            )
        return self.origins


def outlined(segments: NDArray[np.uint8], number: int) -> Cell:
    """The middle and the outline of one segment; of several pieces the largest counts."""
    inside = (segments == number).view(np.uint8)
    pieces, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(pieces, key=cv2.contourArea)
    left, top, width, height = cv2.boundingRect(largest)
    window = np.zeros((height, width), np.uint8)
    cv2.drawContours(window, [largest - (left, top)], 0, 1, -1)
    rows, columns = np.nonzero(window & inside[top : top + height, left : left + width])
    nearest = int(((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2).argmin())
    outline = cv2.approxPolyDP(largest, 0.8, True)[:, 0]
    return Cell(
        (left + int(columns[nearest]), top + int(rows[nearest])), tuple((int(x), int(y)) for x, y in outline)
    )


def film_of(images: NDArray[np.uint8], labels: NDArray[np.integer], tracked: bool) -> Film:
    """Frames uint8 `[frames, height, width]` and labels of that shape as a film, with a truth if `tracked`.

    Raises ClonotateError where a frame has no cell.
    """
    segments, owners = zip(*(numbered(layer) for layer in labels), strict=True)
    empty = next((t for t, owned in enumerate(owners) if not owned), None)
    if empty is not None:
        raise ClonotateError(f"frame {empty + 1} of this film has no cell of {LEAST} px or more")
    return Film(tuple(map(Frame, images, segments)), origins(labels, owners) if tracked else None)


def numbered(labels: NDArray[np.integer], least: float = LEAST) -> tuple[NDArray[np.uint8], tuple[int, ...]]:
    """One frame `[height, width]` with its cells numbered from 1 in reading order, and the label of each.

    Cells of fewer than `least` px do not count; label 0 is ground.
    """
    rows = np.nonzero(labels)[0]
    found, which, area = np.unique(labels[labels != 0], return_inverse=True, return_counts=True)
    height = np.bincount(which, rows, len(found)) / area
    order = [i for i in np.argsort(height).tolist() if area[i] >= least]
    numbers = np.zeros(len(found), np.uint8)
    numbers[order] = np.arange(1, len(order) + 1)
    segments = np.zeros(labels.shape, np.uint8)
    segments[labels != 0] = numbers[which]
    return segments, tuple(int(found[i]) for i in order)


def origins(labels: NDArray[np.integer], owners: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    """For each cell of each frame its own or its mother's number in the frame before, 0 where it is new.

    `labels` is `[frames, height, width]`; `owners` holds the labels of the numbered cells of each frame.
    """
    come: list[tuple[int, ...]] = [(0,) * len(owners[0])]
    for t in range(1, len(labels)):
        before = {label: i + 1 for i, label in enumerate(owners[t - 1])}
        ended = [label for label in before if label not in owners[t]]
        new = [label for label in owners[t] if label not in before]
        mothers = mothers_of(new, ended, labels[t], labels[t - 1])
        come.append(tuple(before.get(mothers.get(label, label), 0) for label in owners[t]))
    return tuple(come)


def mothers_of(
    new: list[int], ended: list[int], here: NDArray[np.integer], before: NDArray[np.integer]
) -> dict[int, int]:
    """The ended label that each new one lies over, largest overlap first; no mother has more than two."""
    over = [(int(((here == n) & (before == e)).sum()), n, e) for n in new for e in ended]
    mothers: dict[int, int] = {}
    for shared, label, mother in sorted(over, reverse=True):
        if shared and label not in mothers and list(mothers.values()).count(mother) < DAUGHTERS:
            mothers[label] = mother
    return mothers
