"""A tracker's proposal: the assignment that costs least in all, not the nearest cell."""

import numpy as np

from clonotate.tasks import task_named
from clonotate.tasks.proposal import costs, proposed
from clonotate.tasks.worlds.tracks import Frame


def frame(*cells):
    """Squares of half a side each, at x, y: cells in reading order."""
    segments = np.zeros((256, 256), np.uint8)
    for number, (x, y, half) in enumerate(sorted(cells, key=lambda cell: (cell[1], cell[0])), 1):
        segments[y - half : y + half + 1, x - half : x + half + 1] = number
    return Frame(np.zeros((256, 256), np.uint8), segments)


def test_a_cell_leaves_the_nearest_one_to_whom_it_fits_better():
    before = frame((40, 50, 8), (80, 51, 8))
    after = frame((62, 50, 8), (100, 51, 8))  # both went 20 px to the right: the second's place is nearer
    assert proposed(before, after, (0, 1), (0, 1)) == 0
    assert proposed(before, after, (1,), (0, 1)) == 0
    assert proposed(before, after, (1, 0), (0, 1)) == 1


def test_a_cell_of_the_same_size_is_preferred():
    before, after = frame((100, 100, 12)), frame((80, 100, 5), (122, 101, 12))
    assert proposed(before, after, (0,), (0, 1)) == 1


def test_of_two_the_one_that_looks_the_same_is_preferred():
    before, after = frame((100, 100, 12)), frame((86, 100, 12), (122, 101, 12))
    assert proposed(before, after, (0,), (0, 1)) == 0  # the nearer one
    texture = np.random.default_rng(0).integers(0, 256, (25, 25), np.uint8)
    before.image[88:113, 88:113] = after.image[89:114, 110:135] = texture
    costs.cache_clear()  # a frame is never painted on after it was looked at
    assert proposed(before, after, (0,), (0, 1)) == 1


def test_where_others_fit_better_nothing_is_proposed():
    before, after = frame((40, 50, 8), (100, 51, 8)), frame((100, 50, 8))
    assert proposed(before, after, (0, 1), (0,)) is None
    assert proposed(before, after, (1, 0), (0,)) == 0


def test_proposals_are_mostly_right():
    film = task_named("cell-lineage-tracking").begin(np.random.default_rng(30_000)).film
    right = 0
    for (t, i), answer in zip(film.queue, film.answers, strict=True):
        later = [j for frame, j in film.queue if frame == t and j > i]
        taken = {
            j for (s, k), link in zip(film.queue, film.answers, strict=True) if s == t and k < i for j in link
        }
        free = [j for j in range(len(film.frames[t + 1].cells)) if j not in taken]
        right += proposed(film.frames[t], film.frames[t + 1], (i, *later), free) in answer
    assert right > 0.9 * len(film.queue)
