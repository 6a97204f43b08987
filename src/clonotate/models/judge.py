"""A judge of rivals: where the pointer doubts, the likeliest squares are looked at before one is chosen.

The pointer scores cells by features of coarse view; what tells two squares apart is often finer. Of wrong
clicks nearly all are in a wrong square, while the right one is among the first few (LOG.md). So the fovea
looks at each of these, and a small perceptron of what it sees adds to the scores of all cells of a square.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from clonotate.models.fovea import BORDER

SURE = 0.95
"""A square this likely has no rivals."""


class Judge(nn.Module):
    """What a fovea sees in a square, and a memory, to a logit; 0 before anything is learnt."""

    def __init__(self, width: int, memory: int) -> None:
        """width: that of the fovea."""
        super().__init__()
        self.seen = nn.Linear(7 * width, 2 * width)
        self.film = nn.Linear(memory, 4 * width)
        self.verdict = nn.Linear(2 * width, 1)
        nn.init.zeros_(self.verdict.weight)
        nn.init.zeros_(self.verdict.bias)

    def forward(self, fine: Tensor, wide: Tensor, memory: Tensor) -> Tensor:
        """The first two as `Fovea.features` gives them; memory: `[K, memory]`. Returns float32 `[K]`."""
        around = BORDER // 8
        inner = wide[:, :, around:-around, around:-around]
        found = torch.cat((fine.amax((2, 3)), inner.amax((2, 3)), wide.mean((2, 3))), 1)
        gain, bias = self.film(memory).chunk(2, 1)
        verdict: Tensor = self.verdict(functional.gelu(self.seen(found) * (1 + gain) + bias))
        return verdict[:, 0].float()


def rivals(squares: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The likeliest squares where none is `SURE`: which screens these are `[D]`, and `[D, count]` squares,
    fewer where there are no more.

    squares: their logits `[N, squares]`; the numbers of both are int64.
    """
    with torch.no_grad():
        doubtful = (squares.softmax(1).amax(1) < SURE).nonzero()[:, 0]
        return doubtful, squares[doubtful].topk(min(count, squares.shape[1]), 1).indices
