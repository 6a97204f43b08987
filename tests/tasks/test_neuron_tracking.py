"""What is particular to following neurites: the ghost that optical flow carries from slice to slice."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from clonotate.records import Event
from clonotate.screens.widgets import CANVAS, Mark
from clonotate.tasks.neuron_tracking import GHOST, NeuronTracking, Stack, World, carried, on_target

TASK = NeuronTracking()
SEEDS = range(20_000, 20_006)


@cache
def world_of(seed: int) -> World:
    return TASK.begin(np.random.default_rng(seed))


def ghosts(world: World) -> list[Mark]:
    return [mark for mark in TASK.view(world).canvas.overlay if mark.color == GHOST]


def test_the_ghost_stays_inside_the_neurite_where_the_place_before_may_not() -> None:
    carried_in, left_in = [], []
    for seed in SEEDS:
        world = world_of(seed)
        centers = world.stack.centers
        for z in range(1, len(centers)):
            if (before := centers[z - 1]) and centers[z]:
                carried_in.append(on_target(world, z, carried(world.stack, z, before)))
                left_in.append(on_target(world, z, before))
    assert np.mean(carried_in) > 0.99
    assert sum(carried_in) >= sum(left_in)


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
