"""Checkpoints: half precision, a page that says what they are, and clear refusals."""

import json

import pytest
import torch

from clonotate.models import build
from clonotate.models.checkpoint import PAGE, WEIGHTS, load, read_page, save_model
from clonotate.records import ClonotateError


@pytest.fixture
def folder(tmp_path):
    return save_model(tmp_path / "kept", build("pico"), run={"seed": 3}, metrics={"nll": 1.5})


def test_the_page_says_what_it_is(folder):
    page = read_page(folder)
    assert (page["family"], page["run"], page["metrics"]) == ("pointer", {"seed": 3}, {"nll": 1.5})
    assert page["clonotate"]


def test_other_weights_can_be_kept_than_those_of_the_model(tmp_path):
    model = build("pico")
    zeros = {name: torch.zeros_like(p) for name, p in model.named_parameters()}
    loaded = load(save_model(tmp_path, model, zeros))
    assert all((p == 0).all() and p.dtype == torch.float32 for p in loaded.parameters())


def test_a_folder_without_a_checkpoint_is_refused(tmp_path):
    with pytest.raises(ClonotateError, match=r"holds no checkpoint"):
        load(tmp_path / "nowhere")


def test_the_page_of_another_program_is_refused(folder):
    (folder / PAGE).write_text(json.dumps({"format": "something else"}))
    with pytest.raises(ClonotateError, match="is not a clonotate-model-1 page"):
        load(folder)


def test_broken_weights_are_refused(folder):
    (folder / WEIGHTS).write_bytes(b"not tensors")
    with pytest.raises(ClonotateError, match="not a readable safetensors file"):
        load(folder)


def test_weights_of_another_shape_are_refused(folder):
    page = read_page(folder) | {"settings": {"width": 96, "depth": 1}}
    (folder / PAGE).write_text(json.dumps(page))
    with pytest.raises(ClonotateError, match="does not fit"):
        load(folder)
