"""Serial-section electron microscopy of nervous tissue, made up with its ground truth.

`neuropil` says where neurites run; here borders become membranes and a make-believe microscope adds
cytoplasm, organelles, blur, grain, misalignment and damage. Looks are drawn anew for every world, over a
range wide enough to hold real micrographs at 9 to 14 nm per px.
"""

from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds import neuropil
from clonotate.tasks.worlds.neuropil import CELL, LATTICE, MARGIN, SIZE, Floats, Ids, Neurites

HALF = SIZE // CELL  # sections are painted at half size, then enlarged
BANK = 768  # px along a side of the sheets that noise and textures are cut from


@dataclass(frozen=True)
class Tissue:
    """How hard a stack is to follow."""

    slices: tuple[int, int] = (24, 50)  # inclusive range, drawn per world
    neurites: tuple[int, int] = (60, 150)  # cross-sections on a canvas, inclusive range
    drift: float = 4.0  # typical sideways movement of a neurite, px per slice
    jitter: float = 0.7  # slice-to-slice misalignment, px
    noise: float = 1.0  # grain, relative to a typical micrograph
    damage: float = 0.06  # chance that a slice is damaged; never the first, never two in a row


@dataclass(frozen=True, eq=False)
class Volume:
    """A stack and its truth."""

    images: NDArray[np.uint8]  # [slices, 256, 256]
    labels: NDArray[np.uint16]  # [slices, 256, 256] neurite ids; 0 is membrane
    target: int  # id of the neurite at the centre of slice 0, present in every slice


@dataclass(frozen=True, eq=False)
class _Look:
    """One world's appearance, in grey levels unless said otherwise."""

    cytoplasm: Floats  # [neurites + 1]
    grain: Floats  # [neurites + 1] strength of the specks in the cytoplasm
    membrane: float  # half width, lattice points
    ink: float  # of a membrane
    veil: float  # how much a membrane seen face on darkens
    density: float  # of organelles, 1 is typical
    blur: float  # px
    noise: float
    contrast: float  # factor
    brightness: float
    specks: Floats  # [BANK, BANK], mostly below 0
    cristae: Floats  # [HALF, HALF], about 1


@dataclass(frozen=True)
class _Organelle:
    """A kind of ellipse that stays in its neurite for some slices."""

    fill: float  # grey levels added inside
    rim: float  # and on the outline
    size: tuple[float, float]  # half its length, in radii of the neurite
    slices: tuple[float, float]  # half the range it spans
    abundance: float  # how many per section of a neurite of 12 px radius


MITOCHONDRION = _Organelle(-75, -95, (0.6, 1.3), (3, 10), 0.9)
VACUOLE = _Organelle(14, -80, (0.2, 0.5), (1.5, 5), 0.35)
DENSITY = _Organelle(-105, 0, (0.15, 0.35), (1, 2), 0.6)


