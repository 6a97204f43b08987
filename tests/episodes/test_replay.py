"""An episode replays bit for bit, in another process too, and drift is noticed."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clonotate.annotators.collect import demonstrate
from clonotate.episodes.files import write_episodes
from clonotate.episodes.replay import digest, replay, screens
from clonotate.records import Click, ClonotateError, Episode, Source, Step
from clonotate.screens.layout import HELD_OUT
from clonotate.tasks import TASKS, task_named

PROGRAM = """
import sys
from pathlib import Path
from clonotate.episodes.files import read_episodes
from clonotate.episodes.replay import digest
print(*(digest(episode) for episode in read_episodes(Path(sys.argv[1]))), sep="\\n")
"""


@pytest.fixture(scope="module")
def episodes() -> list[Episode]:
    """One of each task, under a layout of its own."""
    layouts = ("original", "dark-top", "retro-left-small")
    return [
        demonstrate(Source(task, "easy", 7 + i, task_named(task).version), layouts[i % 3], budget=40)
        for i, task in enumerate(TASKS)
    ]


def test_a_new_process_sees_the_same_screens(episodes: list[Episode], tmp_path: Path) -> None:
    write_episodes(tmp_path / "all.parquet", episodes)
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "all.parquet")]
    seen = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert seen == [episode.digest for episode in episodes]


def test_there_is_one_screen_more_than_clicks(episodes: list[Episode]) -> None:
    shown = list(screens(episodes[0]))
    assert len(shown) == len(episodes[0].steps) + 1
    assert all(screen.dtype == np.uint8 for screen in shown)


def test_a_click_elsewhere_changes_the_digest(episodes: list[Episode]) -> None:
    steps = list(episodes[0].steps)
    steps[3] = Step(Click(60, 60))
    assert digest(replace(episodes[0], steps=tuple(steps))) != episodes[0].digest


def test_another_world_changes_the_digest(episodes: list[Episode]) -> None:
    elsewhere = replace(episodes[0].source, seed=99)
    assert digest(replace(episodes[0], source=elsewhere)) != episodes[0].digest


@pytest.mark.parametrize("layout", [*HELD_OUT, "original@2x"])
def test_under_another_layout_the_same_happens(episodes: list[Episode], layout: str) -> None:
    for episode in episodes:
        *_, own = replay(episode)
        *_, elsewhere = replay(episode, layout=layout)
        assert elsewhere.layout_name == layout
        assert elsewhere.score() == own.score()
        assert elsewhere.done == own.done
        assert elsewhere.task.standing(elsewhere.world) == own.task.standing(own.world)


def test_another_version_of_a_task_is_refused(episodes: list[Episode]) -> None:
    older = replace(episodes[0].source, version=episodes[0].source.version + 1)
    with pytest.raises(ClonotateError, match="version"):
        digest(replace(episodes[0], source=older))


def test_an_episode_on_data_wants_its_file(episodes: list[Episode]) -> None:
    real = replace(episodes[0].source, data="stack.tif", data_digest="00")
    with pytest.raises(ClonotateError, match=r"stack\.tif"):
        digest(replace(episodes[0], source=real))
