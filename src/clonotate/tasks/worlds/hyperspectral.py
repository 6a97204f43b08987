"""Hyperspectral scenes as an airborne imager would record them, made up with their ground truth.

Ground of many materials, each with its spectrum, lies under gases that absorb in bands of their own; light
falls on it through a damp atmosphere, and the sensor adds noise and the stripes of its columns.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds.advection import Floats, plume, waves

SIDE = 128  # sensor pixels along a side; a canvas shows each as 2 x 2
GAP = 6  # bands between the features of a gas, so that there is an off band between them
SHARP = 1.5  # how steeply absorption rises at the edge of a plume
Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Survey:
    """How hard a plume is to find."""

    bands: tuple[int, int] = (28, 32)  # inclusive range, drawn per world
    features: tuple[int, int] = (3, 3)  # bands in which the target absorbs, inclusive range
    area: tuple[float, float] = (0.06, 0.14)  # of a plume, as a share of the picture
    depth: tuple[float, float] = (
        0.11,
        0.17,
    )  # of the light that the core of the plume takes at its best band
    noise: float = 0.018  # of a pixel, as a share of the light
    stripes: float = 0.006  # of a column, likewise
    decoys: tuple[int, int] = (1, 2)  # plumes of other gases, inclusive range
    sharing: float = 0.5  # chance that a decoy absorbs in one band of the target's, too
    impostors: tuple[int, int] = (0, 4)  # roofs with a feature where the target has one, inclusive range
    empty: float = 0.2  # chance that there is no plume


@dataclass(frozen=True, eq=False)
class Scene:
    """A cube and its truth."""

    radiance: Floats  # [bands, SIDE, SIDE], above 0
    signature: Floats  # [bands], the target's absorption, 1 at its strongest band
    column: Floats  # [SIDE, SIDE], of the target: 1 on the edge of its plume, more within; 0 without one


def record(survey: Survey, rng: np.random.Generator) -> Scene:
    """A new scene; everything random comes from `rng`."""
    bands = int(rng.integers(survey.bands[0], survey.bands[1] + 1))
    centres = spaced(int(rng.integers(survey.features[0], survey.features[1] + 1)), bands, rng)
    signature = absorption(centres, bands, rng)
    present = rng.random() < 1 - survey.empty
    column = plume(SIDE, rng.uniform(*survey.area), rng) if present else np.zeros((SIDE, SIDE), np.float32)
    depth = rng.uniform(*survey.depth)
    veil = signature[:, None, None] * (depth * opacity(column))
    others = int(rng.integers(survey.decoys[0], survey.decoys[1] + 1)) + (not present)
    for decoy in apart(column, others, survey, rng):
        gas = absorption(foreign(centres, bands, rng.random() < survey.sharing, rng), bands, rng)
        veil += gas[:, None, None] * (rng.uniform(*survey.depth) * opacity(decoy))
    ground = terrain(centres, bands, survey, rng) * np.exp(-veil)
    return Scene(sensed(ground, centres, survey, rng), signature, column)


def opacity(column: Floats) -> Floats:
    """How opaque a column is, in [0, 1]: one third on the edge of its plume, where the eye loses it."""
    powered = column**SHARP
    return np.asarray(powered / (2 + powered), np.float32)


# Gases


def spaced(count: int, bands: int, rng: np.random.Generator) -> tuple[int, ...]:
    """Bands at least `GAP` apart and three from the ends, ascending."""
    slack = bands - 6 - GAP * (count - 1)
    offsets = np.sort(rng.integers(0, slack, count))
    return tuple(int(3 + offset + GAP * i) for i, offset in enumerate(offsets))


def absorption(centres: tuple[int, ...], bands: int, rng: np.random.Generator) -> Floats:
    """A gas: a bell at each centre, one of full strength and the others weaker: float32 `[bands]`."""
    strengths = rng.uniform(0.6, 0.85, len(centres))
    strengths[rng.integers(len(centres))] = 1.0
    away = (np.arange(bands)[:, None] - np.array(centres)) / rng.uniform(0.9, 1.25, len(centres))
    return np.asarray((strengths * np.exp(-(away**2) / 2)).max(axis=1), np.float32)


def foreign(centres: tuple[int, ...], bands: int, shares: bool, rng: np.random.Generator) -> tuple[int, ...]:
    """The features of another gas: off those of the target but for the one that it may share."""
    free = [b for b in range(2, bands - 2) if min(abs(b - c) for c in centres) >= 3]
    own = rng.choice(free, min(2, len(free)), replace=False).tolist() if free else []
    shared = [int(rng.choice(centres))] if shares or not own else []
    return tuple(sorted({*map(int, own), *shared}))


def apart(column: Floats, count: int, survey: Survey, rng: np.random.Generator) -> list[Floats]:
    """Up to `count` other plumes, none of which meets another or the target."""
    taken, found = widened(column > 0.5), list[Floats]()
    for _ in range(count * 6):
        other = plume(SIDE, rng.uniform(*survey.area), rng)
        if not (taken & (other > 0.5)).any():
            found.append(other)
            taken |= widened(other > 0.5)
        if len(found) == count:
            break
    return found


def widened(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A shape and what lies within 4 px of it."""
    return np.asarray(cv2.dilate(inside.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0)


# Ground


def terrain(centres: tuple[int, ...], bands: int, survey: Survey, rng: np.random.Generator) -> Floats:
    """Reflectance of a landscape: float32 `[bands, SIDE, SIDE]`."""
    spectra: list[Floats] = []
    labels = soils(spectra, bands, rng)
    if rng.random() < 0.5:
        labels = np.where(waves(SIDE, 50, rng) > -0.6, fields(spectra, bands, rng), labels)
    if rng.random() < 0.35:
        labels[np.abs(waves(SIDE, 60, rng)) < rng.uniform(0.04, 0.15)] = add(spectra, water(bands, rng))
    works(labels, spectra, centres, bands, survey, rng)
    relief = rng.uniform(0.02, 0.2) * waves(SIDE, 30, rng) + rng.uniform(0.02, 0.09) * waves(SIDE, 6, rng)
    relief += rng.uniform(0.01, 0.04) * waves(SIDE, 2, rng)
    return np.asarray(np.stack(spectra, axis=1)[:, labels] * np.exp(relief), np.float32)


def add(spectra: list[Floats], spectrum: Floats) -> int:
    """One material more; its label."""
    spectra.append(spectrum)
    return len(spectra) - 1


def smooth_spectrum(bands: int, rng: np.random.Generator) -> Floats:
    """What makes two samples of a material differ: a factor about 1, float32 `[bands]`."""
    knots = rng.normal(0, 1, (1, 6)).astype(np.float32)
    return np.asarray(
        np.exp(0.03 * cv2.resize(knots, (bands, 1), interpolation=cv2.INTER_CUBIC)[0]), np.float32
    )


def mineral(bands: int, greenness: float, rng: np.random.Generator) -> Floats:
    """Soil or rock (greenness 0) to full crop (1), with a weak feature of its own: float32 `[bands]`."""
    at = np.linspace(0, 1, bands)
    soil = rng.uniform(0.22, 0.4) * (0.75 + rng.uniform(0.2, 0.7) * at)
    leaf = 0.14 + 0.22 / (1 + np.exp(-(at - 0.35) * 7)) - 0.06 * np.exp(-(((at - 0.8) / 0.2) ** 2))
    away = (np.arange(bands) - rng.uniform(0, bands)) / rng.uniform(2.5, 4)
    mixed = (1 - greenness) * soil + greenness * leaf
    feature = 1 - rng.uniform(0, 0.03) * np.exp(-(away**2))
    return np.asarray(mixed * feature * smooth_spectrum(bands, rng), np.float32)


def water(bands: int, rng: np.random.Generator) -> Floats:
    """Water in sun glint: float32 `[bands]`."""
    return np.asarray(np.linspace(0.17, 0.13, bands) * smooth_spectrum(bands, rng), np.float32)


def soils(spectra: list[Floats], bands: int, rng: np.random.Generator) -> Labels:
    """Two to four soils in drifts."""
    labels = np.full((SIDE, SIDE), add(spectra, mineral(bands, rng.uniform(0, 0.2), rng)), np.int32)
    for _ in range(int(rng.integers(1, 4))):
        drift = waves(SIDE, rng.uniform(12, 40), rng) + 0.3 * waves(SIDE, 5, rng)
        labels[drift > rng.uniform(0.3, 1.1)] = add(spectra, mineral(bands, rng.uniform(0, 0.4), rng))
    return labels


def fields(spectra: list[Floats], bands: int, rng: np.random.Generator) -> Labels:
    """Parcels of a farmed plain, turned by some angle."""
    angle, sizes = rng.uniform(0, np.pi), rng.uniform(14, 34, 2)
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    row = np.floor((y * np.cos(angle) - x * np.sin(angle)) / sizes[0]).astype(int)
    shift = rng.uniform(0, sizes[1], 64)[row % 64]
    column = np.floor((x * np.cos(angle) + y * np.sin(angle) + shift) / sizes[1]).astype(int)
    kinds = [add(spectra, mineral(bands, rng.choice([0.05, 0.3, 0.6, 0.9]), rng)) for _ in range(12)]
    return np.asarray(np.array(kinds)[(row * 31 + column * 17 + row * column) % len(kinds)], np.int32)


def works(
    labels: Labels,
    spectra: list[Floats],
    centres: tuple[int, ...],
    bands: int,
    survey: Survey,
    rng: np.random.Generator,
) -> None:
    """Roads, pads and roofs, drawn into `labels`; some roofs look like the target in one of its bands."""
    asphalt = add(spectra, np.asarray(rng.uniform(0.14, 0.2) * smooth_spectrum(bands, rng), np.float32))
    pad = add(spectra, np.asarray(rng.uniform(0.4, 0.5) * smooth_spectrum(bands, rng), np.float32))
    sites = rng.uniform(8, SIDE - 8, (int(rng.integers(2, 8)), 2))
    tilt = rng.uniform(0, np.pi)
    across = np.array([np.cos(tilt), np.sin(tilt)])
    reach = np.linspace(-100, 100, 6)[:, None]
    spine = (
        SIDE / 2 + reach * across + rng.normal(0, 6, (6, 2)) + rng.uniform(-40, 40) * across[::-1] * (1, -1)
    )
    cv2.polylines(labels, [spine.round().astype(np.int32)], isClosed=False, color=asphalt, thickness=1)
    for site in sites:
        nearest = spine[np.hypot(*(spine - site).T).argmin()]
        cv2.polylines(labels, [np.array([site, nearest]).round().astype(np.int32)], False, pad, 1)
        rectangle(labels, site, rng.uniform(2.5, 5, 2), tilt, pad)
    at = np.arange(bands)
    for i in range(
        int(rng.integers(0, 9)) + (count := int(rng.integers(survey.impostors[0], survey.impostors[1] + 1)))
    ):
        roof = rng.uniform(0.2, 0.55) * smooth_spectrum(bands, rng)
        if i < count:
            roof *= 1 - rng.uniform(0.06, 0.13) * np.exp(-((at - rng.choice(centres)) ** 2) / 2)
        near = sites[rng.integers(len(sites))] + rng.normal(0, 10, 2)
        rectangle(labels, near, rng.uniform(1.5, 5, 2), tilt, add(spectra, np.asarray(roof, np.float32)))


def rectangle(
    labels: Labels, at: NDArray[np.float64], half: NDArray[np.float64], tilt: float, label: int
) -> None:
    """Draw a turned rectangle of one material."""
    box = cv2.boxPoints(
        ((float(at[0]), float(at[1])), (2 * float(half[0]), 2 * float(half[1])), float(np.degrees(tilt)))
    )
    cv2.fillPoly(labels, [box.round().astype(np.int32)], label)


# Sensor


def sensed(ground: Floats, centres: tuple[int, ...], survey: Survey, rng: np.random.Generator) -> Floats:
    """What the imager makes of it: sunlight through damp air, blur, stripes and noise."""
    bands = len(ground)
    at = np.arange(bands)
    light = 0.45 + 0.55 * np.exp(-(((at / bands - rng.uniform(0.2, 0.6)) / 0.5) ** 2))
    for damp in rng.integers(0, bands, 2):
        if min(abs(damp - c) for c in centres) > 4:
            light *= 1 - 0.6 * np.exp(-((at - damp) ** 2) / 3)
    columns = rng.standard_normal((1, 1, SIDE)) + 0.7 * rng.standard_normal((bands, 1, SIDE))
    gain = (1 + survey.stripes * columns) * light[:, None, None]
    level = survey.noise * ground.mean() * np.sqrt(light)
    seen = np.stack([cv2.GaussianBlur(band, (0, 0), 0.6) for band in ground]) * gain.astype(np.float32)
    seen += level[:, None, None].astype(np.float32) * rng.standard_normal(seen.shape, dtype=np.float32)
    return np.asarray(seen.clip(0.005, None), np.float32)


EASY = Survey(
    bands=(20, 26),
    features=(2, 2),
    depth=(0.16, 0.22),
    noise=0.012,
    stripes=0.003,
    decoys=(0, 1),
    sharing=0.2,
    impostors=(0, 1),
    empty=0.1,
)
STANDARD = Survey()
HARD = Survey(
    bands=(28, 32),
    depth=(0.08, 0.12),
    noise=0.024,
    stripes=0.011,
    decoys=(2, 3),
    sharing=0.8,
    impostors=(2, 6),
)
