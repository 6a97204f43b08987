"""Trackers without learning, for comparison: each follows one place through a stack of sections.

A tracker takes sections (uint8 `[Z, H, W]`) and a start `(y, x)` in section 0, both in px at the working
scale, and returns the place in every section: float64 `[Z, 2]`, y then x.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Place = tuple[float, float]
Tracker = Callable[[NDArray[np.uint8], Place], NDArray[np.float64]]


def stay(images: NDArray[np.uint8], start: Place) -> NDArray[np.float64]:
    """The start, in every section."""
    return np.tile(np.asarray(start, float), (len(images), 1))


def correlation(patch: int, reach: int = 12) -> Tracker:
    """Frame to frame: where the patch (px wide) round the last place correlates best, within `reach` px."""

    def track(images: NDArray[np.uint8], start: Place) -> NDArray[np.float64]:
        half = patch // 2
        padded = [cv2.copyMakeBorder(image, *[half + reach] * 4, cv2.BORDER_REFLECT) for image in images]
        places = [np.rint(start).astype(int)]
        for before, after in pairwise(padded):
            y, x = places[-1]
            template = before[y + reach : y + reach + 2 * half + 1, x + reach : x + reach + 2 * half + 1]
            window = after[y : y + 2 * (half + reach) + 1, x : x + 2 * (half + reach) + 1]
            _, _, _, (dx, dy) = cv2.minMaxLoc(cv2.matchTemplate(window, template, cv2.TM_CCOEFF_NORMED))
            moved = places[-1] + (dy - reach, dx - reach)
            places.append(np.clip(moved, 0, np.array(images.shape[1:]) - 1))
        return np.array(places, float)

    return track


def flow(images: NDArray[np.uint8], start: Place) -> NDArray[np.float64]:
    """Dense optical flow (DIS, Kroeger 2016), integrated from section to section."""
    places = [np.asarray(start, float)]
    for before, after in pairwise(images):
        y, x = np.clip(np.rint(places[-1]).astype(int), 0, np.array(before.shape) - 1)
        field = dense_flow(before.tobytes(), after.tobytes(), before.shape)
        places.append(np.clip(places[-1] + field[y, x, ::-1], 0, np.array(before.shape) - 1))
    return np.array(places)


@lru_cache(maxsize=64)
def dense_flow(before: bytes, after: bytes, shape: tuple[int, int]) -> NDArray[np.float32]:
    """`[H, W, 2]`, dx then dy in px; cached, since all neurites of a stack share it."""
    method = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    pair = [np.frombuffer(image, np.uint8).reshape(shape) for image in (before, after)]
    return method.calc(*pair, None)


def nearest_blob(images: NDArray[np.uint8], start: Place) -> NDArray[np.float64]:
    """The nearest bright profile: the closest local maximum of the distance to the membranes."""
    places = [np.asarray(start, float)]
    for image in images[1:]:
        peaks = profile_centres(image.tobytes(), image.shape)
        away = np.hypot(*(peaks - places[-1]).T)
        places.append(peaks[away.argmin()].astype(float) if len(peaks) else places[-1])
    return np.array(places)


@lru_cache(maxsize=64)
def profile_centres(image: bytes, shape: tuple[int, int]) -> NDArray[np.intp]:
    """`[N, 2]` y, x: the peaks of the distance to the nearest dark line."""
    grey = cv2.GaussianBlur(np.frombuffer(image, np.uint8).reshape(shape), (0, 0), 1.5)
    bright = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 31, 8)
    distance = cv2.GaussianBlur(cv2.distanceTransform(bright, cv2.DIST_L2, 5), (0, 0), 1.5)
    summits = (distance == cv2.dilate(distance, np.ones((9, 9), np.uint8))) & (distance > 2)
    return np.argwhere(summits)


FLOORS: dict[str, Tracker] = {
    "stay in place": stay,
    "correlation, 33 px patch": correlation(33),
    "correlation, 65 px patch": correlation(65),
    "optical flow": flow,
    "nearest profile": nearest_blob,
}
"""What a trained annotator has to beat."""
