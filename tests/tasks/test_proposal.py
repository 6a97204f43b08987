"""A tracker's proposals: what costs least in all, divisions, ends and beginnings included."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clonotate.tasks import task_named
from clonotate.tasks.cell_lineage import proposal
from clonotate.tasks.proposal import (
    CROWD,
    around,
    assigned,
    costs,
    effort,
    linked,
    proposed,
    roundness,
)
from clonotate.tasks.worlds.tracks import Frame

TEXTURE = np.random.default_rng(1).integers(0, 256, (51, 51), np.uint8)


def frame(*cells):
    """Squares of half a side each, at x, y, that look the same in their middle: cells in reading order."""
    image, segments = np.zeros((2, 256, 256), np.uint8)
    for number, (x, y, half) in enumerate(sorted(cells, key=lambda cell: (cell[1], cell[0])), 1):
        inside, middle = slice(25 - half, 26 + half), np.s_[y - half : y + half + 1, x - half : x + half + 1]
        image[middle], segments[middle] = TEXTURE[inside, inside], number
    return Frame(image, segments)


def test_a_cell_leaves_the_nearest_one_to_whom_it_fits_better():
    before = frame((40, 50, 8), (80, 51, 8))
    after = frame((62, 50, 8), (100, 51, 8))  # both went 20 px to the right: the second's place is nearer
    assert proposed(before, after, (0, 1), (0, 1)) == (0,)
    assert proposed(before, after, (1, 0), (0, 1)) == (1,)


def test_a_cell_of_the_same_size_is_preferred():
    before, after = frame((100, 100, 12)), frame((80, 100, 5), (122, 101, 12))
    far, near = costs(before, after).links[0, ::-1]
    assert far < near


def test_of_two_the_one_that_looks_the_same_is_preferred():
    before, after = frame((100, 100, 12)), frame((86, 100, 12), (122, 101, 12))
    near, far = costs(before, after).links[0]
    assert near < far
    before.image[88:113, 88:113] = after.image[89:114, 110:135] = TEXTURE[::-1, ::-1][:25, :25]
    costs.cache_clear()  # a frame is never painted on after it was looked at
    near, far = costs(before, after).links[0]
    assert far < near


def test_who_is_left_without_a_cell_has_ended():
    before, after = frame((20, 50, 8), (100, 51, 8)), frame((100, 50, 8))
    assert proposed(before, after, (0, 1), (0,)) == ()
    assert proposed(before, after, (1, 0), (0,)) == (0,)


def test_two_halves_beside_it_are_daughters():
    before, after = frame((100, 100, 14)), frame((88, 100, 10), (112, 101, 10))
    assert proposed(before, after, (0,), (0, 1)) == (0, 1)


def test_two_of_unlike_size_or_on_one_side_are_none():
    before = frame((100, 100, 14))
    assert costs(before, frame((88, 100, 13), (112, 101, 6))).splits[0][0, 1] > 40
    assert not costs(before, frame((102, 100, 12), (202, 101, 12))).splits[0]
    assert not costs(before, frame((152, 100, 12), (185, 101, 12))).splits[0]


def test_who_is_long_or_still_there_is_less_likely_to_have_divided():
    rounded, long = frame((100, 100, 14)), frame((100, 100, 14))
    long.segments[:] = 0
    long.segments[96:104, 60:140] = 1
    after = frame((88, 100, 10), (112, 101, 10))
    assert costs(rounded, after).splits[0][0, 1] < costs(long, after).splits[0][0, 1] - 50
    strange = frame((88, 100, 10), (112, 101, 10))
    strange.image[:] = 255 - strange.image
    gone, remains = (costs(rounded, one) for one in (strange, after))
    assert gone.splits[0][0, 1] < remains.splits[0][0, 1] - 10


def test_a_disc_is_round_and_a_line_is_not():
    segments = np.zeros((256, 256), np.uint8)
    y, x = np.mgrid[:256, :256]
    segments[(x - 60) ** 2 + (y - 60) ** 2 <= 400] = 1
    segments[200, 20:240] = 2
    disc, line = roundness(Frame(segments, segments))
    assert disc > 0.99
    assert line < 0.02


@given(st.lists(st.floats(0, 400), min_size=2, max_size=9, unique=True))
def test_a_longer_way_costs_more_but_less_and_less(ways):
    ways = np.sort(ways)
    cost = effort(ways)
    assert (np.diff(cost) >= 0).all()
    assert (cost <= ways + 1e-9).all()
    assert (effort(2 * ways) <= 2 * cost + 1e-9).all()


def test_a_cell_that_comes_over_the_border_is_no_daughter():
    before, after = frame((40, 100, 14)), frame((40, 100, 14), (8, 101, 7))
    assert proposed(before, after, (0,), (0, 1)) == (0,)


def test_who_has_another_cell_to_become_leaves_its_neighbour_its_daughters():
    before = frame((100, 100, 14), (150, 102, 10))
    after = frame((88, 100, 10), (112, 101, 10), (152, 103, 10))
    assert proposed(before, after, (0, 1), (0, 1, 2)) == (0, 1)
    assert proposed(before, after, (1, 0), (0, 1, 2)) == (2,)


def test_several_divide_at_once():
    before = frame((60, 60, 14), (180, 180, 14))
    after = frame((48, 60, 10), (72, 61, 10), (168, 180, 10), (192, 181, 10))
    assert proposed(before, after, (0, 1), (0, 1, 2, 3)) == (0, 1)
    assert proposed(before, after, (1, 0), (0, 1, 2, 3)) == (2, 3)


def test_in_a_crowd_each_goes_by_those_around_it():
    grid = [(x, y, 7) for x in range(12, 250, 24) for y in range(12, 250, 24)]
    before, after = frame(*grid), frame(*((x + 2, y + 3, 7) for x, y, _ in grid))
    everyone = range(len(grid))
    assert len(around((12, 12), before, everyone)) == CROWD
    for cell in (0, 37, len(grid) - 1):
        assert proposed(before, after, (cell, *(i for i in everyone if i != cell)), everyone) == (cell,)


def test_who_is_told_to_divide_does_so_with_the_daughter_that_is_told():
    before, after = frame((100, 100, 10)), frame((100, 100, 10), (120, 101, 9), (80, 102, 9))
    assert len(proposed(before, after, (0,), (0, 1, 2), daughters=())) == 2
    for daughter in (0, 1, 2):
        assert daughter in proposed(before, after, (0,), (0, 1, 2), daughters=(daughter,))
    assert proposed(before, frame((100, 100, 10)), (0,), (0,), daughters=()) == ()


@settings(max_examples=40, deadline=None)
@given(*[st.sets(st.tuples(*[st.integers(1, 9)] * 2), min_size=1, max_size=5)] * 2)
def test_whatever_there_is_nobody_has_a_cell_of_another_and_division_pays(old, new):
    before, after = (frame(*((24 * x, 24 * y, 9) for x, y in places)) for places in (old, new))
    known = costs(before, after)
    sources, targets = range(len(before.cells)), range(len(after.cells))
    links = linked(known, sources, targets)
    taken = [j for became in links.values() for j in became]
    assert sorted(links) == list(sources)
    assert len(taken) == len(set(taken))
    assert set(taken) <= set(targets)
    assert price(known, links) <= assigned(known, sources, targets)[0] + 1e-6


def price(known, links):
    """What links cost in all."""
    taken = {j for became in links.values() for j in became}
    begun = sum(known.begins[j] for j in range(len(known.begins)) if j not in taken)
    each = (
        known.ends[i]
        if not became
        else known.links[i, became[0]]
        if len(became) == 1
        else known.splits[i][became]
        for i, became in links.items()
    )
    return begun + sum(each)


def test_proposals_are_mostly_right():
    """Divisions and ends too: of all that becomes of cells, of which the earlier ones are linked rightly."""
    right = asked = 0
    for seed in range(30_000, 30_004):
        world = task_named("cell-lineage-tracking").begin(np.random.default_rng(seed))
        answers = world.film.answers
        for count, answer in enumerate(answers):
            here = replace(world, links=answers[:count])
            right += tuple(sorted(proposal(replace(here, z=here.target)))) == answer
            asked += 1
    assert right > 0.98 * asked
