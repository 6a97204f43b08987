"""A turntable for relief on a globe: shaded views from a grid of angles, as an electron microscope shows it.

A texture holds height over longitude and latitude, so a turn by one step of azimuth is a shift of the
texture, and one table of where each pixel looks serves each tilt. A picture then costs a look-up, one small
filter and one enlargement: a fraction of a millisecond.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.screens.widgets import CANVAS

Float = NDArray[np.float32]
WIDTH, HEIGHT = 512, 256
"""Texels of a texture along longitude and latitude."""
AZIMUTHS, ELEVATIONS = 8, (-90, -45, 0, 45, 90)
"""Steps of a turn round the axis, and the tilts in degrees."""
SIZE = 144  # pixels of the picture before it is enlarged to the canvas
RADII = (56.0, 68.0)  # of the globe in that picture, zoomed out and in
CLOSER = (1.0, 1.32)  # how much of the zoom is left to the enlargement
LEVEL = 128  # the texture's value of an even surface
BACKGROUND = 14  # grey level of the empty stub
THICK = 0.055  # half the foot of a thorn, in radii
ASLANT = 0.75  # sine of the angle to the eye from which on a thorn is seen from the side
SMALL, MARGIN = 54, 24  # canvas pixels of a miniature, and of the margin that it leaves away
SHEETS = 8  # different noises
LIGHT = np.array([-0.5, 0.58, 0.64])  # where the light comes from: right, up, towards the eye


class Angle(NamedTuple):
    """A view: steps of azimuth to the east, an index of `ELEVATIONS`, and whether zoomed in."""

    azimuth: int
    tilt: int
    zoom: int = 0

    @property
    def eye(self) -> NDArray[np.float64]:
        """Where the eye is: a unit vector of the body."""
        return np.asarray(frame_of(self.azimuth, self.tilt)[2])


@cache
def frame_of(azimuth: int, tilt: int) -> NDArray[np.float64]:
    """Screen right, screen up and towards the eye as rows of body coordinates: `[3, 3]`."""
    east, up = 2 * np.pi * azimuth / AZIMUTHS, np.radians(ELEVATIONS[tilt])
    (s, c), (t, d) = (np.sin(east), np.cos(east)), (np.sin(up), np.cos(up))
    return np.array([[-s, c, 0], [-t * c, -t * s, d], [d * c, d * s, t]])


class Table(NamedTuple):
    """For each pixel of a view at azimuth 0: where it looks in the texture, and how an even globe is lit."""

    texel: NDArray[np.int16]  # cv2's fixed-point maps, [SIZE, SIZE, 2] and [SIZE, SIZE]
    fraction: NDArray[np.uint16]
    light: Float  # grey levels, [SIZE, SIZE]
    gain: Float  # how much relief shows: 0 outside of the globe


@dataclass(frozen=True, eq=False)
class Body:
    """A solid to look at: a spheroid with relief, and thorns that stand out of it."""

    relief: NDArray[np.uint8]  # [HEIGHT, WIDTH], `LEVEL` is even
    stretch: NDArray[np.float64]  # [3, 3] symmetric: the unit sphere to the body
    thorns: NDArray[np.float64]  # [count, 3] unit vectors of where they stand
    length: float = 0.11  # of a thorn, in radii
    brightness: float = 1.0  # a factor
    noise: int = 6  # spread in grey levels

    @cached_property
    def twice(self) -> NDArray[np.uint8]:
        """The relief twice round, and a texel more, so that every turn is a slice of it."""
        return np.hstack([self.relief[:, -1:], self.relief, self.relief[:, :-1]])

    @cached_property
    def seen(self) -> dict[Angle, NDArray[np.uint8]]:
        """The pictures taken so far."""
        return {}

    def picture(self, angle: Angle) -> NDArray[np.uint8]:
        """What the microscope shows from there: uint8 `[256, 256]`, taken once."""
        if angle not in self.seen:
            self.seen[angle] = expose(self, angle)
        return self.seen[angle]

    @cached_property
    def kept(self) -> dict[Angle, NDArray[np.uint8]]:
        """Their miniatures so far."""
        return {}

    def miniature(self, angle: Angle) -> NDArray[np.uint8]:
        """The same, small and without its margin: uint8 `[SMALL, SMALL]`."""
        if angle not in self.kept:
            inner = self.picture(angle)[MARGIN:-MARGIN, MARGIN:-MARGIN]
            self.kept[angle] = np.asarray(cv2.resize(inner, (SMALL, SMALL), interpolation=cv2.INTER_AREA))
        return self.kept[angle]


def expose(body: Body, angle: Angle) -> NDArray[np.uint8]:
    """Take a picture: uint8 `[256, 256]`."""
    table, start = table_of(angle.tilt, angle.zoom), angle.azimuth * WIDTH // AZIMUTHS
    turned = body.twice[:, start : start + WIDTH + 2]
    height = cv2.remap(turned, table.texel, table.fraction, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    relief = cv2.filter2D(height, cv2.CV_32F, EMBOSS)
    image = np.asarray(cv2.add(cv2.multiply(relief, table.gain), table.light, dtype=cv2.CV_8U), np.uint8)
    if len(body.thorns):
        plant(image, body, angle)
    shaped = cv2.warpAffine(
        image, outline(body.stretch, angle), (SIZE, SIZE), borderMode=cv2.BORDER_REPLICATE
    )
    sized = cv2.resize(shaped, (CANVAS, CANVAS))
    grain = noise(body.noise, (3 * angle.azimuth + angle.tilt + angle.zoom) % SHEETS)
    return np.asarray(cv2.addWeighted(sized, body.brightness, grain, 1, -3 * body.noise))


EMBOSS = np.array([[1.5, 1, 0.2], [1, 1.2, -1], [0.2, -1, -1.5]], np.float32)
"""Slopes that face the light are bright, and what lies high a little brighter than what lies deep."""


@cache
def table_of(tilt: int, zoom: int) -> Table:
    """The table of a tilt and zoom, shared by all bodies."""
    steps = (np.arange(SIZE) - (SIZE - 1) / 2) / RADII[zoom]
    x, y = np.meshgrid(steps, -steps)
    off = np.hypot(x, y)
    x, y = (v / np.maximum(off, 1) for v in (x, y))  # outside, as at the nearest rim
    z = np.sqrt(np.maximum(1 - x * x - y * y, 0))
    right, up, ahead = np.moveaxis(np.stack([x, y, z], -1) @ frame_of(0, tilt), -1, 0)
    longitude = np.arctan2(up, right) % (2 * np.pi)
    latitude = np.arcsin(ahead.clip(-1, 1))
    across, down = longitude * WIDTH / (2 * np.pi) + 0.5, (latitude / np.pi + 0.5) * HEIGHT - 0.5
    texel, fraction = cv2.convertMaps(across.astype(np.float32), down.astype(np.float32), cv2.CV_16SC2)
    inside = ((1 - off) * RADII[zoom] + 0.5).clip(0, 1)
    lambert = np.maximum(np.stack([x, y, z], -1) @ LIGHT, 0)
    even = 46 + 88 * lambert + 46 * (1 - z) ** 3  # electrons leave a rim more easily: it shines
    gain = inside * z.clip(0.25, 1) ** 0.5
    light = BACKGROUND + inside * (even - BACKGROUND) - gain * LEVEL * float(EMBOSS.sum())
    return Table(texel, fraction, light.astype(np.float32), gain.astype(np.float32))


@cache
def noise(spread: int, sheet: int) -> NDArray[np.uint8]:
    """Grain of a detector about a mean of three times its spread, a little streaked along the scan."""
    rng = np.random.default_rng(sheet)
    fine = rng.standard_normal((CANVAS, CANVAS)) + 0.5 * rng.standard_normal((CANVAS, 1))
    return np.asarray((spread * (fine + 3)).clip(0, 255).astype(np.uint8))


def outline(stretch: NDArray[np.float64], angle: Angle) -> NDArray[np.float64]:
    """The affine map `[2, 3]` from the picture of a globe to that of the body.

    A spheroid seen from afar is an affine image of a globe.
    """
    across, middle = frame_of(angle.azimuth, angle.tilt)[:2], (SIZE - 1) / 2
    (a, b), (_, d) = CLOSER[angle.zoom] * across @ stretch @ across.T
    matrix = ((a, -b), (-b, d))  # rows run downwards
    return np.array([[p, q, middle * (1 - p - q)] for p, q in matrix])


def plant(image: NDArray[np.uint8], body: Body, angle: Angle) -> None:
    """Draw the thorns that are seen from the side, in place, the farthest first.

    Those that point to the eye are left to the relief at their feet.
    """
    places = body.thorns @ frame_of(angle.azimuth, angle.tilt).T
    off = np.hypot(places[:, 0], places[:, 1])
    ahead = places[:, 2] > 0
    shown = np.where(ahead, off > ASLANT, off * (1 + body.length) > 1)
    if not shown.any():
        return
    order = np.argsort(places[:, 2])
    order = order[shown[order]]
    corners = outlines(places[order, :2], off[order, None], ahead[order, None], body.length)
    fixed = np.rint((corners * RADII[angle.zoom] * [1, -1] + (SIZE - 1) / 2) * 16).astype(np.int32)
    shades = 46 + 100 * np.maximum(places[order] @ LIGHT, 0)
    for (tip, bright, foot, dark), shade in zip(fixed, shades.tolist(), strict=True):
        cv2.fillConvexPoly(image, np.array([tip, foot, dark]), 0.8 * shade, cv2.LINE_AA, 4)
        cv2.fillConvexPoly(image, np.array([tip, bright, foot]), 1.1 * shade + 70, cv2.LINE_AA, 4)


def outlines(
    feet: NDArray[np.float64], off: NDArray[np.float64], ahead: NDArray[np.bool_], length: float
) -> NDArray[np.float64]:
    """The tip, the lit side, the foot and the dark side of thorns as seen: `[count, 4, 2]`, in radii.

    `feet` are where they stand, so far `off` the middle; of those that stand behind only what looks out over
    the rim is seen.
    """
    outward = feet / off
    left = np.where(ahead, 1, (off * (1 + length) - 1) / length)
    root = np.where(ahead, feet, outward)
    aside = outward[:, ::-1] * [-1, 1] * THICK * left
    aside *= np.where(aside @ LIGHT[:2] < 0, -1, 1)[:, None]
    foot = np.where(ahead, root - outward * THICK * 0.7, root)
    return np.stack([feet * (1 + length), root + aside, foot, root - aside], axis=1)
