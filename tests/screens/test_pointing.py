import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sample_views import SAMPLES
from strategies import fits, layouts, samples, views

from clonotate.records import Click, ClonotateError, Event
from clonotate.screens.arrangement import arrange
from clonotate.screens.layout import LAYOUTS, layout_named
from clonotate.screens.pointing import area, hit, locate

pixels = st.integers(0, 255)


@given(samples | views(), layouts, pixels, pixels)
@settings(max_examples=200, deadline=None)
def test_hit_undoes_locate(view, layout, x, y):
    assume(fits(view, layout))
    events = [Event(button.name) for button in view.buttons if button.enabled]
    for event in [*events, Event("canvas", (x, y)), Event("canvas", (0, 0)), Event("canvas", (255, 255))]:
        assert hit(view, layout, locate(view, layout, event)) == event


@pytest.mark.parametrize("view", SAMPLES.values(), ids=SAMPLES)
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_pixel_means_the_widget_it_lies_on(name, view):
    layout = LAYOUTS[name]
    expected = np.full((288, 384), None, object)
    for button in view.buttons:
        left, top, width, height = area(view, layout, button.name)
        expected[top : top + height, left : left + width] = button.name if button.enabled else None
    left, top, width, height = area(view, layout, "canvas")
    expected[top : top + height, left : left + width] = "canvas"
    for y in range(1, 288, 3):
        for x in range(y % 3, 384, 3):
            event = hit(view, layout, Click(x, y))
            assert (event and event.widget) == expected[y, x]
            if event and event.at:
                assert event.at == (x - left, y - top)


def test_a_disabled_button_has_a_place_but_hits_nothing():
    view, layout = SAMPLES["limbs"], LAYOUTS["original"]
    assert area(view, layout, "prev") == arrange(view.groups, view.status, layout).buttons["prev"]
    assert hit(view, layout, locate(view, layout, Event("prev"))) is None


def test_a_pixel_ratio_shares_a_canvas_pixel_among_several_screen_pixels():
    view, layout = SAMPLES["dots"], layout_named("original@2x")
    left, top, width, _ = area(view, layout, "canvas")
    assert width == 512
    clicks = [Click(left + 20 + i, top + 30 + j) for i in (0, 1) for j in (0, 1)]
    assert {hit(view, layout, click) for click in clicks} == {Event("canvas", (10, 15))}


@pytest.mark.parametrize("click", [Click(-1, 5), Click(384, 5), Click(5, 288), Click(383, 287)])
def test_clicks_beside_everything_mean_nothing(click):
    assert hit(SAMPLES["dots"], LAYOUTS["original"], click) is None


@pytest.mark.parametrize(
    "event", [Event("redo"), Event("canvas"), Event("canvas", (256, 0)), Event("canvas", (0, -1))]
)
def test_events_without_a_place_are_refused(event):
    with pytest.raises(ClonotateError):
        locate(SAMPLES["dots"], LAYOUTS["original"], event)
