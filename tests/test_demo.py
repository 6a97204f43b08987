"""The demo runs from end to end, with the virtual expert in the policy's place."""

import re
from pathlib import Path

import numpy as np
import pytest

from clonotate import demo as demonstration
from clonotate.demo import FILMS, demo, stack, to_show
from clonotate.evaluation.contenders import contender
from clonotate.models import build
from clonotate.models.specialists import Specialists
from clonotate.records import ClonotateError, Episode, Score, Source
from clonotate.tasks import NINE

SOME = ("colored-dot-tracking", "neuron-tracking")


def ended(seed: int, success: bool) -> Episode:
    return Episode(Source("neuron-tracking", seed=seed), "original", (), True, Score(success))


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    path = tmp_path / "stack.npy"
    np.save(path, np.random.default_rng(0).integers(0, 255, (3, 300, 280), np.uint8))
    return path


def test_the_demo_leaves_a_report(tmp_path: Path) -> None:
    heard: list[str] = []
    report = demo(tmp_path, dict.fromkeys(SOME, contender("expert")), episodes=1, progress=heard.append)
    assert heard == [*SOME, *["report"] * 2]
    text = (tmp_path / "report.html").read_text()
    assert [chapter.title for chapter in report.chapters] == ["Colored dot tracking", "Neuron tracking"]
    assert all(len(chapter.films) == 1 for chapter in report.chapters)
    assert "1 of 1" in text
    assert text.count('class="card"') == 2


def test_a_real_stack_gets_a_trace_and_a_film(
    tmp_path: Path, volume: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demonstration, "attempts", lambda *_: [])
    monkeypatch.setattr(demonstration, "facts", lambda *_: [])
    report = demo(tmp_path, {"neuron-tracking": contender("random")}, real=stack(volume))
    *_, chapter = report.chapters
    assert "stack.npy" in chapter.lead
    assert chapter.films[0].outcome.state == "unscored"
    assert (tmp_path / "trace.swc").is_file()


def test_a_start_outside_is_refused(volume: Path) -> None:
    assert stack(volume).start == (0, 150, 140)
    with pytest.raises(ClonotateError, match="outside"):
        stack(volume, (3, 0, 0))


def test_the_first_are_shown_and_a_failure_if_there_is_one() -> None:
    episodes = [ended(seed, success=seed != 17) for seed in range(20)]
    assert [episode.source.seed for episode in to_show(episodes)] == [*range(FILMS - 1), 17]
    assert to_show(episodes[:10]) == episodes[:FILMS]
    assert to_show(episodes[:2]) == episodes[:2]


def test_without_weights_the_expert_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demonstration, "SPECIALISTS", tmp_path / "missing")
    assert {who.name for who in demonstration.crew().values()} == {"expert"}


def test_one_policy_works_on_all_nine_tasks() -> None:
    crew = demonstration.crew()
    assert list(crew) == list(NINE)
    assert {who.name for who in crew.values()} == {"specialists"}


def test_the_size_of_a_policy_says_how_much_of_it_works() -> None:
    one = build("pico")
    assert re.fullmatch(r"[\d,]+", demonstration.spoken_size(one))
    team = Specialists({"a": one, "b": build("pico")}, [], "b")
    assert demonstration.spoken_size(team).endswith(" in 2 networks, one of which works at a time")
