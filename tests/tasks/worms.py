"""Films of drawn worms, whose every point is known: a thick head, a body that tapers to its tail."""

from dataclasses import dataclass

import cv2
import numpy as np

from clonotate.tasks.appearance import Pose

GROUND = 150


@dataclass(frozen=True)
class Worm:
    """Its middle, the way it heads in degrees, by how many radians it bends, and how long it is in px."""

    middle: tuple[float, float]
    way: float
    bend: float = 0.0
    length: float = 60.0

    @property
    def line(self):
        """From its front to its back: `[61, 2]`."""
        share = np.linspace(0, 1, 61)
        angles = np.radians(self.way) + np.pi + self.bend * (share - 0.5)
        steps = self.length / 60 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        points = np.cumsum(steps, axis=0)
        return points - points[30] + self.middle

    @property
    def pose(self):
        front, back = np.rint(self.line[[0, -1]]).astype(int).tolist()
        return Pose(tuple(front), tuple(back))


def film(*frames, ink=60, noise=2.0):
    """Frames of worms on a noisy ground: uint8 `[frames, 256, 256]`."""
    images = (
        np.random.default_rng(0).normal(GROUND, noise, (len(frames), 256, 256)).clip(0, 255).astype(np.uint8)
    )
    for image, worms in zip(images, frames, strict=True):
        for worm in worms:
            for share, (x, y) in zip(np.linspace(0, 1, 61), worm.line, strict=True):
                radius = 5 if share < 0.15 else 3 - 1.5 * share
                place = (round(16 * x), round(16 * y))
                cv2.circle(image, place, round(16 * radius), ink, cv2.FILLED, cv2.LINE_AA, 4)
    return images
