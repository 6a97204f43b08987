"""Every task under layouts drawn at random: all of it is on the screen, and every click finds its way."""

from functools import cache
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonotate.records import Event
from clonotate.screens.arrangement import arrange, button_width
from clonotate.screens.layout import DRAWN, Rect, layout_named
from clonotate.screens.pointing import hit, locate
from clonotate.screens.render import render
from clonotate.screens.widgets import CANVAS, View
from clonotate.tasks import TASKS

every_task = pytest.mark.parametrize("name", TASKS)
drawn = st.integers(0, 10**9)


@cache
def first_view(name: str) -> View:
    task = TASKS[name]["easy"]
    return task.view(task.begin(np.random.default_rng(20_000)))


def apart(one: Rect, other: Rect) -> bool:
    beside = one.right <= other.left or other.right <= one.left
    return beside or one.bottom <= other.top or other.bottom <= one.top


@every_task
@given(seed=drawn)
@settings(max_examples=40, deadline=None)
def test_nothing_overlaps_or_is_cut_off(name: str, seed: int) -> None:
    view, layout = first_view(name), layout_named(f"sampled-{seed}")
    places = arrange(view.groups, view.status, layout)
    rects = [places.canvas, places.title, *places.buttons.values(), *places.status]
    for left, top, width, height in rects:
        assert 0 <= left < left + width <= layout.width
        assert 0 <= top < top + height <= layout.height
    assert all(apart(one, other) for one, other in combinations(rects, 2))
    for button in view.buttons:
        assert places.buttons[button.name].width >= button_width(button, condensed=True)


@every_task
@given(seed=drawn, place=st.tuples(st.integers(0, CANVAS - 1), st.integers(0, CANVAS - 1)))
@settings(max_examples=40, deadline=None)
def test_clicks_and_events_are_inverse(name: str, seed: int, place: tuple[int, int]) -> None:
    view, layout = first_view(name), layout_named(f"sampled-{seed}")
    for button in view.buttons:
        event = Event(button.name)
        assert hit(view, layout, locate(view, layout, event)) == (event if button.enabled else None)
    for at in (place, (0, 0), (CANVAS - 1, CANVAS - 1)):
        assert hit(view, layout, locate(view, layout, Event("canvas", at))) == Event("canvas", at)


@every_task
def test_it_is_drawn(name: str) -> None:
    for how, seed in product(DRAWN, range(5)):
        layout = layout_named(f"{how}-{seed}")
        assert render(first_view(name), layout).shape == (layout.height, layout.width, 3)
