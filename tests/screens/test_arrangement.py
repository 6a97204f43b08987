from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from sample_views import SAMPLES
from strategies import fits, layouts, samples, views

from clonotate.records import ClonotateError
from clonotate.screens.arrangement import arrange, button_width
from clonotate.screens.layout import LAYOUTS, Layout, Rect
from clonotate.screens.widgets import Button, Group, Readout, Strip, View


def overlap(one: Rect, other: Rect) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > 0 and min(one.bottom, other.bottom) > max(one.top, other.top)


def assert_sound(view: View, layout: Layout) -> None:
    places = arrange(view.groups, view.status, layout)
    rects = [places.canvas, places.title, *places.buttons.values(), *places.status]
    assert len(rects) == 2 + len(view.buttons) + len(view.status)
    for rect in rects:
        assert rect.left >= 0
        assert rect.top >= 0
        assert rect.right <= layout.width * layout.ratio == places.width
        assert rect.bottom <= layout.height * layout.ratio == places.height
    assert not [pair for pair in combinations(rects, 2) if overlap(*pair)]
    assert places.canvas.width == places.canvas.height == layout.canvas * layout.ratio
    for button in view.buttons:
        rect = places.buttons[button.name]
        assert rect.width >= button_width(button, condensed=True) * layout.ratio
        assert rect.height >= 11 * layout.ratio
    for group, around in zip(view.groups, places.groups, strict=True):
        assert all(overlap(around, places.buttons[button.name]) for button in group.buttons)


@given(views(), layouts)
@settings(max_examples=200, deadline=None)
def test_crowded_views_are_sound_or_refused(view, layout):
    assume(fits(view, layout))
    assert_sound(view, layout)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_sample_views_fit_every_layout(layout, name):
    assert_sound(SAMPLES[name], LAYOUTS[layout])


@given(samples, layouts)
def test_nothing_moves_when_values_change(view, layout):
    groups = tuple(
        Group(group.role, tuple(replace(b, lit=not b.lit, enabled=not b.enabled) for b in group.buttons))
        for group in view.groups
    )
    status = tuple(
        replace(item, value=item.value + "99") if isinstance(item, Readout) else replace(item, present=0)
        for item in view.status
    )
    assert arrange(groups, status, layout) is arrange(view.groups, view.status, layout)


def test_undo_and_done_stand_side_by_side_at_the_foot():
    view, layout = SAMPLES["dots"], LAYOUTS["original"]
    places = arrange(view.groups, view.status, layout).buttons
    assert places["undo"].top == places["done"].top > places["mip"].bottom
    assert places["undo"].right < places["done"].left


def test_too_much_is_refused_in_one_line():
    many = Group("label", tuple(Button(str(i), "a class of cells") for i in range(60)))
    with pytest.raises(ClonotateError, match="60 buttons do not fit"):
        arrange((many,), (), LAYOUTS["original"])
    long = Group("label", (Button("a", "a text that no panel of any layout has the room for"),))
    with pytest.raises(ClonotateError, match="too long"):
        arrange((long,), (), LAYOUTS["original"])
    with pytest.raises(ClonotateError, match="status items"):
        arrange((), (Strip("Slices", (True,) * 600, 0),), LAYOUTS["light-right"])


@pytest.mark.parametrize("names", [("undo", "undo"), ("canvas", "done")])
def test_every_button_needs_a_name_of_its_own(names):
    with pytest.raises(ClonotateError, match="name"):
        arrange((Group("edit", tuple(Button(name, "x") for name in names)),), (), LAYOUTS["original"])
