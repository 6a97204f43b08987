"""Image stacks in: TIFF, NumPy, Zarr and HDF5 files as sections, ZYX, large ones never read whole.

A volume is opened, not loaded: `Volume.grey` reads just the block that is looked at. 8-bit grey levels are
taken as they are; other integers and floats are stretched between two robust percentiles to 0..255.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import tifffile
from numpy.typing import NDArray

from clonotate.records import ClonotateError

LARGE = 1 << 29  # bytes; a compressed TIFF above it is unpacked to a file, not to memory
SAMPLED = 1 << 26  # bytes of a file that go into its digest at most
BLACK_WHITE = (0.5, 99.5)  # percentiles that become 0 and 255
LEAST = 16  # voxels along y and x
FORMATS = ".tif, .tiff, .npy, .zarr or .h5"
PATTERNS = ("*.tif", "*.tiff", "*.npy", "*.zarr", "*.h5", "*.hdf5")
Spacing = tuple[float, float, float]
Scan = tuple[Any, Spacing | None, str]  # an array-like, its spacing and the unit of that


@dataclass(frozen=True, eq=False)
class Volume:
    """A stack on disk. `array` is sliceable, `[..., Z, Y, X]` with leading axes of length one."""

    path: Path
    array: Any
    levels: tuple[float, float]  # the values that become black and white
    spacing: Spacing | None  # z, y, x, as the file states it
    unit: str  # of the spacing; "" where the file names none
    digest: str  # of the file; see `fingerprint`

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along z, y, x."""
        depth, height, width = self.array.shape[-3:]
        return int(depth), int(height), int(width)

    def grey(self, z: int, rows: slice, columns: slice) -> NDArray[np.uint8]:
        """A block of section `z` in grey levels: uint8 `[rows, columns]`."""
        lead = (0,) * (len(self.array.shape) - 3)
        block = np.asarray(self.array[(*lead, z, rows, columns)])
        if block.dtype == np.uint8:
            return np.asarray(block, np.uint8)
        black, white = self.levels
        scaled = (np.nan_to_num(block.astype(np.float64), nan=black) - black) * (255 / (white - black))
        return np.asarray(np.rint(scaled.clip(0, 255)), np.uint8)


def read_volume(path: Path) -> Volume:
    """Open an image stack of at least two sections; ClonotateError says what is wrong with any other file."""
    if not path.exists():
        raise ClonotateError(f"no such file: {path}")
    array, spacing, unit = reader(path)(path)
    refuse(path, array)
    levels = (0.0, 255.0) if array.dtype == np.uint8 else black_and_white(path, array)
    return Volume(path, array, levels, spacing, unit, fingerprint(path))


def stack_at(path: Path) -> Path:
    """The stack that a path means: itself, or the only one of a folder, where labels do not count."""
    if not path.is_dir() or reads_as_zarr(path):
        return path
    stacks = [file for kind in PATTERNS for file in sorted(path.glob(kind)) if "label" not in file.stem]
    if len(stacks) != 1:
        raise ClonotateError(f"{path} holds {len(stacks)} image stacks ({FORMATS}); name the one to open")
    return stacks[0]


def reads_as_zarr(path: Path) -> bool:
    """Whether a folder is a Zarr array or group."""
    return path.suffix.lower() == ".zarr" or any((path / name).exists() for name in ZARR_MARKS)


def reader(path: Path) -> Any:
    """The function that opens files like this one."""
    suffix = path.suffix.lower()
    if path.is_dir() and reads_as_zarr(path):
        return from_zarr
    readers = {".tif": from_tiff, ".tiff": from_tiff, ".npy": from_npy, ".h5": from_hdf5, ".hdf5": from_hdf5}
    if path.is_dir() or suffix not in readers:
        raise ClonotateError(f"cannot read {path}: an image stack is a {FORMATS}")
    return readers[suffix]


