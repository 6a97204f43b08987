"""Animals as chains of circles: what a body is made of, and how one is put together.

An animal is a list of parts in painter's order, farthest first, posed in every frame. Each keypoint is a
circle of one part. Lengths are body lengths, x to the right and y down; the camera is `footage.py`'s.
"""

from dataclasses import dataclass, field

import numpy as np

from clonotate.tasks.worlds.gaits import Floats, curve

Tone = tuple[float, float, float]  # RGB in 0..1
DARK: Tone = (0.05, 0.045, 0.05)


@dataclass(frozen=True, eq=False)
class Part:
    """A tapered chain. Parts of one layer shade into one another; other layers can hide them."""

    circles: Floats  # [frames, n, 3]: x, y, radius
    tone: Tone
    layer: int = 0


@dataclass(frozen=True)
class Joint:
    """A keypoint: a circle of a part."""

    name: str
    part: int
    circle: int = -1


@dataclass(frozen=True, eq=False)
class Animal:
    """All parts in all frames."""

    parts: tuple[Part, ...]
    joints: tuple[Joint, ...]
    bones: tuple[tuple[int, int], ...]  # pairs of keypoints that tools join by a line
    above: bool  # seen from above, else from the side, standing on y = 0
    travel: Floats  # [frames, 2]: where the trunk is
    heading: Floats  # [frames] rad, for the pattern of the coat


@dataclass(frozen=True)
class Walk:
    """A bout of walking: how many frames, strides from one to the next, and in which one it begins."""

    frames: int
    pace: float
    start: float

    @property
    def phase(self) -> Floats:
        """`[frames]` strides."""
        return np.asarray(self.start + self.pace * np.arange(self.frames), np.float64)


@dataclass
class Sketch:
    """Parts and keypoints while an animal is put together."""

    parts: list[Part] = field(default_factory=list)
    joints: list[Joint] = field(default_factory=list)

    def add(self, points: Floats, radii: Floats | list[float], tone: Tone, layer: int, count: int = 0) -> int:
        """A chain through points `[frames, n, 2]`, smoothed to `count` circles if given; its index."""
        widths = np.broadcast_to(np.asarray(radii, float)[:, None], (*points.shape[:2], 1))
        circles = np.concatenate([points, widths], axis=-1)
        self.parts.append(Part(curve(circles, count) if count else circles, tone, layer))
        return len(self.parts) - 1

    def mark(self, name: str, part: int, circle: int = -1) -> None:
        self.joints.append(Joint(name, part, circle))


def dimmed(tone: Tone, factor: float) -> Tone:
    """A darker tone."""
    return (factor * tone[0], factor * tone[1], factor * tone[2])


def bones(names: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """The lines that annotation tools draw between keypoints, as pairs of indices."""
    pairs = [
        ("Snout", "Tail base"), ("Tail base", "Tail tip"), ("Snout", "L fore"), ("Snout", "R fore"),
        ("Tail base", "L hind"), ("Tail base", "R hind"), ("Snout", "L ear"), ("Snout", "R ear"),
        *(("Head", f"{side}{leg}") for side in "LR" for leg in (1, 2, 3)),
    ]  # fmt: skip
    return tuple((names.index(a), names.index(b)) for a, b in pairs if a in names and b in names)
