import numpy as np
import pytest

from clonotate.formats.swc import line, read_swc, write_swc
from clonotate.records import ClonotateError
from clonotate.whole import whole

POINTS = np.array([[0, 1.5, 2.25], [50, 3, 4], [100, 5, 6], [150, 7, 8.125]])


@pytest.mark.parametrize("root", range(len(POINTS)))
def test_a_line_grows_from_its_root_both_ways(root):
    tree = line(POINTS, root)
    np.testing.assert_array_equal(tree.points[0], POINTS[root])
    assert tree.parents[0] == -1
    assert (tree.parents[1:] < np.arange(1, len(POINTS))).all()  # a parent comes before its child
    steps = np.abs(tree.points[1:, 0] - tree.points[tree.parents[1:], 0])
    assert (steps == 50).all()  # everyone's parent lies one section away
    assert sorted(tree.points[:, 0]) == [0, 50, 100, 150]


def test_what_is_written_is_read(tmp_path):
    tree = line(POINTS, 2, "nm")
    write_swc(tmp_path / "new" / "a.swc", tree, ("made for a test",))
    again = read_swc(tmp_path / "new" / "a.swc")
    for name in ("points", "parents", "radii", "kinds"):
        np.testing.assert_array_equal(getattr(again, name), getattr(tree, name))
    assert again.unit == "nm"


def test_a_branching_tree_is_read_whatever_its_ids(tmp_path):
    (tmp_path / "b.swc").write_text(
        "# CREATURE\n\n10 1 1 2 3 4 -1\n7 3 4 5 6 0.5 10 # a note\n30 3 7 8 9 0.5 10\n"
    )
    tree = read_swc(tmp_path / "b.swc")
    assert tree.parents.tolist() == [-1, 0, 0]
    assert tree.points[1].tolist() == [6, 5, 4]
    assert (tree.radii.tolist(), tree.kinds.tolist(), tree.unit) == ([4, 0.5, 0.5], [1, 3, 3], "")


def test_columns_are_those_of_the_format(tmp_path):
    write_swc(tmp_path / "c.swc", line(POINTS[:2], 0))
    rows = [row for row in (tmp_path / "c.swc").read_text().splitlines() if not row.startswith("#")]
    assert rows == ["1 0 2.25 1.5 0 0 -1", "2 0 4 3 50 0 1"]


def test_an_empty_tree_survives(tmp_path):
    write_swc(tmp_path / "d.swc", line(np.zeros((0, 3)), 0))
    assert read_swc(tmp_path / "d.swc").points.shape == (0, 3)


@pytest.mark.parametrize("text", ["1 0 2 3\n", "1 0 x 2 3 4 -1\n"])
def test_what_is_no_swc_is_refused(tmp_path, text):
    (tmp_path / "e.swc").write_text(text)
    with pytest.raises(ClonotateError, match="line 1"):
        read_swc(tmp_path / "e.swc")


def test_a_parent_that_is_missing_is_named(tmp_path):
    (tmp_path / "f.swc").write_text("1 0 2 3 4 0 9\n")
    with pytest.raises(ClonotateError, match="node 9"):
        read_swc(tmp_path / "f.swc")
    with pytest.raises(ClonotateError, match="no such file"):
        read_swc(tmp_path / "g.swc")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    kept = tmp_path / "kept.swc"
    kept.write_text("as it was")
    with pytest.raises(ZeroDivisionError), whole(kept) as beside:
        beside.write_text(f"half {1 / 0}")
    assert kept.read_text() == "as it was"
    assert [path.name for path in tmp_path.iterdir()] == ["kept.swc"]


def test_what_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    tree = line(POINTS, 0)
    with pytest.raises(ClonotateError, match="cannot write"):
        write_swc(tmp_path / "file" / "x.swc", tree)
