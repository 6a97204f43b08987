from dataclasses import replace

import pytest

from clonotate.records import ClonotateError
from clonotate.screens.layout import HELD_OUT, KNOWN, LAYOUTS, Layout, layout_named


def test_eight_layouts_are_known_and_three_held_out():
    assert (len(KNOWN), len(HELD_OUT)) == (8, 3)
    assert (*KNOWN, *HELD_OUT) == tuple(LAYOUTS)
    assert len(set(LAYOUTS.values())) == 11
    assert LAYOUTS["original"] == Layout("right", "dark")


def test_held_out_pairs_are_seen_apart_but_never_together():
    known = [(LAYOUTS[name].side, LAYOUTS[name].theme) for name in KNOWN]
    for name in HELD_OUT:
        side, theme = LAYOUTS[name].side, LAYOUTS[name].theme
        assert (side, theme) not in known
        assert side in [s for s, _ in known]
        assert theme in [t for _, t in known]


def test_a_name_may_carry_a_pixel_ratio():
    assert layout_named("retro-top@2x") == replace(LAYOUTS["retro-top"], ratio=2)
    assert layout_named("retro-top") is LAYOUTS["retro-top"]


@pytest.mark.parametrize("name", ["", "modern", "original@4x", "original@"])
def test_an_unknown_name_lists_what_there_is(name):
    with pytest.raises(ClonotateError, match="light-split-square"):
        layout_named(name)


@pytest.mark.parametrize("changes", [{"side": "top", "status": "bottom"}, {"width": 300}, {"ratio": 0}])
def test_a_layout_without_room_is_refused(changes):
    with pytest.raises(ClonotateError):
        replace(Layout(), **changes)
