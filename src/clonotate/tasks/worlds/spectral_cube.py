"""A hyperspectral cube as an annotation tool shows it: band by band, plain or against the bands beside it.

The difference view is the on-band / off-band method: what a band lacks of the light that the nearest bands
where the gas is clear let expect, in multiples of the noise.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.records import ClonotateError
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.worlds import matched_filter
from clonotate.tasks.worlds.outlines import Outline, Point, outline_of

Floats = NDArray[np.float32]

TRACED = 4  # px of outline that a step of it on the screen goes


@dataclass(frozen=True, eq=False)
class Cube:
    """What there is to look at, and the truth where there is one."""

    plain: NDArray[np.uint8]  # [bands, 256, 256]
    differences: NDArray[
        np.uint8
    ]  # [bands, 256, 256, 3]: each band against those beside it where the gas is clear
    signature: tuple[float, ...]  # how strongly the gas shows in each band
    found: NDArray[np.bool_]  # [256, 256], the plume that a matched filter finds; nothing where it finds none
    mask: (
        NDArray[np.bool_] | None
    )  # [256, 256], nothing in it where there is no plume; None where nobody knows

    @cached_property
    def telling(self) -> tuple[int, ...]:
        """The bands where the gas shows: peaks of its signature, in order."""
        values, bands = self.signature, len(self.signature)
        high = [b for b in range(bands) if values[b] >= 0.4 * max(values)]
        return tuple(b for b in high if values[b] == max(values[max(b - 2, 0) : b + 3]))

    @property
    def last_line(self) -> int:
        """The last of `telling`."""
        return self.telling[-1]

    @property
    def line_before(self) -> int:
        """The last but one of them, or a band beside the only one."""
        if len(self.telling) == 1:
            return neighbour(self.last_line, 1, len(self.signature))
        return self.telling[-2]

    @cached_property
    def traced(self) -> tuple[Point, ...]:
        """The outline of what is found, in small steps; none where nothing is."""
        found = outline_of(self.found)
        return tuple(found.at(position) for position in range(0, len(found.contour), TRACED)) if found else ()

    @cached_property
    def outline(self) -> Outline | None:
        """The true outline, None without a plume; ClonotateError where nobody knows."""
        if self.mask is None:
            raise ClonotateError("this cube has no mask, so no expert and no score; let a policy annotate it")
        return outline_of(self.mask)


def pictured(
    radiance: Floats, signature: Floats, mask: NDArray[np.bool_] | None, emits: bool = False
) -> Cube:
    """The pictures of a cube: every band as it is, and as it differs from the bands beside it."""
    plain = np.stack([enlarged(grey(band)) for band in radiance])
    differences = np.stack(
        [enlarged(warm(difference(radiance, signature, band, emits))) for band in range(len(radiance))]
    )
    found = matched_filter.found(enlarged(matched_filter.column(radiance, signature, emits)))
    return Cube(plain, differences, tuple(float(value) for value in signature), found, mask)


def enlarged(picture: NDArray[Any]) -> NDArray[Any]:
    """A square picture at the size of the canvas."""
    return np.asarray(cv2.resize(picture, (CANVAS, CANVAS), interpolation=cv2.INTER_LINEAR))


def grey(band: Floats) -> NDArray[np.uint8]:
    """A band in grey levels, but for the darkest and brightest hundredth: uint8 `[height, width]`."""
    black, white = np.percentile(band[::2, ::2], (1, 99))
    return np.asarray(((band - black) * (255 / max(white - black, 1e-9))).clip(0, 255), np.uint8)


def warm(sigmas: Floats) -> NDArray[np.uint8]:
    """A map in multiples of its noise, -3 to 10, in the colours that such maps are printed in: uint8 RGB."""
    levels = ((sigmas + 3) * (255 / 13)).clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(cv2.merge([levels] * 3), inferno()))


@cache
def inferno() -> NDArray[np.uint8]:
    """The colours of such maps, dark to bright: uint8 RGB `[256, 1, 3]`."""
    levels = np.arange(256, dtype=np.uint8)[:, None]
    return np.asarray(cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO)[..., ::-1].copy())


def difference(radiance: Floats, signature: Floats, band: int, emits: bool) -> Floats:
    """How much the gas seems to take in a band (or adds, if it `emits`), against the off bands beside it.

    In multiples of the spread over the picture: float32 `[height, width]`. Absorption counts as a share of
    the light, emission as it is. The spread is taken below the median, for plumes lie above; emission may
    fill half of the picture, so there it is taken lower still.
    """
    below, above = off_bands(signature, band)
    part = (band - below) / max(above - below, 1)
    expected = (1 - part) * radiance[below] + part * radiance[above]
    floor = max(0.5 * float(np.median(expected[::2, ::2])), 1e-6)
    missing = expected - radiance[band]
    shows = cv2.GaussianBlur(-missing if emits else missing / np.maximum(expected, floor), (0, 0), 0.9)
    low, quarter, middle = (float(value) for value in np.percentile(shows[::2, ::2], (5, 25, 50)))
    centre, spread = (quarter, quarter - low) if emits else (middle, 1.48 * (middle - quarter))
    return np.asarray((shows - centre) / max(spread, 1e-9), np.float32)


def off_bands(signature: Floats, band: int) -> tuple[int, int]:
    """The nearest bands on both sides, three or more away, where the gas is clear; at an end one twice."""
    bands = np.arange(len(signature))
    clear = bands[(np.abs(bands - band) >= 3) & (signature < 0.15 * signature.max())]
    clear = clear if len(clear) else bands[[0 if band > len(bands) // 2 else -1]]
    below, above = clear[clear < band], clear[clear > band]
    return int(below[-1] if len(below) else above[0]), int(above[0] if len(above) else below[-1])


def neighbour(band: int, away: int, bands: int) -> int:
    """The band some bands on, or back where the cube ends."""
    return band + away if band + away < bands else band - away
