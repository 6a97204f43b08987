"""All that a training carries from one step to the next, and how it is kept on disk.

One file, `state.safetensors`, written atomically: whoever reads it can go on as if nothing had happened.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor, nn

from clonotate.models.base import ClickModel
from clonotate.models.checkpoint import read_tensors, write_tensors
from clonotate.training.log import Clock
from clonotate.training.optimizer import Optimizer

FILE = "state.safetensors"
MOMENT = "moment"


@dataclass
class State:
    """A model, the running average of its weights, what its optimizer remembers, and how far it has come."""

    model: ClickModel[Any]
    weights: dict[str, nn.Parameter]
    average: dict[str, Tensor]
    optimizer: Optimizer
    step: int
    clock: Clock

    @classmethod
    def of(cls, model: ClickModel[Any], optimizer: Optimizer) -> Self:
        """The state before the first step."""
        weights = dict(model.named_parameters())
        average = {name: weight.detach().clone() for name, weight in weights.items()}
        return cls(model, weights, average, optimizer, 0, Clock())

    @property
    def counts(self) -> dict[str, float]:
        """Steps done, frames seen and minutes gone."""
        return {"step": self.step, "frames": self.clock.frames, "minutes": self.clock.minutes()}

    def follow(self, decay: float, frames: float) -> None:
        """The optimizer made a step: the average of the weights follows, and the counts go on."""
        for name, weight in self.weights.items():
            self.average[name].lerp_(weight.detach(), 1 - decay)
        self.step += 1
        self.clock.frames += frames

    def save(self, folder: Path) -> None:
        """Writes all of it, in full precision."""
        tensors = {name: torch.tensor(count, dtype=torch.float64) for name, count in self.counts.items()}
        for name, weight in self.weights.items():
            tensors[f"weight.{name}"], tensors[f"average.{name}"] = weight, self.average[name]
            kept = self.optimizer.moments(weight)
            tensors |= {f"{MOMENT}.{what}.{name}": moment for what, moment in kept.items()}
        write_tensors(folder / FILE, tensors)

    def restore(self, folder: Path) -> None:
        """Reads back in place what `save` wrote; nothing happens where it wrote nothing."""
        if not (folder / FILE).exists():
            return
        tensors = read_tensors(folder / FILE)
        self.step = int(tensors["step"])
        self.clock = Clock(tensors["minutes"].item(), tensors["frames"].item())
        moments: dict[str, dict[str, Tensor]] = {name: {} for name in self.weights}
        for key in tensors:
            if key.startswith(f"{MOMENT}."):
                _, what, name = key.split(".", 2)
                moments[name][what] = tensors[key]
        for name, weight in self.weights.items():
            weight.data.copy_(tensors[f"weight.{name}"])
            self.average[name].copy_(tensors[f"average.{name}"])
            kept = {what: moment.to(weight.device) for what, moment in moments[name].items()}
            self.optimizer.recall(weight, kept)
