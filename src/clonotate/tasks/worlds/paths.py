"""Hidden paths: letters and curves as polylines in the unit square, and points spaced along them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

LETTERS = {
    "C": "95 75 43 24 13 06 12 27 48 79 98",
    "G": "82 51 22 05 28 59 88 86 56",
    "L": "10 13 16 19 39 69 99",
    "M": "09 05 11 35 58 75 91 95 99",
    "N": "09 05 10 34 67 99 95 90",
    "S": "82 50 22 14 36 65 87 89 59 18",
    "U": "10 14 17 39 69 97 94 90",
    "V": "00 25 37 49 67 75 90",
    "W": "00 14 29 44 53 64 79 84 90",
    "Z": "00 40 90 65 35 09 49 99",
    "O": "50 83 96 79 49 16 03 20 40",
    "A": "09 25 40 50 65 99 76 36",
    "D": "19 15 10 40 73 96 79 49 29",
    "R": "09 05 00 50 82 74 35 59 89",
}
"""Corners as two digits, x then y, on a 10 x 10 board."""

t = np.linspace(0, 1, 200)


def _curve(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    points = np.stack([x, y], axis=1)
    low, high = points.min(axis=0), points.max(axis=0)
    return np.asarray((points - low) / (high - low).max())


def _rose(turns: float, radius: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> NDArray[np.float64]:
    angle = 2 * np.pi * turns * t
    return _curve(radius(t) * np.cos(angle), radius(t) * np.sin(angle))


CURVES = {
    "loop": _curve(t * 3 - np.sin(2 * np.pi * t) * 0.9, -(np.sin(np.pi * t) ** 3)),
    "spiral": _rose(2.2, lambda s: 0.15 + s),
    "wave": _curve(3 * t, 0.8 * np.sin(4 * np.pi * t)),
    "zigzag": _curve(3 * t, np.abs((t * 5) % 2 - 1)),
    "heart": _curve(16 * np.sin(6 * t) ** 3, -13 * np.cos(6 * t) + 5 * np.cos(12 * t) + 2 * np.cos(18 * t)),
    "snake": _curve(np.sin(6 * np.pi * t), 3 * t),
    "infinity": _curve(np.cos(6 * t), np.sin(6 * t) * np.cos(6 * t)),
    "mountain": _curve(3 * t, -np.abs(np.sin(3 * np.pi * t)) * (1 + t)),
    "flame": _curve(np.sin(2 * np.pi * t) * (1.1 - t), -2 * t - 0.3 * np.sin(5 * np.pi * t)),
    "star": _rose(0.97, lambda s: 0.7 + 0.3 * np.cos(10 * np.pi * s)),
}

SHAPES = {
    name: np.array([[int(corner[0]), int(corner[1])] for corner in text.split()]) / 9
    for name, text in LETTERS.items()
} | CURVES


def along(path: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """`count` points in order along a polyline, about evenly spaced: float `[count, 2]`."""
    reach = np.concatenate([[0], np.hypot(*np.diff(path, axis=0).T).cumsum()])
    where = (np.arange(count) + rng.uniform(-0.2, 0.2, count)).clip(0, count - 1) * reach[-1] / (count - 1)
    return np.stack([np.interp(where, reach, path[:, axis]) for axis in (0, 1)], axis=1)


def placed(
    points: NDArray[np.float64], size: int, margin: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The points turned a little, mirrored or not, and scaled to fill most of a square of `size` pixels."""
    angle = rng.uniform(-0.5, 0.5)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = points @ turn.T * rng.choice([-1, 1], 2)
    low, high = points.min(axis=0), points.max(axis=0)
    room = size - 2 * margin
    scale = rng.uniform(0.75, 1.0, 2) * room / (high - low).max()
    extent = (high - low) * scale
    corner = margin + rng.uniform(0, 1, 2) * (room - extent)
    return np.asarray((points - low) * scale + corner)
