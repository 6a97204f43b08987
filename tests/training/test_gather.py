"""Specialists put together: called by their tasks and layouts on every world, and never by others."""

import json
import os
from pathlib import Path

import pytest
import torch

from clonotate.episodes.session import Session
from clonotate.evaluation.contenders import SPECIALISTS
from clonotate.formats.worlds import read_world
from clonotate.models import build
from clonotate.models.checkpoint import PAGE, load, read_page, save_model
from clonotate.models.specialists import LOOK, STRAY, astray, read_look
from clonotate.records import ClonotateError, Source
from clonotate.screens.layout import LAYOUTS
from clonotate.tasks import NINE, TASKS
from clonotate.training.gather import curriculum, first_look, first_session, gather

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


@pytest.fixture(scope="module")
def travellers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("travellers")
    some = [
        checkpoint(folder / task, task, layouts=("original", "painted@384x288")) for task in (DOTS, PLUMES)
    ]
    return load(gather(some, some[0], folder / "out"))


@pytest.fixture(scope="module")
def shipped():
    return load(SPECIALISTS)


def called(team, task, layout, level="standard", seed=20_000):
    return team.choose(first(task, layout, level, seed))


def first(task, layout, level, seed):
    session = Session(Source(task, level, seed, TASKS[task][level].version), layout)
    return torch.from_numpy(session.screen)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("task", TASKS)
def test_a_specialist_is_called_by_its_task_and_layout_alone(team, task, layout):
    known = [name for name in team.members if task == name and layout == "original"]
    assert called(team, task, layout) == (*known, "otherwise")[0]


@pytest.mark.parametrize("layout", [*LAYOUTS, "painted-5"])
@pytest.mark.parametrize("task", TASKS)
def test_the_policy_that_comes_along_knows_its_tools_under_any_layout(shipped, task, layout):
    assert called(shipped, task, layout) == (name := member(shipped, task, layout))
    assert task in curriculum(read_page(SPECIALISTS / name))["tasks"] or task not in NINE


def member(shipped, task, layout="original"):
    """Who is to work: who has a look of that task and layout, else whom the tool's title calls."""
    looks = [path.parent.name for path in SPECIALISTS.glob(f"*/{LOOK.format(task=task, layout=layout)}")]
    return (*looks, shipped.titles.get(first_session(task).view.title, "otherwise"))[0]


@pytest.mark.parametrize("layout", ["original", "dark-top", "painted-5", "sampled-6"])
@pytest.mark.parametrize("task", TASKS)
def test_who_has_learnt_under_drawn_layouts_is_called_under_any(travellers, task, layout):
    assert called(travellers, task, layout) == (task if task in (DOTS, PLUMES) else "otherwise")


def test_of_a_look_and_a_title_the_later_calls(tmp_path):
    anywhere = checkpoint(tmp_path / "anywhere", DOTS, layouts=("original", "painted@384x288"))
    here = checkpoint(tmp_path / "here", DOTS, PLUMES)
    before = load(gather([anywhere, here], here, tmp_path / "before"))
    after = load(gather([here, anywhere], here, tmp_path / "after"))
    both = f"{DOTS}+{PLUMES}"
    assert [called(before, DOTS, layout) for layout in ("original", "dark-top")] == [both, DOTS]
    assert [called(after, DOTS, layout) for layout in ("original", "dark-top")] == [DOTS, DOTS]
    assert called(after, PLUMES, "original") == both


def test_two_for_the_same_task_if_one_is_for_any_layout(tmp_path):
    anywhere = checkpoint(tmp_path / "anywhere", DOTS, layouts=("original", "sampled@384x288"))
    here = checkpoint(tmp_path / "here", DOTS)
    team = load(gather([anywhere, here], here, tmp_path / "team"))
    assert called(team, DOTS, "original") == DOTS
    assert called(team, DOTS, "light-right") == called(team, DOTS, "painted-1") == f"{DOTS}@any"
    with pytest.raises(ClonotateError, match=f"two specialists have learnt {DOTS}@any: name one of them"):
        gather([anywhere, here, anywhere], here, tmp_path / "third")


