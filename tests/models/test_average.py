"""The mean of checkpoints is one, and only of the same network."""

import pytest
import torch

from clonotate.evaluation.contenders import SPECIALISTS
from clonotate.models import build
from clonotate.models.average import average
from clonotate.models.checkpoint import load, read_page, save_model
from clonotate.records import ClonotateError


def constant(folder, value, preset="pico"):
    model = build(preset)
    weights = {name: torch.full_like(p, value) for name, p in model.named_parameters()}
    return save_model(folder, model, weights, {"seed": value}, {"step": value})


def test_it_is_the_mean_and_says_of_what(tmp_path):
    folders = [constant(tmp_path / name, value) for name, value in (("a", 1), ("b", 2), ("c", 6))]
    made = average(folders, ("a", "b", "c"), tmp_path / "mean")
    assert all((weight == 3).all() for weight in load(made).parameters())
    page = read_page(made)
    assert page["run"] == {"seed": 6, "mean_of": ["a", "b", "c"]}
    assert page["metrics"] == {"step": 6}


def test_one_has_no_mean_and_two_networks_have_none(tmp_path):
    pico, nano = constant(tmp_path / "pico", 1), constant(tmp_path / "nano", 1, "nano")
    with pytest.raises(ClonotateError, match="two checkpoints or more"):
        average([pico], ("pico",), tmp_path / "mean")
    with pytest.raises(ClonotateError, match="nano is not the same network as pico"):
        average([pico, nano], ("pico", "nano"), tmp_path / "mean")
    with pytest.raises(ClonotateError, match="specialists is several networks"):
        average([SPECIALISTS, SPECIALISTS], ("specialists", "specialists"), tmp_path / "mean")
    assert not (tmp_path / "mean").exists()
