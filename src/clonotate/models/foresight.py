"""A head that foresees where something will be drawn: it teaches a scene to see, and is not kept."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from clonotate.episodes.hindsight import UNKNOWN
from clonotate.models.distinct import gather
from clonotate.models.scene import Scene

WORTH = 0.008
"""What a nat of one cell counts over one of a click: there are a thousand cells on a canvas."""
RARE = -3.0
"""The logit that is guessed before anything is learnt."""


class Foresight(nn.Module):
    """One linear look at every cell, and one at every region, which the memory sees instead of cells."""

    def __init__(self, fine: int, context: int) -> None:
        super().__init__()
        self.cells, self.regions = nn.Linear(fine, 1), nn.Linear(context, 1)
        for head in (self.cells, self.regions):
            nn.init.zeros_(head.weight)
            nn.init.constant_(head.bias, RARE)

    def forward(self, scene: Scene) -> tuple[Tensor, Tensor]:
        """Logits of all cells and of all regions: float32 `[N, rows, columns]` and half as many each way."""
        count, rows, columns = scene.cell_ids.shape
        table = self.cells(scene.cells.view(len(scene.cells), 4, -1))[..., 0]
        inside = gather(table, scene.cell_ids.flatten(1)).view(count, rows, columns, 2, 2)
        cells = inside.transpose(2, 3).reshape(count, 2 * rows, 2 * columns)
        regions = gather(self.regions(scene.regions), scene.region_ids.flatten(1)).view(count, rows, columns)
        return cells.float(), regions.float()

    def loss(self, scene: Scene, ahead: Tensor) -> Tensor:
        """What was not foreseen, per screen: float32 `[N]`. `ahead`: uint8 `[N, rows, columns]` of cells."""
        cells, regions = self(scene)
        inside = torch.where(ahead == UNKNOWN, 0, ahead).float()
        known = functional.max_pool2d((ahead != UNKNOWN).float(), 2)
        some = functional.max_pool2d(inside, 2)
        return WORTH * (missed(cells, inside, ahead != UNKNOWN) + 4 * missed(regions, some, known))


def missed(logits: Tensor, truth: Tensor, known: Tensor) -> Tensor:
    """Nats that what is known costs, per screen."""
    nats = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    return (nats * known).flatten(1).sum(1)
