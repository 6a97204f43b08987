"""Hindsight: cells of a screen where an episode went on to draw."""

from itertools import pairwise

import numpy as np
import pytest

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.hindsight import CELL, UNKNOWN, ahead, painted
from clonotate.episodes.session import Session
from clonotate.records import Source
from clonotate.screens.arrangement import places_of
from clonotate.screens.layout import LAYOUTS
from clonotate.tasks import NINE, task_named

ROADS = "road-network-construction"


def ended(task: str, layout: str = "original") -> tuple[Session, list]:
    """A session that a steady expert ended, and the worlds before each of its clicks."""
    session = Session(Source(task, "easy", 3, task_named(task).version), layout)
    person = VirtualAnnotator(session, STEADY, np.random.default_rng(0))
    worlds = []
    while not session.done:
        worlds.append(session.world)
        session.click(person(session.screen))
    return session, worlds


@pytest.mark.parametrize("layout", [*LAYOUTS, "painted-5", "original@2x"])
def test_all_of_the_canvas_is_told_of_and_nothing_is_left_at_done(layout):
    session, worlds = ended(ROADS, layout)
    places = places_of(session.view, session.layout)
    found = [ahead(session, world) for world in worlds]
    for cells in found:
        assert cells.shape == (places.height // CELL, places.width // CELL)
        canvas = cells[places.canvas.top // CELL + 1 : places.canvas.bottom // CELL]
        known = canvas[:, places.canvas.left // CELL + 1 : places.canvas.right // CELL]
        assert set(np.unique(known)) <= {0, 1}
        assert (cells == UNKNOWN).any()
    assert (found[0] == 1).sum() > 20
    assert not (found[-1] == 1).any()  # Done: nothing is left


def test_what_is_foreseen_shrinks_as_roads_are_drawn():
    session, worlds = ended(ROADS)
    above = [ahead(session, world) for world in worlds if world.above]
    for before, after in pairwise(above):
        assert ((after == 1) <= (before == 1)).mean() > 0.99
        assert (after == 1).sum() < (before == 1).sum()


def test_it_is_the_cells_under_the_lines_that_come_and_no_others():
    session, worlds = ended(ROADS)
    places = places_of(session.view, session.layout)
    assert session.world.above
    assert worlds[0].above
    rows, columns = np.nonzero(painted(session.task.view(session.world).canvas.overlay).any(axis=2))
    wanted = np.zeros((places.height // CELL, places.width // CELL), bool)
    wanted[(rows + places.canvas.top) // CELL, (columns + places.canvas.left) // CELL] = True
    assert np.array_equal(ahead(session, worlds[0]) == 1, wanted)


@pytest.mark.parametrize("task", [name for name in NINE if name != ROADS])
def test_other_tasks_tell_nothing(task):
    session = Session(Source(task, "easy", 3, task_named(task).version))
    assert ahead(session, session.world) is None
