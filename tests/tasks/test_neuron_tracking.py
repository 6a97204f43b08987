"""What is particular to following neurites: the ghost that optical flow carries from slice to slice."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from clonotate.records import Event
from clonotate.screens.widgets import CANVAS, Mark
from clonotate.tasks.neuron_tracking import GHOST, NeuronTracking, Stack, World, carried, on_target
from clonotate.tasks.worlds import em

TASK = NeuronTracking()
SEEDS = range(20_000, 20_006)


@cache
def world_of(seed: int) -> World:
    return TASK.begin(np.random.default_rng(seed))


def ghosts(world: World) -> list[Mark]:
    return [mark for mark in TASK.view(world).canvas.overlay if mark.color == GHOST]


def test_the_ghost_finds_neurites_that_move_away_from_where_they_were() -> None:
    task, left, missed = NeuronTracking(em.Tissue(drift=14.0, slices=(24, 30))), 0, 0
    for seed in SEEDS:
        world = task.begin(np.random.default_rng(seed))
        for z, (before, here) in enumerate(pairwise(world.stack.centers), 1):
            if before and here:
                left += not on_target(world, z, before)
                missed += not on_target(world, z, carried(world.stack, z, before))
    assert left >= 5
    assert missed == 0


def test_the_ghost_moves_with_what_it_lies_on() -> None:
    sheet = world_of(SEEDS[0]).stack.images[0]
    moved = np.stack([sheet, np.roll(sheet, (3, -6), axis=(0, 1))])
    x, y = carried(Stack(moved, None, 0), 1, (120, 130))
    assert abs(x - 114) <= 1
    assert abs(y - 133) <= 1


@pytest.mark.parametrize("corner", [(0, 0), (CANVAS - 1, 0), (0, CANVAS - 1), (CANVAS - 1, CANVAS - 1)])
def test_the_ghost_of_a_node_in_a_corner_is_on_the_canvas(corner: tuple[int, int]) -> None:
    at = carried(world_of(SEEDS[0]).stack, 1, corner)
    assert all(0 <= v < CANVAS for v in at)


def test_only_a_slice_after_a_node_has_a_ghost() -> None:
    world = world_of(SEEDS[0])
    assert not ghosts(world)
    placed = TASK.update(world, Event("canvas", (CANVAS // 2, CANVAS // 2)))
    assert not ghosts(placed)
    after = TASK.update(placed, Event("+z"))
    assert [mark.at for mark in ghosts(after)] == [carried(world.stack, 1, (CANVAS // 2, CANVAS // 2))]
    assert not ghosts(replace(after, z=2))