def grow(tissue: Tissue, rng: np.random.Generator) -> Volume:
    """A new volume; everything random comes from `rng`."""
    slices = int(rng.integers(tissue.slices[0], tissue.slices[1] + 1))
    count = int(rng.integers(tissue.neurites[0], tissue.neurites[1] + 1))
    warps = _warps(slices, tissue.jitter, rng)
    start = warps[0, :, HALF // 2, HALF // 2] * CELL - MARGIN
    neurites = neuropil.wander(slices, count, tissue.drift, start, rng)
    target = neurites.radii.shape[1]
    look = _look(target, tissue.noise, rng)
    organelles = _organelles(neurites, rng)
    images = np.empty((slices, SIZE, SIZE), np.uint8)
    labels = np.empty((slices, SIZE, SIZE), np.uint16)
    following, damage = neuropil.territories(neurites, 0), ""
    for z, warp in enumerate(warps):
        here, following = following, neuropil.territories(neurites, min(z + 1, slices - 1))
        damage = _damage(tissue.damage, rng) if z and not damage else ""
        ids, swept = _sampled(here, warp), _sampled((here != following).view(np.uint8), warp)
        labels[z], image = _section(ids, swept, _sampled(organelles[z], warp), look, rng)
        images[z] = _micrograph(image, look, damage, rng)
    return Volume(images, labels, target)


def _warps(slices: int, jitter: float, rng: np.random.Generator) -> Floats:
    """`[slices, 2, HALF, HALF]`: the lattice point, x and y, that each 2 x 2 px of the canvas shows.

    Wavy at two scales, because membranes are; shifted by about `jitter` px, because sections never align.
    """
    knots = neuropil.smooth(slices, (2, 18, 18), 2.0, rng) * rng.uniform(0.8, 2.0)
    swells = neuropil.smooth(slices, (2, 5, 5), 4.0, rng) * rng.uniform(1.0, 3.5)
    shifts = (jitter * rng.standard_normal((slices, 2), dtype=np.float32)).clip(-2.5 * jitter, 2.5 * jitter)
    shifts[0] = 0
    warps = np.empty((slices, 2, HALF, HALF), np.float32)
    for z, axis in np.ndindex(slices, 2):
        knot = knots[z, axis] + cv2.resize(swells[z, axis], (18, 18), interpolation=cv2.INTER_CUBIC)
        knot = ((knot + shifts[z, axis]).clip(-9, 9) + MARGIN) / CELL
        cv2.resize(knot, (HALF, HALF), dst=warps[z, axis], interpolation=cv2.INTER_CUBIC)
    along = np.arange(HALF, dtype=np.float32)
    warps[:, 0] += along
    warps[:, 1] += along[:, None]
    return warps


Sampled = TypeVar("Sampled", np.uint8, np.uint16, np.float32)


def _sampled(lattice: NDArray[Sampled], warp: Floats) -> NDArray[Sampled]:
    """`[HALF, HALF]` values at the nearest lattice point."""
    return np.asarray(cv2.remap(lattice, warp[0], warp[1], cv2.INTER_NEAREST), lattice.dtype)


def _look(total: int, noise: float, rng: np.random.Generator) -> _Look:
    top, left = rng.integers(0, BANK - HALF, 2).tolist()
    return _Look(
        cytoplasm=(168 + rng.uniform(3, 7) * rng.standard_t(4, total + 1)).astype(np.float32).clip(125, 195),
        grain=(rng.uniform(12, 42) * rng.gamma(4, 0.25, total + 1)).astype(np.float32).clip(0, 65),
        membrane=rng.uniform(0.55, 1.0),
        ink=rng.uniform(25, 60),
        veil=rng.uniform(20, 75),
        density=rng.uniform(0.75, 1.2),
        blur=rng.uniform(0.35, 0.8),
        noise=noise * rng.uniform(5, 20),
        contrast=rng.uniform(0.85, 1.35),
        brightness=rng.uniform(-22, 14),
        specks=_specks(int(rng.integers(3))),
        cristae=_cristae(int(rng.integers(3)))[top : top + HALF, left : left + HALF],
    )


@cache
def _noise(sigma: float) -> Floats:
    """`[BANK, BANK]` noise of unit variance, `sigma` px smooth: one sheet for all worlds, cut at random."""
    coarse = 4 if sigma > 8 else 1
    rng = np.random.default_rng(round(100 * sigma))
    white = rng.standard_normal((BANK // coarse, BANK // coarse), dtype=np.float32)
    made = _enlarged(_blurred(white, sigma / coarse), BANK)
    return np.asarray(made / made.std(), np.float32)


@cache
def _specks(kind: int) -> Floats:
    """`[BANK, BANK]` dark granules and vesicles in drifts, at most a little above 0."""
    return np.asarray((_noise((0.8, 1.1, 1.4)[kind]) + 0.2 + 0.5 * _noise(12.0)).clip(-1.3, 0.2), np.float32)


@cache
def _cristae(kind: int) -> Floats:
    """`[BANK, BANK]` winding stripes between 0.5 and 1.3."""
    rows = np.arange(BANK, dtype=np.float32)[:, None]
    phase = (rows + (0.6, -0.9, 0.1)[kind] * rows.T) * np.float32(2 * np.pi / (3.5, 4, 5)[kind])
    return np.asarray(0.9 + 0.4 * np.sin(phase + 4 * _noise(14.0) + _noise(2.5)), np.float32)


@cache
def _uneven() -> Floats:
    """`[BANK, BANK]` what membranes are multiplied with: some thick and dark, some faint."""
    return np.asarray(1.35 + 0.28 * _noise(13.0), np.float32)


def _organelles(neurites: Neurites, rng: np.random.Generator) -> Floats:
    """`[slices, LATTICE, LATTICE]` grey levels that organelles add."""
    layers = np.zeros((len(neurites.radii), LATTICE, LATTICE), np.float32)
    for kind in (VACUOLE, MITOCHONDRION, DENSITY):
        _place(kind, layers, neurites, rng)
    return layers


def _place(kind: _Organelle, layers: Floats, neurites: Neurites, rng: np.random.Generator) -> None:
    """Draws organelles of a kind into `layers`: the larger a neurite, the more it holds."""
    slices = len(layers)
    size = neurites.radii.mean(axis=0)
    often = kind.abundance * (size.clip(0, 24) / 12) ** 1.5 * (size > 4) * (slices / 40 + 0.2)
    for owner in np.repeat(np.arange(len(size)), rng.poisson(often)).tolist():
        long = min(float(size[owner]), 14) * rng.uniform(*kind.size)
        middle, half = rng.uniform(0, slices), rng.uniform(*kind.slices)
        tilt, turn, slim = rng.uniform(0, 180), rng.normal(0, 5), rng.uniform(0.5, 0.95)
        spanned = np.arange(max(0, int(middle - half) + 1), min(slices, int(middle + half) + 1))
        taper = long * np.sqrt(1 - ((spanned - middle) / half) ** 2)
        between = neurites.points[spanned, owner, 1] + neurites.points[spanned, owner, int(rng.integers(3))]
        fine = np.column_stack([between / 2 + MARGIN, taper, slim * taper]) * (16 / CELL)
        for z, (x, y, *axes) in zip(spanned.tolist(), fine.astype(int).tolist(), strict=True):
            ellipse = ((x, y), axes, tilt + turn * z, 0, 360)
            cv2.ellipse(layers[z], *ellipse, kind.fill, -1, cv2.LINE_8, 4)
            if kind.rim:
                cv2.ellipse(layers[z], *ellipse, kind.rim, 1, cv2.LINE_8, 4)


def _section(
    ids: Ids, swept: NDArray[np.uint8], organelles: Floats, look: _Look, rng: np.random.Generator
) -> tuple[Ids, Floats]:
    """Labels and clean image `[256, 256]`, from `[HALF, HALF]` ids and where membranes sweep to the next."""
    # A membrane that moves within the thickness of a section is seen face on: a grey veil where it swept.
    veil = _blurred(swept.astype(np.float32), 1.0)
    grey = look.cytoplasm.take(ids) + look.density * organelles * look.cristae - look.veil * veil
    membrane = _enlarged(_membranes(ids, look.membrane), SIZE)
    image = _enlarged(grey, SIZE)
    image += _enlarged(look.grain.take(ids), SIZE) * _cut(look.specks, rng)
    dark = membrane * _cut(_uneven(), rng)
    dark -= 0.45
    np.clip(dark, 0, 1, out=dark)
    image += dark * (look.ink - image)
    labels = np.asarray(cv2.resize(ids, (SIZE, SIZE), interpolation=cv2.INTER_NEAREST), np.uint16)
    return labels * (membrane < 0.5), image


def _membranes(ids: Ids, width: float) -> Floats:
    """`[HALF, HALF]`, about 1 on borders. Blurred lines add up where they meet: round cells, dark corners."""
    edges = np.zeros(ids.shape, np.float32)
    edges[:, :-1] = ids[:, :-1] != ids[:, 1:]
    edges[:-1] = np.maximum(edges[:-1], ids[:-1] != ids[1:])
    return _blurred(edges, width) * np.float32(2.2 * width)


def _enlarged(image: Floats, side: int) -> Floats:
    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)


def _blurred(image: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)


def _cut(sheet: Floats, rng: np.random.Generator) -> Floats:
    top, left = rng.integers(0, BANK - SIZE, 2).tolist()
    return sheet[top : top + SIZE, left : left + SIZE]


def _damage(chance: float, rng: np.random.Generator) -> str:
    return str(rng.choice(["fold", "blur", "band", "contrast"])) if rng.random() < chance else ""


def _micrograph(image: Floats, look: _Look, damage: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """What the microscope makes of a clean section: blur, grain, unsteady exposure, now and then damage."""
    image = _blurred(image, look.blur * (2.8 if damage == "blur" else 1))
    if damage in ("fold", "band"):
        image *= _shadow(damage, rng)
    gain = look.contrast * (rng.uniform(0.3, 0.6) if damage == "contrast" else rng.normal(1, 0.03))
    level = 128 * (1 - gain) + look.brightness + rng.normal(0, 3)
    shot = _cut(_noise(0.5), rng)
    return np.asarray(cv2.addWeighted(image, gain, shot, gain * look.noise, level, dtype=cv2.CV_8U), np.uint8)


def _shadow(damage: str, rng: np.random.Generator) -> Floats:
    """`[256, 256]` factor: a dark line along a fold, or a broad band where the section is thick."""
    angle, (x, y) = rng.uniform(0, np.pi), rng.uniform(40, SIZE - 40, 2)
    span = np.arange(SIZE, dtype=np.float32)
    across = np.float32(np.cos(angle)) * (span - np.float32(x))
    across = across + (np.float32(np.sin(angle)) * (span - np.float32(y)))[:, None]
    width = np.float32(rng.uniform(2, 4) if damage == "fold" else rng.uniform(15, 40))
    return np.asarray(1 - rng.uniform(0.4, 0.7) * np.exp(-((across / width) ** 2)), np.float32)


EASY = Tissue(slices=(24, 32), neurites=(60, 90), drift=1.8, jitter=0.3, noise=0.6, damage=0.0)
STANDARD = Tissue()
HARD = Tissue(slices=(40, 50), neurites=(110, 150), drift=5.0, jitter=1.5, noise=1.4, damage=0.12)
