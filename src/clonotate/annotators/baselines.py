"""Annotators that know nothing: what any policy must beat."""

import numpy as np

from clonotate.records import Click, Screen


class RandomAnnotator:
    """Clicks anywhere on the screen."""

    def __init__(self, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)

    def __call__(self, screen: Screen) -> Click:
        """A uniformly random pixel."""
        height, width = screen.shape[:2]
        return Click(int(self.rng.integers(width)), int(self.rng.integers(height)))


class RepeatLast(RandomAnnotator):
    """Clicks somewhere once, then there for ever."""

    last: Click | None = None

    def __call__(self, screen: Screen) -> Click:
        """The first click again."""
        self.last = self.last or super().__call__(screen)
        return self.last
