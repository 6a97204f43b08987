"""Tracked time-lapses from folders: crops with a few cells, and one clear line for bad folders."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
import tifffile

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.formats.timelapse import read_timelapse
from clonotate.records import ClonotateError, Source

DATA = Path(os.environ.get("CLONOTATE_DATA", Path(__file__).parents[3] / "shared" / "data"))


def write(folder: Path, images: np.ndarray, labels: np.ndarray) -> Path:
    tifffile.imwrite(folder / "images.tif", images)
    tifffile.imwrite(folder / "labels.tif", labels)
    return folder


def small_film() -> tuple[np.ndarray, np.ndarray]:
    """Three round cells that drift to the right, one of which divides: uint16 pictures and labels."""
    y, x = np.mgrid[:90, :120]
    labels = np.zeros((9, 90, 120), np.uint16)
    for t in range(9):
        cells = {5: (30, 30), 9: (62, 40)} | ({31: (40, 70), 32: (54, 74)} if t > 4 else {8: (46, 72)})
        for label, (row, column) in cells.items():
            labels[t][(y - row) ** 2 + (x - column - t) ** 2 < 36] = label
    return 1000 + 500 * (labels > 0).astype(np.uint16), labels


def finishes(world) -> bool:
    session = Session(Source("cell-lineage-tracking"), world=world)
    person = VirtualAnnotator(session, STEADY, np.random.default_rng(0))
    while not session.done and len(session.steps) < 400:
        session.click(person(session.screen))
    return session.score().success


def test_a_film_is_enlarged_to_the_canvas(tmp_path):
    world = read_timelapse(write(tmp_path, *small_film())).world
    frames = world.film.frames
    assert len(frames) == 9
    assert [len(frame.cells) for frame in frames] == [3] * 5 + [4] * 4
    assert sum(len(answer) == 2 for answer in world.film.answers) == 1
    assert all(len(answer) > 0 for answer in world.film.answers)
    first = frames[0]
    assert first.image[first.segments > 0].mean() > first.image[first.segments == 0].mean() + 100
    assert finishes(world)


def test_long_films_are_thinned_out(tmp_path):
    images, labels = small_film()
    world = read_timelapse(write(tmp_path, np.repeat(images, 4, axis=0), np.repeat(labels, 4, axis=0))).world
    assert len(world.film.frames) == 12


BAD = {
    "another shape": (lambda i, n: (i, n[:, :80]), "but the images are"),
    "no integers": (lambda i, n: (i, n.astype(np.float32)), "integers"),
    "empty": (lambda i, n: (i, np.where(np.arange(9)[:, None, None] == 0, 0, n)), "no cell"),
    "a lone cell": (lambda i, n: (i, np.where(n == 5, n, 0)), "2 to 8 cells"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_films_are_refused_in_one_line(tmp_path, name):
    spoil, words = BAD[name]
    with pytest.raises(ClonotateError, match=words) as refusal:
        read_timelapse(write(tmp_path, *spoil(*small_film())))
    assert "\n" not in str(refusal.value)


def test_a_folder_without_labels_says_so(tmp_path):
    tifffile.imwrite(tmp_path / "images.tif", small_film()[0])
    with pytest.raises(ClonotateError, match=re.escape("no labels.tif")):
        read_timelapse(tmp_path)


def test_a_film_alone_is_cut_into_cells_without_a_truth(tmp_path):
    images, labels = small_film()
    dim = images - np.linspace(0, 200, 120).astype(np.uint16)  # uneven light
    world = read_timelapse(write(tmp_path, dim, labels) / "images.tif").world
    assert [len(frame.cells) for frame in world.film.frames] == [3] * 5 + [4] * 4
    assert world.film.origins is None


@pytest.mark.data
def test_crops_of_stem_cells(tmp_path):
    if not (DATA / "cells-psc").exists():
        pytest.skip(f"no real data: {DATA / 'cells-psc'} is missing; set CLONOTATE_DATA")
    worlds = [read_timelapse(DATA / "cells-psc", seed).world for seed in (0, 5, 20)]
    assert any(len(answer) == 2 for answer in worlds[0].film.answers)
    assert len({world.film.frames[0].image.tobytes() for world in worlds}) == 3
    for world in worlds:
        assert len(world.film.frames) == 12
        assert all(2 <= len(frame.cells) <= 8 for frame in world.film.frames)
        assert finishes(world)
