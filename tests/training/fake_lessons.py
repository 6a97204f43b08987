"""A curriculum of small screens of noise for tests, and a program that trains on it and can be killed."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clonotate.episodes.dataset import NO_CLICK, Lesson
from clonotate.training.train import Run, train


@dataclass(frozen=True)
class FakeLessons:
    """Lesson i is a few screens of textured tiles; clicks walk along the tiles."""

    pause: float = 0.0  # seconds a lesson takes at the least

    def lesson(self, index: int) -> Lesson:
        time.sleep(self.pause)
        rng = np.random.default_rng(index)
        length = 3 + index % 3
        tiles = rng.integers(0, 256, (length, 4, 6, 3), np.uint8)
        screens = tiles.repeat(16, 1).repeat(16, 2)
        screens[:, :16, :16] = rng.integers(0, 256, (16, 16, 3))
        clicks = rng.integers(0, (96, 64), (length, 2))
        past = np.concatenate(([NO_CLICK], clicks[:-1]))
        return Lesson(screens, past, clicks, np.ones(length, np.float32), ("place",) * length)


def small_run(steps: int = 8, **settings: object) -> Run:
    """A run of a few seconds."""
    base = {"preset": "pico", "warmup": 2, "log_every": 2, "save_every": 2, "episodes_per_step": 2}
    return Run(FakeLessons(0.05), steps=steps, **(base | settings))  # type: ignore[arg-type]


if __name__ == "__main__":
    train(small_run(), Path(sys.argv[1]))
