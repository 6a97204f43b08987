"""The pointer family: remember the whole episode, then point at a square of the screen and a pixel in it.

Three levels of convolution with 16, 40 and 72 pixels of view, run on distinct neighbourhoods only; a glance
that makes one token of a screen; a memory of one token a screen; a pointer that scores all cells of the
present screen given the memory, a square by its cells; and a fovea that looks closely at one square.
p(click) = p(square) p(pixel in the square | square), a joint distribution.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from clonotate.models.base import ClickDistribution, ClickModel
from clonotate.models.distinct import (
    CELL,
    Census,
    census,
    everything,
    frame,
    gather,
    neighbour_keys,
    neighbours,
    window_pixels,
    windows,
)
from clonotate.models.fovea import REACH, SQUARE, Fovea, bordered, looks
from clonotate.models.memory import Cache, Memory
from clonotate.records import ClonotateError

REGION = 2 * CELL
"""The grid of the coarser features, in pixels: a region is 2 x 2 cells."""
OCTAVES = 8
ACROSS = SQUARE // CELL
"""Cells along the side of a square."""
NEAR = 5
"""A click is as good as its neighbourhood: the side, in pixels, over which likelihood is averaged, twice."""


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


def cell_rows(scene: Scene, frames: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The rows of the cells under pixels, in the table of cells seen as `[4 M, fine]`."""
    child = y // CELL % 2 * 2 + x // CELL % 2
    return scene.cell_ids[frames, y // REGION, x // REGION] * 4 + child


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
    """`width` is the one dial: the widths of all parts follow from it."""

    def __init__(self, width: int = 192, depth: int = 4) -> None:
        super().__init__()
        self.width, self.depth = width, depth
        fine, context = width // 3, 2 * width // 3
        self.encoder = Encoder(fine, context)
        self.glance = Glance(fine, context, width)
        self.memory = Memory(width, depth, heads=width // 32)
        self.pointer = Pointer(fine, width)
        self.fovea = Fovea(width // 6, width)

    def forward(self, screens: Tensor, past: Tensor, lengths: list[int]) -> PointerDistribution:
        scene = self.look(screens)
        memory = self.memory.whole(self.glance(scene, past), lengths)
        sizes = torch.tensor(lengths, device=screens.device)
        frames = torch.arange(len(screens), device=screens.device)
        firsts = (sizes.cumsum(0) - sizes).repeat_interleave(sizes)
        return self.point(scene, memory, bordered(screens), frames, firsts)

    def loss(self, screens: Tensor, past: Tensor, lengths: list[int], clicks: Tensor) -> Tensor:
        distribution: PointerDistribution = self(screens, past, lengths)
        return distribution.nll(clicks) + distribution.cell_nll(clicks)

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
