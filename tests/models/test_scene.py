"""Features of screens: distinct windows give what dense convolutions do."""

import torch
from torch.nn import functional

from clonotate.models.distinct import census, everything
from clonotate.models.scene import Encoder


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
