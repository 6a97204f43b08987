"""Updates are orthogonal, and those of PyTorch's own Muon."""

import pytest
import torch
from torch import nn

from clonotate.training.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(16, 16), (8, 40), (40, 8)])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_singular_values_come_near_one(shape, kind):
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape), kind))
    assert 0.5 < values.min() < values.max() < 1.3


def test_a_matrix_of_zeros_stays():
    assert orthogonal(torch.zeros(8, 8)).count_nonzero() == 0


def test_it_is_pytorchs_own():
    torch.manual_seed(0)
    ours, theirs = nn.Parameter(torch.randn(12, 20)), nn.Parameter(torch.empty(12, 20))
    theirs.data.copy_(ours.data)
    mine = Muon([ours], 0.1, torch.bfloat16)
    other = torch.optim.Muon([theirs], lr=1e-3, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    for _ in range(5):
        ours.grad = torch.randn(12, 20)
        theirs.grad = ours.grad.clone()
        mine.step()
        other.step()
    torch.testing.assert_close(ours, theirs, atol=5e-5, rtol=0)  # of some 1e-3 moved
