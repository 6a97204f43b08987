"""Work once on what repeats: a convolution evaluated on the distinct neighbourhoods of a batch only.

Screens repeat themselves, within a frame and from frame to frame. Every window gets a content hash, equal
hashes share a row of a table (hash-consing), and a layer runs on the rows. What a layer sees at the next
level are the row numbers of the level below, hashed again. The result is that of the dense convolution; only
the order of sums in the gradients differs. 64-bit hashes: two of a million windows collide once in 1e7 runs.
"""

from collections.abc import Callable
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
_ODD = torch.from_numpy(np.random.default_rng(0).integers(-(2**62), 2**62, (8, 8)) * 2 + 1)


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


def windows(framed: Tensor, count: Callable[[Tensor], Census]) -> Census:
    """The windows round all cells of framed screens, counted; nothing is hashed for `everything`."""
    if count is census:
        return count(window_keys(framed))
    rows, columns = framed.shape[1] // CELL - 1, framed.shape[2] // CELL - 1
    return count(torch.empty(len(framed), rows, columns, dtype=torch.int64, device=framed.device))


def window_keys(framed: Tensor) -> Tensor:
    """A content hash of the window round every cell: int64 `[N, H / 8, W / 8]`, from framed screens."""
    count, height, width, _ = framed.shape
    words = framed.view(count, height, width * 3).view(torch.int32)
    down, across = _ODD[0].tolist(), _ODD[1].tolist()
    quads = torch.empty(count, height // _QUAD, width // _QUAD, dtype=torch.int64, device=words.device)
    for quad, word in zip(quads, words, strict=True):  # a frame at a time stays in the processor's cache
        rows = word.long().view(height // _QUAD, _QUAD, -1)
        columns = _weighted([rows[:, k] for k in range(_QUAD)], down).view(*quad.shape, _QUAD_WORDS)
        quad.copy_(_weighted([columns[..., k] for k in range(_QUAD_WORDS)], across))
    return neighbour_keys(quads, 4, 2)


def _weighted(parts: list[Tensor], odd: list[int]) -> Tensor:
    """The sum of int64 `parts`, each times an odd number, modulo 2**64: what all hashes here are made of."""
    total = parts[0] * odd[0]
    for part, factor in zip(parts[1:], odd[1:], strict=False):
        total.add_(part, alpha=factor)
    return total


def neighbour_keys(ids: Tensor, size: int, stride: int = 1) -> Tensor:
    """A hash of the `size` x `size` neighbourhoods of `ids` (int64 `[N, rows, columns]`), without padding."""
    odd = _ODD[size].tolist()
    for axis in (1, 2):
        places = (ids.shape[axis] - size) // stride + 1
        shifted = [ids.narrow(axis, k, (places - 1) * stride + 1) for k in range(size)]
        every = (slice(None),) * axis + (slice(None, None, stride),)
        ids = _weighted([part[every] for part in shifted], odd)
        ids = (ids ^ (ids >> 31)) * odd[-axis]  # mixes, so that sums at the next level do not cancel
    return ids


def window_pixels(framed: Tensor, places: Tensor) -> Tensor:
    """The pixels of the windows round the cells at `places` (flat, int64 `[K]`): uint8 `[K, 768]`."""
    count, height, width, _ = framed.shape
    rows, columns = height // CELL - 1, width // CELL - 1
    frames, cells = places // (rows * columns), places % (rows * columns)
    at = frames, cells // columns, cells % columns
    if (
        framed.device.type == "cpu"
    ):  # numpy copies a row of a window at once, torch a word: three times slower
        down, line = CELL * width * 3, width * 3
        windows = np.ndarray(
            (count, rows, columns, WINDOW), "V48", framed.numpy(), 0, (height * line, down, CELL * 3, line)
        )
        found = windows[tuple(index.numpy() for index in at)]
        return torch.from_numpy(found.view(np.uint8).reshape(len(places), -1))
    patches = framed.unfold(1, WINDOW, CELL).unfold(2, WINDOW, CELL)[at]  # [K, 3, WINDOW, WINDOW]
    return patches.permute(0, 2, 3, 1).flatten(1)


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
        flat, rows = ids.reshape(-1), grad.reshape(-1, shape[1])
        piece = 4096 if grad.device.type == "cpu" else max(len(rows), 1)  # stays in a processor's cache
        for k in range(0, len(rows), piece):
            total.index_add_(0, flat[k : k + piece], rows[k : k + piece].float())
        return total.to(dtype), None


def gather(table: Tensor, ids: Tensor) -> Tensor:
    """Rows of `table` (`[K, dim]`) at `ids` of any shape: `[*ids.shape, dim]`; gradients add in float32."""
    rows: Tensor = _Gather.apply(table, ids)  # type: ignore[no-untyped-call]
    return rows
