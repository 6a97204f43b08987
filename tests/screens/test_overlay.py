from typing import get_args

import numpy as np
import pytest

from clonotate.screens.overlay import draw
from clonotate.screens.widgets import Mark, Path, Shape

RED = (240, 40, 30)


def drawn(*overlay, ground: int = 128, ratio: int = 1) -> np.ndarray:
    canvas = np.full((256 * ratio, 256 * ratio, 3), ground, np.uint8)
    draw(canvas, overlay, ratio)
    return canvas


def near(canvas: np.ndarray, color: tuple[int, int, int]) -> np.ndarray:
    return np.abs(canvas.astype(int) - color).max(axis=2) < 40


@pytest.mark.parametrize("ground", [0, 128, 255])
@pytest.mark.parametrize("shape", get_args(Shape))
def test_a_mark_shows_its_colour_and_contour_on_any_ground(shape, ground):
    canvas = drawn(Mark((100, 60), RED, 5, shape), ground=ground)
    assert near(canvas, RED).sum() >= 16
    assert ground == 0 or (canvas.max(axis=2) < 0.75 * ground).sum() >= 12
    rows, columns = np.nonzero((canvas != ground).any(axis=2))
    assert rows.min() + rows.max() == 2 * 60
    assert columns.min() + columns.max() == 2 * 100


@pytest.mark.parametrize("ratio", [1, 2, 3])
def test_a_ring_leaves_its_middle_open(ratio):
    canvas = drawn(Mark((100, 60), RED, 5), ratio=ratio)
    middle = 60 * ratio + ratio // 2, 100 * ratio + ratio // 2
    assert (canvas[middle] == 128).all()
    assert near(canvas, RED)[middle[0], middle[1] + 5 * ratio]


@pytest.mark.parametrize("at", [(0, 0), (255, 255), (-4, 100), (100, 259), (-50, -50), (400, 20)])
@pytest.mark.parametrize("shape", get_args(Shape))
def test_marks_end_at_the_edge_of_the_canvas(shape, at):
    wide = np.full((768, 768, 3), 128, np.uint8)
    draw(wide, (Mark((at[0] + 256, at[1] + 256), RED, 6, shape),), 1)
    assert (drawn(Mark(at, RED, 6, shape)) == wide[256:512, 256:512]).all()


def test_a_closed_path_joins_its_ends():
    corners = ((20, 20), (120, 20), (120, 120), (20, 120))
    open_path, closed_path = (near(drawn(Path(corners, RED, closed)), RED) for closed in (False, True))
    assert open_path[20, 70]
    assert not open_path[70, 20]
    assert closed_path[70, 20]


def test_paths_of_no_or_one_point_draw_at_most_a_dot():
    assert (drawn(Path((), RED)) == 128).all()
    assert (drawn(Path(((9, 9),), RED)) != 128).any(axis=2).sum() <= 16


def test_later_marks_lie_on_top():
    canvas = drawn(Mark((50, 50), (0, 0, 255), 6, "disc"), Mark((50, 50), RED, 6, "disc"))
    assert near(canvas, RED)[50, 50]
