"""A film of an animal and where its keypoints are: what limb tracking annotates, and what is right."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clonotate.records import ClonotateError

TOLERANCE = 5.0  # canvas pixels
HIDDEN_BELOW = 0.5  # a keypoint of which less is seen counts as hidden
DUBIOUS = (0.2, 0.8)  # between these shares either answer is taken, for people disagree
Place = tuple[int, int]
Placement = tuple[int, int, Place | None]  # frame, keypoint, and where; None: hidden


@dataclass(frozen=True, eq=False)
class Film:
    """Frames of an animal, and the truth where there is one."""

    images: NDArray[np.uint8]  # [frames, 256, 256, 3]
    names: tuple[str, ...]
    bones: tuple[tuple[int, int], ...] = ()  # pairs of keypoints joined by a line
    points: NDArray[np.float64] | None = None  # [frames, keypoints, 2]
    seen: NDArray[np.float64] | None = None  # [frames, keypoints] share not hidden, in [0, 1]
    kind: str = ""  # what was filmed, where that is made up

    @cached_property
    def truth(self) -> tuple[tuple[Place | None, ...], ...]:
        """Where each keypoint is in each frame, None where hidden; ClonotateError where nobody knows."""
        points, seen = self.known
        return tuple(
            tuple(
                (round(x), round(y)) if share >= HIDDEN_BELOW else None
                for (x, y), share in zip(row, shares, strict=True)
            )
            for row, shares in zip(points.tolist(), seen.tolist(), strict=True)
        )

    @cached_property
    def known(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points and shares seen; ClonotateError without them."""
        if self.points is None or self.seen is None:
            raise ClonotateError(
                "this film has no keypoints, so no expert and no score; let a policy annotate it"
            )
        return self.points, self.seen

    def right(self, placement: Placement) -> bool:
        """Whether a placement is right: within 5 px of its keypoint, or hidden and said so."""
        t, k, at = placement
        points, seen = self.plain
        share = seen[t][k]
        if at is None:
            return share < max(HIDDEN_BELOW, DUBIOUS[1])
        return share > DUBIOUS[0] and math.dist(at, points[t][k]) <= TOLERANCE

    @cached_property
    def plain(self) -> tuple[list[list[list[float]]], list[list[float]]]:
        """Points and shares seen as plain numbers, for they are asked for one by one."""
        points, seen = self.known
        return points.tolist(), seen.tolist()

    @cached_property
    def misleading(self) -> NDArray[np.float64]:
        """How far, in px, the ghost misleads in each frame: `[frames]`, low where it surely misleads.

        The least lead of a keypoint's own place in the frame before over the places of the others there.
        """
        points, seen = self.known
        lead = np.full(len(points), np.inf)
        for t in range(1, len(points)):
            clear = (seen[t] >= HIDDEN_BELOW) & (seen[t - 1] >= HIDDEN_BELOW)
            apart = np.linalg.norm(points[t][clear][:, None] - points[t - 1][clear], axis=-1)
            if len(apart) > 1:
                own = np.diag(apart)
                lead[t] = ((apart + 1e6 * np.eye(len(apart))).min(axis=1) - own).min()
        return lead