@pytest.mark.parametrize(("task", "level"), [(task, level) for task in NINE for level in TASKS[task]])
def test_looks_of_other_tasks_are_far_from_those_of_every_world(task, level):
    looks = [
        (path.name, read_look(path)) for path in SPECIALISTS.glob(f"*/{LOOK.format(task='*', layout='*')}")
    ]
    for seed in range(20_000, 20_003):
        screen = first(task, "original", level, seed)
        strays = [(name, astray(screen, look)) for name, look in looks]
        own = min((stray for name, stray in strays if task in name), default=0)
        others = [stray for name, stray in strays if task not in name]
        assert own < STRAY / 2
        assert min(others) > 2 * STRAY


@pytest.mark.data
@pytest.mark.parametrize("layout", ["original", "light-bottom"])
@pytest.mark.parametrize(("task", "path"), REAL.items())
def test_real_data_call_the_specialist_for_made_up_worlds(shipped, task, path, layout):
    if not (DATA / path).exists():
        pytest.skip(f"no real data: {DATA / path} is missing; set CLONOTATE_DATA to the folder of the sets")
    source, world = read_world(task, DATA / path)
    first = torch.from_numpy(Session(source, layout, world).screen)
    assert shipped.choose(first) == member(shipped, task, layout)
    assert layout != "original" or astray(first, first_look(task, layout)) < STRAY / 2


def test_its_page_says_what_it_knows(tmp_path):
    general = checkpoint(tmp_path / "general", PLUMES)
    page = read_page(gather([checkpoint(tmp_path / "dots", DOTS)], general, tmp_path / "out"))
    assert page["settings"] == {"members": [DOTS, "otherwise"], "otherwise": "otherwise", "titles": {}}
    assert page["run"]["curriculum"] == {
        "tasks": [[DOTS, "standard"], [PLUMES, "standard"]],
        "layouts": ["original"],
    }
    assert (tmp_path / "out" / DOTS / PAGE).read_text() == (tmp_path / "dots" / PAGE).read_text()


def test_of_two_that_learnt_the_same_the_later_is_called(tmp_path):
    both, dots = checkpoint(tmp_path / "both", DOTS, PLUMES), checkpoint(tmp_path / "dots", DOTS)
    team = load(gather([both, dots], both, tmp_path / "out"))
    assert called(team, DOTS, "original") == DOTS
    assert called(team, PLUMES, "original") == f"{DOTS}+{PLUMES}"


def test_one_of_ones_own_goes_before_all_that_there_are(tmp_path):
    """What was fine-tuned is for its sessions alone, whatever it replayed; it may go before specialists."""
    plumes = checkpoint(tmp_path / "plumes", PLUMES)
    inner = gather([plumes], checkpoint(tmp_path / "general", *TASKS), tmp_path / "inner")
    mine = checkpoint(tmp_path / "mine", *TASKS, layouts=("original", "dark-top"))
    page = read_page(mine) | {"sessions": [[DOTS, "dark-top"]]}
    (mine / PAGE).write_text(json.dumps(page))
    team = load(gather([mine], inner, tmp_path / "team"))
    assert called(team, DOTS, "dark-top") == DOTS
    assert called(team, DOTS, "original") == called(team, PLUMES, "original") == "otherwise"
    assert team.members["otherwise"].choose(first(PLUMES, "original", "standard", 20_000)) == PLUMES
    state, _ = team.step(team.start(), first(PLUMES, "original", "standard", 20_000), torch.tensor((-1, -1)))
    assert (state.member, state.state.member) == ("otherwise", PLUMES)


def test_two_of_the_same_name_and_unknown_lessons_are_refused(tmp_path):
    dots, again = (checkpoint(tmp_path / name, DOTS) for name in ("one", "two"))
    with pytest.raises(ClonotateError, match=f"two specialists have learnt {DOTS}: name one"):
        gather([dots, again], dots, tmp_path / "out")
    silent = save_model(tmp_path / "silent", build("pico"))
    with pytest.raises(ClonotateError, match="does not say which tasks and layouts were learnt"):
        gather([silent], dots, tmp_path / "out")
    assert not (tmp_path / "out").exists()
