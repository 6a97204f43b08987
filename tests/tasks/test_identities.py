"""Which body is whose: the nearest likely one, of all animals at once, or nobody's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from worms import Worm

from clonotate.tasks.appearance import Pose
from clonotate.tasks.body_search import NONE, Bodies, shared
from clonotate.tasks.identities import likeliest


def bodies(*worms, fits=None):
    lines = np.array([worm.line[::6] for worm in worms])
    return Bodies(lines, np.array(fits or [0.9] * len(worms)), shared(lines))


def both(there, expected, which):
    """Where both ends are."""
    one = likeliest(there, expected, which)
    return None if one is None else Pose(*(there.end(one, end, 0) for end in (0, 1)))


HERE, THERE = Worm((60, 60), 0), Worm((160, 160), 0)


def test_an_animal_has_the_body_where_it_is_expected():
    there = bodies(Worm((163, 158), 5), Worm((65, 66), 10))
    expected = [HERE.pose, THERE.pose]
    assert both(there, expected, 0) == Worm((65, 66), 10).pose
    assert both(there, expected, 1) == Worm((163, 158), 5).pose


@given(st.permutations(range(4)))
def test_the_order_in_which_bodies_were_found_tells_nothing(order):
    worms = [Worm((50 + 60 * i, 120), 80 + 10 * i) for i in range(4)]
    expected = [Worm((54 + 60 * i, 126), 80 + 10 * i).pose for i in range(4)]
    there = bodies(*(worms[i] for i in order))
    assert [both(there, expected, a) for a in range(4)] == [worm.pose for worm in worms]


def test_what_two_want_has_who_is_nearer_and_the_other_has_none():
    expected = [Worm((100, 110), 0).pose, Worm((122, 110), 0).pose]
    there = bodies(Worm((110, 110), 0))
    assert both(there, expected, 0) == Worm((110, 110), 0).pose
    assert both(there, expected, 1) is None


def test_who_has_another_body_leaves_this_one_to_the_other():
    expected = [Worm((100, 100), 0).pose, Worm((100, 124), 0).pose]
    there = bodies(Worm((100, 112), 0), Worm((100, 140), 0))
    assert both(there, expected, 0) == Worm((100, 112), 0).pose
    assert both(there, expected, 1) == Worm((100, 140), 0).pose


def test_what_lies_far_away_is_anothers():
    assert both(bodies(THERE), [HERE.pose], 0) is None


def test_where_nothing_was_found_nobody_has_a_body():
    assert both(NONE, [HERE.pose, THERE.pose], 0) is None


def test_who_heads_the_other_way_is_another():
    there = Worm((100, 100), 0, length=80)
    assert both(bodies(there), [Pose(there.pose.back, there.pose.front)], 0) is None


def test_a_body_that_fits_badly_is_nobodys():
    assert both(bodies(HERE, fits=[0.39]), [HERE.pose], 0) is None
    assert both(bodies(HERE, fits=[0.5]), [HERE.pose], 0) == HERE.pose


def test_of_two_bodies_in_one_place_the_better_one_is_taken():
    straight = Worm((100, 100), 180).line[::6]
    forked = straight.copy()
    forked[5:, 1] += 4.0 * np.arange(6)
    lines = np.stack([straight, forked])
    expected = [Worm((100, 104), 180).pose]
    for fits in ([0.9, 0.88], [0.8, 0.98]):
        there = Bodies(lines, np.array(fits), shared(lines))
        assert likeliest(there, expected, 0) == int(np.argmax(fits))
