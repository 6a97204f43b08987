"""The page on all tasks says what the code says; what was measured is of the present versions."""

import inspect
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clonotate.formats.png import write_png
from clonotate.records import ClonotateError
from clonotate.studies import experts, handbook
from clonotate.tasks import TASKS

DOCS = Path(__file__).parents[2] / "docs"
AGAIN = "make it anew: clonotate tasks --page docs/tasks.md (--episodes 0 keeps what was measured)"
every_task = pytest.mark.parametrize("name", TASKS)


def test_the_page_is_what_the_code_says() -> None:
    measured = experts.read_rows(DOCS / "tasks" / "measured.json")
    assert (DOCS / "tasks.md").read_text() == handbook.page(measured, "tasks"), AGAIN


@every_task
def test_what_was_measured_is_of_the_present_version(name: str) -> None:
    row = experts.read_rows(DOCS / "tasks" / "measured.json")[name]
    assert row.version == TASKS[name][row.level].version, AGAIN
    assert sum(row.kinds.values()) == pytest.approx(1, abs=0.01)


@every_task
def test_there_is_a_small_picture(name: str) -> None:
    with Image.open(DOCS / "tasks" / f"{name}.png") as picture:
        assert picture.size == (384, 288)
    assert (DOCS / "tasks" / f"{name}.png").stat().st_size < 150_000


def test_the_sheet_shows_every_task_and_layout() -> None:
    with Image.open(DOCS / "tasks" / "layouts.png") as sheet:
        across, down = handbook.TILE
        assert sheet.size == (across * len(handbook.SHOWN), down * len(TASKS)), AGAIN
    assert (DOCS / "tasks" / "layouts.png").stat().st_size < 1_000_000


@every_task
def test_every_task_says_when_it_is_right(name: str) -> None:
    task = TASKS[name]["standard"]
    assert "Success is" in inspect.cleandoc(type(task).score.__doc__ or "")
    assert f"# {name}" in handbook.chapter(name, TASKS[name], "tasks")


def test_a_sheet_is_drawn_from_tasks_and_layouts() -> None:
    layouts = ("original", "sampled-11@384x288")
    drawn = handbook.sheet(["colored-dot-tracking"], layouts)
    assert drawn.shape == (handbook.TILE[1], 2 * handbook.TILE[0], 3)
    assert not np.array_equal(drawn[:, : handbook.TILE[0]], drawn[:, handbook.TILE[0] :])


def test_people_are_counted() -> None:
    calls: list[None] = []
    row = experts.run("colored-dot-tracking", 3, 20_000, "easy", lambda: calls.append(None))
    assert len(calls) == 3
    assert (row.success, row.episodes, row.level) == (1.0, 3, "easy")
    assert row.steps[1] <= row.steps[0] <= row.steps[2]
    assert row.kinds["navigate"] > row.kinds["undo"]
    assert sum(row.kinds.values()) == pytest.approx(1, abs=0.001)
    assert row.repaired == 1.0


def test_rows_come_back(tmp_path: Path) -> None:
    row = experts.run("colored-dot-tracking", 1, 20_000, "easy")
    experts.write_rows(tmp_path / "rows.json", {"colored-dot-tracking": row})
    assert experts.read_rows(tmp_path / "rows.json") == {"colored-dot-tracking": row}
    with pytest.raises(ClonotateError, match="nothing was measured yet"):
        experts.read_rows(tmp_path / "none.json")


def test_pictures_keep_their_size(tmp_path: Path) -> None:
    write_png(tmp_path / "new" / "p.png", np.zeros((20, 30, 3), np.uint8))
    with Image.open(tmp_path / "new" / "p.png") as picture:
        assert picture.size == (30, 20)
