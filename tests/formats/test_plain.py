"""Plain tables: a row a mark, its place, and by whom."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import tifffile
from finished import finished, finished_on

from clonotate.annotation import Tracks
from clonotate.formats.export import EXPORTS, export
from clonotate.formats.swc import read_swc
from clonotate.formats.work import work_of
from clonotate.tasks.worlds import em


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("task", EXPORTS)
def test_a_row_a_mark_by_whom_it_is(task: str, tmp_path: Path) -> None:
    export(finished(task), "csv", tmp_path / "a.csv")
    rows, work = read(tmp_path / "a.csv"), work_of(finished(task))
    if isinstance(work.annotation, Tracks):
        assert len(rows) == len(work.annotation.cells)
        by = [row["by"] for row in rows if row["parent"]] + [row["gone_by"] for row in rows if row["gone_by"]]
        assert sorted(by) == sorted(work.authors)
    else:
        assert [row["by"] for row in rows] == list(work.authors)
    assert all(None not in row and None not in row.values() for row in rows)


def test_a_skeleton_and_its_table_are_in_the_units_of_the_file(tmp_path: Path) -> None:
    volume = em.grow(em.EASY, np.random.default_rng(3))
    spacing = {"spacing": 50, "unit": "nm", "axes": "ZYX"}
    data = tmp_path / "tissue"
    data.mkdir()
    tifffile.imwrite(data / "raw.tif", volume.images, imagej=True, resolution=(0.25, 0.25), metadata=spacing)
    tifffile.imwrite(data / "neurites.tif", volume.labels)
    episode = finished_on("neuron-tracking", data)
    export(episode, "csv", tmp_path / "a.csv")
    export(episode, "swc", tmp_path / "a.swc")
    rows, tree = read(tmp_path / "a.csv"), read_swc(tmp_path / "a.swc")
    assert tree.unit == "nm"
    assert tree.parents.tolist() == list(range(-1, len(rows) - 1))
    measured = np.array([[float(row[f"{axis}_nm"]) for axis in "zyx"] for row in rows])
    np.testing.assert_allclose(measured, tree.points, rtol=1e-4)
    voxels = np.array([[float(row[axis]) for axis in "zyx"] for row in rows])
    np.testing.assert_allclose(voxels * (50, 4, 4), measured, atol=0.05)
    origin = json.loads((tmp_path / "a.provenance.json").read_text())
    assert origin["coordinates"]["spacing_zyx"] == [50, 4, 4]
    assert origin["source"] == {"data": "tissue", "digest": episode.source.data_digest, "seed": 0}
