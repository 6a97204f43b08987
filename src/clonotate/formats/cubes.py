"""Hyperspectral cubes in: NumPy and TIFF files, bands first, to find the plume of a gas in.

An .npz file holds `cube` and, where they are known, `signature`, `emits` and `mask`, as `begin_from` wants
them. Without a signature the gas is taken to be what emits the lines of the mean spectrum, and where the
strongest line stands out by three sigmas serves as its mask: a proxy, nobody's drawing.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from clonotate.formats.placing import Excerpt, Placing, square
from clonotate.records import ClonotateError
from clonotate.tasks.plume_finding import PlumeFinding
from clonotate.tasks.worlds.spectral_cube import Floats, difference

SUFFIXES = (".npz", ".npy", ".tif", ".tiff")
MOST = 32  # bands to walk through; more are averaged, and those far from the signature left out
SIGMAS = 3.0
LINE = 0.15  # of the strongest: what counts as part of a line


@dataclass(frozen=True, eq=False)
class SpectralCube:
    """A cube as a file holds it, with what is known of the gas."""

    radiance: Floats  # [bands, height, width]
    signature: Floats  # [bands], how strongly the gas shows
    emits: bool  # it adds light rather than taking it
    mask: NDArray[np.bool_] | None  # [height, width]


def read_plume(path: Path, seed: int = 0) -> Excerpt:
    """A cube as a world; there is but one, whatever the seed."""
    cube = near_signature(read_cube(path))
    height, width = cube.radiance.shape[1:]
    side = min(height, width)
    placing = Placing(height, width, square((width - side) // 2, (height - side) // 2, side))
    return Excerpt(PlumeFinding().begin_from(cube.radiance, cube.signature, cube.mask, cube.emits), placing)


def read_cube(path: Path) -> SpectralCube:
    """The cube of an .npz, .npy or TIFF file, or of the only one of a folder; ClonotateError without."""
    file = only_file(path) if path.is_dir() else path
    parts = opened(file)
    cube = np.asarray(parts["cube"])
    numbers = cube.dtype.kind in "uif" and bool(np.isfinite(cube).any())
    if cube.ndim != 3 or not numbers or len(cube) < 8 or min(cube.shape[1:]) < 16:
        raise ClonotateError(f"{file} holds no cube of numbers, 8 bands or more of at least 16 x 16 pixels")
    radiance = np.nan_to_num(cube.astype(np.float32), nan=float(np.nanmedian(cube)))
    if "signature" not in parts:
        return by_its_lines(radiance)
    signature = np.asarray(parts["signature"], np.float32)
    mask = np.asarray(parts["mask"]) > 0 if "mask" in parts else None
    return SpectralCube(radiance, signature, bool(parts.get("emits", False)), mask)


def only_file(folder: Path) -> Path:
    """The one cube of a folder."""
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES)
    if len(files) != 1:
        raise ClonotateError(f"{folder} holds {len(files)} cubes (.npz, .npy or .tif); name one of them")
    return files[0]


def opened(file: Path) -> dict[str, NDArray[np.generic]]:
    """The arrays of a file by name. Pickled objects are refused, for they could run code."""
    try:
        parts = arrays(file)
    except (tifffile.TiffFileError, ValueError, EOFError, OSError, AttributeError) as error:
        raise ClonotateError(f"{file} is not a readable cube (.npz, .npy or .tif): {error}") from None
    if "cube" not in parts:
        raise ClonotateError(f"{file} holds no array named cube, only {', '.join(parts) or 'nothing'}")
    return parts


def arrays(file: Path) -> dict[str, NDArray[np.generic]]:
    """What is in a file, unchecked."""
    if file.suffix.lower() in (".tif", ".tiff"):
        return {"cube": tifffile.imread(file)}
    if file.suffix.lower() != ".npz":
        return {"cube": np.load(file, allow_pickle=False)}
    with np.load(file, allow_pickle=False) as held:
        return dict(held)


def by_its_lines(radiance: Floats) -> SpectralCube:
    """A cube of unknown gas: its signature are the emission lines of the mean spectrum."""
    mean = radiance.mean(axis=(1, 2))
    excess = (mean - median_filter(mean, len(mean) // 2 | 1)).clip(0, None)
    signature = np.asarray(excess / max(float(excess.max()), 1e-9), np.float32)
    line_map = difference(radiance, signature, int(signature.argmax()), emits=True)
    return SpectralCube(radiance, signature, emits=True, mask=line_map > SIGMAS)


def near_signature(cube: SpectralCube) -> SpectralCube:
    """At most `MOST` bands, averages of neighbours, about the lines of the gas."""
    lines = np.flatnonzero(cube.signature > LINE * cube.signature.max())
    if len(cube.signature) <= MOST or not len(lines):
        return cube
    first, last = int(lines[0]), int(lines[-1])
    each = -(-3 * (last - first + 1) // (2 * MOST))
    count = min(MOST, len(cube.signature) // each)
    start = min(max((first + last - each * count) // 2, 0), len(cube.signature) - each * count)
    window = slice(start, start + each * count)
    radiance = cube.radiance[window].reshape(count, each, *cube.radiance.shape[1:]).mean(axis=1)
    signature = cube.signature[window].reshape(count, each).mean(axis=1)
    return SpectralCube(radiance, signature, cube.emits, cube.mask)
