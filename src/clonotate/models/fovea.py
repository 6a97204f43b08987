"""A close look: the square of the screen that the pointer chose, at full resolution, now and before.

The pointer finds the square; which pixel in it, is seen here. Beside the present pixels the fovea gets the
last two pictures of the same place that looked different: the slice before, or the place before it was
marked. Small convolutions on a pyramid of three levels; the memory sets gains and biases in the middle
(FiLM, Perez et al. 2018).
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

SQUARE = 32
"""The side of the squares that a screen is divided into, in pixels."""
BORDER = 16
"""How far a look reaches beyond its square."""
SIDE = SQUARE + 2 * BORDER
BEFORE = 2
"""So many earlier pictures of a place are looked at."""
REACH = 8
"""They are looked for among so many screens before the present one."""


def bordered(screens: Tensor) -> Tensor:
    """Screens (uint8 `[N, H, W, 3]`) in a black frame that all looks fit into."""
    right, below = -screens.shape[2] % SQUARE, -screens.shape[1] % SQUARE
    return functional.pad(screens, (0, 0, BORDER, BORDER + right, BORDER, BORDER + below))


def looks(screens: Tensor, frames: Tensor, firsts: Tensor, squares: Tensor) -> Tensor:
    """Squares as they look, and as they looked before: uint8 `[K, 1 + BEFORE, SIDE, SIDE, 3]`.

    screens: bordered; frames: int64 `[K]`; firsts: where the episode of each begins; squares: int64 `[K]`,
    counted by rows. Where nothing looked different, the present look is repeated.
    """
    columns = (screens.shape[2] - 2 * BORDER) // SQUARE
    back = torch.arange(REACH + 1, device=frames.device)
    earlier = torch.maximum(frames[:, None] - back, firsts[:, None])
    seen = squares_at(screens, earlier, (squares // columns)[:, None], (squares % columns)[:, None])
    every, chosen = torch.arange(len(frames), device=frames.device), [seen[:, 0]]
    fresh = torch.ones_like(earlier, dtype=torch.bool)
    for _ in range(BEFORE):
        fresh &= (seen != chosen[-1][:, None]).any(2)
        found = torch.where(fresh.any(1), fresh.int().argmax(1), 0)  # the latest of them
        fresh &= back > found[:, None]
        chosen.append(seen[every, found])
    return torch.stack(chosen, 1).view(torch.uint8).view(len(frames), 1 + BEFORE, SIDE, SIDE, 3)


def squares_at(screens: Tensor, frames: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Squares with their borders, eight bytes in one: int64 `[*frames.shape, SIDE * SIDE * 3 / 8]`."""
    copied = rows_copied if screens.device.type == "cpu" else unfolded
    return copied(screens, frames, rows, columns).view(*frames.shape, -1)


def rows_copied(screens: Tensor, frames: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """That on a processor: as in `window_pixels`, numpy copies a row of a square at once."""
    count, height, width, _ = screens.shape
    high, wide = (height - 2 * BORDER) // SQUARE, (width - 2 * BORDER) // SQUARE
    strides = height * width * 3, SQUARE * width * 3, SQUARE * 3, width * 3
    lines = np.ndarray((count, high, wide, SIDE), f"V{SIDE * 3}", screens.numpy(), 0, strides)
    return torch.from_numpy(lines[frames.numpy(), rows.numpy(), columns.numpy()].view(np.int64))


def unfolded(screens: Tensor, frames: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """That on an accelerator."""
    tiles = screens.unfold(1, SIDE, SQUARE).unfold(2, SIDE, SQUARE)[frames, rows, columns]
    return tiles.movedim(-3, -1).contiguous().view(*frames.shape, -1).view(torch.int64)


class Fovea(nn.Module):
    """Looks and memories to logits of the pixels of a square."""

    def __init__(self, width: int, memory: int) -> None:
        super().__init__()
        self.fine = nn.Conv2d(12 * (1 + BEFORE), width, 3, padding=1)
        self.halve = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.middle = nn.Conv2d(2 * width, 2 * width, 3, padding=1)
        self.film = nn.Linear(memory, 4 * width)
        self.quarter = nn.Conv2d(2 * width, 3 * width, 3, stride=2, padding=1)
        self.wide = nn.Conv2d(3 * width, 3 * width, 3, padding=1)
        self.up = nn.Conv2d(3 * width, 2 * width, 1)
        self.joined = nn.Conv2d(2 * width, width, 3, padding=1)
        self.last = nn.Conv2d(width, width, 3)
        self.pixels = nn.Conv2d(width, 4, 1)

    def forward(self, seen: Tensor, memory: Tensor) -> Tensor:
        """seen: uint8 as `looks` gives it; memory: `[K, memory]`. Returns float32 `[K, SQUARE * SQUARE]`."""
        x = seen.permute(0, 1, 4, 2, 3).flatten(1, 2).to(memory.dtype).sub_(128).mul_(1 / 128)
        x = functional.pixel_unshuffle(x, 2).contiguous(memory_format=torch.channels_last)
        fine = functional.gelu(self.fine(x))  # a feature every 2 pixels
        middle = functional.gelu(self.halve(fine))  # every 4
        gain, bias = self.film(memory)[..., None, None].chunk(2, 1)
        middle = middle + functional.gelu(self.middle(middle) * (1 + gain) + bias)
        wide = functional.gelu(self.quarter(middle))  # every 8
        wide = wide + functional.gelu(self.wide(wide))
        middle = functional.gelu(self.joined(middle + larger(self.up(wide))))
        inner = 4 * (1 - BORDER // 2,)  # the square, and what a kernel reaches
        fine = functional.gelu(self.last(functional.pad(fine + larger(middle), inner)))
        logits: Tensor = functional.pixel_shuffle(self.pixels(fine), 2)
        return logits.flatten(1).float()


def larger(features: Tensor) -> Tensor:
    """Features at twice the resolution."""
    return functional.interpolate(features, scale_factor=2, mode="nearest")
