"""What is particular to cell lineage: links, divisions, cells that leave, and looking before linking."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.records import ClonotateError, Event, Source
from clonotate.screens.widgets import Mark, Path
from clonotate.tasks.base import Intent
from clonotate.tasks.cell_lineage import (
    DIVIDING,
    FREE,
    LEVELS,
    PROPOSED,
    SOURCE,
    TARGET,
    WAITING,
    CellLineage,
    Memory,
    World,
    doubtful,
    overlay,
)

TASK = LEVELS["standard"]
SEEDS = range(12)


@cache
def world_of(seed: int) -> World:
    return TASK.begin(np.random.default_rng(seed))


def do(world: World, *events: Event | str) -> World:
    for event in events:
        world = TASK.update(world, Event(event) if isinstance(event, str) else event)
    return world


def on(world: World, cell: int, frame: int) -> Event:
    return Event("canvas", world.film.frames[frame].cells[cell].middle)


def linked(world: World, count: int) -> World:
    """The first `count` links made right, at the frame where the next one is to be made."""
    world = replace(world, links=world.film.answers[:count])
    return replace(world, z=world.target)


def first(world: World, daughters: int) -> int:
    """The first link of a cell with so many daughters; 1 is a cell that lives on."""
    return next(i for i, answer in enumerate(world.film.answers) if len(answer) == daughters)


def with_link(daughters: int) -> tuple[World, int]:
    """A world where a cell has so many daughters, and which link of the queue that is."""
    for seed in range(60):
        world = world_of(seed)
        if any(len(answer) == daughters for answer in world.film.answers):
            return world, first(world, daughters)
    raise AssertionError("no such world")


def test_a_click_counts_only_in_the_next_frame_and_on_a_cell() -> None:
    world = world_of(0)
    assert do(world, on(world, 0, 0)) is world
    there = do(world, "next")
    ground = np.argwhere(there.film.frames[1].segments == 0)[0]
    assert do(there, Event("canvas", (int(ground[1]), int(ground[0])))) is there
    assert do(there, on(world, 0, 1)).links == ((0,),)


def test_divide_asks_for_two_daughters_and_then_is_off() -> None:
    world = do(world_of(0), "next", "divide")
    one = do(world, on(world, 1, 1))
    assert one.links == ()
    assert do(one, on(world, 1, 1), "divide", "gone") is one  # the same cell again is no second daughter
    both = do(one, on(world, 0, 1))
    assert both.links == ((1, 0),)
    assert not both.divide


def test_undo_takes_back_click_by_click() -> None:
    world = do(world_of(0), "next", "divide", on(world_of(0), 1, 1), on(world_of(0), 0, 1))
    seen = []
    for _ in range(4):
        world = do(world, "undo")
        seen.append((world.links, world.divide, world.daughter))
    assert seen == [((), True, 1), ((), True, None), ((), False, None), ((), False, None)]


def test_undo_goes_back_to_the_frame_of_the_link() -> None:
    world = world_of(0)
    cells = len(world.film.frames[0].cells)
    ahead = do(linked(world, cells), "next", "next")
    assert do(ahead, "undo").z == 1


def test_gone_ends_a_track_and_counts_as_a_link() -> None:
    world, link = with_link(0)
    here = linked(world, link)
    assert do(here, "gone").links[link] == ()
    assert not do(here, "gone").wrong
    assert do(here, "prev", "gone").links == here.links  # one has to look first
    assert do(here, on(here, 0, here.z)).wrong == (link,)


def test_a_division_linked_to_one_daughter_is_wrong() -> None:
    world, link = with_link(2)
    here = linked(world, link)
    one, two = here.answer
    assert do(here, on(here, one, here.z)).wrong == (link,)
    for order in ((one, two), (two, one)):
        assert not do(here, "divide", *(on(here, j, here.z) for j in order)).wrong


def test_graded_parts() -> None:
    world, link = with_link(2)
    whole = replace(world, links=world.film.answers)
    assert TASK.score(whole).success
    assert TASK.score(whole).parts == {"edge_f1": 1.0, "division_f1": 1.0}
    halved = replace(world, links=tuple(answer[:1] for answer in world.film.answers))
    parts = TASK.score(halved).parts
    assert not TASK.score(halved).success
    assert 0.8 < parts["edge_f1"] < 1
    assert parts["division_f1"] == 0
    assert TASK.score(world).parts["edge_f1"] == 0
    assert link in halved.wrong


def outlines(world: World) -> dict[Path, object]:
    """The outlines on the screen, and their colours."""
    return {item: item.color for item in overlay(world) if isinstance(item, Path) and item.closed}


def test_the_screen_tells_source_target_and_divide() -> None:
    world = world_of(0)
    there = do(world, "next")
    assert set(outlines(world).values()) == {SOURCE}
    assert set(outlines(there).values()) == {TARGET, FREE}
    assert set(outlines(do(there, "divide")).values()) == {DIVIDING, FREE}
    assert not outlines(do(there, "next"))


def thin(world: World) -> set[tuple[tuple[int, int], ...]]:
    """The outlines of what can be clicked."""
    return {item.points for item, color in outlines(world).items() if color == FREE}


def test_what_can_be_clicked_is_outlined() -> None:
    world, link = with_link(2)
    here = linked(world, link)
    t, cells = here.z, here.film.frames[here.z].cells
    made = zip(here.film.queue, here.links, strict=False)
    taken = {j for (start, _), answer in made if start == t - 1 for j in answer}
    assert thin(here) == {cell.outline for j, cell in enumerate(cells) if j not in taken}
    daughter, other = here.answer
    halfway = do(here, "divide", on(here, daughter, t))
    assert thin(here) - thin(halfway) == {cells[daughter].outline}
    assert cells[other].outline in thin(halfway)


def crosses(world: World) -> set[tuple[int, int]]:
    """Where cells were that are to be linked next."""
    return {item.at for item in overlay(world) if isinstance(item, Mark) and item.color == WAITING}


def test_crosses_stand_where_the_cells_were_that_are_linked_next() -> None:
    world = world_of(0)
    cells = world.film.frames[0].cells
    there = do(world, "next")
    assert crosses(there) == {cell.middle for cell in cells[1:]}
    assert not crosses(world)
    assert crosses(do(there, on(there, there.answer[0], 1))) == {cell.middle for cell in cells[2:]}
    assert not crosses(linked(world, len(cells) - 1))


def rings(world: World) -> list[tuple[int, int]]:
    """Where a tracker would click."""
    return [item.at for item in overlay(world) if isinstance(item, Mark) and item.color == PROPOSED]


def test_rings_stand_on_what_a_tracker_links_to_and_only_where_it_is_asked_for() -> None:
    world, link = with_link(2)
    here = linked(world, link)
    daughters = {here.film.frames[here.z].cells[j].middle for j in here.answer}
    assert set(rings(here)) == set(rings(do(here, "divide"))) == daughters
    assert not rings(do(here, "prev"))
    assert not rings(linked(world, len(world.film.queue)))
    one = linked(world, first(world, 1))
    assert rings(one) == [one.film.frames[one.z].cells[one.answer[0]].middle]


def test_after_a_daughter_there_is_a_ring_on_the_other() -> None:
    world, link = with_link(2)
    here = linked(world, link)
    cells = here.film.frames[here.z].cells
    for daughter, other in (here.answer, here.answer[::-1]):
        assert rings(do(here, "divide", on(here, daughter, here.z))) == [cells[other].middle]


def test_where_a_tracker_holds_a_cell_for_gone_there_is_no_ring() -> None:
    world, link = with_link(0)
    assert not rings(linked(world, link))


def watched(world: World) -> Memory:
    """What one remembers who saw the active cell's frame, then the next."""
    memory = TASK.remember(None, replace(world, z=world.target - 1))
    return TASK.remember(memory, world)


