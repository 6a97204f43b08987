"""How the learning rate goes: up at once, flat, then down; a function of the step alone."""

import math


def rate(step: int, steps: int, warmup: int, peak: float, end: float, decay_from: float) -> float:
    """The learning rate of a step: linear warm-up, flat to `decay_from` (share of `steps`), cosine."""
    if step < warmup:
        return peak * (step + 1) / warmup
    flat = decay_from * steps
    gone = min(max((step - flat) / max(steps - flat, 1), 0), 1)
    return end + (peak - end) * (1 + math.cos(math.pi * gone)) / 2


def average_decay(step: int, decay: float) -> float:
    """The decay of the running average of weights: short at first, so that it forgets the beginning."""
    return min(decay, (1 + step) / (10 + step))