def refuse(path: Path, array: Any) -> None:
    """ClonotateError unless the array is a stack of grey sections, with what to do about it."""
    shape, kind = tuple(array.shape), np.dtype(array.dtype)
    if kind.kind not in "uif":
        raise ClonotateError(f"{path} holds {kind.name} values; save it as integers or floats")
    if len(shape) > 2 and shape[-1] in (3, 4):
        raise ClonotateError(f"{path} is in colour, {by(shape)}; save it as grey levels")
    if len(shape) < 3 or shape[-3] < 2:
        raise ClonotateError(
            f"{path} is a single picture, {by(shape)}; a stack has two or more sections (Z, Y, X)"
        )
    if any(length != 1 for length in shape[:-3]):
        raise ClonotateError(
            f"{path} has {len(shape)} axes, {by(shape)}; save one channel and time as Z, Y, X"
        )
    if min(shape[-2:]) < LEAST:
        raise ClonotateError(f"{path} is {by(shape)}; sections are at least {LEAST} x {LEAST} voxels")


def by(shape: tuple[int, ...]) -> str:
    """20 x 1024 x 704."""
    return " x ".join(map(str, shape))


def black_and_white(path: Path, array: Any) -> tuple[float, float]:
    """The values at the `BLACK_WHITE` percentiles of a few sections, every fourth voxel of them."""
    lead, depth = (0,) * (len(array.shape) - 3), array.shape[-3]
    chosen = np.unique(np.linspace(0, depth - 1, 9).astype(int))
    sample = np.concatenate([np.asarray(array[(*lead, int(z))])[::4, ::4].ravel() for z in chosen])
    finite = sample[np.isfinite(sample)].astype(np.float64)
    black, white = np.percentile(finite, BLACK_WHITE) if finite.size else (0.0, 0.0)
    if white <= black:
        raise ClonotateError(f"{path} is blank: nearly all its values are {black:g}")
    return float(black), float(white)


# TIFF


def from_tiff(path: Path) -> Scan:
    """A multi-page TIFF: uncompressed ones are mapped into memory, others unpacked."""
    try:
        with tifffile.TiffFile(path) as file:
            series = file.series[0]
            if channels(series.axes, series.shape) > 1:
                raise ClonotateError(
                    f"{path} has axes {series.axes}, {by(series.shape)}; save one channel as grey levels"
                )
            spacing, unit = tiff_spacing(file)
            if series.dataoffset is not None:
                return tifffile.memmap(path, mode="r"), spacing, unit
            return series.asarray(out="memmap" if series.nbytes > LARGE else None), spacing, unit
    except (tifffile.TiffFileError, IndexError) as error:
        raise ClonotateError(f"{path} is not a readable TIFF: {error}") from None
    except ValueError as error:
        if isinstance(error, ClonotateError):
            raise
        raise ClonotateError(f"cannot unpack {path} ({error}); save it uncompressed or with zlib") from None


def channels(axes: str, shape: tuple[int, ...]) -> int:
    """How many colours or channels; a lone axis of many "channels" is a stack whose writer did not say Z."""
    lengths = dict(zip(axes, shape, strict=True))
    if len(shape) == 3 and lengths.get("C", 0) > 4:
        return 1
    return max(lengths.get("C", 1), lengths.get("S", 1))


def tiff_spacing(file: tifffile.TiffFile) -> tuple[Spacing | None, str]:
    """The spacing that OME or ImageJ metadata state, and its unit; None where there is no z among it."""
    if file.ome_metadata:
        return ome_spacing(file.ome_metadata)
    imagej = file.imagej_metadata or {}
    tags = file.pages.first.tags
    across, down = tags.get("XResolution"), tags.get("YResolution")
    if "spacing" not in imagej or across is None or down is None:
        return None, ""
    (x_pixels, x_units), (y_pixels, y_units) = across.value, down.value
    if not x_pixels or not y_pixels:
        return None, ""
    unit = (
        str(imagej.get("unit", "")).replace("\\u00B5m", "um").replace("micron", "um").replace("\u00b5m", "um")
    )
    return (abs(float(imagej["spacing"])), y_units / y_pixels, x_units / x_pixels), unit


def ome_spacing(text: str) -> tuple[Spacing | None, str]:
    """PhysicalSizeZ, Y and X of the first image of an OME-XML text; micrometres where no unit is named."""
    pixels = next(
        (node for node in ElementTree.fromstring(text).iter() if node.tag.endswith("}Pixels")), None
    )
    sizes = [pixels.get(f"PhysicalSize{axis}") if pixels is not None else None for axis in "ZYX"]
    if pixels is None or None in sizes:
        return None, ""
    unit = pixels.get("PhysicalSizeXUnit", "\u00b5m").replace("\u00b5", "u")
    z, y, x = (float(size) for size in sizes if size is not None)
    return (z, y, x), unit


