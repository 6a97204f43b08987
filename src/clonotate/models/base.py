"""What a policy network is: screens and past clicks in, a joint distribution over the next click out."""

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

State = TypeVar("State")
CELL = 8
"""The side of a cell, in pixels: how finely a distribution over clicks is looked at from outside."""
APART = 2
"""Candidates are more than so many cells apart: nearer ones would be the same button, or the same place."""


class ClickDistribution(ABC):
    """A joint distribution over the click on each of N screens, in whole screen pixels."""

    @abstractmethod
    def nll(self, clicks: Tensor) -> Tensor:
        """Negative log-likelihood in nats of `clicks` (int64 `[N, 2]`, x then y): float32 `[N]`."""

    @abstractmethod
    def argmax(self) -> Tensor:
        """The most likely click: int64 `[N, 2]`."""

    @abstractmethod
    def sample(self, temperature: float, generator: torch.Generator | None = None) -> Tensor:
        """A click drawn with logits divided by `temperature` > 0: int64 `[N, 2]`."""

    @abstractmethod
    def mass(self) -> Tensor:
        """The probability of every cell of `CELL` pixels: float32 `[N, rows, columns]`.

        Exact in sums over what shares a target; how a family shares it out between cells is its own.
        """

    @abstractmethod
    def within(self, cells: Tensor) -> Tensor:
        """The most likely click in cells, int64 `[N]`, numbered row by row: int64 `[N, 2]`."""

    def confidence(self) -> Tensor:
        """The probability of the best cell and the eight around it, which may share a target: `[N]`."""
        mass = self.mass()
        best = mass.flatten(1).argmax(1, keepdim=True)
        return around(mass).flatten(1).gather(1, best)[:, 0]

    def entropy(self) -> Tensor:
        """How undecided it is between cells, in nats: float32 `[N]`."""
        nats: Tensor = torch.special.entr(self.mass()).flatten(1).sum(1)
        return nats

    def candidates(self, count: int) -> tuple[Tensor, Tensor]:
        """The few most likely clicks, each of another place: int64 `[N, count, 2]`, the best one first.

        With them the probability of the 3 x 3 cells around each: float32 `[N, count]`, falling.
        """
        mass, clicks, shares = self.mass(), [], []
        for _ in range(count):
            cells = mass.flatten(1).argmax(1)
            clicks.append(self.within(cells))
            shares.append(around(mass).flatten(1).gather(1, cells[:, None])[:, 0])
            mass = mass.masked_fill(near(cells, mass), 0)
        probability, order = torch.stack(shares, 1).sort(stable=True, dim=1, descending=True)
        return torch.stack(clicks, 1).take_along_dim(order[..., None], 1), probability


def around(mass: Tensor) -> Tensor:
    """Of every cell, the probability of the 3 x 3 cells it is the middle of: `[N, rows, columns]`."""
    return (functional.avg_pool2d(mass[:, None], 3, 1, 1)[:, 0] * 9).clamp(max=1)


def near(cells: Tensor, mass: Tensor) -> Tensor:
    """Which cells lie within `APART` of those numbered: bool, in the shape of `mass`."""
    rows, columns = (torch.arange(size, device=mass.device) for size in mass.shape[1:])
    down = (rows - (cells // mass.shape[2])[:, None]).abs() <= APART
    across = (columns - (cells % mass.shape[2])[:, None]).abs() <= APART
    return down[:, :, None] & across[:, None]


class ClickModel(nn.Module, ABC, Generic[State]):
    """One family of policies. Episodes are packed end to end; nothing crosses from one to the next."""

    @abstractmethod
    def forward(self, screens: Tensor, past: Tensor, lengths: list[int]) -> ClickDistribution:
        """Every next click of whole episodes at once, causally.

        screens: uint8 `[N, height, width, 3]`, N = sum of `lengths`; past: int64 `[N, 2]`, the click that
        led to each screen, (-1, -1) at the first of an episode or where it is hidden.
        """

    def loss(
        self, screens: Tensor, past: Tensor, lengths: list[int], clicks: Tensor, ahead: Tensor | None = None
    ) -> Tensor:
        """What training minimises, per screen: float32 `[N]`. The likelihood and what a family adds.

        ahead: uint8 `[N, rows, columns]`, where something will be drawn, for families that learn to foresee.
        """
        distribution: ClickDistribution = self(screens, past, lengths)
        return distribution.nll(clicks)

    @abstractmethod
    def start(self) -> State:
        """The state of an episode that has not begun."""

    @abstractmethod
    def step(self, state: State, screen: Tensor, past: Tensor) -> tuple[State, ClickDistribution]:
        """A new screen, uint8 `[height, width, 3]`, and the click before, int64 `[2]`; equals `forward`."""

    def pace(self, parameter: str) -> float:
        """The learning rate of a parameter, by its name, over that of the run; 0 leaves it as it is."""
        return 1.0

    @property
    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """The keyword arguments that build this network again, as plain JSON values."""
