"""A network as an annotator: a screen in, a click out."""

from typing import Any

import torch

from clonotate.models.base import ClickDistribution, ClickModel
from clonotate.models.circles import Circles
from clonotate.records import Click, Screen

NO_CLICK = torch.tensor((-1, -1))
CHOICES = 12
"""So many clicks are thought of where the best ones are barred."""


class Policy:
    """Works through one episode; it remembers its screens and the clicks made on them until `reset`.

    At temperature 0 it takes the most likely click, above that it draws with its logits divided by it. With
    `unrest`, who goes in circles tries something else: each time it comes back to the very same screen, that
    much is added to the temperature, up to 1, and what leads back again and again is not clicked for a
    while, or not tried there again (`Circles`).
    `confidence` in [0, 1] is how sure it was of the last click, 0 before it.
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
        self.past: Click | None = None
        self.confidence = 0.0
        self.circles = Circles()
        self.generator = torch.Generator().manual_seed(self.seed)

    @torch.inference_mode()
    def __call__(self, screen: Screen) -> Click:
        """The next click on `screen`."""
        guess = self.look(screen)
        self.confidence = guess.confidence().item()
        self.made(click := self.choose(guess))
        return click

    @torch.inference_mode()
    def look(self, screen: Screen) -> ClickDistribution:
        """Takes in a screen, the next one of the episode: the distribution over the click on it."""
        past = NO_CLICK if self.past is None else torch.tensor((self.past.x, self.past.y))
        self.state, guess = self.model.step(self.state, torch.from_numpy(screen), past)
        self.circles.see(screen, self.past)
        return guess

    @torch.inference_mode()
    def choose(self, guess: ClickDistribution) -> Click:
        """A click on the last screen, of those that its distribution holds likely."""
        heat = self.heat()
        x, y = (guess.sample(heat, self.generator) if heat else guess.argmax())[0].tolist()
        if not self.unrest or not self.circles.bars(Click(x, y)):
            return Click(x, y)
        clicks, _ = guess.candidates(CHOICES)
        allowed = (one for pair in clicks[0].tolist() if not self.circles.bars(one := Click(*pair)))
        return next(allowed, Click(x, y))

    def made(self, click: Click) -> None:
        """Remembers the click that was made on the last screen, whoever made it."""
        self.past = click

    def heat(self) -> float:
        """The temperature on the last screen."""
        added = self.unrest * (self.circles.times - 1)
        return max(self.temperature, min(1.0, self.temperature + added))
