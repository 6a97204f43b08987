"""Rendering is exact, down to the last bit.

After a wanted change look at the screens; `CLONOTATE_REGENERATE=1 pytest tests/screens` writes golden.json.
"""

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from sample_views import BLUE, SAMPLES, texture
from strategies import fits, layouts, samples, views

from clonotate.screens.icons import icon_named
from clonotate.screens.layout import LAYOUTS, layout_named
from clonotate.screens.pointing import area
from clonotate.screens.render import render
from clonotate.screens.themes import THEMES
from clonotate.screens.widgets import Canvas, Group, Mark, Plot, Readout, Strip, View

FURTHER = ("original@2x", "light-left-pill@3x", "sampled-1", "sampled-2", "sampled-3@416x320")
GOLDEN = Path(__file__).with_name("golden.json")


def digests(layout: str) -> dict[str, str]:
    return {
        name: hashlib.sha256(render(view, layout_named(layout)).tobytes()).hexdigest()[:16]
        for name, view in SAMPLES.items()
    }


@pytest.mark.parametrize("layout", [*LAYOUTS, *FURTHER])
def test_screens_are_the_golden_ones(layout):
    golden = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if os.environ.get("CLONOTATE_REGENERATE"):
        golden[layout] = digests(layout)
        GOLDEN.write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
    assert digests(layout) == golden[layout]


@given(samples | views(), layouts)
@settings(max_examples=60, deadline=None)
def test_screens_are_fresh_and_always_the_same(view, layout):
    assume(fits(view, layout))
    screen = render(view, layout)
    assert screen.dtype == np.uint8
    assert screen.shape == (layout.height * layout.ratio, layout.width * layout.ratio, 3)
    before = screen.copy()
    screen[:] = 7
    assert (render(view, layout) == before).all()


def changed(one: View, other: View, layout) -> np.ndarray:
    return (render(one, layout) != render(other, layout)).any(axis=2)


@given(samples, layouts)
@settings(max_examples=40, deadline=None)
def test_the_canvas_changes_canvas_pixels_only(view, layout):
    overlay = tuple(Mark((x, y), BLUE, 9) for x in (0, 128, 255) for y in (0, 128, 255))
    other = replace(view, canvas=Canvas(texture(9, colored=True), (*view.canvas.overlay, *overlay)))
    difference = changed(view, other, layout)
    left, top, width, height = area(view, layout, "canvas")
    assert difference[top : top + height, left : left + width].mean() > 0.5
    difference[top : top + height, left : left + width] = False
    assert not difference.any()


@pytest.mark.parametrize("state", ["lit", "enabled"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_state_of_a_button_shows_on_that_button_alone(layout, state):
    view = SAMPLES["dots"]
    first, *others = view.groups
    toggled = replace(first.buttons[0], **{state: not getattr(first.buttons[0], state)})
    other = replace(view, groups=(Group(first.role, (toggled, *first.buttons[1:])), *others))
    difference = changed(view, other, layout)
    left, top, width, height = area(view, layout, toggled.name)
    assert difference[top : top + height, left : left + width].mean() > 0.05
    difference[top : top + height, left : left + width] = False
    assert not difference.any()


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("name", ["crowded", "plume"])
def test_every_status_shows(layout, name):
    view = SAMPLES[name]
    for number, item in enumerate(view.status):
        if isinstance(item, Strip):
            fresh = [replace(item, present=item.present + 1), replace(item, filled=(True, *item.filled[1:]))]
            fresh[1] = replace(item, filled=(not item.filled[0], *item.filled[1:]))
        elif isinstance(item, Plot):
            fresh = [replace(item, present=item.present + 1), replace(item, values=item.values[::-1])]
        else:
            fresh = [Readout(item.caption, "7"), replace(item, swatch=BLUE)]
        for one in fresh:
            status = (*view.status[:number], one, *view.status[number + 1 :])
            assert changed(view, replace(view, status=status), layout).any(), one


@pytest.mark.parametrize("layout", [*LAYOUTS, "original@3x"])
def test_an_icon_is_drawn_in_the_colour_of_the_text(layout):
    look = layout_named(layout)
    with_icon = SAMPLES["grains"]
    left, top, width, height = area(with_icon, look, "sphere")
    shown = render(with_icon, look)[top : top + height, left : left + width]
    ink = (shown == THEMES[look.theme].button.text).all(axis=2)
    icon = icon_named("sphere", look.ratio)
    rows, columns = (range(whole - len(icon) + 1) for whole in ink.shape)
    assert any((ink[y : y + len(icon), x : x + len(icon)] == icon).all() for y in rows for x in columns)


@pytest.mark.parametrize("values", [(1.0, 1.0), (0.0, 5.0, -2.0), tuple(map(float, range(200)))])
@pytest.mark.parametrize("layout", ["original", "dark-split", "retro-left-small@2x"])
def test_a_plot_of_any_values_is_drawn(values, layout):
    def view(present):
        return replace(SAMPLES["plume"], status=(Plot("Target", values, present),))

    look = layout_named(layout)
    assert changed(view(0), view(len(values) - 1), look).any()
    assert not changed(view(-1), view(len(values)), look).any()


@pytest.mark.parametrize("image", [texture(4), texture(4, colored=True)], ids=["grey", "rgb"])
@pytest.mark.parametrize("ratio", [1, 2, 3])
def test_the_picture_is_shown_pixel_for_pixel(image, ratio):
    view, layout = replace(SAMPLES["dots"], canvas=Canvas(image)), layout_named(f"original@{ratio}x")
    left, top, width, height = area(view, layout, "canvas")
    shown = render(view, layout)[top : top + height, left : left + width]
    rgb = image if image.ndim == 3 else image[..., None].repeat(3, axis=2)
    assert (shown == rgb.repeat(ratio, axis=0).repeat(ratio, axis=1)).all()
