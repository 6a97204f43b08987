"""How long a policy thinks about one click, on one core, and how that grows with the episode.

    python benchmarks/inference.py [--clicks 150] [--repeats 3]

Weights are random: time does not depend on them. Screens are those of an expert's episodes, end to end.
"""

import argparse
import os
import platform
import time
from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.models import build
from clonotate.models.policy import Policy
from clonotate.records import Screen, Source

MEASURED = ("pico", "nano", "small", "grid-nano")
SEED = 40_000
STRETCHES = 3  # parts of an episode that are told apart


def main() -> None:
    """Measure and print the table of README.md."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clicks", type=int, default=150)
    options.add_argument("--repeats", type=int, default=3)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    print(f"{platform.processor() or platform.machine()}, one core, load {os.getloadavg()[0]:.1f}\n")
    print("| preset | parameters | screens | ms a click, median | p95 | first, middle, last third |")
    print("|---|---|---|---|---|---|")
    for preset in MEASURED:
        for task in ("colored-dot-tracking", "neuron-tracking"):
            print(row(preset, task, chosen.clicks, chosen.repeats), flush=True)


def row(preset: str, task: str, clicks: int, repeats: int) -> str:
    """One row: the best of some repeats for every click, for whatever else runs only ever adds time."""
    torch.manual_seed(0)
    model = build(preset)
    size = sum(parameter.numel() for parameter in model.parameters())
    shown = screens_of(task, clicks)
    policy = Policy(model)
    times = np.min([thought(policy, shown) for _ in range(repeats)], axis=0)
    thirds = ", ".join(f"{np.median(part):.1f}" for part in np.array_split(times, STRETCHES))
    middle, late = np.percentile(times, (50, 95))
    return f"| {preset} | {size / 1e6:.2f}M | {task} | {middle:.1f} | {late:.1f} | {thirds} |"


def screens_of(task: str, count: int) -> list[Screen]:
    """So many screens of an expert's episodes."""
    return list(islice(endless(task), count))


def endless(task: str) -> Iterator[Screen]:
    """Screens of one episode after the other."""
    for seed in range(SEED, SEED + 1000):
        session = Session(Source(task, seed=seed))
        expert = VirtualAnnotator(session, STEADY, np.random.default_rng(seed))
        while not session.done:
            yield session.screen
            session.click(expert(session.screen))


def thought(policy: Policy, shown: list[Screen]) -> list[float]:
    """Milliseconds for every click of an episode."""
    policy.reset()
    times = []
    for screen in shown:
        begun = time.perf_counter()
        policy(screen)
        times.append(1000 * (time.perf_counter() - begun))
    return times


if __name__ == "__main__":
    main()
