"""The pointer family: remember the whole episode, then point at a square of the screen and a pixel in it.

A scene, the features of all places of a screen; a glance that makes one token of it; a memory of all tokens;
a pointer that scores all cells of the present screen given the memory, a square by its cells; and a fovea
that looks closely at one square.
p(click) = p(square) p(pixel in the square | square), a joint distribution.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from clonotate.models.base import ClickDistribution, ClickModel
from clonotate.models.distinct import CELL, census, everything, gather
from clonotate.models.foresight import Foresight
from clonotate.models.fovea import REACH, SQUARE, Fovea, bordered, looks
from clonotate.models.glance import Glance
from clonotate.models.memory import Cache, Memory
from clonotate.models.scene import OCTAVES, REGION, Encoder, Scene, centers, fourier
from clonotate.records import ClonotateError

ACROSS = SQUARE // CELL
"""Cells along the side of a square."""
NEAR = 5
"""A click is as good as its neighbourhood: the side, in pixels, over which likelihood is averaged, twice."""


class Pointer(nn.Module):
    """A memory looks at the present scene: scores of all cells."""

    def __init__(self, fine: int, width: int) -> None:
        super().__init__()
        self.hidden = fine // 2
        self.film = nn.Linear(width, 2 * fine + self.hidden)  # gain and content query, then a bias
        self.mix = nn.Parameter(torch.randn(self.hidden, fine) / fine**0.5)
        self.score = nn.Linear(self.hidden, 1)
        self.place = nn.Sequential(nn.Linear(4 * OCTAVES, fine), nn.GELU(), nn.Linear(fine, fine))
        self.place_query = nn.Linear(width, fine)

    def forward(self, scene: Scene, memory: Tensor) -> Tensor:
        """Logits of all cells: float32 `[N, rows, columns]`."""
        count, rows, columns = scene.cell_ids.shape
        fine = self.mix.shape[1]
        gain, query, bias = self.film(memory).split((fine, fine, self.hidden), 1)
        # A gain on features is a gain on weights: one small matrix a screen, and no features rewritten
        mixes = torch.cat((self.mix * (1 + gain[:, None]), query[:, None] / fine**0.5), 1)
        found = gather(scene.cells, scene.cell_ids.flatten(1)).view(count, -1, fine)
        mixed = found @ mixes.to(found.dtype).transpose(1, 2)
        hidden = functional.relu(mixed[..., :-1] + bias[:, None].to(mixed.dtype))
        content = self.score(hidden)[..., 0] + mixed[..., -1]
        grid = content.float().view(count, rows, columns, 2, 2).transpose(2, 3).reshape(count, 2 * rows, -1)
        where = self.place_query(memory) @ self.place(fourier(centers(grid[0]))).T
        logits: Tensor = grid + where.float().view_as(grid) / fine**0.5
        return logits


class PointerDistribution(ClickDistribution):
    """Softmax over squares, scored by their cells, then softmax over the pixels of the chosen square."""

    def __init__(self, cells: Tensor, look: Callable[[Tensor], Tensor]) -> None:
        """cells: float32 logits `[N, rows, columns]`; look: numbers of squares `[N]` to logits of pixels."""
        self.cells, self.look = cells, look
        padding = (0, -cells.shape[2] % ACROSS, 0, -cells.shape[1] % ACROSS)
        padded = functional.pad(cells, padding, value=-torch.inf)
        tiles = padded.unfold(1, ACROSS, ACROSS).unfold(2, ACROSS, ACROSS)
        self.columns = tiles.shape[2]
        self.inside = tiles.reshape(len(cells), -1, ACROSS, ACROSS)  # the cells of every square
        self.squares = self.inside.flatten(2).logsumexp(2)

    def nll(self, clicks: Tensor) -> Tensor:
        (column, row), (x, y) = (clicks // SQUARE).unbind(1), (clicks % SQUARE).unbind(1)
        square = row * self.columns + column
        chosen = functional.cross_entropy(self.squares, square, reduction="none")
        return chosen + functional.cross_entropy(self.pixels(square), y * SQUARE + x, reduction="none")

    def cell_nll(self, clicks: Tensor) -> Tensor:
        """Nats that the right cell costs before the close look: float32 `[N]`."""
        x, y = (clicks // CELL).unbind(1)
        return functional.cross_entropy(self.cells.flatten(1), y * self.cells.shape[2] + x, reduction="none")

    def pixels(self, squares: Tensor) -> Tensor:
        """Logits of the pixels of squares, int64 `[N]`: what their cells score, and the close look."""
        frames = torch.arange(len(squares), device=squares.device)
        cells = self.inside[frames, squares].repeat_interleave(CELL, 1).repeat_interleave(CELL, 2)
        return cells.flatten(1) + self.look(squares)

    def aim(self, squares: Tensor) -> Tensor:
        """Logits to act by: the middle of what is likely, where `pixels` may have its peak at a rim."""
        likely = self.pixels(squares).softmax(1).view(-1, 1, SQUARE, SQUARE)
        for _ in range(2):
            likely = functional.avg_pool2d(likely, NEAR, 1, NEAR // 2)
        return likely.flatten(1).log()

    def argmax(self) -> Tensor:
        """The best place in the best square."""
        square = self.squares.argmax(1)
        return self.places(square, self.aim(square).argmax(1))

    def sample(self, temperature: float, generator: torch.Generator | None = None) -> Tensor:
        square = (self.squares / temperature).softmax(1).multinomial(1, generator=generator)[:, 0]
        pixels = (self.aim(square) / temperature).softmax(1)
        return self.places(square, pixels.multinomial(1, generator=generator)[:, 0])

    def mass(self) -> Tensor:
        return self.cells.flatten(1).softmax(1).view_as(self.cells)

    def within(self, cells: Tensor) -> Tensor:
        row, column = cells // self.cells.shape[2], cells % self.cells.shape[2]
        square = row // ACROSS * self.columns + column // ACROSS
        line = torch.arange(ACROSS, device=cells.device).repeat_interleave(CELL)  # the cell of a pixel
        down, across = row[:, None] % ACROSS == line, column[:, None] % ACROSS == line
        inside = (down[:, :, None] & across[:, None]).flatten(1)
        likely = self.aim(square).clamp(min=torch.finfo(torch.float32).min)
        return self.places(square, likely.masked_fill(~inside, -torch.inf).argmax(1))

    def places(self, squares: Tensor, pixels: Tensor) -> Tensor:
        """Clicks from numbers of squares and of pixels in them."""
        x = squares % self.columns * SQUARE + pixels % SQUARE
        return torch.stack((x, squares // self.columns * SQUARE + pixels // SQUARE), 1)


class Recall(NamedTuple):
    """What is kept of an episode while acting."""

    cache: Cache
    screens: Tensor  # the present one and at most REACH before it, bordered


class PointerModel(ClickModel[Recall]):
    """`width` is the one dial: the widths of all parts follow from it. `foresight` is for training alone."""

    def __init__(self, width: int = 192, depth: int = 4, foresight: bool = False) -> None:
        super().__init__()
        self.width, self.depth = width, depth
        fine, context = width // 3, 2 * width // 3
        self.encoder = Encoder(fine, context)
        self.glance = Glance(fine, context, width)
        self.memory = Memory(width, depth, heads=width // 32)
        self.pointer = Pointer(fine, width)
        self.fovea = Fovea(width // 6, width)
        self.foresight = Foresight(fine, context) if foresight else None

    def forward(self, screens: Tensor, past: Tensor, lengths: list[int]) -> PointerDistribution:
        return self.guess(self.look(screens), screens, past, lengths)

    def guess(self, scene: Scene, screens: Tensor, past: Tensor, lengths: list[int]) -> PointerDistribution:
        """The distribution over the next clicks of whole episodes, of which a scene was made."""
        memory = self.memory.whole(self.glance(scene, past), lengths)
        sizes = torch.tensor(lengths, device=screens.device)
        frames = torch.arange(len(screens), device=screens.device)
        firsts = (sizes.cumsum(0) - sizes).repeat_interleave(sizes)
        return self.point(scene, memory, bordered(screens), frames, firsts)

    def loss(
        self, screens: Tensor, past: Tensor, lengths: list[int], clicks: Tensor, ahead: Tensor | None = None
    ) -> Tensor:
        scene = self.look(screens)
        distribution = self.guess(scene, screens, past, lengths)
        loss = distribution.nll(clicks) + distribution.cell_nll(clicks)
        return loss if self.foresight is None or ahead is None else loss + self.foresight.loss(scene, ahead)

    def start(self) -> Recall:
        return Recall((), torch.empty(0))

    def step(self, state: Recall, screen: Tensor, past: Tensor) -> tuple[Recall, PointerDistribution]:
        scene = self.look(screen[None])
        memory, cache = self.memory(self.glance(scene, past[None])[None], state.cache)
        now = bordered(screen[None])
        screens = torch.cat((state.screens[-REACH:], now)) if len(state.screens) else now
        last = torch.tensor([len(screens) - 1], device=screen.device)
        return Recall(cache, screens), self.point(scene, memory[0], screens, last, torch.zeros_like(last))

    def look(self, screens: Tensor) -> Scene:
        """Convolutions on distinct windows where that is faster: not on accelerators."""
        if screens.shape[1] % REGION or screens.shape[2] % REGION:
            size = f"{screens.shape[2]} x {screens.shape[1]}"
            raise ClonotateError(f"the sides of a screen must be multiples of {REGION} pixels, not {size}")
        scene: Scene = self.encoder(screens, census if screens.device.type == "cpu" else everything)
        return scene

    def point(
        self, scene: Scene, memory: Tensor, screens: Tensor, frames: Tensor, firsts: Tensor
    ) -> PointerDistribution:
        """The distribution over the next click; the last three are what `looks` wants to know."""

        def look(squares: Tensor) -> Tensor:
            logits: Tensor = self.fovea(looks(screens, frames, firsts, squares), memory)
            return logits

        return PointerDistribution(self.pointer(scene, memory), look)

    @property
    def settings(self) -> dict[str, Any]:
        return {"width": self.width, "depth": self.depth}


PRESETS: dict[str, dict[str, Any]] = {
    "pico": {"width": 96, "depth": 2},
    "nano": {"width": 192, "depth": 4},
    "small": {"width": 384, "depth": 6},
    "base": {"width": 512, "depth": 8},
}