def test_the_expert_flips_back_where_it_is_in_doubt() -> None:
    world = world_of(3)
    doubts = 0
    for link in range(len(world.film.queue)):
        here = linked(world, link)
        memory = replace(watched(here), compared=False)
        flips = TASK.expert(here, memory, 1.0).event == Event("prev")
        assert flips == doubtful(here, 1.0)
        assert TASK.expert(here, watched(here), 1.0).event != Event("prev")
        assert TASK.expert(here, memory, 0.0).event != Event("prev")
        doubts += flips
    assert 0 < doubts < len(world.film.queue)


def test_the_expert_never_links_what_it_has_not_looked_at() -> None:
    here = linked(world_of(0), 9)
    assert TASK.expert(here, TASK.remember(None, here), 0.5).event == Event("prev")


def test_slips_are_wrong_and_like_a_persons() -> None:
    for daughters in (0, 1, 2):
        world, link = with_link(daughters)
        here = linked(world, link)
        intent = TASK.expert(here, watched(here), 0.0)
        slips = TASK.slips(here, intent)
        assert slips
        assert len(slips) <= 3
        for slip in slips:
            assert TASK.standing(do(here, slip)).in_error
    assert TASK.slips(here, Intent(Event("next"), "navigate", "annotate")) == ()


def untiring(world: World, pick: str) -> World:
    """Links made without an eye for the cells: what lies at the old place, or nearest to it."""
    while world.active is not None:
        world = replace(world, z=world.target)
        t, i = world.active
        old = world.film.frames[t].cells[i].middle
        here = [cell.middle for cell in world.film.frames[world.z].cells]
        at = old if pick == "same place" else min(here, key=lambda place: math.dist(place, old))
        after = do(world, Event("canvas", at))
        world = do(world, "gone") if after is world else after
    return world


