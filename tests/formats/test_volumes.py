"""Every way a stack may come, and every way it may be wrong."""

import re

import numpy as np
import pytest
import tifffile
import zarr

from clonotate.formats import volumes
from clonotate.formats.volumes import fingerprint, read_volume
from clonotate.records import ClonotateError

STACK = np.random.default_rng(0).integers(0, 256, (5, 32, 48), dtype=np.uint8)


def whole_section(volume, z):
    return volume.grey(z, slice(None), slice(None))


def write_tiff(path, array=STACK, **options):
    tifffile.imwrite(path, array, **options)
    return path


def write_npy(path, array=STACK):
    np.save(path, array, allow_pickle=True)
    return path


def write_zarr(path, array=STACK, version=3):
    stored = zarr.create_array(str(path), shape=array.shape, dtype=array.dtype, zarr_format=version)
    stored[:] = array
    return path


def write_ome_zarr(path, array=STACK, version=3, unit="micrometer", lead=0):
    group = zarr.create_group(str(path), zarr_format=version)
    for name, level in (("0", array), ("1", array[..., ::2, ::2])):
        stored = group.create_array(name, shape=level.shape, dtype=level.dtype)
        stored[:] = level
    axes = [{"name": axis} for axis in "tc"[:lead]] + [
        {"name": axis, "type": "space", "unit": unit} for axis in "zyx"
    ]
    datasets = [
        {"path": str(i), "coordinateTransformations": [{"type": "scale", "scale": [1] * lead + [0.05, k, k]}]}
        for i, k in ((0, 0.004), (1, 0.008))
    ]
    image = {"multiscales": [{"axes": axes, "datasets": datasets}]}
    group.attrs.update({"ome": image} if version == 3 else image)
    return path


