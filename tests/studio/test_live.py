"""Live sessions: the journal first, then the screen; and back from the journal as if nothing had been."""

from dataclasses import replace

import pytest
from serving import Expert

from clonotate.records import Click, ClonotateError, Source
from clonotate.studio.journal import Journal, TakenError
from clonotate.studio.live import Live, Room
from clonotate.studio.messages import Accepted, Act, Refused

DOTS = Source("colored-dot-tracking", "easy", 2_000_000)


@pytest.fixture
def room(journal: Journal) -> Room:
    return Room(journal)


def act(live: Live, click: Click, name: str, **changes: object) -> Act:
    """A click on what the session shows."""
    return replace(Act(name, live.seq, live.screen, click, "person", 0), **changes)  # type: ignore[arg-type]


def worked(live: Live, clicks: int) -> Expert:
    """Let an expert make some clicks."""
    expert = Expert(live.opening.source, live.opening.layout)
    for i in range(clicks):
        shown = act(live, expert.decide(), f"click-{i}")
        assert live.act(shown) == Accepted(f"click-{i}", i)
    return expert


class TestActing:
    def test_it_goes_where_the_expert_goes(self, room: Room) -> None:
        live = room.live(room.begin(DOTS, "original", "work", "Ada"))
        expert = worked(live, 12)
        assert (live.session.screen == expert.session.screen).all()

    def test_a_click_on_a_stale_screen_is_refused(self, room: Room) -> None:
        live = room.live(room.begin(DOTS, "original", "work", "Ada"))
        early = act(live, Click(100, 100), "early")
        worked(live, 1)
        answer = live.act(early)
        assert isinstance(answer, Refused)
        assert answer.reason == "stale"
        assert live.seq == len(room.journal.entries(live.opening.id)) == 1

    def test_so_is_one_with_the_right_number_and_another_screen(self, room: Room) -> None:
        live = room.live(room.begin(DOTS, "original", "work", "Ada"))
        answer = live.act(act(live, Click(100, 100), "odd", screen="00" * 16))
        assert isinstance(answer, Refused)

    def test_a_click_sent_twice_is_made_once(self, room: Room) -> None:
        live = room.live(room.begin(DOTS, "original", "work", "Ada"))
        once = act(live, Click(100, 100), "once")
        assert live.act(once) == live.act(once) == Accepted("once", 0)
        assert live.seq == 1

    def test_nothing_is_outside_the_screen(self, room: Room) -> None:
        live = room.live(room.begin(DOTS, "original", "work", "Ada"))
        answer = live.act(act(live, Click(384, 0), "off"))
        assert isinstance(answer, Refused)
        assert answer.reason == "outside"

    def test_done_is_the_end_and_its_score_is_kept(self, room: Room) -> None:
        live = room.live(room.begin(DOTS, "original", "work", "Ada"))
        expert = Expert(DOTS)
        while not live.session.done:
            live.act(act(live, expert.decide(), f"click-{live.seq}"))
        ending = room.journal.endings()[live.opening.id]
        assert ending.score == live.session.score()
        assert ending.score
        assert ending.score.success
        answer = live.act(act(live, Click(100, 100), "late"))
        assert isinstance(answer, Refused)
        assert answer.reason == "finished"

    def test_a_click_that_cannot_be_kept_is_not_made(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        live = room.live(room.begin(DOTS, "original", "work", "Ada"))
        before = live.screen

        def full(*_: object) -> None:
            raise ClonotateError("disk full")

        monkeypatch.setattr(room.journal, "add", full)
        with pytest.raises(ClonotateError, match="disk full"):
            live.act(act(live, Click(100, 100), "lost"))
        assert (live.seq, live.screen) == (0, before)

    def test_two_servers_on_one_journal_agree(self, room: Room, journal: Journal) -> None:
        mine = room.live(room.begin(DOTS, "original", "work", "Ada"))
        theirs = Room(Journal(journal.where)).live(mine.opening.id)
        worked(theirs, 3)
        answer = mine.act(act(mine, Click(100, 100), "mine"))
        assert isinstance(answer, Refused)
        assert mine.screen == theirs.screen
        theirs.journal.close()


class TestComingBack:
    def test_a_session_is_its_journal(self, room: Room, journal: Journal) -> None:
        live = room.live(room.begin(DOTS, "light-right", "work", "Ada"))
        worked(live, 12)
        again = Room(journal).live(live.opening.id)
        assert (again.seq, again.screen, again.known) == (live.seq, live.screen, live.known)

    def test_a_screen_drawn_otherwise_now_is_told(self, room: Room, journal: Journal) -> None:
        live = room.live(room.begin(DOTS, "original", "work", "Ada"))
        entry = live.entry(act(live, Click(100, 100), "odd"))
        journal.add(replace(entry, screen="00" * 16))
        with pytest.raises(ClonotateError, match="does not draw any more"):
            Room(journal).live(live.opening.id)

    def test_a_session_that_failed_to_open_may_be_asked_for_again(self, room: Room) -> None:
        for _ in range(2):
            with pytest.raises(ClonotateError, match="no session"):
                room.live("nowhere")

    def test_many_sessions_do_not_fill_the_memory(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("clonotate.studio.live.RESIDENT", 2)
        names = [room.begin(replace(DOTS, seed=seed), "original", "work", "Ada") for seed in range(4)]
        for name in names:
            worked(room.live(name), 2)
        assert len(room.lives) == 2
        assert [room.live(name).seq for name in names] == [2, 2, 2, 2]


class TestPlacesTaken:
    def test_a_place_taken_in_between_is_noticed(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        live = room.live(room.begin(DOTS, "original", "work", "Ada"))

        def taken(*_: object) -> None:
            raise TakenError

        monkeypatch.setattr(room.journal, "add", taken)
        answer = live.act(act(live, Click(100, 100), "second"))
        assert isinstance(answer, Refused)
        assert answer.reason == "stale"
