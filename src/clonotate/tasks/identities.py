"""Which of the bodies found in an image is whose.

All animals at once: each has a body near where it is expected, or none, and none has what another one has
already explained.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.appearance import Floats, Pose
from clonotate.tasks.body_search import Bodies

ASTRAY, USUAL = 0.02, 14.0  # what of the fit it costs to be so many px from where an animal is expected
LIKELY = 10  # bodies of each animal that are compared
CLOSEST, SPOILT = 6.0, 5.0  # px that fronts, and backs, are apart at the least; what it costs if they are not
NOBODY = 0.4  # how well it explains an image that an animal has none of the bodies


def likeliest(bodies: Bodies, expected: Sequence[Pose], which: int) -> int | None:
    """Which body one of the animals expected has where the image is explained best; None if it has none."""
    likings = liked(bodies, expected)
    choices = [np.argsort(-liking)[:LIKELY] for liking in likings]
    totals = explained(bodies, likings, choices)
    mine = totals.max(axis=tuple(a for a in range(len(expected)) if a != which))
    best = int(mine.argmax())
    return int(choices[which][best]) if best < len(mine) - 1 else None


def liked(bodies: Bodies, expected: Sequence[Pose]) -> Floats:
    """How well every body fits every animal: `[animals, bodies]`."""
    away = np.linalg.norm(bodies.ends - np.array(expected, float)[:, None], axis=-1).mean(axis=-1)
    return np.asarray(np.minimum(bodies.fits, 1) - ASTRAY * (away / USUAL) ** 2)


def explained(bodies: Bodies, likings: Floats, choices: Sequence[NDArray[np.intp]]) -> Floats:
    """How well an image is explained by every combination of one body for each animal, or none.

    `[choices of the first + 1, ... of the last + 1]`; the last one of each is that it has none.
    """
    count = len(choices)
    apart = np.linalg.norm(bodies.ends[:, None] - bodies.ends, axis=-1)
    spoils = bodies.shared + SPOILT * (apart < CLOSEST).sum(axis=-1)
    totals = np.zeros([len(choice) + 1 for choice in choices])
    for a, choice in enumerate(choices):
        totals += along(np.append(likings[a][choice], NOBODY), (a,), count)
        for b in range(a):
            both = np.pad(spoils[np.ix_(choices[b], choice)], ((0, 1), (0, 1)))
            totals -= along(both, (b, a), count)
    return totals


def along(values: Floats, axes: tuple[int, ...], count: int) -> Floats:
    """Values along some axes of so many."""
    return np.expand_dims(values, tuple(axis for axis in range(count) if axis not in axes))
