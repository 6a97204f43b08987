"""A glance: one token of a screen, for the memory."""

import torch
from torch import Tensor, nn

from clonotate.models.distinct import gather
from clonotate.models.scene import OCTAVES, REGION, Scene, cell_rows, centers, fourier


class Glance(nn.Module):
    """A scene and the click before it to one token a screen."""

    def __init__(self, fine: int, context: int, width: int, queries: int = 8) -> None:
        super().__init__()
        self.queries, self.values = queries, fine // 2
        self.detect = nn.Linear(context, width // 2)
        self.attend = nn.Linear(context, queries + self.values)
        self.attend_place = nn.Linear(4 * OCTAVES, queries, bias=False)
        self.no_click = nn.Parameter(torch.zeros(fine + context + 4 * OCTAVES))
        pooled = width // 2 + queries * (self.values + 4 * OCTAVES)
        self.token = nn.Linear(pooled + len(self.no_click), width)

    def forward(self, scene: Scene, past: Tensor) -> Tensor:
        """past: int64 `[N, 2]`, (-1, -1) for none. Returns `[N, width]`."""
        token: Tensor = self.token(
            torch.cat((self.loudest(scene), self.pooled(scene), self.clicked(scene, past)), 1)
        )
        return token

    def loudest(self, scene: Scene) -> Tensor:
        """The maximum of every detector over the screen; only the winner gets a gradient."""
        detected = self.detect(scene.regions)
        ids = scene.region_ids.flatten(1)
        with torch.no_grad():
            loudest = detected.index_select(0, ids.view(-1)).view(*ids.shape, -1).max(1)  # argmax is slower
            winners = ids.gather(1, loudest.indices)
        maxima: Tensor = detected.gather(0, winners)
        return maxima

    def pooled(self, scene: Scene) -> Tensor:
        """What and where, as averaged by the attention of a few learned queries."""
        where = fourier(centers(scene.region_ids[0]))
        found = gather(self.attend(scene.regions), scene.region_ids.flatten(1))
        scores = found[..., : self.queries] + self.attend_place(where)
        weights = scores.float().softmax(1).transpose(1, 2)
        what = weights.to(found.dtype) @ found[..., self.queries :]
        return torch.cat((what.float(), weights @ where), -1).flatten(1)

    def clicked(self, scene: Scene, past: Tensor) -> Tensor:
        """What is now where the last click went, and where that was."""
        x, y = past.clamp(min=0).unbind(1)
        frames = torch.arange(len(past), device=past.device)
        cell = gather(scene.cells.view(-1, scene.patches.shape[1]), cell_rows(scene, frames, x, y))
        region = gather(scene.regions, scene.region_ids[frames, y // REGION, x // REGION])
        click = torch.cat((cell.float(), region.float(), fourier((past + 0.5) / scene.size)), 1)
        return torch.where(past[:, :1] < 0, self.no_click, click)
