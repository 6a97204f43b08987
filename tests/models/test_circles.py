"""Going in circles is told from the work it resembles."""

from itertools import pairwise

import numpy as np
import pytest

from clonotate.models.circles import Circles
from clonotate.records import Click

UNDO, PLACE, NEXT, BACK = Click(300, 200), Click(90, 80), Click(340, 200), Click(320, 40)


def screen(number):
    return np.full((2, 2, 3), number, np.uint8)


def walk(path):
    """What is barred on each screen of a path of (screen, click that led there)."""
    circles = Circles()
    found = []
    for number, past in path:
        circles.see(screen(number), past)
        found.append({one for one in (UNDO, PLACE, NEXT, BACK) if circles.bars(one)})
    return found


def test_a_mark_undone_twice_is_left_standing_the_third_time():
    path = [(0, None), (1, PLACE), (0, UNDO), (2, PLACE), (0, UNDO), (3, PLACE), (0, UNDO), (4, PLACE)]
    assert walk(path) == [set(), set(), set(), set(), set(), {UNDO}, {PLACE}, {UNDO}]


def test_patience_grows_with_every_return():
    path = [(0, None)]
    for turn in range(3):
        path += [(1 + turn, PLACE), (0, UNDO)]
    path += [(5, PLACE), (6, PLACE), (7, PLACE)]
    assert walk(path)[-3:] == [{UNDO}, {UNDO}, set()]


def test_what_led_back_to_the_very_screen_three_times_is_not_tried_there_again():
    there_and_back = [(1, PLACE), (2, NEXT), (0, BACK)]
    found = walk([(0, None), *3 * there_and_back, (3, UNDO), (0, NEXT)])
    assert [PLACE in barred for barred in found] == [*9 * [False], True, False, True]


def test_leafing_through_known_pages_bars_nothing():
    pages = [0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2, 3]
    clicks = [None, *(NEXT if b > a else BACK for a, b in pairwise(pages))]
    assert not any(walk(list(zip(pages, clicks, strict=True))))


@pytest.mark.parametrize(("off", "barred"), [(8, True), (9, False)])
def test_a_button_is_as_wide_as_that(off, barred):
    circles = Circles()
    for number, past in [(0, None), (1, PLACE), (0, UNDO), (2, PLACE), (0, UNDO), (3, PLACE)]:
        circles.see(screen(number), past)
    assert circles.bars(Click(UNDO.x - off, UNDO.y)) == barred
