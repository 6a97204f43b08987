"""How coarsely to look: the downscale at which a real volume is as fine in structure as training worlds."""

from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.formats.volumes import Volume
from clonotate.formats.window import Window
from clonotate.records import ClonotateError
from clonotate.screens.widgets import CANVAS

FAMILIAR = 16.4
"""Mean spatial frequency of the training tissue in cycles per canvas: 16.4 +- 1.8 over 50 worlds."""
BAND = 64  # cycles per canvas: beyond lies the noise of the camera
SCALES = tuple(float(scale) for scale in np.geomspace(0.5, 8, 17).round(2))
Place = tuple[int, int, int]


def fineness(image: NDArray[np.uint8]) -> float:
    """The power-weighted mean spatial frequency of a canvas image, in cycles per canvas, below `BAND`."""
    taper = cv2.createHanningWindow((CANVAS, CANVAS), cv2.CV_32F)
    power = np.abs(np.fft.rfft2((image - image.mean()) * taper)) ** 2
    down, across = np.fft.fftfreq(CANVAS, 1 / CANVAS), np.fft.rfftfreq(CANVAS, 1 / CANVAS)
    cycles = np.hypot(down[:, None], across).astype(int)
    spectrum = np.bincount(cycles.ravel(), power.ravel())[1:BAND]
    return float(spectrum @ np.arange(1, BAND) / max(spectrum.sum(), 1e-9))


def familiar_scale(volume: Volume, start: Place) -> float:
    """The one of `SCALES` that makes the start section's surroundings as fine as training tissue.

    A policy has seen profiles of certain sizes only. The size of the whole texture is matched, not that of
    the one profile: a thick axon beside thin ones was in training, but nothing at half or twice the grain.
    """
    largest = max(1.0, min(volume.shape[1:]) / CANVAS)
    usable = [scale for scale in SCALES if scale <= largest]
    return min(usable, key=lambda scale: abs(fineness_around(volume, start, scale) - FAMILIAR))


def fineness_around(volume: Volume, start: Place, scale: float) -> float:
    """The mean fineness of nine canvases side by side, the start in the middle one, for one alone varies."""
    (z, y, x), side = start, CANVAS * scale
    corners = ((z, y + down * side, x + across * side) for down, across in product((-1, 0, 1), repeat=2))
    views = (Window.around(corner, scale, 1, 1).images(volume)[0] for corner in corners)
    return float(np.mean([fineness(view) for view in views]))


def scale_of(text: str, volume: Volume, start: Place) -> float:
    """What `--scale` means here: "auto", or voxels per canvas pixel as a number from 0.25 to 32."""
    if text == "auto":
        return familiar_scale(volume, start)
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not 0.25 <= scale <= 32:
        raise ClonotateError(f"--scale is auto or a number from 0.25 to 32, not {text}")
    return scale
