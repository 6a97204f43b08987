"""Eyes shut: clicks from past clicks alone."""

import numpy as np

from clonotate.annotators import blind
from clonotate.annotators.blind import BlindAnnotator
from clonotate.episodes.session import Session
from clonotate.records import Source
from clonotate.screens.pointing import hit

TASK = "colored-dot-tracking"


def test_it_clicks_like_people_do_and_never_looks(monkeypatch):
    monkeypatch.setattr(blind, "DEMONSTRATIONS", 8)
    annotator = BlindAnnotator(TASK, "easy", "original", seed=3)
    session = Session(Source(TASK, "easy", 10_000))
    events = []
    for _ in range(12):
        click = annotator(np.empty((0, 0, 3), np.uint8))
        events.append(hit(session.view, session.layout, click))
        session.click(click)
    assert sum(event is not None for event in events) > 8
    assert len({event.widget for event in events if event}) > 1
    again = BlindAnnotator(TASK, "easy", "original", seed=3)
    assert [again(session.screen) for _ in range(12)] == [step.click for step in session.steps]


def test_what_was_seldom_met_is_looked_up_by_fewer_clicks(monkeypatch):
    monkeypatch.setattr(blind, "DEMONSTRATIONS", 2)
    annotator = BlindAnnotator(TASK, "easy", "dark-top")
    annotator.past = ((999, 999), (998, 998))  # nobody ever did that
    click = annotator(np.empty((0, 0, 3), np.uint8))
    assert 0 <= click.x < 384
    assert 0 <= click.y < 288
