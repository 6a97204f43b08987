"""Screens to features: three levels of convolution with 16, 40 and 72 pixels of view.

They run on distinct neighbourhoods only, so that a scene is tables of features and the rows that places hold.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from clonotate.models.distinct import (
    CELL,
    Census,
    frame,
    gather,
    neighbour_keys,
    neighbours,
    window_pixels,
    windows,
)

REGION = 2 * CELL
"""The grid of the coarser features, in pixels: a region is 2 x 2 cells."""
OCTAVES = 8


def fourier(places: Tensor) -> Tensor:
    """Positions in [0, 1] (`[..., 2]`) as sines and cosines of 8 octaves: float32 `[..., 32]`."""
    waves = places[..., None].float() * (torch.pi * 2.0 ** torch.arange(OCTAVES, device=places.device))
    return torch.cat((waves.sin(), waves.cos()), -1).flatten(-2)


def centers(grid: Tensor) -> Tensor:
    """The middles of the squares of a `[rows, columns]` grid on the screen, x then y in [0, 1]: `[K, 2]`."""
    (rows, columns), device = grid.shape, grid.device
    y = (torch.arange(rows, device=device) + 0.5) / rows
    x = (torch.arange(columns, device=device) + 0.5) / columns
    return torch.stack(torch.meshgrid(y, x, indexing="ij"), -1).flip(-1).view(-1, 2)


@dataclass(frozen=True)
class Scene:
    """N screens as tables of distinct features, and which row each place of each screen holds."""

    patches: Tensor  # [K, fine], windows of 16 pixels; row 0 is outside the screen
    patch_ids: Tensor  # int64 [N, 1 + rows + 1, 1 + columns + 1], cells and a ring outside
    regions: Tensor  # [L, context], 72 pixels of view
    region_ids: Tensor  # int64 [N, rows / 2, columns / 2]
    cells: Tensor  # [M, 4 * fine]: the 2 x 2 cells of a region with their position
    cell_ids: Tensor  # int64 [N, rows / 2, columns / 2]
    size: Tensor  # int64 [2], width and height of the screen in pixels


class Encoder(nn.Module):
    """Screens to a scene."""

    def __init__(self, fine: int, context: int) -> None:
        super().__init__()
        self.patch = nn.Sequential(
            nn.Linear(REGION * REGION * 3, 3 * fine // 2),
            nn.GELU(),
            nn.Linear(3 * fine // 2, fine),
            nn.GELU(),
        )
        self.near = nn.Sequential(nn.Linear(16 * fine, context), nn.GELU())
        self.far = nn.Sequential(nn.Linear(9 * context, context), nn.GELU())
        self.own = nn.Linear(fine, fine, bias=False)
        self.around = nn.Linear(context, 4 * fine)
        self.place = nn.Linear(4 * OCTAVES, fine, bias=False)

    def forward(self, screens: Tensor, count: Callable[[Tensor], Census]) -> Scene:
        """screens: uint8 `[N, H, W, 3]`; `count` is `census` or `everything`, which give the same scene."""
        framed = frame(screens)
        found = windows(framed, count)
        dtype = torch.bfloat16 if torch.is_autocast_enabled(framed.device.type) else torch.float32
        pixels = window_pixels(framed, found.first).to(dtype).sub_(128).mul_(1 / 128)  # exact in bfloat16
        patches = functional.pad(self.patch(pixels), (0, 0, 1, 0))
        patch_ids = functional.pad(found.ids + 1, (1, 1, 1, 1))

        found = count(neighbour_keys(patch_ids, 4, 2))
        near = self.near(gather(patches, neighbours(patch_ids, found.first, 4, 2)).flatten(1))
        near_ids = functional.pad(found.ids + 1, (1, 1, 1, 1))
        padded = functional.pad(near, (0, 0, 1, 0))

        found = count(neighbour_keys(near_ids, 3))
        around = neighbours(near_ids, found.first, 3)
        regions = gather(padded, around[:, 4]) + self.far(gather(padded, around).flatten(1))
        cells, cell_ids = self.cells(patches, patch_ids, regions, found.ids, count)
        size = torch.tensor([screens.shape[2], screens.shape[1]], device=screens.device)
        return Scene(patches, patch_ids, regions, found.ids, cells, cell_ids, size)

    def cells(
        self,
        patches: Tensor,
        patch_ids: Tensor,
        regions: Tensor,
        region_ids: Tensor,
        count: Callable[[Tensor], Census],
    ) -> tuple[Tensor, Tensor]:
        """Features of cells with what is around them and where they are, once for each region and place."""
        rows, columns = region_ids.shape[1:]
        places = torch.arange(rows * columns, device=region_ids.device).view(rows, columns)
        found = count(region_ids * (rows * columns) + places)
        at = found.first % (rows * columns)
        grid = centers(patch_ids[0, 1:-1, 1:-1]).view(rows, 2, columns, 2, 2)
        where = self.place(fourier(grid.transpose(1, 2).reshape(rows * columns, 4, 2)))
        inside = neighbours(patch_ids[:, 1:-1, 1:-1], found.first, 2, 2)
        around = gather(self.around(regions), region_ids.view(-1)[found.first]).view(len(at), 4, -1)
        return functional.relu(gather(self.own(patches), inside) + around + gather_places(where, at)).flatten(
            1
        ), found.ids


def gather_places(where: Tensor, at: Tensor) -> Tensor:
    """Rows of a table of `[places, 4, dim]`."""
    return gather(where.flatten(1), at).view(len(at), *where.shape[1:])


def cell_rows(scene: Scene, frames: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The rows of the cells under pixels, in the table of cells seen as `[4 M, fine]`."""
    child = y // CELL % 2 * 2 + x // CELL % 2
    return scene.cell_ids[frames, y // REGION, x // REGION] * 4 + child
