"""The grid family: the published reference (Chandok and Park 2026), to measure the pointer against.

A backbone sees each screen and is pooled to 12 x 9 tokens; a transformer runs over the tokens of up to 20
screens, attending both ways inside a screen and to earlier screens only across; two independent softmaxes,
over x and over y, make the click. Older screens fall out of sight. What the paper leaves open is ours: how
the tokens of a screen become one prediction (attention with a learned query for each axis), and how past
clicks come in (as a vector on all tokens of the screen they led to).
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from clonotate.models.backbones import Convolutions, Pretrained
from clonotate.models.base import CELL, ClickDistribution, ClickModel
from clonotate.models.memory import Block, Cache
from clonotate.models.scene import OCTAVES, fourier

ROWS, COLUMNS = 9, 12
TOKENS = ROWS * COLUMNS
BINS = (384, 288)
"""Of x and of y: one a pixel of a standard screen; on others their logits are resampled to the pixels."""


class GridDistribution(ClickDistribution):
    """p(x) p(y): where a click may go to one of two buttons, it may land between them."""

    def __init__(self, across: Tensor, down: Tensor) -> None:
        """Logits of the pixels of both axes: float32 `[N, width]` and `[N, height]`."""
        self.axes = across, down

    def nll(self, clicks: Tensor) -> Tensor:
        (across, down), (x, y) = self.axes, clicks.unbind(1)
        nats = functional.cross_entropy(across, x, reduction="none")
        return nats + functional.cross_entropy(down, y, reduction="none")

    def argmax(self) -> Tensor:
        return torch.stack([logits.argmax(1) for logits in self.axes], 1)

    def sample(self, temperature: float, generator: torch.Generator | None = None) -> Tensor:
        likely = [(logits / temperature).softmax(1) for logits in self.axes]
        return torch.cat([p.multinomial(1, generator=generator) for p in likely], 1)

    def mass(self) -> Tensor:
        across, down = (strips(logits).logsumexp(2).softmax(1) for logits in self.axes)
        return down[:, :, None] * across[:, None]

    def within(self, cells: Tensor) -> Tensor:
        across, down = map(strips, self.axes)
        every = torch.arange(len(cells), device=cells.device)
        column, row = cells % across.shape[1], cells // across.shape[1]
        x, y = across[every, column].argmax(1), down[every, row].argmax(1)
        return torch.stack((column * CELL + x, row * CELL + y), 1)


def strips(logits: Tensor) -> Tensor:
    """The logits of an axis cell by cell: `[N, cells, CELL]`, with none outside the screen."""
    padded = functional.pad(logits, (0, -logits.shape[1] % CELL), value=-torch.inf)
    return padded.view(len(logits), -1, CELL)


class Windows(NamedTuple):
    """Stretches of frames that are seen together, and where in them each frame is predicted from."""

    starts: Tensor  # int64 [windows], frames
    window: Tensor  # int64 [N]
    place: Tensor  # int64 [N], counted in frames from the start of the window


def windows(lengths: list[int], context: int, stride: int) -> Windows:
    """Every `stride` frames of an episode a window begins; a frame is predicted from the first with it."""
    starts: list[Tensor] = []
    window, place = [], []
    first = count = 0
    for length in lengths:
        frames = torch.arange(length)
        inside = (torch.div(frames - context, stride, rounding_mode="floor") + 1).clamp(min=0)
        window.append(inside + count)
        place.append(frames - inside * stride)
        starts.append(first + torch.arange(int(inside[-1]) + 1) * stride)
        first, count = first + length, count + len(starts[-1])
    return Windows(torch.cat(starts), torch.cat(window), torch.cat(place))


class Sequence(nn.Module):
    """The tokens of a window of screens to what is known of each: block-causal attention."""

    def __init__(self, width: int, depth: int, context: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, max(1, width // 64)) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.time = nn.Parameter(torch.randn(context, 1, width) * 0.02)

    def forward(self, tokens: Tensor, cache: Cache = ()) -> tuple[Tensor, Cache]:
        """tokens: `[windows, frames, 108, width]`, those after what `cache` holds; returns the same shape."""
        count, frames, _, width = tokens.shape
        before = cache[0][0].shape[2] // TOKENS if cache else 0
        x = (tokens + self.time[before : before + frames]).view(count, frames * TOKENS, width)
        frame = torch.arange(before + frames, device=x.device).repeat_interleave(TOKENS)
        later = frame > frame[before * TOKENS :, None]
        bias = torch.zeros(later.shape, device=x.device).masked_fill(later, -torch.inf)
        grown = []
        for k, block in enumerate(self.blocks):
            x, seen = block(x, bias, cache[k] if cache else None)
            grown.append(seen)
        return self.norm(x).view_as(tokens), tuple(grown)


class Head(nn.Module):
    """The tokens of a screen to the logits of the bins of one axis."""

    def __init__(self, width: int, bins: int) -> None:
        super().__init__()
        self.query, self.bins = nn.Linear(width, 1), nn.Linear(width, bins)

    def forward(self, tokens: Tensor, pixels: int) -> Tensor:
        """tokens: `[N, 108, width]`. Returns the logits of so many pixels: float32 `[N, pixels]`."""
        weights = self.query(tokens).float().softmax(1).to(tokens.dtype)
        logits: Tensor = self.bins((weights * tokens).sum(1)).float()
        if pixels == logits.shape[1]:
            return logits
        return functional.interpolate(logits[:, None], pixels, mode="linear", align_corners=False)[:, 0]


class Seen(NamedTuple):
    """What is kept while acting: the tokens of the window's screens, and its keys and values."""

    tokens: Tensor  # [frames, 108, width]
    cache: Cache


