"""Search through a stack: what an expert remembers of it, and which slice to look at next.

It remembers the last few views well, and where it has looked since the last mark; older slices not at all.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Search:
    """What the screens have shown: all slices ever seen, the last few, and where this search has been."""

    shown: frozenset[int] = frozenset()
    recent: tuple[int, ...] = ()  # the last views, newest last
    searched: frozenset[int] = frozenset()  # slices seen since the markers last changed
    heading: int = 1  # the direction of the last move through the slices
    peeked: bool = False  # the projection has been seen
    checked: int = -1  # how many markers there were when the projection was last seen
    z: int = 0
    markers: int = 0

    def seeing(self, z: int, projected: bool, markers: int, recall: int) -> "Search":
        """The record after a look at slice `z`, or at the projection, of which `recall` views stay."""
        here = frozenset() if projected else frozenset({z})
        stayed = projected or self.recent[-1:] == (z,)
        return Search(
            shown=self.shown | here,
            recent=self.recent if stayed else (*self.recent, z)[-recall:],
            searched=here if markers != self.markers else self.searched | here,
            heading=int(np.sign(z - self.z)) or self.heading,
            peeked=self.peeked or projected,
            checked=markers if projected else self.checked,
            z=z,
            markers=markers,
        )

    def onward(self, anchor: int, last: int, reaches: range) -> int:
        """The slice to look at next: on in this direction, then back, then farther from `anchor`.

        `reaches` are the distances from it within which to look, one after the other.
        """
        for reach in reaches:
            span = range(max(anchor - reach, 0), min(anchor + reach, last) + 1)
            fresh = [z for z in span if z not in self.searched]
            ahead = [z for z in fresh if (z - self.z) * self.heading > 0]
            if fresh:
                return min(ahead or fresh, key=lambda z: abs(z - self.z))
        following = self.z + self.heading
        return following if 0 <= following <= last else self.z - self.heading