WRITERS = {
    "plain.tif": write_tiff,
    "packed.TIFF": lambda path: write_tiff(path, compression="zlib"),
    "tiled.tif": lambda path: write_tiff(path, tile=(16, 16), compression="zlib"),
    "big-endian.tif": lambda path: write_tiff(path, byteorder=">"),
    "imagej.tif": lambda path: write_tiff(path, imagej=True),
    "stack.npy": write_npy,
    "led.npy": lambda path: write_npy(path, STACK[None, None]),
    "two.zarr": lambda path: write_zarr(path, version=2),
    "three.zarr": write_zarr,
    "no-suffix": write_zarr,
    "ome2.zarr": lambda path: write_ome_zarr(path, version=2),
    "ome3.zarr": write_ome_zarr,
    "ome5d.zarr": lambda path: write_ome_zarr(path, STACK[None, None], lead=2),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_sections(tmp_path, name):
    volume = read_volume(WRITERS[name](tmp_path / name))
    assert volume.shape == STACK.shape
    for z, section in enumerate(STACK):
        np.testing.assert_array_equal(whole_section(volume, z), section)
    np.testing.assert_array_equal(volume.grey(3, slice(4, 9), slice(40, 48)), STACK[3, 4:9, 40:48])


@pytest.mark.parametrize("dtype", ["uint16", "int16", "int32", "float32", "float64", ">u2", "float16"])
def test_other_numbers_are_stretched_between_percentiles(tmp_path, dtype):
    values = (STACK.astype(np.float64) * 20 + 500).astype(dtype)
    values[2, 7, 7] = 30_000  # a hot pixel must not darken the rest
    section = whole_section(read_volume(write_npy(tmp_path / "v.npy", values)), 1)
    assert section.dtype == np.uint8
    assert np.abs(section.astype(int) - STACK[1]).max() <= 6


def test_missing_values_are_black(tmp_path):
    values = STACK.astype(np.float32)
    values[0, :4] = np.nan
    assert not whole_section(read_volume(write_npy(tmp_path / "v.npy", values)), 0)[:4].any()


def test_files_state_their_spacing(tmp_path):
    imagej = write_tiff(
        tmp_path / "i.tif",
        imagej=True,
        resolution=(1 / 0.004, 1 / 0.005),
        metadata={"spacing": 0.05, "unit": "um"},
    )
    sizes = {
        f"PhysicalSize{axis}{what}": value
        for axis, size in zip("ZYX", (50.0, 4.6, 4.5), strict=True)
        for what, value in (("", size), ("Unit", "nm"))
    }
    ome = write_tiff(tmp_path / "o.ome.tif", metadata={"axes": "ZYX", **sizes})
    assert read_volume(imagej).spacing == pytest.approx((0.05, 0.005, 0.004), rel=1e-5)
    assert read_volume(imagej).unit == "um"
    assert (read_volume(ome).spacing, read_volume(ome).unit) == ((50.0, 4.6, 4.5), "nm")
    zarr_volume = read_volume(write_ome_zarr(tmp_path / "o.zarr"))
    assert (zarr_volume.spacing, zarr_volume.unit) == ((0.05, 0.004, 0.004), "um")
    assert read_volume(write_tiff(tmp_path / "plain.tif")).spacing is None


BAD = {
    "a picture": (STACK[0], "single picture"),
    "one section": (STACK[:1], "single picture"),
    "a colour stack": (np.zeros((5, 32, 48, 3), np.uint8), "in colour"),
    "a colour picture": (np.zeros((32, 48, 3), np.uint8), "in colour"),
    "channels": (np.zeros((2, 5, 32, 48), np.uint8), "4 axes"),
    "tiny": (np.zeros((5, 8, 48), np.uint8), "at least 16"),
    "bool": (STACK > 3, "bool"),
    "complex": (STACK.astype(complex), "complex"),
    "text": (STACK.astype(str), "values"),
    "blank": (np.full((5, 32, 48), 7, np.uint16), "blank"),
    "only nan": (np.full((5, 32, 48), np.nan), "blank"),
    "pickled": (STACK.astype(object), "not a plain NumPy array"),
    "empty": (np.zeros((5, 0, 48), np.uint8), "at least 16"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_arrays_are_refused_in_one_line(tmp_path, name):
    array, words = BAD[name]
    with pytest.raises(ClonotateError, match=words) as refusal:
        read_volume(write_npy(tmp_path / "bad.npy", array))
    assert "\n" not in str(refusal.value)


def a_colour_tiff(path):
    write_tiff(path, np.zeros((5, 32, 48, 3), np.uint8), photometric="rgb")


def channels_as_sections(path):
    write_tiff(path, STACK[:2], imagej=True, metadata={"axes": "CYX"})


BAD_FILES = {
    "text.tif": (lambda path: path.write_text("no image"), "not a readable TIFF"),
    "empty.tif": (lambda path: path.write_bytes(b""), "not a readable TIFF"),
    "colour.tif": (a_colour_tiff, "one channel"),
    "channels.tif": (channels_as_sections, "one channel"),
    "picture.tif": (lambda path: write_tiff(path, STACK[0]), "single picture"),
    "text.npy": (lambda path: path.write_text("no array"), "not a plain NumPy array"),
    "empty.npy": (lambda path: path.write_bytes(b""), "not a plain NumPy array"),
    "stack.png": (lambda path: path.write_bytes(b""), re.escape(".tif, .tiff, .npy, .zarr or .h5")),
    "folder": (lambda path: path.mkdir(), "cannot read"),
    "empty.zarr": (lambda path: path.mkdir(), "not a readable Zarr"),
    "group.zarr": (lambda path: zarr.create_group(str(path)), "without an OME-Zarr image"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_are_refused_in_one_line(tmp_path, name):
    write, words = BAD_FILES[name]
    write(tmp_path / name)
    with pytest.raises(ClonotateError, match=words) as refusal:
        read_volume(tmp_path / name)
    assert "\n" not in str(refusal.value)
    assert name in str(refusal.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ClonotateError, match="no such file"):
        read_volume(tmp_path / "nowhere.tif")


def test_the_digest_follows_the_content(tmp_path):
    one, two = write_npy(tmp_path / "a.npy"), write_npy(tmp_path / "b.npy", STACK ^ 1)
    folder = write_zarr(tmp_path / "c.zarr")
    before = fingerprint(folder)
    zarr.open(str(folder))[0, 0, 0] ^= 255
    assert fingerprint(one) != fingerprint(two)
    assert fingerprint(folder) != before
    assert fingerprint(write_npy(tmp_path / "copy.npy")) == fingerprint(one)


def test_of_a_huge_file_the_digest_reads_a_part(tmp_path, monkeypatch):
    monkeypatch.setattr(volumes, "SAMPLED", 1 << 20)
    path = tmp_path / "huge.npy"
    path.write_bytes(bytes(5 << 20))
    before = fingerprint(path)
    assert sum(map(len, volumes.blocks([path], [5 << 20]))) == 1 << 20
    path.write_bytes(b"\1" + bytes((5 << 20) - 1))
    assert fingerprint(path) != before
