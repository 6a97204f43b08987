"""Pairs of pictures from files: at one scale, with the map between them carried along."""

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.formats.channels import read_channels, read_pair, read_picture
from clonotate.records import ClonotateError, Source
from clonotate.tasks.worlds.maps import similarity

SLICES = (
    Path(os.environ.get("CLONOTATE_DATA", Path(__file__).parents[3] / "shared" / "data")) / "brain-slices"
)
RNG = np.random.default_rng(0)
SCENE = cv2.GaussianBlur(RNG.integers(0, 256, (300, 400), dtype=np.uint8), (0, 0), 4)
SCENE = cv2.normalize(SCENE, None, 0, 255, cv2.NORM_MINMAX)


def write_pair(folder: Path, matrix: np.ndarray | None, suffix: str = "png") -> Path:
    moved = SCENE if matrix is None else cv2.warpAffine(SCENE, matrix, (400, 300))
    for name, picture in (("a", SCENE), ("b", moved)):
        cv2.imwrite(str(folder / f"{name}.{suffix}"), picture)
    pair = {"first": f"a.{suffix}", "second": f"b.{suffix}"}
    path = folder / "pair.json"
    path.write_text(json.dumps(pair if matrix is None else pair | {"matrix": matrix.tolist()}))
    return path


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
def test_a_pair_file_names_pictures_and_the_map(tmp_path: Path, suffix: str) -> None:
    matrix = similarity((400, 300), 8, 0.95, (20, -11))
    pair = read_pair(write_pair(tmp_path, matrix, suffix))
    assert pair.first.shape == pair.second.shape == (256, 256)
    assert not pair.affine
    back = cv2.warpAffine(pair.second, pair.matrix, (256, 256), flags=cv2.WARP_INVERSE_MAP)
    middle = np.s_[80:176, 80:176]
    assert np.corrcoef(back[middle].ravel(), pair.first[middle].ravel())[0, 1] > 0.98


def test_a_map_may_be_unknown_and_a_folder_may_hold_the_two(tmp_path: Path) -> None:
    assert read_pair(write_pair(tmp_path, None)).matrix is None
    assert read_pair(tmp_path).matrix is None


def test_a_sheared_map_is_affine(tmp_path: Path) -> None:
    assert read_pair(write_pair(tmp_path, np.array([[1, 0.1, 0], [0, 1, 0]]))).affine


def test_deep_pictures_are_stretched(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "deep.png"), SCENE.astype(np.uint16) * 5 + 700)
    grey = read_picture(tmp_path / "deep.png")
    assert (grey.dtype, grey.min(), grey.max()) == (np.uint8, 0, 255)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not a pair file"),
        ("[]", "not a pair file"),
        ('{"first": "a.png"}', "not a pair file"),
        ('{"first": "a.png", "second": "b.png", "matrix": [[1, 0], [0, 1]]}', "two rows of three"),
        ('{"first": "a.png", "second": "b.png", "matrix": "none"}', "not a pair file"),
        ('{"first": "a.png", "second": "missing.png"}', "not a readable picture"),
        ('{"first": "a.png", "second": "text.png"}', "not a readable picture"),
        ('{"first": "a.png", "second": "blank.png"}', "blank"),
        ('{"first": "a.png", "second": "tiny.png"}', "smaller than 16"),
    ],
)
def test_a_bad_pair_is_told_in_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    write_pair(tmp_path, None)
    (tmp_path / "text.png").write_text("not a picture")
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((32, 32), 700, np.uint16))
    cv2.imwrite(str(tmp_path / "tiny.png"), np.zeros((8, 8), np.uint8))
    (tmp_path / "pair.json").write_text(text)
    with pytest.raises(ClonotateError, match=complaint) as error:
        read_pair(tmp_path / "pair.json")
    assert "\n" not in str(error.value)


def test_missing_files_and_crowded_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ClonotateError, match="no such file"):
        read_pair(tmp_path / "none.json")
    with pytest.raises(ClonotateError, match="holds 0 pictures"):
        read_pair(tmp_path)


@pytest.mark.data
@pytest.mark.skipif(not SLICES.exists(), reason="the brain slices are not here")
class TestBrainSlices:
    def test_the_maps_bring_the_slices_together(self) -> None:
        for seed in (1, 3, 5):  # the proton density slices
            pair = read_pair(SLICES, seed)
            back = cv2.warpAffine(pair.second, pair.matrix, (256, 256), flags=cv2.WARP_INVERSE_MAP)
            middle = np.s_[60:196, 60:196]
            assert np.corrcoef(back[middle].ravel(), pair.first[middle].ravel())[0, 1] > 0.97

    @pytest.mark.parametrize("seed", range(6))
    def test_the_expert_aligns_them(self, seed: int) -> None:
        world = read_channels(SLICES, seed).world
        assert world.error > 5
        session = Session(Source("multichannel-image-alignment"), world=world)
        person = VirtualAnnotator(session, STEADY, np.random.default_rng(seed))
        while not session.done and len(session.steps) < 200:
            session.click(person(session.screen))
        assert session.score().success
