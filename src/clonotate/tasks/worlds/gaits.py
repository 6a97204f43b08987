"""How legs step: phases of the known gaits, the path of a foot and the bend of a leg, for all frames at once.

Lengths are in units of the body, x forward and y up; phases count strides, one stride being 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Gait:
    """When each foot lands, as a share of the stride, and how much of the stride it stays on the ground."""

    landing: tuple[float, ...]
    duty: float


# Four feet: left fore, right fore, left hind, right hind. Hildebrand 1965, "Symmetrical gaits of horses".
FOUR_FEET = {
    "walk": Gait((0.25, 0.75, 0.0, 0.5), 0.65),
    "amble": Gait((0.15, 0.65, 0.0, 0.5), 0.55),
    "trot": Gait((0.5, 0.0, 0.0, 0.5), 0.48),
    "pace": Gait((0.02, 0.52, 0.0, 0.5), 0.5),
}
# Six feet: left fore, middle and hind, then right. Wilson 1966, "Insect walking".
SIX_FEET = {
    "tripod": Gait((0.0, 0.5, 0.0, 0.5, 0.0, 0.5), 0.55),
    "wave": Gait((0.33, 0.67, 0.0, 0.83, 0.17, 0.5), 0.72),
}


def footfall(phase: Floats, duty: float, stride: float, lift: float) -> Floats:
    """A foot against its hip: `[frames, 2]`, from ahead to behind on the ground, then back in the air.

    `phase` is `[frames]` strides since the foot landed, `duty` the share of a stride that it is down.
    """
    turn = phase % 1
    swing = np.clip((turn - duty) / (1 - duty), 0, 1)
    down = turn < duty
    ahead = np.where(down, 0.5 - turn / duty, swing * swing * (3 - 2 * swing) - 0.5)
    return np.stack([stride * ahead, lift * np.sin(np.pi * swing)], axis=-1)


def bend(start: Floats, end: Floats, upper: float, lower: float, side: float) -> Floats:
    """The joint between two bones that lead from `start` to `end`, both `[frames, 2]`.

    `side` is +1 where the joint points to the left of that way, -1 to the right. Short legs are stretched.
    """
    way = end - start
    reach = np.hypot(way[:, 0], way[:, 1])
    span = np.clip(reach, abs(upper - lower) + 1e-3, 0.995 * (upper + lower))
    along = (upper**2 - lower**2 + span**2) / (2 * span)
    aside = np.sqrt(np.maximum(upper**2 - along**2, 0))
    unit = way / np.maximum(reach, 1e-6)[:, None]
    across = np.stack([-unit[:, 1], unit[:, 0]], axis=-1)
    return np.asarray(start + along[:, None] * unit + side * aside[:, None] * across)


def curve(knots: Floats, count: int) -> Floats:
    """`count` points on a Catmull-Rom spline through `knots` `[..., n, d]`: `[..., count, d]`."""
    n = knots.shape[-2]
    padded = np.concatenate(
        [2 * knots[..., :1, :] - knots[..., 1:2, :], knots, 2 * knots[..., -1:, :] - knots[..., -2:-1, :]], -2
    )
    at = np.linspace(0, n - 1, count)
    first = np.minimum(at.astype(int), n - 2)
    u = (at - first)[:, None]
    a, b, c, d = (padded[..., first + i, :] for i in range(4))
    return np.asarray(b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a))))


def wander(frames: int, scale: float, rng: np.random.Generator) -> Floats:
    """`[frames]` values of a smooth random course around 0 with a spread of about `scale`."""
    time = np.arange(frames)
    waves = [
        rng.normal(0, 1) * np.sin(2 * np.pi * time / period + rng.uniform(0, 6.3))
        for period in (frames * 2.2, frames * 1.1, frames * 0.6)
    ]
    return np.asarray(scale * np.sum(waves, axis=0) / 1.2)
