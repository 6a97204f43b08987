"""Who is evaluated: a checkpoint by its folder or name, or `expert`, `blind`, `random`, `repeat`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import clonotate
from clonotate.annotators.baselines import RandomAnnotator, RepeatLast
from clonotate.annotators.blind import BlindAnnotator
from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.rollout import Annotator
from clonotate.episodes.session import Session
from clonotate.models.base import ClickModel
from clonotate.models.checkpoint import load
from clonotate.models.policy import Policy
from clonotate.records import ClonotateError

SPECIALISTS = Path(clonotate.__file__).parent / "shipped"
"""The policy that comes with the package: a network for each family, and one that knows all nine."""
SHIPPED = SPECIALISTS / "colored-dot-tracking+neuron-tracking"
COMES_ALONG = {"specialists": SPECIALISTS, "shipped": SHIPPED, "nine": SPECIALISTS / "otherwise"}
"""The checkpoints that do, by name: `shipped` is the network for dots and neurons, `nine` the one for all."""
UNREST = 0.25  # chosen on validation worlds, where it freed policies from going in circles

Recruit = Callable[[Session, int], Annotator]
"""From a session and a seed to one who works on it."""


def blind(session: Session, seed: int) -> BlindAnnotator:
    """One who knows the clicks of people in this task, and never looks."""
    return BlindAnnotator(session.source.task, session.source.level, session.layout_name, seed)


UNTRAINED: dict[str, Recruit] = {
    "expert": lambda session, seed: VirtualAnnotator(session, STEADY, np.random.default_rng([seed, 1])),
    "blind": blind,
    "random": lambda session, seed: RandomAnnotator(seed),
    "repeat": lambda session, seed: RepeatLast(seed),
}


@dataclass(frozen=True, eq=False)
class Contender:
    """Someone who can be put before any session: a `model`, one `hired`, or of `UNTRAINED` by its name."""

    name: str
    model: ClickModel[Any] | None = None
    temperature: float = 0.0
    unrest: float = 0.0
    hired: Recruit | None = None

    def annotator(self, session: Session, seed: int) -> Annotator:
        """One who works on this session from its first screen; `seed` decides what is random about it."""
        if self.model is None:
            return (self.hired or UNTRAINED[self.name])(session, seed)
        return Policy(self.model, self.temperature, seed, self.unrest)

    def network(self) -> ClickModel[Any]:
        """The model. Raises ClonotateError for who has none."""
        if self.model is None:
            raise ClonotateError(f"{self.name} has no distribution over clicks: name a checkpoint")
        return self.model


def contender(name: str, temperature: float = 0.0, unrest: float = UNREST) -> Contender:
    """The contender of that name, or the checkpoint in that folder, its model loaded once.

    `temperature` and `unrest` are those of `Policy`. Raises ClonotateError for what is neither, and where
    one of them is below 0.
    """
    if min(temperature, unrest) < 0:
        raise ClonotateError(f"temperature and unrest are 0 or more, not {temperature} and {unrest}")
    if name in UNTRAINED:
        return Contender(name)
    return Contender(name, load(folder_of(name)), temperature, unrest)


def folder_of(name: str) -> Path:
    """Where a checkpoint lies: a folder, or one that comes along. ClonotateError where there is none.

    `specialists/NAME` is one of them.
    """
    first, _, member = name.partition("/")
    folder = COMES_ALONG[first] / member if first in COMES_ALONG else Path(name)
    if not folder.is_dir():
        names = ", ".join([*COMES_ALONG, *UNTRAINED])
        raise ClonotateError(f"no checkpoint {name!r}: there is no such folder; the names are {names}")
    return folder
