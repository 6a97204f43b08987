"""What a run learns from: fresh demonstrations without end, and recorded episodes (people's, or DAgger's).

Lesson i is a pure function of the curriculum and i, so resuming a run needs no saved iterator.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clonotate.annotators.virtual import VirtualAnnotator, sample_habits
from clonotate.episodes.dataset import Lesson, Part, excerpt, lesson, of_frames, whole
from clonotate.episodes.hindsight import ahead
from clonotate.episodes.session import Session
from clonotate.records import ClonotateError, Episode, Kind, Source
from clonotate.screens.layout import DRAWN, drawn_from
from clonotate.screens.render import render
from clonotate.tasks import NINE, task_named

FIRST_TRAINING_SEED = 1_000_000_000
"""Training worlds lie above; validation and test seeds are small numbers, so they never meet."""


@dataclass(frozen=True)
class Curriculum:
    """Tasks take turns; `recorded_share` of the lessons come from the `recorded` files, the rest is fresh.

    Families that are kept out are learnt from only where they are named.
    """

    # a name and a level each, in the order of their turns
    tasks: tuple[tuple[str, str], ...] = tuple((name, "standard") for name in NINE)
    layouts: tuple[str, ...] = ("original",)
    recorded: tuple[str, ...] = ()  # Parquet files of episodes
    recorded_share: float = 0.5
    notice: int = 0  # clicks after a policy's own mistake that the repair is learnt in; 0 for any time
    budget: int = 400  # longest demonstration, in clicks
    tremor: float = 0.0  # spread of clicks on the canvas, px; below a person's own it changes nothing
    adviser: float | None = None  # care of the one expert whose clicks are learnt; None: each their own
    excerpt: int = 0  # lessons are cut to so many steps in a row, for more worlds a frame; 0 for whole ones
    whole: int = 5  # of lessons that are cut every so many-th stays whole, for long memories of every task
    worth: tuple[tuple[Kind, float], ...] = ()  # so many times as much a kind of click counts in the loss
    seed: int = 0

    def __post_init__(self) -> None:
        """Raises ClonotateError where some turns would never have a whole lesson."""
        if self.excerpt and gcd(len(self.tasks), self.whole) > 1:
            raise ClonotateError(
                f"{len(self.tasks)} turns and a whole lesson in {self.whole}: some would never have one; "
                "choose numbers without a common divisor"
            )

    def lesson(self, index: int) -> Lesson:
        """Lesson number `index`: fresh or recorded, of the task whose turn it is, cut and weighted."""
        made = self.unweighted(index, partial(self.part, index))
        worth: dict[str, float] = dict(self.worth)
        times = np.array([worth.get(kind, 1) for kind in made.kinds], np.float32)
        return replace(made, weight=times * made.weight)

    def part(self, index: int, steps: int) -> slice:
        """Which steps lesson number `index` has of an episode of so many."""
        if not self.excerpt or index % self.whole == 0:
            return whole(steps)
        middle = np.random.default_rng([self.seed, index, self.excerpt]).integers(steps)
        return excerpt(steps, int(middle), self.excerpt)

    def unweighted(self, index: int, part: Part) -> Lesson:
        """That part of lesson number `index`, each click of which counts by who made it alone."""
        rng = np.random.default_rng([self.seed, index])
        if self.recorded and rng.random() < self.recorded_share:
            episodes = load(self.recorded)
            return lesson(*episodes[rng.integers(len(episodes))], self.notice, part)
        task, level = self.tasks[index % len(self.tasks)]
        layout = self.layout(rng)
        seed = FIRST_TRAINING_SEED * (1 + self.seed) + index
        source = Source(task, level, seed, task_named(task, level).version)
        return demonstration(Session(source, layout), rng, self.budget, self.tremor, self.adviser, part)

    def layout(self, rng: np.random.Generator) -> str:
        """One of the layouts; `sampled`, `painted` and `sampled@416x320` become the name of one newly drawn.

        All screens of a training step are of one size, so that drawn layouts are named with theirs.
        """
        name = self.layouts[rng.integers(len(self.layouts))]
        if name.partition("@")[0] not in DRAWN:
            return name
        seed = FIRST_TRAINING_SEED + int(rng.integers(FIRST_TRAINING_SEED))
        return drawn_from(name, seed)


def demonstration(
    session: Session,
    rng: np.random.Generator,
    budget: int,
    tremor: float = 0.0,
    adviser: float | None = None,
    part: Part = whole,
) -> Lesson:
    """A person of the population works on a session: the screens as they come, and the clicks to learn.

    A tremor moves what is executed, not what is learnt, and so shows what a policy's own aim leads to
    (noise injection: DART, Laskey et al. 2017). With an adviser too, hasty and cautious people are shown, and
    one expert says what to do in every state, so that equal screens ask for equal clicks.
    """
    habits = sample_habits(rng)
    if tremor > habits.jitter:
        habits = replace(habits, jitter=rng.uniform(habits.jitter, tremor))
    person = VirtualAnnotator(session, habits, rng, adviser)
    views, worlds = [], []
    while not session.done and len(session.steps) < budget:
        views.append(session.view)
        worlds.append(session.world)
        session.click(person.act())
    some = part(len(views))
    made = of_frames([render(view, session.layout) for view in views[some]], session.steps, some)
    return replace(made, ahead=foreseen(session, worlds[some]))


def foreseen(session: Session, worlds: Sequence[Any]) -> NDArray[np.uint8] | None:
    """What was drawn after each of some worlds of a session that ended well; None where nobody knows."""
    told = [ahead(session, world) for world in worlds] if session.done else []
    return np.stack([one for one in told if one is not None]) if told and told[0] is not None else None


@lru_cache(maxsize=4)
def load(paths: tuple[str, ...]) -> tuple[tuple[Episode, Any], ...]:
    """The episodes of several files, each with its world where that is real data, else with None."""
    from clonotate.episodes.files import read_episodes  # fresh lessons need no pyarrow, and no reader
    from clonotate.formats.worlds import world_of

    episodes = [episode for path in paths for episode in read_episodes(Path(path))]
    worlds = {repr(episode.source): episode.source for episode in episodes}
    opened = {name: world_of(source) for name, source in worlds.items()}  # one for all sessions on it
    return tuple((episode, opened[repr(episode.source)]) for episode in episodes)
