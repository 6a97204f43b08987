"""Specialists: several networks, each for the tools it learnt on, and one for every other.

One family alone is learnt in a fraction of the frames that it takes among nine (LOG.md). Who works on an
episode is decided on its first screen: by the tool's title, for a network that knows it under any layout, or
by all that first screens under one layout have in common. Nothing but the screen is asked, so this is one
policy like any other: a mixture of experts (Jacobs et al. 1991) with a gate that remembers what they saw.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor, nn

from clonotate.models.base import ClickDistribution, ClickModel
from clonotate.models.title import stands_on
from clonotate.records import ClonotateError

FAMILY = "specialists"
STRAY = 500
"""Pixels of a look that may differ: a plot or a number in a panel, and no other title, theme or panel."""
LOOK = "look-{task}-{layout}.png"
"""What calls a specialist of one layout, in its folder."""


def look_of(screens: Tensor) -> Tensor:
    """What screens have in common, uint8 `[N, H, W, 3]` to `[H, W, 4]`: 255 in the last where all agree."""
    agree = (screens == screens[:1]).all(-1).all(0)
    return torch.cat((screens[0], agree[..., None].byte() * 255), -1)


def astray(screen: Tensor, look: Tensor) -> int:
    """How many pixels of a look are otherwise on a screen, uint8 `[H, W, 3]`; all on one of another size."""
    known = look[..., 3] > 0
    if screen.shape[:2] != look.shape[:2]:
        return known.numel()
    return int(((screen != look[..., :3]).any(-1) & known).sum())


class Chosen(NamedTuple):
    """Who works on an episode, nobody before its first screen, and what it keeps of it."""

    member: str
    state: Any


class Parted(ClickDistribution):
    """The distributions of several networks, each over rows of its own."""

    def __init__(self, parts: Sequence[tuple[Tensor, ClickDistribution]]) -> None:
        """parts: row numbers, int64 `[n]`, and the distribution over their clicks."""
        self.parts = parts
        self.order = torch.cat([rows for rows, _ in parts]).argsort()

    def together(self, ask: Callable[[ClickDistribution, Tensor], Tensor]) -> Tensor:
        """Every part's answer, given its rows, in the order of the screens."""
        return torch.cat([ask(part, rows) for rows, part in self.parts])[self.order]

    def nll(self, clicks: Tensor) -> Tensor:
        return self.together(lambda part, rows: part.nll(clicks[rows]))

    def argmax(self) -> Tensor:
        return self.together(lambda part, _: part.argmax())

    def sample(self, temperature: float, generator: torch.Generator | None = None) -> Tensor:
        return self.together(lambda part, _: part.sample(temperature, generator))

    def mass(self) -> Tensor:
        return self.together(lambda part, _: part.mass())

    def within(self, cells: Tensor) -> Tensor:
        return self.together(lambda part, rows: part.within(cells[rows]))


class Specialists(ClickModel[Chosen]):
    """`members` by name, the `looks` and `titles` each is called by, and who works on any other screen."""

    def __init__(
        self,
        members: Mapping[str, ClickModel[Any]],
        looks: Sequence[tuple[str, Tensor]],
        otherwise: str,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        """titles: who is called by which; a look goes before a title."""
        super().__init__()
        self.members = nn.ModuleDict(members)
        self.looks, self.otherwise, self.titles = tuple(looks), otherwise, dict(titles or {})

    def choose(self, screen: Tensor) -> str:
        """Who works on an episode that begins with this screen, uint8 `[H, W, 3]`."""
        strays = [(astray(screen.cpu(), look), name) for name, look in self.looks]
        fewest, name = min(strays, default=(STRAY, ""))
        if fewest < STRAY:
            return name
        found = [title for title in self.titles if stands_on(screen, title)]
        return self.titles[max(found, key=len)] if found else self.otherwise

    def forward(self, screens: Tensor, past: Tensor, lengths: list[int]) -> Parted:
        frames = torch.arange(len(screens), device=screens.device)
        work: dict[str, list[Tensor]] = {}
        for episode in torch.split(frames, lengths):
            work.setdefault(self.choose(screens[episode[0]]), []).append(episode)
        parts = []
        for name, of in work.items():
            rows = torch.cat(of)
            parts.append((rows, self.members[name](screens[rows], past[rows], [len(one) for one in of])))
        return Parted(parts)

    def start(self) -> Chosen:
        return Chosen("", None)

    def step(self, state: Chosen, screen: Tensor, past: Tensor) -> tuple[Chosen, ClickDistribution]:
        name = state.member or self.choose(screen)
        member = self.members[name]
        assert isinstance(member, ClickModel)
        kept, guess = member.step(state.state if state.member else member.start(), screen, past)
        return Chosen(name, kept), guess

    @property
    def settings(self) -> dict[str, Any]:
        return {"members": sorted(self.members), "otherwise": self.otherwise, "titles": self.titles}


def write_look(path: Path, look: Tensor) -> None:
    """A look as a picture, clear where screens differ."""
    Image.fromarray((look * (look[..., 3:] > 0)).numpy()).save(path, optimize=True)


def read_look(path: Path) -> Tensor:
    """A look from a PNG, opaque where screens agree: uint8 `[H, W, 4]`. Raises ClonotateError for others."""
    try:
        with Image.open(path) as picture:
            pixels = np.array(picture.convert("RGBA"))
    except (OSError, UnidentifiedImageError):
        raise ClonotateError(f"{path} is not a readable picture") from None
    return torch.from_numpy(pixels)
