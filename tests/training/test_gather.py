"""Specialists put together: called by their tasks and layouts on every world, and never by others."""

import os
from pathlib import Path

import pytest
import torch

from clonotate.episodes.session import Session
from clonotate.formats.worlds import read_world
from clonotate.models import build
from clonotate.models.checkpoint import PAGE, load, read_page, save_model
from clonotate.models.specialists import STRAY, astray
from clonotate.records import ClonotateError, Source
from clonotate.screens.layout import LAYOUTS
from clonotate.tasks import TASKS
from clonotate.training.gather import first_look, gather

DATA = Path(os.environ.get("CLONOTATE_DATA", Path(__file__).parents[3] / "shared" / "data"))
REAL = {
    "animal-behavioral-tracking": "fish-video",
    "animal-limb-tracking": "mouse-openfield",
    "cell-lineage-tracking": "cells-psc",
    "colored-dot-tracking": "nuclei-3d/nuclei.tif",
    "multichannel-image-alignment": "brain-slices",
    "neuron-tracking": "em-drosophila-vnc",
    "road-network-construction": "roads-satellite",
    "spectral-plume-finding": "plume-muse",
}
DOTS, PLUMES = "colored-dot-tracking", "spectral-plume-finding"


def checkpoint(folder, *tasks, layouts=("original",)):
    run = {"curriculum": {"tasks": [[task, "standard"] for task in tasks], "layouts": list(layouts)}}
    return save_model(folder, build("pico"), run=run)


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    folder = tmp_path_factory.mktemp("team")
    general = checkpoint(folder / "general", *TASKS, layouts=("original", "dark-top", "sampled"))
    some = [checkpoint(folder / task, task) for task in (DOTS, PLUMES)]
    return load(gather(some, general, folder / "out"))


def called(team, task, layout, level="standard", seed=20_000):
    session = Session(Source(task, level, seed, TASKS[task][level].version), layout)
    return team.choose(torch.from_numpy(session.screen))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("task", TASKS)
def test_a_specialist_is_called_by_its_task_and_layout_alone(team, task, layout):
    learnt = task in (DOTS, PLUMES) and layout == "original"
    assert called(team, task, layout) == (task if learnt else "otherwise")


@pytest.mark.parametrize("level", TASKS[PLUMES])
def test_on_every_world(team, level):
    assert {called(team, PLUMES, "original", level, 20_000 + k) for k in range(6)} == {PLUMES}


@pytest.mark.data
@pytest.mark.parametrize(("task", "path"), REAL.items())
def test_real_data_call_the_specialist_for_made_up_worlds(task, path):
    if not (DATA / path).exists():
        pytest.skip(f"no real data: {DATA / path} is missing; set CLONOTATE_DATA to the folder of the sets")
    source, world = read_world(task, DATA / path)
    first = torch.from_numpy(Session(source, world=world).screen)
    assert astray(first, first_look(task, "original")) < STRAY / 2


def test_its_page_says_what_it_knows(tmp_path):
    general = checkpoint(tmp_path / "general", PLUMES)
    page = read_page(gather([checkpoint(tmp_path / "dots", DOTS)], general, tmp_path / "out"))
    assert page["settings"] == {"members": [DOTS, "otherwise"], "otherwise": "otherwise"}
    assert page["tasks"] == [DOTS, PLUMES]
    assert (tmp_path / "out" / DOTS / PAGE).read_text() == (tmp_path / "dots" / PAGE).read_text()


def test_of_two_that_learnt_the_same_the_later_is_called(tmp_path):
    both, dots = checkpoint(tmp_path / "both", DOTS, PLUMES), checkpoint(tmp_path / "dots", DOTS)
    team = load(gather([both, dots], both, tmp_path / "out"))
    assert called(team, DOTS, "original") == DOTS
    assert called(team, PLUMES, "original") == f"{DOTS}+{PLUMES}"


def test_two_of_the_same_name_and_unknown_lessons_are_refused(tmp_path):
    dots, again = (checkpoint(tmp_path / name, DOTS) for name in ("one", "two"))
    with pytest.raises(ClonotateError, match=f"two specialists have learnt {DOTS}: name one"):
        gather([dots, again], dots, tmp_path / "out")
    silent = save_model(tmp_path / "silent", build("pico"))
    with pytest.raises(ClonotateError, match="does not say which tasks and layouts were learnt"):
        gather([silent], dots, tmp_path / "out")
    assert not (tmp_path / "out").exists()
