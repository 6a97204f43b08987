"""The flag: one direction, found again, as sure as it should be, and kept beside the weights."""

import numpy as np
import pytest
import torch

from clonotate.annotators.collect import demonstrate
from clonotate.copilot.doubt import examine
from clonotate.copilot.flag import FILE, Flag, fit_flag, read_flag, write_flag
from clonotate.models import build
from clonotate.models.residuals import residuals
from clonotate.records import ClonotateError, Source

DOTS = Source("colored-dot-tracking", "easy", 20_011)


def made_up(seed, sessions=40, steps=50, width=8):
    """Steps of which one in ten comes after a click that erred, which shows along the first direction."""
    rng = np.random.default_rng(seed)
    erred = rng.random(sessions * steps) < 0.1
    inside = rng.normal(size=(len(erred), width)).astype(np.float32)
    inside[:, 0] += 2 * erred
    return inside, erred, np.repeat(np.arange(sessions), steps)


def test_it_says_how_often_it_is_right_on_sessions_it_never_saw():
    flag = fit_flag(*made_up(0))
    inside, erred, _ = made_up(1)
    chance = flag.chance(inside)
    assert chance.mean() == pytest.approx(erred.mean(), abs=0.03)
    sure = chance > 0.5
    assert erred[sure].mean() == pytest.approx(chance[sure].mean(), abs=0.15)
    assert abs(flag.direction[0]) > 3 * np.abs(flag.direction[1:]).max()


def test_nothing_that_errs_is_nothing_to_learn_from():
    inside, erred, session = made_up(0)
    with pytest.raises(ClonotateError, match="some clicks err"):
        fit_flag(inside, np.zeros_like(erred), session)


def test_it_is_kept_beside_the_weights(tmp_path):
    with pytest.raises(ClonotateError, match="clonotate fit-flag"):
        read_flag(tmp_path)
    flag = fit_flag(*made_up(0))
    assert write_flag(tmp_path, flag) == tmp_path / FILE
    kept = read_flag(tmp_path)
    inside = made_up(1)[0]
    assert np.allclose(kept.chance(inside), flag.chance(inside))


def test_a_click_is_judged_by_what_the_next_screen_shows():
    torch.manual_seed(0)
    model, episode = build("pico"), demonstrate(DOTS, budget=12)
    flag = Flag(np.random.default_rng(0).normal(size=96).astype(np.float32), 0.0)
    found = [step.flagged for step in examine(model, episode, flag=flag)]
    assert found[-1] == 0
    assert all(0 < chance < 1 for chance in found[:-1])
    assert all(step.flagged == 0 for step in examine(model, episode))


def test_only_pointers_have_such_a_stream_and_it_is_let_go_of():
    with pytest.raises(ClonotateError, match="pointer"), residuals(build("grid-pico")):
        pass
    model = build("pico")
    with residuals(model):
        pass
    assert not any(block._forward_hooks for block in model.memory.blocks)
