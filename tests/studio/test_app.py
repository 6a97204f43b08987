"""Home, own data, branches, turns and exports, asked of a running studio."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from serving import Expert, Server, act, heard, serving, source_of

from clonotate.episodes.replay import digest
from clonotate.records import Click
from clonotate.studio.journal import Journal
from clonotate.studio.recorded import episode_of, episodes_of
from clonotate.tasks import TASKS

DOTS = "colored-dot-tracking"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small stack of bright blobs, and a file that nothing reads."""
    folder = tmp_path_factory.mktemp("data") / "mine"
    folder.mkdir()
    images = np.random.default_rng(0).integers(0, 40, (6, 128, 128), np.uint8)
    images[:, 40:60, 40:60] = 220
    tifffile.imwrite(folder / "stack.tif", images)
    (folder / "notes.txt").write_text("nothing to look at")
    return folder


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, stack: Path) -> Iterator[Server]:
    """A studio with data of one's own."""
    folder = tmp_path_factory.mktemp("app")
    where = str(folder / "studio.sqlite")
    with serving(where, folder, "--policy", "expert", "--data", str(stack)) as server:
        yield server
    assert server.complaints.read_text() == ""


@pytest.fixture(scope="module")
def worked(studio: Server) -> str:
    """A session of fifteen clicks, under another layout."""
    session = studio.begin(task=DOTS, annotator="Ada", layout="light-right")
    return working(studio, session, 15, "light-right")


def working(studio: Server, session: str, clicks: int, layout: str = "original") -> str:
    """Let an expert make some clicks in a session."""
    expert = Expert(source_of(studio.journal, session), layout)
    with studio.line(session) as line:
        frame = heard(line)
        for i in range(clicks):
            line.send(act(frame, expert.decide(), f"{session}-{i}"))
            assert heard(line)["type"] == "accepted"
            frame = heard(line)
            if frame["done"]:
                break
    return session


def row(studio: Server, session: str) -> dict[str, Any]:
    """A session as home lists it."""
    return next(each for each in studio.json("/api/home")["sessions"] if each["id"] == session)


class TestHome:
    def test_every_task_says_what_to_do_and_when_it_is_right(self, studio: Server) -> None:
        tasks = studio.json("/api/home")["tasks"]
        assert [task["task"] for task in tasks] == list(TASKS)
        assert all(task["title"] and task["hint"] and task["right"] for task in tasks)

    def test_a_task_has_a_picture(self, studio: Server) -> None:
        assert pixels(studio.ask(f"/api/tasks/{DOTS}.png")[1]).shape == (288, 384, 3)
        assert studio.ask("/api/tasks/nothing.png")[0] == 400

    def test_a_session_is_listed_with_what_was_done(self, studio: Server, worked: str) -> None:
        listed = row(studio, worked)
        assert (listed["annotator"], listed["clicks"], listed["done"]) == ("Ada", 15, False)
        assert 0 <= listed["progress"] <= 1
        assert listed["score"] is None
        assert pixels(studio.ask(f"/api/sessions/{worked}/last.png")[1]).shape == (288, 384, 3)

    def test_everybody_gets_the_same_instances_in_turn(self, studio: Server) -> None:
        wish = {"task": "shape-matching", "level": "easy"}
        seeds = [
            row(studio, studio.begin(**wish, annotator=who))["seed"] for who in ("Bea", "Bea", "Cleo", "Bea")
        ]
        assert [seed - seeds[0] for seed in seeds] == [0, 1, 0, 2]

    def test_practice_is_apart_and_says_how_it_stands(self, studio: Server) -> None:
        session = studio.begin(task=DOTS, purpose="practice")
        with studio.line(session) as line:
            frame = heard(line)
            assert frame["feedback"]["in_error"] is False
            left, top, _, _ = frame["canvas"]
            line.send(act(frame, Click(left + 1, top + 1), "wrong"))
            line.recv(20)
            assert heard(line)["feedback"]["in_error"] is True
        work = studio.begin(task=DOTS)
        with studio.line(work) as line:
            assert heard(line)["feedback"] is None
        assert row(studio, session)["seed"] >= 3_000_000 > row(studio, work)["seed"]

    @pytest.mark.parametrize(
        "wish",
        [
            {"task": "nothing"},
            {"task": DOTS, "level": "odd"},
            {"task": DOTS, "layout": "odd"},
            {"task": DOTS, "purpose": "policy"},
        ],
    )
    def test_what_there_is_not_is_said_in_one_line(self, studio: Server, wish: dict[str, str]) -> None:
        status, body = studio.ask("/api/sessions", wish)
        assert status == 400
        assert b"words" in body


