"""Fine-tuning from the page: a process of its own, what is told of it, and what outlives the server."""

import json
import sys
import time
from pathlib import Path

import pytest
import torch
from test_live import DOTS, worked

from clonotate.models import build
from clonotate.models.checkpoint import save_model
from clonotate.records import ClonotateError, Source
from clonotate.studio import lessons as module
from clonotate.studio.journal import Journal
from clonotate.studio.lessons import Lessons
from clonotate.studio.live import Room


@pytest.fixture
def lessons(tmp_path: Path) -> Lessons:
    return Lessons(Journal(str(tmp_path / "studio.sqlite")))


def record(lessons: Lessons, sessions: int, clicks: int = 3) -> None:
    """Some sessions of an expert, each on a world of its own."""
    room = Room(lessons.journal)
    for seed in range(sessions):
        source = Source(DOTS.task, DOTS.level, DOTS.seed + seed)
        worked(room.live(room.begin(source, "original", "work", "Ada")), clicks)


def ended(lessons: Lessons, patience: float = 120) -> dict[str, object]:
    """What is told when it has ended."""
    deadline = time.monotonic() + patience
    while (state := lessons.state())["running"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return state


def looked(lessons: Lessons, *nats: float) -> Path:
    """A folder of a fine-tuning that looked at its held-out sessions after every ten steps."""
    folder = lessons.home / "001"
    folder.mkdir(parents=True)
    curve = [{"step": 10 * i, "nats": value, "agrees": 0.5, "differing": 3} for i, value in enumerate(nats)]
    (folder / "curve.jsonl").write_text("".join(json.dumps(look) + "\n" for look in curve))
    return folder


def test_before_the_first_there_is_nothing_to_tell(lessons: Lessons) -> None:
    assert lessons.state() == {"begun": False, "running": False}
    with pytest.raises(ClonotateError, match="nothing was recorded"):
        lessons.start("shipped")
    lessons.stop()


def test_what_was_learnt_outlives_the_server(lessons: Lessons) -> None:
    folder = looked(lessons, 3.0, 1.0, 2.0)
    state = Lessons(lessons.journal).state()
    assert (state["begun"], state["running"], state["checkpoint"]) == (True, False, str(folder))
    assert state["best"]["step"] == 10


def test_where_nothing_helped_there_is_nothing_to_use(lessons: Lessons) -> None:
    looked(lessons, 1.0, 2.0)
    assert lessons.state()["checkpoint"] == ""


def test_a_line_that_is_half_written_is_not_read(lessons: Lessons) -> None:
    folder = looked(lessons, 2.0)
    with (folder / "curve.jsonl").open("a") as file:
        file.write('{"step": 10, "na')
    assert len(lessons.state()["curve"]) == 1


def test_one_at_a_time_and_it_can_be_stopped(lessons: Lessons, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROGRAM", (sys.executable, "-c", "import time; time.sleep(60)"))
    record(lessons, 1)
    lessons.start("shipped")
    assert lessons.state()["running"]
    with pytest.raises(ClonotateError, match="under way"):
        lessons.start("shipped")
    lessons.stop()
    state = ended(lessons)
    assert (state["words"], state["checkpoint"]) == ("", "")
    lessons.start("shipped")
    assert lessons.folder == lessons.home / "002"
    lessons.stop()
    ended(lessons)


def test_what_went_wrong_is_told(lessons: Lessons, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROGRAM", (sys.executable, "-c", "raise SystemExit('no room left\\n')"))
    record(lessons, 1)
    lessons.start("shipped")
    assert ended(lessons)["words"] == "no room left"


def test_too_little_is_refused_in_words(lessons: Lessons) -> None:
    record(lessons, 2)
    lessons.start("shipped")
    assert "at least 5 sessions" in str(ended(lessons)["words"])


@pytest.mark.slow
def test_sessions_become_a_checkpoint(
    lessons: Lessons, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STEPS", 2)
    torch.manual_seed(0)
    run = {"preset": "pico", "curriculum": {"tasks": [[DOTS.task, "easy"]], "layouts": ["original"]}}
    start = save_model(tmp_path / "start", build("pico"), run=run)
    record(lessons, 6, 20)
    lessons.start(str(start))
    state = ended(lessons)
    assert [look["step"] for look in state["curve"]] == [0, 2]
    assert state["step"] == 0  # steps are told every ten
    assert state["checkpoint"] == str(lessons.folder)
    assert (Path(state["checkpoint"]) / "weights.safetensors").exists()
