"""An annotator with its eyes shut: what a policy gains by looking has to be more than this.

It knows demonstrations of the task under this layout by heart, as clicks alone, and does what people most
often did after the same last clicks: an n-gram of clicks that backs off to shorter ones (Katz 1987).
"""

from collections import Counter
from functools import lru_cache

import numpy as np

from clonotate.annotators.virtual import VirtualAnnotator, sample_habits
from clonotate.episodes.session import Session
from clonotate.records import Click, Screen, Source
from clonotate.tasks import task_named

DEMONSTRATIONS = 60
FIRST_SEED = 900_000_000
"""Its worlds are those of no training, validation or test."""
BUDGET = 400  # clicks a demonstration
LONGEST = 6
"""So many last clicks are looked up at most."""
OFTEN = 3
"""Shorter ones are looked up where the longer were met less often."""
CELL = 8
"""Clicks count as the same inside a square of this side, in pixels."""
Cell = tuple[int, int]
Table = dict[tuple[Cell, ...], Counter[Cell]]
UNSEEN = np.empty((0, 0, 3), np.uint8)


class BlindAnnotator:
    """Draws its next click from what followed its last ones in demonstrations; it never looks at a screen."""

    def __init__(self, task: str, level: str, layout: str, seed: int = 0) -> None:
        self.table = table(task, level, layout)
        self.rng = np.random.default_rng(seed)
        self.past: tuple[Cell, ...] = ()

    def __call__(self, screen: Screen) -> Click:
        """The next click."""
        followed = next(found for found in self.known() if found.total() >= OFTEN)
        cells, counts = zip(*sorted(followed.items()), strict=True)
        x, y = cells[self.rng.choice(len(cells), p=np.array(counts) / sum(counts))]
        self.past = (*self.past, (x, y))[-LONGEST:]
        return Click(x * CELL + CELL // 2, y * CELL + CELL // 2)

    def known(self) -> list[Counter[Cell]]:
        """What followed the last clicks, from the longest memory to none."""
        return [self.table.get(self.past[k:], Counter()) for k in range(len(self.past) + 1)]


@lru_cache(maxsize=16)
def table(task: str, level: str, layout: str) -> Table:
    """What people clicked after each sequence of at most `LONGEST` clicks."""
    followed: Table = {}
    for seed in range(FIRST_SEED, FIRST_SEED + DEMONSTRATIONS):
        clicks = demonstration(Source(task, level, seed, task_named(task, level).version), layout)
        for i, cell in enumerate(clicks):
            for k in range(min(i, LONGEST) + 1):
                followed.setdefault(tuple(clicks[i - k : i]), Counter())[cell] += 1
    return followed


def demonstration(source: Source, layout: str) -> list[Cell]:
    """The clicks of one person of the population; no screen is drawn."""
    rng = np.random.default_rng([source.seed, 1])
    session = Session(source, layout)
    person = VirtualAnnotator(session, sample_habits(rng), rng)
    while not session.done and len(session.steps) < BUDGET:
        session.click(person(UNSEEN))
    return [(step.click.x // CELL, step.click.y // CELL) for step in session.steps]
