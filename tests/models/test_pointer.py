"""The pointer family: steps learn an episode, at any size of screen."""

import pytest
import torch

from clonotate.models import build
from clonotate.records import ClonotateError


def test_an_episode_is_learnt_by_heart(screens):
    torch.manual_seed(0)
    model = build("pico")
    clicks = torch.tensor([[5, 9], [90, 60], [33, 20], [70, 12], [17, 50], [48, 40]])
    past = torch.cat((torch.tensor([[-1, -1]]), clicks[:-1]))
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    for _ in range(80):
        optimizer.zero_grad()
        model.loss(screens, past, [6], clicks).mean().backward()
        optimizer.step()
    with torch.no_grad():
        guess = model(screens, past, [6])
    assert (guess.argmax() - clicks).abs().max() <= 2
    assert guess.nll(clicks).mean() < 0.5
    assert guess.confidence().min() > 0.5


def test_screens_of_other_sizes_and_ratios_work():
    model = build("pico")
    for width, height in ((768, 576), (208, 144)):
        guess = model(torch.zeros(1, height, width, 3, dtype=torch.uint8), torch.tensor([[-1, -1]]), [1])
        assert guess.nll(torch.tensor([[width - 1, height - 1]])).isfinite().all()


def test_a_screen_that_does_not_divide_into_regions_is_refused():
    with pytest.raises(ClonotateError, match="multiples of 16 pixels, not 100 x 96"):
        build("pico")(torch.zeros(1, 96, 100, 3, dtype=torch.uint8), torch.tensor([[-1, -1]]), [1])


def test_one_dial_spans_two_orders_of_size():
    with torch.device("meta"):
        sizes = [
            sum(p.numel() for p in build(name).parameters()) for name in ("pico", "nano", "small", "base")
        ]
    assert sizes == pytest.approx([0.5e6, 2.7e6, 13.9e6, 30.9e6], rel=0.05)
