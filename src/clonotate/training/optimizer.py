"""Muon for the matrices of a network, AdamW for what is left: biases, gains, and matrices too thin to turn.

Muon makes each update of a matrix orthogonal, so that rare directions, here rare decisions, move as far as
common ones. Its updates are scaled to the size of AdamW's, so that one learning rate serves both.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from clonotate.training.muon import Muon

THIN = 8  # the least side of a matrix that is given to Muon


class Optimizer:
    """Two optimizers as one; what they remember of a weight can be taken out and put back."""

    def __init__(
        self,
        weights: list[nn.Parameter],
        betas: tuple[float, float],
        weight_decay: float,
        turn: float,
        paces: Sequence[float] = (),
        bf16: bool = False,
    ) -> None:
        """`turn` is the learning rate of matrices over that of the rest; 0 gives them to AdamW too.

        `paces`: the learning rate of each weight over the others', 1 where none are given. With `bf16`,
        matrices are turned in bfloat16.
        """
        pace = dict(zip(map(id, weights), paces or [1.0] * len(weights), strict=True))
        matrices = [w for w in weights if turn and w.ndim == 2 and min(w.shape) >= THIN]
        self.turned = {id(w) for w in matrices}
        rest = [w for w in weights if id(w) not in self.turned]
        self.turn = turn
        self.adamw = torch.optim.AdamW(groups(rest, pace), betas=betas, weight_decay=weight_decay, fused=True)
        self.muon = None
        if matrices:
            kind = torch.bfloat16 if bf16 else torch.float32
            self.muon = Muon(groups(matrices, pace), weight_decay, kind)

    def step(self, lr: float) -> None:
        """One update of every weight by its gradient."""
        for group in self.adamw.param_groups:
            group["lr"] = lr * group["pace"]
        self.adamw.step()
        if self.muon:
            for group in self.muon.param_groups:
                group["lr"] = lr * self.turn * group["pace"]
            self.muon.step()

    def moments(self, weight: nn.Parameter) -> dict[str, Tensor]:
        """What is remembered of one weight, by name."""
        return dict(self.home(weight).state[weight])

    def recall(self, weight: nn.Parameter, moments: dict[str, Tensor]) -> None:
        """Put back what `moments` gave."""
        self.home(weight).state[weight] = moments

    def home(self, weight: nn.Parameter) -> torch.optim.Optimizer:
        """The optimizer that a weight belongs to."""
        return self.muon if self.muon and id(weight) in self.turned else self.adamw


def groups(weights: list[nn.Parameter], pace: dict[int, float]) -> list[dict[str, Any]]:
    """Weights that learn at one pace together."""
    return [
        {"params": [w for w in weights if pace[id(w)] == one], "pace": one}
        for one in dict.fromkeys(pace[id(w)] for w in weights)
    ]
