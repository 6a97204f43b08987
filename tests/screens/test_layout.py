from dataclasses import fields, replace

import numpy as np
import pytest

from clonotate.records import ClonotateError
from clonotate.screens.layout import (
    HELD_OUT,
    KNOWN,
    LAYOUTS,
    Layout,
    drawn_from,
    layout_named,
    sample_layout,
)


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


@pytest.mark.parametrize(
    "name", ["", "modern", "original@4x", "original@", "sampled", "sampled--1", "sampled-1@2x", "sampled-x"]
)
def test_an_unknown_name_lists_what_there_is(name):
    with pytest.raises(ClonotateError, match="light-split-square"):
        layout_named(name)


@pytest.mark.parametrize(
    "changes",
    [{"side": "top", "status": "bottom"}, {"width": 300}, {"ratio": 0}, {"canvas": 272}, {"rim": 2}],
)
def test_a_layout_without_room_is_refused(changes):
    with pytest.raises(ClonotateError):
        replace(Layout(), **changes)


def test_sampled_layouts_vary_along_every_axis_but_the_pixel_ratio():
    drawn = [layout_named(f"sampled-{seed}") for seed in range(300)]
    seen = {field.name: {getattr(layout, field.name) for layout in drawn} for field in fields(Layout)}
    assert len(set(drawn)) == 300
    assert seen.pop("ratio") == {1}
    assert all(len(values) >= 3 for values in seen.values())
    assert all(layout.width % 16 == layout.height % 16 == 0 for layout in drawn)


def test_no_sampled_layout_shows_a_held_out_pair():
    held_out = {(LAYOUTS[name].side, LAYOUTS[name].theme) for name in HELD_OUT}
    drawn = {(it.side, it.theme) for it in (layout_named(f"sampled-{seed}") for seed in range(400))}
    assert not drawn & held_out
    assert len(drawn) == 5 * 3 - len(held_out)


def test_a_sampled_layout_comes_back_by_its_name_and_may_have_a_size():
    assert layout_named("sampled-17") == sample_layout(np.random.default_rng(17))
    small = layout_named("sampled-17@384x288")
    assert (small.width, small.height) == (384, 288)
    assert small == sample_layout(np.random.default_rng(17), (384, 288))
    for size, words in {"400x290": "multiples of 16", "320x288": "at least 384 x 288"}.items():
        with pytest.raises(ClonotateError, match=words):
            layout_named(f"sampled-17@{size}")


def test_a_painted_layout_has_colours_of_its_own():
    drawn = [layout_named(f"painted-{seed}@384x288") for seed in range(100)]
    assert len({layout.theme for layout in drawn}) == 100
    assert {(layout.width, layout.height) for layout in drawn} == {(384, 288)}
    assert drawn == [layout_named(f"painted-{seed}@384x288") for seed in range(100)]


def test_a_name_for_what_is_drawn_takes_a_seed():
    assert drawn_from("painted@416x320", 7) == "painted-7@416x320"
    assert drawn_from("sampled", 7) == "sampled-7"
    assert drawn_from("retro-top@2x", 7) == "retro-top@2x"
