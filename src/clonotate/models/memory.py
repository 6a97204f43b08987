"""What a policy remembers: a causal transformer with one token a screen, over the whole episode.

Attention is biased by distance, linearly and with a slope of its own in each head (ALiBi, Press et al. 2022),
so that episodes may be longer than any seen in training. While acting, keys and values are kept.
"""

from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

Cache: TypeAlias = tuple[tuple[Tensor, Tensor], ...]
"""Keys and values of every block so far, each `[batch, heads, time, dim]`; empty before the first token."""
ALIKE = 1.25
"""Episodes are of about one length where the longest has at most so many times the tokens of the shortest."""


class Block(nn.Module):
    """Attention, then a perceptron; each behind a norm and beside a shortcut."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention, self.before_mlp = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(
        self, x: Tensor, bias: Tensor, seen: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        batch, time, width = x.shape
        qkv = self.qkv(self.before_attention(x)).view(batch, time, 3, self.heads, -1)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        if seen is not None:
            key, value = torch.cat((seen[0], key), 2), torch.cat((seen[1], value), 2)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype))
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, time, width))
        return x + self.mlp(self.before_mlp(x)), (key, value)


class Memory(nn.Module):
    """Tokens in, one memory a token out, which knows nothing of later tokens."""

    slopes: Tensor

    def __init__(self, width: int, depth: int, heads: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.register_buffer("slopes", torch.logspace(0, -8, heads, base=2), persistent=False)

    def forward(self, tokens: Tensor, cache: Cache = ()) -> tuple[Tensor, Cache]:
        """tokens: `[batch, time, width]`, those after what `cache` holds. Returns memories and a cache."""
        before = cache[0][0].shape[2] if cache else 0
        places = torch.arange(before + tokens.shape[1], device=tokens.device)
        distance = places[before:, None] - places
        bias = (-self.slopes[:, None, None] * distance).masked_fill(distance < 0, -torch.inf)
        grown = []
        for k, block in enumerate(self.blocks):
            tokens, seen = block(tokens, bias, cache[k] if cache else None)
            grown.append(seen)
        return self.norm(tokens), tuple(grown)

    def whole(self, tokens: Tensor, lengths: list[int]) -> Tensor:
        """tokens: `[N, width]`, whole episodes end to end. Returns their memories in the same order.

        Episodes of about one length are read together, so that few tokens are padding.
        """
        episodes, found = torch.split(tokens, lengths), dict[int, Tensor]()
        for alike in buckets(lengths):
            padded = nn.utils.rnn.pad_sequence([episodes[k] for k in alike], batch_first=True)
            found |= zip(alike, self(padded)[0], strict=True)
        return torch.cat([found[k][:length] for k, length in enumerate(lengths)])


def buckets(lengths: list[int]) -> list[list[int]]:
    """Numbers of episodes, in groups whose longest is at most `ALIKE` times as long as their shortest."""
    groups: list[list[int]] = []
    for k in sorted(range(len(lengths)), key=lambda k: -lengths[k]):
        if groups and lengths[groups[-1][0]] <= ALIKE * lengths[k]:
            groups[-1].append(k)
        else:
            groups.append([k])
    return groups