# NumPy


def from_npy(path: Path) -> Scan:
    """One array, mapped into memory. Pickled objects are refused, for they could run code."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False), None, ""
    except (ValueError, EOFError, OSError) as error:
        raise ClonotateError(f"{path} is not a plain NumPy array: {error}") from None


# HDF5


def from_hdf5(path: Path) -> Scan:
    """The only data set of three axes or more in an HDF5 file, which stays open as long as it is needed."""
    try:
        import h5py
    except ImportError:
        raise ClonotateError("reading HDF5 needs an extra: pip install 'clonotate[hdf5]'") from None
    try:
        file = h5py.File(path, "r")
    except OSError:
        raise ClonotateError(f"{path} is not a readable HDF5 file") from None
    held: list[Any] = []
    file.visititems(lambda _, node: held.append(node) if isinstance(node, h5py.Dataset) else None)
    stacks = [node for node in held if len(node.shape) >= 3]
    if len(stacks) != 1:
        names = ", ".join(node.name for node in stacks) or "none"
        raise ClonotateError(f"{path} needs one image stack in it, it holds: {names}")
    return stacks[0], None, ""


# Zarr

ZARR_MARKS = (".zarray", ".zgroup", "zarr.json")
OME_UNITS = {"micrometer": "um", "nanometer": "nm"}


def from_zarr(path: Path) -> Scan:
    """A Zarr array (format 2 or 3), or the finest level of an OME-Zarr group."""
    try:
        import zarr
    except ImportError:
        raise ClonotateError("reading Zarr needs an extra: pip install 'clonotate[zarr]'") from None
    try:
        node = zarr.open(str(path), mode="r")
        if isinstance(node, zarr.Array):
            return node, None, ""
        return from_ome_zarr(path, node)
    except (FileNotFoundError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, ClonotateError):
            raise
        raise ClonotateError(f"{path} is not a readable Zarr array or OME-Zarr image: {error}") from None


def from_ome_zarr(path: Path, group: Any) -> Scan:
    """The first, finest data set of the first multiscale image."""
    attributes = group.attrs.asdict()
    scales = attributes.get("ome", attributes).get("multiscales")
    if not scales:
        held = ", ".join(sorted(group.array_keys())) or "none"
        raise ClonotateError(f"{path} is a group without an OME-Zarr image; name one of its arrays: {held}")
    finest = scales[0]["datasets"][0]
    spatial = [axis for axis in scales[0].get("axes", []) if isinstance(axis, dict) and axis["name"] in "zyx"]
    steps = [t["scale"] for t in finest.get("coordinateTransformations", []) if t["type"] == "scale"]
    if len(spatial) != 3 or not steps:
        return group[finest["path"]], None, ""
    z, y, x = steps[0][-3:]
    unit = str(spatial[-1].get("unit", ""))
    return group[finest["path"]], (float(z), float(y), float(x)), OME_UNITS.get(unit, unit)


# Digest


def fingerprint(path: Path) -> str:
    """SHA-256, in hex, of the names, sizes and contents of a file or a folder's files.

    Of more than `SAMPLED` bytes only blocks spread evenly over the files go in, for volumes can be terabytes.
    """
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    sizes = [file.stat().st_size for file in files]
    total = hashlib.sha256()
    for file, size in zip(files, sizes, strict=True):
        name = file.relative_to(path).as_posix() if file != path else ""
        total.update(f"{name}\0{size}\0".encode())
    for block in blocks(files, sizes):
        total.update(block)
    return total.hexdigest()


def blocks(files: list[Path], sizes: list[int], size: int = 1 << 20) -> Iterator[bytes]:
    """All bytes in order, or every n-th block of them so that `SAMPLED` bytes are enough."""
    count, every = 0, max(1, -(-sum(sizes) // SAMPLED))
    for file, length in zip(files, sizes, strict=True):
        starts = range(0, length, size)
        wanted = [start for i, start in enumerate(starts, count) if i % every == 0]
        count += len(starts)
        if wanted:
            with file.open("rb") as stream:
                for start in wanted:
                    stream.seek(start)
                    yield stream.read(size)