class GridModel(ClickModel[Seen]):
    """`context` frames are seen at most. While training, windows do not overlap, as published.

    Else they overlap by half: a prediction knows the last `context` / 2 frames at the least, and keys and
    values are kept while acting, until the window moves on. `backbone` names a model of timm, whose weights
    learn at `backbone_rate` of the learning rate (0: frozen); none is a small convolutional one from scratch.
    """

    def __init__(
        self,
        width: int = 192,
        depth: int = 4,
        context: int = 20,
        backbone: str = "",
        backbone_rate: float = 1.0,
        weights: str = "",
    ) -> None:
        """weights: a safetensors file for the backbone; no setting, since checkpoints hold the weights."""
        super().__init__()
        self.width, self.depth, self.context = width, depth, context
        self.backbone_name, self.backbone_rate = backbone, backbone_rate
        self.backbone: Pretrained | Convolutions
        if backbone:
            self.backbone = Pretrained(backbone, (ROWS, COLUMNS), weights)
        else:
            self.backbone = Convolutions(width, (ROWS, COLUMNS))
        self.backbone.requires_grad_(backbone_rate > 0)
        self.project = nn.Linear(self.backbone.channels, width)
        self.cell = nn.Parameter(torch.randn(TOKENS, width) * 0.02)
        self.click = nn.Linear(4 * OCTAVES, width)
        self.no_click = nn.Parameter(torch.zeros(width))
        self.sequence = Sequence(width, depth, context)
        self.across, self.down = (Head(width, bins) for bins in BINS)

    def forward(self, screens: Tensor, past: Tensor, lengths: list[int]) -> GridDistribution:
        stride = self.context if self.training else self.context // 2
        starts, window, place = (part.to(screens.device) for part in windows(lengths, self.context, stride))
        reach = torch.arange(min(self.context, max(lengths)), device=screens.device)
        frames = (starts[:, None] + reach).clamp(max=len(screens) - 1)  # past an episode's end nobody looks
        known, _ = self.sequence(self.tokens(screens, past)[frames])
        return self.point(known[window, place], screens)

    def start(self) -> Seen:
        return Seen(torch.empty(0), ())

    def step(self, state: Seen, screen: Tensor, past: Tensor) -> tuple[Seen, GridDistribution]:
        fresh = self.tokens(screen[None], past[None])
        tokens, cache = state
        if len(tokens) == self.context:  # the window moves on by half, and what it saw there is thought anew
            tokens, cache = tokens[self.context // 2 :], ()
        tokens = torch.cat((tokens, fresh)) if len(tokens) else fresh
        known, cache = self.sequence((fresh if cache else tokens)[None], cache)
        return Seen(tokens, cache), self.point(known[0, -1:], screen[None])

    def tokens(self, screens: Tensor, past: Tensor) -> Tensor:
        """What enters the sequence: `[N, 108, width]`."""
        seen = self.project(self.backbone(screens)) + self.cell
        size = torch.tensor([screens.shape[2], screens.shape[1]], device=screens.device)
        click = torch.where(past[:, :1] < 0, self.no_click, self.click(fourier((past + 0.5) / size)))
        tokens: Tensor = seen + click[:, None]
        return tokens

    def point(self, known: Tensor, screens: Tensor) -> GridDistribution:
        """The distribution over the next click on `screens`; known: `[N, 108, width]`."""
        return GridDistribution(self.across(known, screens.shape[2]), self.down(known, screens.shape[1]))

    def pace(self, parameter: str) -> float:
        return self.backbone_rate if parameter.startswith("backbone.") else 1.0

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "width": self.width,
            "depth": self.depth,
            "context": self.context,
            "backbone": self.backbone_name,
            "backbone_rate": self.backbone_rate,
        }


PUBLISHED = {"backbone": "vit_base_patch14_reg4_dinov2", "backbone_rate": 0.1}
PRESETS: dict[str, dict[str, Any]] = {
    "grid-pico": {"width": 64, "depth": 2},
    "grid-nano": {"width": 192, "depth": 4},
    "grid-nano-vit": {"width": 192, "depth": 4, "backbone": "vit_small_patch14_dinov2", "backbone_rate": 0.0},
    "grid-26m": {"width": 512, "depth": 8, **PUBLISHED},
    "grid-50m": {"width": 640, "depth": 10, **PUBLISHED},
    "grid-95m": {"width": 768, "depth": 13, **PUBLISHED},
    "grid-320m": {"width": 1024, "depth": 25, **PUBLISHED},
}
"""The ViT of `grid-nano-vit` is frozen, since a core cannot afford more: begin from a checkpoint with its
weights. The last four are named by what they have above the backbone, 86M in each of them: 8 layers of 512,
as published, are 26M parameters, and the published sizes are 25M-28M to 320M."""
