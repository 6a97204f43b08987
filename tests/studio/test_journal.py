"""The journal: what is in it stays, in order, once. The same tests for SQLite and PostgreSQL."""

from dataclasses import replace
from pathlib import Path

import pytest

from clonotate.copilot.effort import PAUSE
from clonotate.records import Click, ClonotateError, Score, Source
from clonotate.studio.journal import Ending, Entry, Journal, Opening, TakenError, Tally

OPENING = Opening("s1", 1_000, "work", "Ada", Source("colored-dot-tracking", "easy", 7), "original")


def entry(seq: int, ms: int = 0, session: str = "s1") -> Entry:
    return Entry(session, seq, f"click-{seq}", Click(3, seq), "person", "ab" * 16, ms, 1_000 + ms, 900 + ms)


class TestJournal:
    def test_it_gives_back_what_was_put_in(self, journal: Journal) -> None:
        journal.begin(OPENING)
        for seq in range(3):
            journal.add(entry(seq))
        assert journal.openings() == [OPENING] == [journal.opening("s1")]
        assert journal.entries("s1") == [entry(0), entry(1), entry(2)]
        assert journal.entries("s1", 2) == [entry(2)]

    def test_it_is_there_for_whoever_opens_it_next(self, where: str) -> None:
        first = Journal(where)
        first.begin(OPENING)
        first.add(entry(0), Ending(Score(True, {"f1": 1.0})))
        first.close()
        second = Journal(where)
        assert second.entries("s1") == [entry(0)]
        assert second.endings() == {"s1": Ending(Score(True, {"f1": 1.0}))}
        second.close()

    def test_a_place_in_the_sequence_is_taken_once(self, journal: Journal) -> None:
        journal.begin(OPENING)
        journal.add(entry(0))
        with pytest.raises(TakenError):
            journal.add(replace(entry(0), id="another"))
        with pytest.raises(TakenError):
            journal.add(replace(entry(1), id="click-0"))
        assert journal.entries("s1") == [entry(0)]

    def test_a_click_needs_its_session(self, journal: Journal) -> None:
        with pytest.raises(TakenError):
            journal.add(entry(0, session="nowhere"))

    def test_a_refused_click_leaves_no_ending(self, journal: Journal) -> None:
        journal.begin(OPENING)
        journal.add(entry(0))
        with pytest.raises(TakenError):
            journal.add(entry(0), Ending(None))
        assert journal.endings() == {}

    def test_a_branch_begins_with_its_copies_or_not_at_all(self, journal: Journal) -> None:
        journal.begin(replace(OPENING, copied=2), [entry(0), entry(1)])
        with pytest.raises(TakenError):
            journal.begin(replace(OPENING, id="s2"), [entry(0, session="s2"), entry(0, session="s2")])
        assert [opening.id for opening in journal.openings()] == ["s1"]
        assert len(journal.entries("s1")) == 2

    def test_a_pause_is_not_work(self, journal: Journal) -> None:
        journal.begin(OPENING)
        for seq, ms in enumerate((1_000, 3_000, 3_000 + 8 * 3_600_000)):
            journal.add(entry(seq, ms))
        assert journal.tallies() == {"s1": Tally(3, 3_000 + PAUSE)}

    def test_copied_clicks_took_nobody_any_time(self, journal: Journal) -> None:
        journal.begin(replace(OPENING, copied=2), [entry(0, 500), entry(1, 900)])
        journal.add(entry(2, 1_000))
        assert journal.tallies() == {"s1": Tally(3, 100)}


class TestWhatIsRefused:
    @pytest.mark.parametrize("where", ["mysql://host/name", "no/such/folder/studio.sqlite", "://"])
    def test_where_no_journal_can_be(self, where: str, tmp_path: Path) -> None:
        with pytest.raises(ClonotateError):
            Journal(where)

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("not a database, and long enough to look at" * 50)
        with pytest.raises(ClonotateError, match="cannot open"):
            Journal(str(tmp_path / "notes.txt"))

    def test_a_session_that_is_not_there(self, journal: Journal) -> None:
        with pytest.raises(ClonotateError, match="no session"):
            journal.opening("s9")


class TestDurability:
    def test_sqlite_syncs_every_commit(self, tmp_path: Path) -> None:
        journal = Journal(str(tmp_path / "studio.sqlite"))
        with journal.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        journal.close()
