"""A network as an annotator: a screen in, a click out."""

from collections import Counter
from typing import Any

import torch

from clonotate.models.base import ClickDistribution, ClickModel
from clonotate.records import Click, Screen

NO_CLICK = torch.tensor((-1, -1))


class Policy:
    """Works through one episode; it remembers its screens and the clicks made on them until `reset`.

    At temperature 0 it takes the most likely click, above that it draws with its logits divided by it. Each
    time it comes back to the very same screen, `unrest` is added to the temperature, up to 1: who goes in
    circles tries something else. `confidence` in [0, 1] is how sure it was of the last click, 0 before it.
    """

    def __init__(
        self, model: ClickModel[Any], temperature: float = 0.0, seed: int = 0, unrest: float = 0.0
    ) -> None:
        self.model = model.eval()
        self.temperature, self.unrest, self.seed = temperature, unrest, seed
        self.reset()

    def reset(self) -> None:
        """Forgets the episode: the next screen is the first of another."""
        self.state = self.model.start()
        self.past = NO_CLICK
        self.confidence = 0.0
        self.met: Counter[int] = Counter()  # how often each screen was seen
        self.generator = torch.Generator().manual_seed(self.seed)

    @torch.inference_mode()
    def __call__(self, screen: Screen) -> Click:
        """The next click on `screen`."""
        guess = self.look(screen)
        self.confidence = guess.confidence().item()
        heat = self.heat(screen)
        x, y = (guess.sample(heat, self.generator) if heat else guess.argmax())[0].tolist()
        self.made(click := Click(x, y))
        return click

    @torch.inference_mode()
    def look(self, screen: Screen) -> ClickDistribution:
        """Takes in a screen, the next one of the episode: the distribution over the click on it."""
        self.state, guess = self.model.step(self.state, torch.from_numpy(screen), self.past)
        return guess

    def made(self, click: Click) -> None:
        """Remembers the click that was made on the last screen, whoever made it."""
        self.past = torch.tensor((click.x, click.y))

    def heat(self, screen: Screen) -> float:
        """The temperature on this screen, which has been seen once more."""
        seen = hash(screen.tobytes())
        self.met[seen] += 1
        return max(self.temperature, min(1.0, self.temperature + self.unrest * (self.met[seen] - 1)))
