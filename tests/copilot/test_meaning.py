"""Agreement between two who work on one screen."""

import pytest
import torch

from clonotate.copilot.meaning import author, button, meant, share
from clonotate.episodes.session import Session
from clonotate.evaluation.agreement import same
from clonotate.records import Click, Event, Source
from clonotate.screens.layout import Rect
from clonotate.screens.pointing import area, locate


@pytest.fixture
def session():
    return Session(Source("colored-dot-tracking", "easy", 7))


def at(session, widget, place=None):
    return locate(session.view, session.layout, Event(widget, place))


def test_same_is_the_button_or_nearly_the_place():
    assert same(Event("+z"), Event("+z"))
    assert not same(Event("+z"), Event("-z"))
    assert same(Event("canvas", (10, 10)), Event("canvas", (13, 14)))
    assert not same(Event("canvas", (10, 10)), Event("canvas", (14, 14)))
    assert not same(None, None)


def test_a_click_against_the_suggestion_is_a_correction(session):
    forward, back = at(session, "+z"), at(session, "mip")
    nearby = Click(forward.x + 3, forward.y)
    assert author(session, forward, None) == "person"
    assert author(session, nearby, forward) == "person"
    assert author(session, back, forward) == "correction"
    place, other = at(session, "canvas", (50, 60)), at(session, "canvas", (52, 61))
    assert author(session, other, place) == "person"
    assert author(session, at(session, "canvas", (80, 60)), place) == "correction"


def test_where_clicks_mean_the_same(session):
    forward = at(session, "+z")
    assert meant(session, forward) == area(session.view, session.layout, "+z")
    place = at(session, "canvas", (50, 60))
    around = meant(session, place)
    assert around.holds(place.x + 12, place.y - 12)
    assert not around.holds(place.x + 13, place.y)
    assert button(session, "undo") is None  # nothing to undo
    session.click(place)
    assert button(session, "undo") == area(session.view, session.layout, "undo")


def test_shares_add_up():
    mass = torch.full((6, 8), 1 / 48)
    assert share(mass, Rect(0, 0, 64, 48)) == pytest.approx(1)
    assert share(mass, Rect(8, 8, 16, 8)) == pytest.approx(2 / 48)
    assert share(mass, Rect(-20, -20, 28, 28)) == pytest.approx(1 / 48)
