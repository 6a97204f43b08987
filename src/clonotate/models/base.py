"""What a policy network is: screens and past clicks in, a joint distribution over the next click out."""

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

State = TypeVar("State")


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
    def confidence(self) -> Tensor:
        """How sure it is of its most likely place, in [0, 1]: float32 `[N]`."""


class ClickModel(nn.Module, ABC, Generic[State]):
    """One family of policies. Episodes are packed end to end; nothing crosses from one to the next."""

    @abstractmethod
    def forward(self, screens: Tensor, past: Tensor, lengths: list[int]) -> ClickDistribution:
        """Every next click of whole episodes at once, causally.

        screens: uint8 `[N, height, width, 3]`, N = sum of `lengths`; past: int64 `[N, 2]`, the click that
        led to each screen, (-1, -1) at the first of an episode or where it is hidden.
        """

    def loss(self, screens: Tensor, past: Tensor, lengths: list[int], clicks: Tensor) -> Tensor:
        """What training minimises, per screen: float32 `[N]`. The likelihood and what a family adds."""
        distribution: ClickDistribution = self(screens, past, lengths)
        return distribution.nll(clicks)

    @abstractmethod
    def start(self) -> State:
        """The state of an episode that has not begun."""

    @abstractmethod
    def step(self, state: State, screen: Tensor, past: Tensor) -> tuple[State, ClickDistribution]:
        """A new screen, uint8 `[height, width, 3]`, and the click before, int64 `[2]`; equals `forward`."""

    @property
    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """The keyword arguments that build this network again, as plain JSON values."""
