"""Looking back: what sessions cost by the journal alone, and the queue of what is worth a look."""

from dataclasses import replace
from typing import Any

import pytest
from test_live import DOTS, act, worked

from clonotate.copilot import doubt
from clonotate.copilot.doubt import Evidence
from clonotate.records import Click, ClonotateError, Episode, Event, Source
from clonotate.screens.pointing import locate
from clonotate.studio import lookback
from clonotate.studio.branches import branch
from clonotate.studio.journal import Journal
from clonotate.studio.live import Live, Room
from clonotate.studio.lookback import Review, efforts

SURE = Evidence(Click(5, 5), agrees=True, expected=0.9, entropy=0.1, undo=0.0, undo_next=0.0)
KNOWN = frozenset({DOTS.task})


@pytest.fixture
def journal(tmp_path: Any) -> Journal:
    return Journal(str(tmp_path / "studio.sqlite"))


def begun(journal: Journal, purpose: Any = "work", **changes: Any) -> Live:
    """A session that nobody has touched."""
    room = Room(journal)
    return room.live(room.begin(replace(DOTS, **changes), "original", purpose, "Ada"))


def finish(live: Live) -> None:
    """Done, whatever there is."""
    press(live, "done")


def press(live: Live, button: str) -> None:
    """A click on a button."""
    live.act(act(live, locate(live.session.view, live.session.layout, Event(button)), f"{button}-{live.seq}"))


class TestEffort:
    def test_finished_work_and_what_it_cost(self, journal: Journal) -> None:
        live = begun(journal)
        worked(live, 5)
        assert efforts(journal) == []
        finish(live)
        (row,) = efforts(journal)
        assert (row["id"], row["title"], row["annotator"]) == (live.opening.id, "Colored dots", "Ada")
        assert (row["own"], row["policy"], row["interventions"], row["together"]) == (6, 0, 1, False)
        assert row["success"] is False
        assert 0 <= row["score"] < 1

    def test_practice_is_no_work(self, journal: Journal) -> None:
        finish(begun(journal, "practice"))
        assert efforts(journal) == []

    def test_whoever_goes_on_pays_for_their_own_clicks(self, journal: Journal) -> None:
        first = begun(journal)
        worked(first, 5)
        second = Room(journal).live(branch(journal, first.opening.id, 4, "original", "Bea"))
        second.act(act(second, Click(100, 100), "own"))
        finish(second)
        (row,) = efforts(journal)
        assert (row["annotator"], row["own"]) == ("Bea", 2)
        assert row["seconds"] < 5

    def test_nothing_is_replayed(self, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
        finish(begun(journal))

        def no(*_: object) -> None:
            raise AssertionError("replayed")

        monkeypatch.setattr("clonotate.studio.recorded.replayed", no)
        assert len(efforts(journal)) == 1


class Reading:
    """A policy that doubts the clicks it is told to, and remembers what it read."""

    def __init__(self, *doubtful: int) -> None:
        self.doubtful, self.read = doubtful, list[int]()

    def __call__(self, model: object, episode: Episode, world: object) -> list[Evidence]:
        self.read.append(len(episode.steps))
        doubted = replace(SURE, undo_next=0.8)
        return [doubted if i in self.doubtful else SURE for i in range(len(episode.steps))]


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Reading:
    found = Reading(2)
    monkeypatch.setattr(doubt, "examine", found)
    return found


def queue(journal: Journal, patience: float = 60) -> Any:
    return review(journal).queue(KNOWN, patience)


def review(journal: Journal) -> Review:
    return Review(journal, lambda: None)  # type: ignore[arg-type, return-value]


class TestReview:
    def test_what_is_doubted_is_told_in_words(self, journal: Journal, reading: Reading) -> None:
        live = begun(journal)
        worked(live, 4)
        found = queue(journal)
        (step,) = found["steps"]
        assert found["unread"] == 0
        assert (step["session"], step["step"], step["clicks"]) == (live.opening.id, 2, 4)
        assert (step["title"], step["by"], step["doubt"]) == ("Colored dots", "person", pytest.approx(0.8))
        click = live.session.steps[2].click
        assert (step["clicked"]["x"], step["clicked"]["y"]) == (click.x, click.y)
        assert step["clicked"]["words"] in ("MIP", "+z", "-z", "a place")
        assert step["own"] == {"x": 5, "y": 5, "words": "nothing"}

    def test_what_was_taken_back_needs_no_look(self, journal: Journal, reading: Reading) -> None:
        live = begun(journal)
        worked(live, 2)
        live.act(act(live, Click(60, 60), "slip"))
        press(live, "undo")
        assert live.seq == 4
        assert queue(journal)["steps"] == []

    def test_copied_clicks_are_their_first_sessions(self, journal: Journal, reading: Reading) -> None:
        first = begun(journal)
        worked(first, 4)
        branch(journal, first.opening.id, 4, "original", "Bea")
        assert [step["session"] for step in queue(journal)["steps"]] == [first.opening.id]

    def test_a_session_is_read_once_and_again_when_it_has_grown(
        self, journal: Journal, reading: Reading
    ) -> None:
        live, looking = begun(journal), review(journal)
        expert = worked(live, 3)
        looking.queue(KNOWN, 60)
        looking.queue(KNOWN, 60)
        assert reading.read == [3]
        live.act(act(live, expert.decide(), "more"))
        looking.queue(KNOWN, 60)
        assert reading.read == [3, 4]
        looking.forget()
        looking.queue(KNOWN, 60)
        assert reading.read == [3, 4, 4]

    def test_who_is_impatient_is_told_how_many_are_left(self, journal: Journal, reading: Reading) -> None:
        for seed in range(3):
            worked(begun(journal, seed=DOTS.seed + seed), 3)
        assert queue(journal, patience=0) == {"steps": [], "unread": 3}

    def test_a_session_that_cannot_be_opened_does_not_spoil_the_rest(
        self, journal: Journal, reading: Reading, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone, there = begun(journal), begun(journal, seed=DOTS.seed + 1)
        worked(gone, 3)
        worked(there, 3)
        right = lookback.world_of

        def world_of(source: Source) -> Any:
            if source == gone.opening.source:
                raise ClonotateError("the data are gone")
            return right(source)

        monkeypatch.setattr(lookback, "world_of", world_of)
        found = queue(journal)
        assert ([step["session"] for step in found["steps"]], found["unread"]) == ([there.opening.id], 0)

    def test_tasks_that_the_policy_has_not_learnt_are_left_out(
        self, journal: Journal, reading: Reading
    ) -> None:
        worked(begun(journal), 3)
        assert review(journal).queue(frozenset({"neuron-tracking"}), 60) == {"steps": [], "unread": 0}
