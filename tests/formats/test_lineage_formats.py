"""Lineages as a folder of the Cell Tracking Challenge and as GEFF, read back."""

from collections import Counter
from pathlib import Path

import geff
import numpy as np
import pytest
import tifffile
from finished import finished, finished_on
from test_placing import small_film, write_cells

from clonotate.annotation import Cell, Link, Spot, Tracks
from clonotate.formats.ctc import chained
from clonotate.formats.export import export
from clonotate.formats.work import work_of
from clonotate.records import ClonotateError

CELLS = "cell-lineage-tracking"
SEED = 20_000


def challenge(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Masks `[frames, height, width]` and the rows label, begin, end, mother of a folder."""
    masks = np.stack([tifffile.imread(file) for file in sorted(folder.glob("mask*.tif"))])
    return masks, np.loadtxt(folder / "res_track.txt", dtype=int, ndmin=2)


def test_masks_and_tracks_keep_the_rules_of_the_challenge(tmp_path: Path) -> None:
    export(finished(CELLS, SEED), "ctc", tmp_path / "01_RES")
    masks, rows = challenge(tmp_path / "01_RES")
    assert set(np.unique(masks)) - {0} == set(rows[:, 0])
    for label, begin, end, mother in rows:
        assert [t for t, mask in enumerate(masks) if (mask == label).any()] == list(range(begin, end + 1))
        assert mother == 0 or rows[rows[:, 0] == mother, 2].item() == begin - 1
    links = work_of(finished(CELLS, SEED)).of(Tracks).marks
    parents = Counter(link.parent for link in links if link.child is not None)
    mothers = Counter(int(mother) for mother in rows[:, 3] if mother)
    assert sorted(mothers.values()) == sorted(count for count in parents.values() if count == 2)
    assert mothers


def test_masks_of_real_data_lie_on_its_cells(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    export(finished_on(CELLS, write_cells(tmp_path / "data")), "ctc", tmp_path / "01_RES")
    masks, rows = challenge(tmp_path / "01_RES")
    _, labels = small_film()
    assert masks.shape == labels.shape
    assert len(rows) == 5
    assert ((masks > 0) & (labels > 0)).sum() / ((masks > 0) | (labels > 0)).sum() > 0.8
    for label, *_, mother in rows:
        own = labels[masks == label]
        assert np.bincount(own).argmax() in (5, 8, 9, 31, 32)
        if mother:
            assert np.bincount(labels[masks == mother]).argmax() == 8


def test_geff_reads_the_graph(tmp_path: Path) -> None:
    tracks = work_of(finished(CELLS, SEED)).of(Tracks)
    export(finished(CELLS, SEED), "geff", tmp_path / "a.geff")
    geff.validate_structure(tmp_path / "a.geff")
    graph, metadata = geff.read(tmp_path / "a.geff")
    assert metadata.directed
    assert [(axis.name, axis.type, axis.unit) for axis in metadata.axes] == [
        ("t", "time", "frame"),
        ("y", "space", "pixel"),
        ("x", "space", "pixel"),
    ]
    places = [(node["x"], node["y"], node["t"]) for _, node in sorted(graph.nodes(data=True))]
    np.testing.assert_allclose(places, [cell.spot for cell in tracks.cells])
    assert set(graph.edges) == {tuple(link) for link in tracks.marks if link.child is not None}
    assert {by for _, _, by in graph.edges(data="by")} <= {"person", "accepted", "policy", "correction"}
    assert metadata.extra["clonotate"]["task"] == CELLS


def test_two_cells_cannot_become_one_in_the_challenge() -> None:
    cells = tuple(Cell(Spot(9 * i, 9, t), ()) for i, t in ((0, 0), (1, 0), (0, 1)))
    with pytest.raises(ClonotateError, match="two cells became one"):
        chained(Tracks(cells, (Link(0, 2), Link(1, 2))))


def test_tracks_begin_where_cells_divide_or_appear() -> None:
    cells = tuple(Cell(Spot(9 * i, 9, t), ()) for t in range(3) for i in range(3))
    links = (Link(0, 3), Link(3, 6), Link(3, 7), Link(1, 4), Link(4, None), Link(2, None))
    chains, mothers = chained(Tracks(cells, links))
    assert chains == [(0, 3), (1, 4), (2,), (5,), (6,), (7,), (8,)]
    assert mothers == {5: 1, 6: 1}
