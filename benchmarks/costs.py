"""What a design costs before it has learnt anything: parameters, arithmetic, time and memory.

Weights are random: none of this depends on them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from clonotate.models import ClickModel, build
from clonotate.models.policy import NO_CLICK, Policy
from clonotate.records import Screen
from inference import screens_of, thought

FRAMES = 40  # of an episode, over which arithmetic is averaged
CLICKS = (20, 40, 80, 160)  # after which the memory of an episode is weighed


@dataclass(frozen=True)
class Cost:
    """Of one preset, on one task."""

    parameters: int
    flops: float  # of a forward pass over an episode, per screen; twice the multiplications
    ms: float  # median of a click while acting, on one core
    memory: dict[int, float]  # MB kept while acting, by the clicks made


def cost(preset: str, task: str) -> Cost:
    """Count and measure; on a processor, where the pointer works on distinct windows only."""
    torch.manual_seed(0)
    model = build(preset).eval()
    shown = screens(task)
    return Cost(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        flops=flops(model, shown[:FRAMES]),
        ms=float(np.median(thought(Policy(model), shown[:FRAMES]))),
        memory=dict(zip(CLICKS, kept(model, shown), strict=True)),
    )


@cache
def screens(task: str) -> list[Screen]:
    """What an expert saw, end to end."""
    return screens_of(task, max(CLICKS))


@torch.inference_mode()
def flops(model: ClickModel[Any], shown: list[Screen]) -> float:
    """Of a forward pass over one episode, per screen."""
    past = torch.full((len(shown), 2), -1)
    counter = FlopCounterMode(display=False)
    with counter, sdpa_kernel(SDPBackend.MATH):  # the fused kernels of a processor are not counted
        model(torch.from_numpy(np.stack(shown)), past, [len(shown)]).argmax()
    return counter.get_total_flops() / len(shown)


@torch.inference_mode()
def kept(model: ClickModel[Any], shown: list[Screen]) -> Iterable[float]:
    """MB of the state after each of `CLICKS`."""
    state = model.start()
    for clicks, screen in enumerate(shown, 1):
        state, _ = model.step(state, torch.from_numpy(screen), NO_CLICK)
        if clicks in CLICKS:
            yield held(state) / 1e6


def held(state: Any) -> int:
    """Bytes of all tensors in nested tuples."""
    return state.nbytes if isinstance(state, Tensor) else sum(map(held, state))
