"""Maps of the plane that keep straight lines straight, and how pairs of places say them."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.float64]
"""float64 `[..., 2]`: x, y in px."""
Matrix: TypeAlias = NDArray[np.float64]
"""float64 `[2, 3]`: a linear part and a shift."""


def apply(matrix: Matrix, places: Places) -> Places:
    """Places `[..., 2]` mapped by a matrix."""
    return np.asarray(places @ matrix[:, :2].T + matrix[:, 2])


def about(middle: Places, linear: Floats, shift: Places) -> Matrix:
    """The map that does `linear`, `[2, 2]`, about a middle and then moves by `shift`, both `[2]`."""
    return np.column_stack([linear, middle + shift - linear @ middle])


def similarity(size: tuple[int, int], degrees: float, zoom: float, shift: tuple[float, float]) -> Matrix:
    """A turn, x towards y, and a zoom about the middle of a picture `size` (width, height), then a shift."""
    return about((np.array(size) - 1) / 2, zoom * turn(np.radians(degrees)), np.array(shift, float))


def turn(angle: float) -> Floats:
    """A turn by `angle` radians, x towards y: `[2, 2]`."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def composed(*maps: Matrix) -> Matrix:
    """The maps done one after the other, the last of them first, as matrices multiply."""
    whole = np.eye(3)
    for matrix in maps:
        whole = whole @ np.vstack([matrix, (0, 0, 1)])
    return whole[:2]


def inverse(matrix: Matrix) -> Matrix:
    """The map back."""
    return np.asarray(np.linalg.inv(np.vstack([matrix, (0, 0, 1)]))[:2])


def fitted(firsts: Places, seconds: Places, affine: bool) -> Matrix:
    """The least-squares map `[2, 3]` of `n` places to `n` others.

    As much of a map as they fix: the identity for none, a shift for one, a similarity for two; from three
    on a similarity, or an affine map if `affine`. The linear part is solved about the centroids (Umeyama
    1991, without weights); where places on one line leave it open, the solution of least norm is taken.
    """
    if not len(firsts):
        return np.eye(2, 3)
    centre, target = firsts.mean(axis=0), seconds.mean(axis=0)
    linear = np.eye(2)
    if len(firsts) > 1:
        solve = stretched if affine and len(firsts) > 2 else turned
        linear = solve(firsts - centre, seconds - target)
    return np.column_stack([linear, target - linear @ centre])


def turned(a: Places, b: Places) -> Floats:
    """The turn and zoom `[2, 2]` that best brings centred points `a` to `b`."""
    size = max(float((a**2).sum()), 1e-9)
    along, across = float((a * b).sum()) / size, float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / size
    return np.array([[along, -across], [across, along]])


def stretched(a: Places, b: Places) -> Floats:
    """The linear map `[2, 2]` that best brings centred points `a` to `b`."""
    return np.asarray(np.linalg.lstsq(a, b, rcond=None)[0].T)
