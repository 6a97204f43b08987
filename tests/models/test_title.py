"""A title is read on every screen that has it, and on no other."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from clonotate.models.title import stands_on
from clonotate.screens.brush import write
from clonotate.screens.font import text_width
from clonotate.screens.layout import LAYOUTS
from clonotate.tasks import TASKS
from clonotate.training.gather import first_session

TITLES = {task: first_session(task).view.title for task in TASKS}
COLORS = st.tuples(*3 * (st.integers(0, 255),))


def shown(task, layout):
    return torch.from_numpy(first_session(task, seed=1, layout=layout).screen)


@pytest.mark.parametrize("layout", [*LAYOUTS, "sampled-1", "painted-2@384x288", "painted-3@448x336"])
@pytest.mark.parametrize("task", TASKS)
def test_of_all_titles_a_screen_has_its_own(task, layout):
    screen = shown(task, layout)
    assert [name for name, title in TITLES.items() if stands_on(screen, title)] == [task]


@given(st.data(), COLORS, COLORS)
def test_it_is_found_at_any_place_in_any_two_colours(data, ink, ground):
    title, screen = "Road network", np.empty((60, 120, 3), np.uint8)
    screen[:] = ground
    left = data.draw(st.integers(1, 120 - text_width(title) - 1))
    top = data.draw(st.integers(0, 51))
    write(screen, title, left, top, ink, 1)
    assert stands_on(torch.from_numpy(screen), title) == (ink != ground)


def test_one_pixel_less_and_it_is_not_read():
    screen = np.full((30, 120, 3), 9, np.uint8)
    write(screen, "Cell lineage", 10, 10, (200, 0, 0), 1)
    assert stands_on(torch.from_numpy(screen), "Cell lineage")
    y, x = np.argwhere(screen[..., 0] == 200)[17]
    screen[y, x] = 9
    assert not stands_on(torch.from_numpy(screen), "Cell lineage")


def test_a_title_at_two_pixels_a_dot_is_none_it_knows():
    assert not stands_on(shown("neuron-tracking", "original@2x"), TITLES["neuron-tracking"])
