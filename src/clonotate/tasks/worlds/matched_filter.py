"""What a matched filter makes of a hyperspectral cube: how much of a gas lies over every pixel, and where.

As operational pipelines find plumes (Thompson et al. 2015, for AVIRIS-NG): what differs from the mean
spectrum is whitened by its covariance and projected on the signature of the gas. What was found is taken out
and the background estimated anew, so that a plume does not count as its own background (Foote et al. 2020).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

ROUNDS = 3  # of estimating the background
DARKEST = 0.1  # of the usual light of a band: what is darker counts as that
REGULAR = 1e-6  # of the mean variance, added to every band's
WISPS = 6.0  # px of the enlarged map over which the eye evens out wisps
EDGE = 0.5  # of the densest place: what a plume has on its edge
DENSEST = 99.5  # percentile of the map that counts as its densest place
CERTAIN = 3.0  # times the spread of single pixels that a plume has at its densest place, evened out


def column(radiance: Floats, signature: Floats, emits: bool = False) -> Floats:
    """How much gas lies over every pixel, in the unit of the signature: float32 `[height, width]`.

    `radiance` is `[bands, height, width]`, `signature` `[bands]`. A gas absorbs a share of the light, so the
    logarithm of the light is looked at; one that `emits` adds to the light as it is.
    """
    light = radiance.reshape(len(radiance), -1).astype(np.float64)
    usual = np.median(light, axis=1, keepdims=True)
    spectra = light if emits else np.log(np.maximum(light, np.maximum(DARKEST * usual, 1e-12)))
    target = (1.0 if emits else -1.0) * np.asarray(signature, np.float64)
    amount = np.zeros(spectra.shape[1])
    if (spectra == spectra[:, :1]).all():  # all pixels are alike: nothing to tell apart
        return np.zeros(radiance.shape[1:], np.float32)
    for _ in range(ROUNDS):
        ground = spectra - target[:, None] * amount.clip(0)
        covariance = np.cov(ground)
        covariance += REGULAR * np.trace(covariance) / len(target) * np.eye(len(target))
        weights = np.linalg.solve(covariance, target)
        amount = weights @ (spectra - ground.mean(axis=1, keepdims=True)) / (weights @ target)
    return np.asarray(amount.reshape(radiance.shape[1:]), np.float32)


def found(amount: Floats) -> NDArray[np.bool_]:
    """The one plume of a map of gas as large as a canvas, bool; nothing where none is certain."""
    even = cv2.GaussianBlur(amount, (0, 0), WISPS)
    quarter, middle = (float(value) for value in np.percentile(amount, (25, 50)))
    densest = float(np.percentile(even, DENSEST))
    if densest - middle <= CERTAIN * 1.48 * (middle - quarter):
        return np.zeros(even.shape, bool)
    _, labels = cv2.connectedComponents((even > EDGE * densest).astype(np.uint8))
    sums = np.bincount(labels.ravel(), even.ravel())
    sums[0] = 0
    return np.asarray(labels == sums.argmax())
