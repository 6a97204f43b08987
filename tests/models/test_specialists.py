"""A gate that reads first screens: whom it calls, and that the one called does all the work."""

import json

import pytest
import torch
from PIL import Image

from clonotate.models import build
from clonotate.models.checkpoint import PAGE, load, save_model
from clonotate.models.specialists import FAMILY, STRAY, Specialists, astray, look_of, read_look
from clonotate.records import ClonotateError
from clonotate.screens.brush import write

SIZE = (64, 96, 3)


def screens(seed, count=1):
    g = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, *SIZE), generator=g, dtype=torch.uint8)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    members = {name: build("pico") for name in ("dots", "cells", "all")}
    looks = [("dots", look_of(screens(1))), ("cells", look_of(screens(2)))]
    return Specialists(members, looks, "all").eval()


def test_a_look_is_what_all_screens_share():
    some = screens(0).repeat(3, 1, 1, 1)
    some[1, :32] = 255 - some[1, :32]
    look = look_of(some)
    assert look.shape == (64, 96, 4)
    assert not look[:32, :, 3].any()
    assert (look[32:, :, 3] == 255).all()
    assert astray(some[1], look) == astray(some[0], look) == 0


def test_every_pixel_that_is_otherwise_counts_once():
    screen = screens(0)[0]
    other = screen.clone()
    other[3, 5], other[9, 9, 2] = 255 - other[3, 5], 255 - other[9, 9, 2]
    assert astray(other, look_of(screen[None])) == 2
    assert astray(screen[:32], look_of(screen[None])) == 64 * 96


def test_who_is_called(model):
    assert model.choose(screens(1)[0]) == "dots"
    assert model.choose(screens(2)[0]) == "cells"
    assert model.choose(screens(3)[0]) == "all"
    assert model.choose(screens(1)[0, :32]) == "all"


def test_a_title_calls_where_no_look_does():
    look = look_of(screens(1))
    titles = {"Dots": "dots", "Dots and cells": "cells"}
    model = Specialists(
        {name: build("pico") for name in ("dots", "cells", "all")}, [("dots", look)], "all", titles
    )
    assert model.choose(titled("Dots")) == "dots"
    assert model.choose(titled("Dots and cells")) == "cells"
    assert model.choose(titled("Spots")) == "all"
    assert model.settings["titles"] == titles
    both = screens(1)[0]
    write(both.numpy(), "Dots and cells", 4, 4, (0, 0, 0), 1)
    assert model.choose(both) == "dots"


def titled(text):
    screen = torch.full(SIZE, 200, dtype=torch.uint8)
    write(screen.numpy(), text, 7, 30, (30, 60, 90), 1)
    return screen


@pytest.mark.parametrize(("pixels", "name"), [(STRAY - 1, "dots"), (STRAY, "all")])
def test_a_little_may_differ_and_no_more(model, pixels, name):
    screen = screens(1)[0].clone()
    screen.view(-1, 3)[:pixels] = 255 - screen.view(-1, 3)[:pixels]
    assert model.choose(screen) == name


def test_the_one_called_works_on_the_whole_episode(model):
    first, later = screens(2)[0], screens(1)[0]  # a later screen looks as another's first one does
    past = torch.tensor([(-1, -1), (3, 4)])
    state, _ = model.step(model.start(), first, past[0])
    _, guess = model.step(state, later, past[1])
    with torch.no_grad():
        alone = model.members["cells"](torch.stack((first, later)), past, [2]).mass()[1:]
    assert state.member == "cells"
    torch.testing.assert_close(guess.mass(), alone, rtol=1e-4, atol=1e-6)


def page(folder, **settings):
    folder.mkdir()
    text = {"format": "clonotate-model-1", "family": FAMILY, "settings": settings}
    (folder / PAGE).write_text(json.dumps(text))
    return folder


def test_members_are_read_with_their_looks(tmp_path):
    folder = page(tmp_path / "team", members=["all", "dots"], otherwise="all")
    for name in ("all", "dots"):
        save_model(folder / name, build("pico"))
    look = look_of(screens(1))
    Image.fromarray(look.numpy()).save(folder / "dots" / "look-dots-original.png")
    loaded = load(folder)
    assert loaded.choose(screens(1)[0]) == "dots"
    assert loaded.choose(screens(2)[0]) == "all"
    assert loaded.settings == {"members": ["all", "dots"], "otherwise": "all", "titles": {}}


def test_pages_that_lead_elsewhere_are_refused(tmp_path):
    with pytest.raises(ClonotateError, match=r"names a member outside of its folder: '\.\./all'"):
        load(page(tmp_path / "out", members=["../all"], otherwise="../all"))
    with pytest.raises(ClonotateError, match="names no member called 'all'"):
        load(page(tmp_path / "none", members=["dots"], otherwise="all"))
    with pytest.raises(ClonotateError, match="names no member called 'cells'"):
        load(page(tmp_path / "title", members=["dots"], otherwise="dots", titles={"Cells": "cells"}))


def test_a_look_that_is_no_picture_is_refused(tmp_path):
    (tmp_path / "look.png").write_bytes(b"no picture")
    with pytest.raises(ClonotateError, match="is not a readable picture"):
        read_look(tmp_path / "look.png")
