"""Cubes as they come, and every way one may be wrong."""

import os
from pathlib import Path

import numpy as np
import pytest
import tifffile

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.rollout import rollout
from clonotate.episodes.session import Session
from clonotate.formats.cubes import MOST, near_signature, read_cube, read_plume
from clonotate.records import ClonotateError, Source

DATA = Path(os.environ.get("CLONOTATE_DATA", Path(__file__).parents[3] / "shared" / "data"))
TASK = "spectral-plume-finding"


def glowing(bands: int = 80, side: int = 32) -> np.ndarray:
    """A dim cube with a square that emits two lines, at bands 30 and 48."""
    rng = np.random.default_rng(0)
    cube = 10 + rng.standard_normal((bands, side, side))
    at = np.arange(bands)
    line = np.exp(-(((at - 30) / 2) ** 2)) + 0.7 * np.exp(-(((at - 48) / 2) ** 2))
    cube[:, 8:24, 6:22] += 25 * line[:, None, None]
    return cube.astype(np.float32)


def write(path: Path, cube: np.ndarray) -> Path:
    if path.suffix == ".npz":
        np.savez(path, cube=cube)
    elif path.suffix == ".npy":
        np.save(path, cube)
    else:
        tifffile.imwrite(path, cube)
    return path


@pytest.mark.parametrize("name", ["c.npz", "c.npy", "c.tif"])
def test_every_format_gives_the_same_cube(tmp_path: Path, name: str) -> None:
    cube = read_cube(write(tmp_path / name, glowing()))
    np.testing.assert_array_equal(cube.radiance, glowing())
    np.testing.assert_array_equal(read_cube(tmp_path).radiance, glowing())


def test_the_lines_of_a_cube_are_its_signature(tmp_path: Path) -> None:
    cube = read_cube(write(tmp_path / "c.npy", glowing()))
    assert int(cube.signature.argmax()) == 30
    assert cube.signature[48] > 0.5
    assert cube.mask is not None
    assert cube.mask[10:22, 8:20].all()
    assert cube.mask.mean() < 0.4


def test_bands_far_from_the_lines_are_left_out(tmp_path: Path) -> None:
    cube = near_signature(read_cube(write(tmp_path / "c.npy", glowing())))
    assert cube.radiance.shape == (len(cube.signature), 32, 32)
    assert 16 <= len(cube.signature) <= MOST
    assert len(read_plume(tmp_path / "c.npy").world.cube.telling) == 2


def test_what_an_archive_states_is_taken(tmp_path: Path) -> None:
    signature, mask = np.eye(12, dtype=np.float32)[6], np.zeros((20, 20))
    mask[5:9, 5:15] = 1
    np.savez(tmp_path / "c.npz", cube=np.ones((12, 20, 20)), signature=signature, mask=mask, emits=False)
    cube = read_cube(tmp_path / "c.npz")
    assert not cube.emits
    np.testing.assert_array_equal(cube.signature, signature)
    assert cube.mask is not None
    assert cube.mask.sum() == 40
    np.savez(tmp_path / "c.npz", cube=np.ones((12, 20, 20)), signature=signature)
    assert read_cube(tmp_path / "c.npz").mask is None


def text(path: Path) -> None:
    path.write_text("no cube")


BAD = {
    "text.npz": (text, "not a readable cube"),
    "text.npy": (text, "not a readable cube"),
    "text.tif": (text, "not a readable cube"),
    "other.npz": (lambda path: np.savez(path, stack=glowing()), "no array named cube"),
    "objects.npy": (lambda path: np.save(path, np.array([{}, {}]), allow_pickle=True), "not a readable cube"),
    "picture.npy": (lambda path: np.save(path, glowing()[0]), "no cube of numbers"),
    "few.npy": (lambda path: np.save(path, glowing()[:5]), "no cube of numbers"),
    "flat.npy": (lambda path: np.save(path, np.ones((12, 20, 20))), "signature has a peak"),
    "nothing.npy": (lambda path: np.save(path, np.full((12, 20, 20), np.nan)), "no cube of numbers"),
    "folder": (lambda path: path.mkdir(), "holds 0 cubes"),
    "cube.fits": (text, "not a readable cube"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_in_one_line(tmp_path: Path, name: str) -> None:
    make, words = BAD[name]
    make(tmp_path / name)
    with pytest.raises(ClonotateError, match=words) as refusal:
        read_plume(tmp_path / name)
    assert "\n" not in str(refusal.value)


@pytest.mark.data
def test_an_expert_outlines_the_real_filament() -> None:
    path = DATA / "plume-muse"
    if not path.exists():
        pytest.skip(f"no real data: {path} is missing; set CLONOTATE_DATA to the folder of the sets")
    world = read_plume(path).world
    assert len(world.cube.telling) >= 2
    session = Session(Source(TASK), world=world)
    rollout(session, VirtualAnnotator(session, STEADY, np.random.default_rng(0)))
    assert session.score().success
