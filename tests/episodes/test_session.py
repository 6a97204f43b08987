"""The one place where a world meets a click."""

import numpy as np
import pytest

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.records import Click, ClonotateError, Event, Source, Step
from clonotate.screens.pointing import locate

SOURCE = Source("colored-dot-tracking", "easy", 5)


def press(session: Session, widget: str) -> Event | None:
    return session.click(locate(session.view, session.layout, Event(widget)))


def test_a_click_means_what_is_under_it() -> None:
    session = Session(SOURCE)
    assert press(session, "+z") == Event("+z")
    assert session.world.z == 1
    at = Event("canvas", (40, 50))
    assert session.click(locate(session.view, session.layout, at)) == at
    assert session.world.markers == ((40, 50, 1),)
    assert session.invalid == 0


def test_a_click_on_nothing_or_on_a_disabled_widget_is_kept_and_counts_as_invalid() -> None:
    session = Session(SOURCE)
    world = session.world
    assert session.click(Click(0, 0)) is None
    assert press(session, "-z") is None
    assert session.world is world
    assert session.invalid == len(session.steps) == 2


def test_done_ends_it_and_only_then_is_there_success() -> None:
    session = Session(SOURCE)
    person = VirtualAnnotator(session, STEADY, np.random.default_rng(0))
    while not (step := person(session.screen)).label or step.label.kind != "done":
        session.click(step)
    assert session.task.score(session.world).success
    assert not session.score().success
    session.click(step)
    assert session.done
    assert session.score().success


def test_the_screen_follows_the_world() -> None:
    session = Session(SOURCE)
    first = session.screen
    assert session.screen is first
    press(session, "+z")
    assert not np.array_equal(session.screen, first)
    press(session, "-z")
    assert np.array_equal(session.screen, first)


def test_an_episode_is_its_causes() -> None:
    session = Session(SOURCE, "light-right")
    act = Step(Click(3, 4), ms=70, by="person")
    session.click(act)
    episode = session.episode()
    assert episode.source == SOURCE
    assert episode.layout == "light-right"
    assert episode.steps == (act,)
    assert not episode.done
    assert episode.score
    assert not episode.score.success


def test_work_on_data_without_a_truth_has_no_score() -> None:
    world = Session(SOURCE).world
    real = Source("colored-dot-tracking", "easy", data="stack.tif", data_digest="00")
    assert Session(real, world=world).episode().score is None
    known = Source("colored-dot-tracking", "easy", data="stack.tif", settings={"truth": True})
    assert Session(known, world=world).episode().score is not None


@pytest.mark.parametrize(
    ("source", "layout", "word"),
    [
        (Source("no-such-task"), "original", "colored-dot-tracking"),
        (Source("colored-dot-tracking", "impossible"), "original", "standard"),
        (SOURCE, "no-such-layout", "original"),
    ],
)
def test_unknown_names_are_told_what_there_is(source: Source, layout: str, word: str) -> None:
    with pytest.raises(ClonotateError, match=word):
        Session(source, layout)
