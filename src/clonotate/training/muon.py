"""Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers"): every update of a matrix is orthogonal.

As `torch.optim.Muon`, whose products are always in bfloat16: most processors have none, and there one step
took longer than the network it was for (25 steps of the nano pointer in over two minutes on AVX2).
"""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

QUINTIC = (3.4445, -4.7750, 2.0315)
"""a, b, c of the iteration x -> a x + b x^3 + c x^5 on singular values, steepest at 0."""
ITERATIONS = 5
MOMENTUM = 0.95


class Muon(torch.optim.Optimizer):
    """Momentum (Nesterov), made orthogonal, in the size of AdamW's updates.

    The size is that of Liu et al. 2025, "Muon is scalable for LLM training". `kind` is the number type of the
    products that make an update orthogonal: bfloat16 is exact enough, where it is fast.
    """

    def __init__(
        self, weights: Iterable[Any], weight_decay: float, kind: torch.dtype = torch.float32
    ) -> None:
        """`weights` are matrices, or groups of them; each group's `lr` is to be set before a step."""
        self.kind = kind
        super().__init__(weights, {"lr": 1e-3, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """One update of every matrix by its gradient."""
        for group in self.param_groups:
            for weight in group["params"]:
                update = orthogonal(self.direction(weight), self.kind)
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(update, alpha=-group["lr"] * 0.2 * math.sqrt(max(weight.shape)))

    def direction(self, weight: Tensor) -> Tensor:
        """The gradient, mostly that of the steps before."""
        assert weight.grad is not None
        memory: Tensor = self.state[weight].setdefault("momentum_buffer", torch.zeros_like(weight))
        memory.lerp_(weight.grad, 1 - MOMENTUM)
        return weight.grad.lerp(memory, MOMENTUM)


def orthogonal(matrix: Tensor, kind: torch.dtype = torch.float32) -> Tensor:
    """The matrix `[a, b]` with its singular values near 1 (0.7 to 1.2), by a Newton-Schulz iteration."""
    a, b, c = QUINTIC
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    turned: Tensor = (wide / wide.norm().clamp(min=1e-7)).to(kind)
    for _ in range(ITERATIONS):
        gram = turned @ turned.T
        turned = torch.addmm(turned, torch.addmm(gram, gram, gram, beta=b, alpha=c), turned, beta=a)
    return (turned if wide is matrix else turned.T).to(matrix.dtype)
