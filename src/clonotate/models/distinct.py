"""Work once on what repeats: a convolution evaluated on the distinct neighbourhoods of a batch only.

Screens repeat themselves, within a frame and from frame to frame. Every window gets a content hash, equal
hashes share a row of a table (hash-consing), and a layer runs on the rows. What a layer sees at the next
level are the row numbers of the level below, hashed again. The result is that of the dense convolution; only
the order of sums in the gradients differs. 64-bit hashes: two of a million windows collide once in 1e7 runs.
"""

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

CELL = 8
"""The grid of the finest features, in pixels."""
WINDOW = 16
"""The side of the finest windows: a cell and half a cell around it, in pixels."""

_QUAD = 4  # pixels; windows are made of 4 x 4 squares of this side, hashed once each
_QUAD_WORDS = 3  # 32-bit words in a row of a quad: 4 pixels of 3 bytes
_WINDOW_WORDS = 6  # 64-bit words in a row of a window: 16 pixels of 3 bytes
_ODD = torch.from_numpy(np.random.default_rng(0).integers(-(2**62), 2**62, (16, 16)) * 2 + 1)


class Census(NamedTuple):
    """Which of many things are the same."""

    first: Tensor  # int64 [distinct], a place where each distinct thing occurs
    ids: Tensor  # int64, the shape of the keys: the row of `first` that each place holds


def census(keys: Tensor) -> Census:
    """The distinct values of int64 `keys` of any shape."""
    values, order = keys.reshape(-1).sort()
    new = torch.ones_like(values, dtype=torch.bool)
    torch.ne(values[1:], values[:-1], out=new[1:])
    ids = torch.empty_like(order)
    ids[order] = new.cumsum(0) - 1
    return Census(order[new], ids.view(keys.shape))


def everything(keys: Tensor) -> Census:
    """A census that takes every place for distinct: the dense convolution, for accelerators and tests."""
    ids = torch.arange(keys.numel(), device=keys.device)
    return Census(ids, ids.view(keys.shape))


def frame(screens: Tensor) -> Tensor:
    """`screens` (uint8 `[N, H, W, 3]`) in a black frame, as wide as a window reaches beyond its cell."""
    return functional.pad(screens, (0, 0, _QUAD, _QUAD, _QUAD, _QUAD))


def window_keys(framed: Tensor) -> Tensor:
    """A content hash of the window round every cell: int64 `[N, H / 8, W / 8]`, from framed screens."""
    count, height, width, _ = framed.shape
    words = framed.view(count, height // _QUAD, _QUAD, width * 3).view(torch.int32)
    odd = _ODD[:_QUAD, :_QUAD_WORDS].to(words.device)
    quads = torch.empty(count, height // _QUAD, width // _QUAD, dtype=torch.int64, device=words.device)
    for quad, word in zip(quads, words, strict=True):  # a frame at a time stays in the processor's cache
        columns = word.long().view(*word.shape[:2], -1, _QUAD_WORDS)
        torch.sum(columns * odd[:, None], (1, 3), out=quad)
    return neighbour_keys(quads, 4, 2)


def neighbour_keys(ids: Tensor, size: int, stride: int = 1, dilation: int = 1) -> Tensor:
    """A hash of the `size` x `size` neighbourhoods of `ids` (int64 `[N, rows, columns]`), without padding."""
    odd = _ODD[size].to(ids.device).tolist()
    for axis in (1, 2):
        places = (ids.shape[axis] - (size - 1) * dilation - 1) // stride + 1
        reach = (places - 1) * stride + 1
        shifted = [ids.narrow(axis, k * dilation, reach) for k in range(size)]
        steps = [part[:, ::stride] if axis == 1 else part[:, :, ::stride] for part in shifted]
        ids = steps[0] * odd[0]
        for k in range(1, size):
            ids = ids.add(steps[k], alpha=odd[k])
        ids = (ids ^ (ids >> 31)) * odd[-axis]  # mixes, so that sums at the next level do not cancel
    return ids


def window_pixels(framed: Tensor, places: Tensor) -> Tensor:
    """The pixels of the windows round the cells at `places` (flat, int64 `[K]`): uint8 `[K, 768]`."""
    count, height, width, _ = framed.shape
    rows, columns = height // CELL - 1, width // CELL - 1
    words = framed.view(count, height, width * 3).view(torch.int64)
    step = CELL * 3 // 8
    windows = words.as_strided(
        (count, rows, columns, WINDOW, _WINDOW_WORDS),
        (words.stride(0), CELL * words.stride(1), step, words.stride(1), 1),
    )
    frames, cells = places // (rows * columns), places % (rows * columns)
    return windows[frames, cells // columns, cells % columns].view(len(places), -1).view(torch.uint8)


def neighbours(ids: Tensor, places: Tensor, size: int, stride: int = 1) -> Tensor:
    """The ids in the neighbourhoods that `neighbour_keys` hashed, at flat `places`: int64 `[K, size**2]`."""
    count, height, width = ids.shape
    rows, columns = (height - size) // stride + 1, (width - size) // stride + 1
    patches = ids.contiguous().as_strided(
        (count, rows, columns, size, size), (height * width, stride * width, stride, width, 1)
    )
    frames, cells = places // (rows * columns), places % (rows * columns)
    return patches[frames, cells // columns, cells % columns].view(len(places), -1)


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, table: Tensor, ids: Tensor) -> Tensor:
        ctx.save_for_backward(ids)
        ctx.table = table.shape, table.dtype
        return table.index_select(0, ids.reshape(-1)).view(*ids.shape, table.shape[1])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        (ids,), (shape, dtype), grad = ctx.saved_tensors, ctx.table, grads[0]
        total = torch.zeros(shape, device=grad.device)  # float32: bfloat16 sums of 1e5 terms saturate
        rows = zip(ids.reshape(-1).split(4096), grad.reshape(-1, shape[1]).split(4096), strict=True)
        for part, terms in rows:  # in pieces that stay in the processor's cache
            total.index_add_(0, part, terms.float())
        return total.to(dtype), None


def gather(table: Tensor, ids: Tensor) -> Tensor:
    """Rows of `table` (`[K, dim]`) at `ids` of any shape: `[*ids.shape, dim]`; gradients add in float32."""
    rows: Tensor = _Gather.apply(table, ids)  # type: ignore[no-untyped-call]
    return rows
