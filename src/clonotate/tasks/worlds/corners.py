"""Landmarks of real pictures: corners that two channels both show, for want of puncta made for it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.records import ClonotateError
from clonotate.tasks.worlds.maps import Matrix, Places, apply

EDGE = 12  # px between a corner and the border, in both pictures
FINE, WIDE = 2.0, 9  # px: the blur before, and the window of, the corner measure
LEAST = 0.03  # how strong a corner is at least, the strongest being 1
ALONE = 9  # px in which a corner is the strongest
SPACINGS = (70, 60, 50, 40, 30)  # px between landmarks, the first that leaves enough of them


def corners(first: NDArray[np.uint8], second: NDArray[np.uint8], matrix: Matrix) -> Places:
    """Corners in both pictures, uint8 `[256, 256]`, strongest first: float64 `[n, 2]` in px of the first.

    Shi and Tomasi's measure (1994) of either, the second brought to the first; the geometric mean counts.
    """
    height, width = first.shape
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    brought = np.asarray(cv2.warpAffine(second, matrix, (width, height), flags=flags), np.uint8)
    strength = cv2.sqrt(cornerness(first) * cornerness(brought))
    ys, xs = np.mgrid[:height, :width]
    places = np.stack([xs, ys], axis=-1).astype(float)
    inside = np.ones((height, width), bool)
    for mapped in (places, apply(matrix, places)):
        inside &= ((mapped >= EDGE) & (mapped <= (width - 1 - EDGE, height - 1 - EDGE))).all(axis=-1)
    strength[~inside] = 0
    peak = strength == cv2.dilate(strength, np.ones((2 * ALONE + 1, 2 * ALONE + 1), np.uint8))
    found = np.argwhere(peak & (strength > LEAST * max(strength.max(), 1e-12)))
    order = np.argsort(-strength[tuple(found.T)], kind="stable")
    return found[order][:, ::-1].astype(float)


def cornerness(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How much of a corner every pixel is, float32 `[height, width]`, the strongest 1."""
    smooth = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), FINE)
    measure = cv2.cornerMinEigenVal(smooth, WIDE).clip(0)
    return np.asarray(measure / max(float(measure.max()), 1e-12), np.float32)


def spread(places: Places, count: int) -> Places:
    """At most `count` of the places `[n, 2]`, strongest first, well apart, from the top down.

    ClonotateError where fewer than three can be had.
    """
    chosen: list[Places] = []
    for spacing in SPACINGS:
        chosen = []
        for place in places:
            if len(chosen) < count and all(np.hypot(*(place - other)) >= spacing for other in chosen):
                chosen.append(place)
        if len(chosen) == count:
            break
    if len(chosen) < 3:
        raise ClonotateError("these pictures have fewer than three corners in common; they cannot be aligned")
    return np.array(sorted(chosen, key=lambda place: place[1]))
