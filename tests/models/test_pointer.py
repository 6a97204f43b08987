"""The pointer family: distinct windows give what dense convolutions do; steps learn an episode."""

import pytest
import torch
from torch.nn import functional

from clonotate.models import build
from clonotate.models.distinct import census, everything
from clonotate.models.pointer import Encoder
from clonotate.records import ClonotateError


@pytest.fixture
def screens():
    """Six screens of flat tiles with a textured corner: most windows repeat, some do not."""
    g = torch.Generator().manual_seed(0)
    screens = torch.randint(0, 256, (1, 4, 6, 3), generator=g, dtype=torch.uint8)
    screens = screens.repeat_interleave(16, 1).repeat_interleave(16, 2).repeat(6, 1, 1, 1)
    screens[3:, :24, :24] = torch.randint(0, 256, (24, 24, 3), generator=g, dtype=torch.uint8)
    return screens


def features(scene):
    """All that a scene shows at each place: cells and regions, dense."""
    return torch.cat((scene.cells[scene.cell_ids].flatten(1), scene.regions[scene.region_ids].flatten(1)), 1)


def test_distinct_windows_give_the_dense_features_and_gradients(screens):
    torch.manual_seed(0)
    encoder = Encoder(16, 32)
    found = []
    for count in (census, everything):
        encoder.zero_grad()
        scene = encoder(screens, count)
        weights = torch.sin(torch.arange(features(scene)[0].numel()))
        (features(scene) * weights).sum().backward()
        found.append(
            (features(scene).detach(), [p.grad.clone() for p in encoder.parameters()], len(scene.patches))
        )
    (few, gradients, rows), (dense, dense_gradients, all_rows) = found
    assert rows < all_rows / 4
    torch.testing.assert_close(few, dense, rtol=1e-4, atol=1e-5)
    for one, other in zip(gradients, dense_gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-3)


def test_the_encoder_is_three_levels_of_convolution(screens):
    torch.manual_seed(0)
    encoder = Encoder(16, 32)
    scene = encoder(screens, census)
    x = functional.pad(screens, (0, 0, 4, 4, 4, 4)).permute(0, 3, 1, 2).float() / 128
    outside = (functional.pad(torch.ones_like(screens), (0, 0, 4, 4, 4, 4)).permute(0, 3, 1, 2) * 0.0) + 1
    x = x - outside
    first, second = encoder.patch[0], encoder.patch[2]
    kernel = first.weight.view(-1, 16, 16, 3).permute(0, 3, 1, 2)
    patches = functional.gelu(functional.conv2d(x, kernel, first.bias, stride=8))
    patches = functional.gelu(functional.conv2d(patches, second.weight[..., None, None], second.bias))
    kernel = encoder.near[0].weight.view(32, 4, 4, 16).permute(0, 3, 1, 2)
    near = functional.gelu(functional.conv2d(patches, kernel, encoder.near[0].bias, stride=2, padding=1))
    kernel = encoder.far[0].weight.view(32, 3, 3, 32).permute(0, 3, 1, 2)
    regions = near + functional.gelu(functional.conv2d(near, kernel, encoder.far[0].bias, padding=1))
    torch.testing.assert_close(
        scene.regions[scene.region_ids], regions.permute(0, 2, 3, 1), rtol=1e-4, atol=1e-5
    )


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