@pytest.mark.parametrize(("pick", "most"), [("same place", 1), ("nearest", 5)])
def test_the_links_cannot_be_made_without_looking(pick: str, most: int) -> None:
    finished = [untiring(world_of(seed), pick) for seed in SEEDS]
    assert sum(TASK.score(world).success for world in finished) <= most
    assert all(not TASK.score(w).success for w in finished if any(len(a) == 2 for a in w.film.answers))


def film_of_labels() -> tuple[np.ndarray, np.ndarray]:
    """One cell that divides, one that leaves: labels `[3, 256, 256]`, and pictures of them."""
    labels = np.zeros((3, 256, 256), np.uint16)
    labels[0, 40:60, 40:60] = labels[1, 42:62, 40:60] = 7
    labels[2, 40:52, 36:48], labels[2, 54:66, 48:60] = 11, 12
    labels[0, 100:120, 100:120] = labels[1, 104:124, 104:124] = 3
    labels[2, 200:220, 200:220] = 20  # another cell comes in
    return (labels > 0).astype(np.uint8) * 90 + 80, labels


def test_begin_from_reads_tracks_and_divisions() -> None:
    world = CellLineage().begin_from(*film_of_labels())
    assert world.film.queue == ((0, 0), (0, 1), (1, 0), (1, 1))
    assert world.film.answers == ((0,), (1,), (0, 1), ())
    session = Session(Source(TASK.name), world=world)
    person = VirtualAnnotator(session, STEADY, np.random.default_rng(0))
    while not session.done:
        session.click(person(session.screen))
    assert session.score().success


def test_without_tracks_there_is_no_score() -> None:
    world = CellLineage().begin_from(*film_of_labels(), tracked=False)
    ahead = do(world, "next", on(world, 0, 1))
    TASK.view(ahead)
    assert TASK.standing(ahead).progress == 0.25
    with pytest.raises(ClonotateError, match="no tracks"):
        TASK.score(ahead)


def test_bad_films_are_refused() -> None:
    images, labels = film_of_labels()
    with pytest.raises(ClonotateError, match="256 x 256"):
        CellLineage().begin_from(images, labels[:2])
    labels[1] = 0
    with pytest.raises(ClonotateError, match="frame 2"):
        CellLineage().begin_from(images, labels)
