"""A drill: the close look alone learns, at what the rest of the network, left as it is, asks it to look at.

Which square and which pixel is right is learnt slowly from whole lessons: a step shows few worlds, and most
of its time goes to parts that know their work. Here a pool of lessons is read once; then what fovea and judge
have to say about them is learnt in small steps, each of which mixes the worlds of the pool (LOG.md).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from clonotate.models.base import ClickModel
from clonotate.models.fovea import SQUARE
from clonotate.models.judge import SURE
from clonotate.models.pointer import PointerDistribution, PointerModel
from clonotate.records import ClonotateError
from clonotate.training.batches import Batch, Batches

LEARNING = ("fovea.", "judge.")
"""How the names of the weights begin that learn in a drill."""
POOL = 16
"""Batches are read so many at a time, and give as many steps."""


class Kept(NamedTuple):
    """Sights of screens that are gone: a few squares of each."""

    squares: Tensor  # int64 [K, S]
    seen: Tensor  # uint8 [K, S, 1 + BEFORE, SIDE, SIDE, 3]
    which: Tensor  # int64 [L], of the K

    def of(self, which: Tensor) -> "Kept":
        return self._replace(which=self.which[which])

    def at(self, squares: Tensor) -> Tensor:
        """Of a square that was not kept, another one is shown: a wrong guess stays wrong."""
        found = (self.squares[self.which] == squares[:, None]).int().argmax(1)
        return self.seen[self.which, found]


class Looks(NamedTuple):
    """K clicks to learn, and all that a close look at their screens needs."""

    cells: Tensor  # float32 [K, rows, columns], logits
    memory: Tensor  # float32 [K, width]
    squares: Tensor  # int64 [K, S], the likeliest and the right one
    seen: Tensor  # uint8 [K, S, 1 + BEFORE, SIDE, SIDE, 3]
    clicks: Tensor  # int64 [K, 2]
    weight: Tensor  # float32 [K]
    kinds: list[str]

    def to(self, device: torch.device) -> "Looks":
        """The same with its tensors on `device`."""
        return self.each(lambda part: part.to(device))

    def some(self, which: Tensor) -> "Looks":
        """Those of the numbers `which`, int64."""
        kinds = [self.kinds[k] for k in which.tolist()]
        return self.each(lambda part: part[which])._replace(kinds=kinds)

    def each(self, change: Callable[[Tensor], Tensor]) -> "Looks":
        """The same after a change to every tensor."""
        tensors = self.cells, self.memory, self.squares, self.seen, self.clicks, self.weight
        cells, memory, squares, seen, clicks, weight = map(change, tensors)
        return Looks(cells, memory, squares, seen, clicks, weight, self.kinds)

    def guess(self, model: ClickModel[Any]) -> PointerDistribution:
        """What a model says of every next click."""
        assert isinstance(model, PointerModel)
        every = torch.arange(len(self.clicks), device=self.clicks.device)
        return model.point(self.cells, self.memory, Kept(self.squares, self.seen, every))

    def loss(self, model: ClickModel[Any]) -> Tensor:
        """What a drill minimises, per click: float32 `[K]`."""
        return self.guess(model).nll(self.clicks)


class Drill(Dataset[Looks]):
    """The looks of every step: a pure function of its fields and the step."""

    def __init__(self, model: ClickModel[Any], lessons: Batches, looks: int, bf16: bool) -> None:
        """looks: how many a step; a pool that has fewer repeats some."""
        assert isinstance(model, PointerModel)
        self.model, self.lessons, self.looks, self.bf16 = model, lessons, looks, bf16
        self.read: tuple[int, Looks] | None = None  # the last pool, for the steps it gives

    def __getitem__(self, step: int) -> Looks:
        pool, turn = divmod(step, POOL)
        if self.read is None or self.read[0] != pool:
            batches = (self.lessons[pool * POOL + k] for k in range(POOL))
            self.read = pool, end_to_end([asked(self.model, batch, self.bf16) for batch in batches])
        held = self.read[1]
        order = np.random.default_rng((self.lessons.seed, pool)).permutation(len(held.clicks))
        turns = np.arange(turn * self.looks, (turn + 1) * self.looks)
        return held.some(torch.from_numpy(order[turns % len(order)]))


@torch.no_grad()
def asked(model: PointerModel, batch: Batch, bf16: bool) -> Looks:
    """Of a batch, what asks for a close look: what is placed, and wherever the pointer doubts."""
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        cells, memory, views = model.recall(batch.screens, batch.past, batch.lengths)
    guess = PointerDistribution(cells, torch.zeros_like)  # of squares alone: nothing is looked at yet
    column, row = (batch.clicks // SQUARE).unbind(1)
    right = row * guess.columns + column
    placed = torch.tensor([kind == "place" for kind in batch.kinds])
    doubted = guess.squares.softmax(1).amax(1) < SURE
    which = ((placed | doubted) & (batch.weight > 0)).nonzero()[:, 0]
    likely = guess.squares[which].topk(model.rivals or 1, 1).indices
    wanted = torch.cat((likely, right[which, None]), 1)
    seen = torch.stack([views.of(which).at(one) for one in wanted.unbind(1)], 1)
    kinds = [batch.kinds[k] for k in which.tolist()]
    weight = batch.weight[which]
    return Looks(cells[which], memory[which].float(), wanted, seen, batch.clicks[which], weight, kinds)


def end_to_end(pool: list[Looks]) -> Looks:
    """Several as one."""
    return Looks(
        torch.cat([looks.cells for looks in pool]),
        torch.cat([looks.memory for looks in pool]),
        torch.cat([looks.squares for looks in pool]),
        torch.cat([looks.seen for looks in pool]),
        torch.cat([looks.clicks for looks in pool]),
        torch.cat([looks.weight for looks in pool]),
        [kind for looks in pool for kind in looks.kinds],
    )


def freeze(model: ClickModel[Any]) -> None:
    """Leaves all as it is but what a drill is for. Raises ClonotateError for a network without a fovea."""
    if not isinstance(model, PointerModel):
        raise ClonotateError("only networks of the pointer family have a close look to drill")
    for name, weight in model.named_parameters():
        weight.requires_grad_(name.startswith(LEARNING))
