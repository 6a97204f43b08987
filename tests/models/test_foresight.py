"""Foresight: a scene learns where something will be drawn, and nothing of it is kept."""

import torch

from clonotate.episodes.hindsight import CELL, UNKNOWN
from clonotate.models import base, build
from clonotate.models.checkpoint import load, save_model

PAST = torch.tensor([[-1, -1], [9, 9], [40, 20]])
CLICKS = torch.tensor([[9, 9], [40, 20], [70, 50]])


def three_screens() -> torch.Tensor:
    """Noise, 96 x 64 pixels."""
    return torch.randint(
        0, 256, (3, 64, 96, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
    )


def somewhere() -> torch.Tensor:
    """A few cells of each."""
    ahead = torch.zeros(3, 8, 12, dtype=torch.uint8)
    ahead[0, 2:5, 3] = ahead[1, 7, 4:9] = ahead[2, 0, 0] = 1
    return ahead


def test_it_is_told_of_the_cells_that_a_model_points_at():
    assert base.CELL == CELL


def test_it_learns_which_cells_and_teaches_the_scene():
    torch.manual_seed(0)
    model, screens, ahead = build("pico", foresight=True), three_screens(), somewhere()
    before = model.encoder.near[0].weight.clone()
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    for _ in range(60):
        optimizer.zero_grad()
        model.foresight.loss(model.look(screens), ahead).sum().backward()
        optimizer.step()
    with torch.no_grad():
        cells, regions = model.foresight(model.look(screens))
    assert ((cells > 0) == (ahead == 1)).all()
    assert ((regions > 0) == torch.nn.functional.max_pool2d(ahead.float(), 2).bool()).all()
    assert not torch.equal(before, model.encoder.near[0].weight)


def test_what_is_unknown_costs_nothing():
    model, screens = build("pico", foresight=True), three_screens()
    nothing = torch.full((3, 8, 12), UNKNOWN, dtype=torch.uint8)
    with torch.no_grad():
        plain = model.loss(screens, PAST, [3], CLICKS)
        assert torch.equal(model.loss(screens, PAST, [3], CLICKS, nothing), plain)
        assert (model.loss(screens, PAST, [3], CLICKS, somewhere()) > plain).all()


def test_a_model_without_it_does_not_ask():
    model, screens = build("pico"), three_screens()
    with torch.no_grad():
        asked = model.loss(screens, PAST, [3], CLICKS, somewhere())
        assert torch.equal(asked, model.loss(screens, PAST, [3], CLICKS))


def test_a_checkpoint_keeps_what_acts(tmp_path):
    model, screens = build("pico", foresight=True), three_screens()
    kept = load(save_model(tmp_path, model))
    assert kept.foresight is None
    with torch.no_grad():
        one, other = model.half().float()(screens, PAST, [3]), kept(screens, PAST, [3])
    assert torch.equal(one.nll(CLICKS), other.nll(CLICKS))