class TestOwnData:
    def test_what_lies_in_the_folder_can_be_opened(self, studio: Server) -> None:
        assert studio.json("/api/home")["data"] == ["mine", "mine/notes.txt", "mine/stack.tif"]
        readers = [reader["task"] for reader in studio.json("/api/shelf/mine/stack.tif")]
        assert "neuron-tracking" in readers
        assert studio.json("/api/shelf/mine/notes.txt") == []

    def test_it_is_annotated_without_a_score(self, studio: Server) -> None:
        session = studio.begin(task="neuron-tracking", level="standard", data="mine/stack.tif")
        with studio.line(session) as line:
            frame = heard(line)
            done = next(widget for widget in frame["widgets"] if widget["name"] == "done")["rect"]
            line.send(act(frame, Click(done[0] + 2, done[1] + 2), "done"))
            assert heard(line)["type"] == "accepted"
            last = heard(line)
        assert last["done"]
        assert last["feedback"] is None
        listed = row(studio, session)
        assert (listed["done"], listed["score"], listed["data"]) == (True, None, "stack.tif")
        assert studio.json(f"/api/sessions/{session}")["item"] == "mine/stack.tif"

    def test_what_is_not_on_the_shelf_is_not_opened(self, studio: Server) -> None:
        wish = {"task": "neuron-tracking", "data": "/etc/passwd"}
        assert studio.ask("/api/sessions", wish)[0] == 400


class TestReplay:
    def test_every_step_is_there_under_any_layout(self, studio: Server, worked: str) -> None:
        about = studio.json(f"/api/sessions/{worked}")
        assert len(about["steps"]) == 15
        shown = pixels(studio.ask(f"/api/sessions/{worked}/steps/15.png")[1])
        other = pixels(studio.ask(f"/api/sessions/{worked}/steps/15.png?layout=original@2x")[1])
        assert (shown.shape, other.shape) == ((288, 384, 3), (576, 768, 3))
        elsewhere = studio.json(f"/api/sessions/{worked}?layout=dark-left-pill")
        assert [s["widget"] for s in elsewhere["steps"]] == [s["widget"] for s in about["steps"]]
        assert [s["x"] for s in elsewhere["steps"]] != [s["x"] for s in about["steps"]]

    def test_a_step_too_far(self, studio: Server, worked: str) -> None:
        assert studio.ask(f"/api/sessions/{worked}/steps/16.png")[0] == 400
        assert studio.ask(f"/api/sessions/{worked}/steps/1.png?layout=odd")[0] == 400

    @pytest.mark.parametrize("layout", ["light-right", "original"])
    def test_a_branch_goes_on_from_a_step_and_says_so(self, studio: Server, worked: str, layout: str) -> None:
        asked = {"step": 9, "annotator": "Bea", "layout": layout}
        made = studio.json(f"/api/sessions/{worked}/branch", asked)["id"]
        about = studio.json(f"/api/sessions/{made}")
        assert (about["parent"], about["copied"], about["annotator"]) == (worked, 9, "Bea")
        before = studio.json(f"/api/sessions/{worked}")["steps"][:9]
        assert [step["widget"] for step in about["steps"]] == [step["widget"] for step in before]
        assert all(step["copied"] for step in about["steps"])
        with studio.line(made) as line:
            frame = heard(line)
            line.send(act(frame, Click(150, 150), "own"))
            assert heard(line)["seq"] == 9
            line.recv(20)
        steps = studio.json(f"/api/sessions/{made}")["steps"]
        assert [step["copied"] for step in steps] == [True] * 9 + [False]
        assert steps[9]["ms"] >= steps[8]["ms"]

    def test_no_branch_from_beyond_the_end(self, studio: Server, worked: str) -> None:
        assert studio.ask(f"/api/sessions/{worked}/branch", {"step": 99})[0] == 400

    def test_a_turn_of_the_policy_is_on_the_same_instance(self, studio: Server, worked: str) -> None:
        turn = studio.json(f"/api/sessions/{worked}/turn", {})["id"]
        listed = row(studio, turn)
        assert (listed["purpose"], listed["annotator"], listed["done"]) == ("policy", "expert", True)
        assert listed["score"]["success"] is True
        assert listed["seed"] == row(studio, worked)["seed"]
        assert turn in [other["id"] for other in studio.json(f"/api/sessions/{worked}")["others"]]
        status, body = studio.ask(f"/api/sessions/{turn}/branch", {"step": listed["clicks"]})
        assert status == 400
        assert b"after Done" in body

    def test_exports(self, studio: Server, worked: str) -> None:
        status, gif = studio.ask(f"/api/sessions/{worked}/session.gif?layout=original")
        assert (status, gif[:6]) == (200, b"GIF89a")
        status, page = studio.ask(f"/api/sessions/{worked}/session.html")
        assert status == 200
        assert b"Ada" in page
        assert b"http://" not in page.replace(b"http://www.w3.org", b"")


class TestEpisodes:
    def test_a_journal_becomes_episodes_that_replay(self, studio: Server, worked: str) -> None:
        journal = Journal(studio.journal)
        episodes = [episode for episode in episodes_of(journal) if episode.source.task == DOTS]
        own = episode_of(journal.opening(worked), journal.entries(worked))
        journal.close()
        assert own in episodes
        assert all(episode.source.seed < 3_000_000 for episode in episodes)  # no practice
        assert all(digest(episode) == episode.digest for episode in episodes)
        assert {step.by for episode in episodes for step in episode.steps} == {"person"}
        assert [step.ms for step in own.steps] == sorted(step.ms for step in own.steps)


def pixels(png: bytes) -> Any:
    """A PNG as an array."""
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
