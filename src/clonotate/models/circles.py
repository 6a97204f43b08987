"""Going in circles: how often a policy met the very same screen, and which click keeps leading back to it."""

from collections import Counter, defaultdict

from clonotate.records import Click, Screen

PATIENCE = 2
"""Two meetings with the same screen are anybody's: a slip is undone, a page turned back."""
TRIES = 3
"""So often the same may be tried on the very same screen."""
NEAR = 8
"""Pixels within which two clicks press the same button."""


class Circles:
    """Remembers the screens of one episode.

    Who places a mark, undoes it and places it a pixel further off never sees the same mark twice, and comes
    back for ever to the same screen without it. The click that leads back to a well-known screen from one
    hardly known is a retreat: it is barred on the next screen if that is hardly known again, one time later
    on the next two, and so on. What was tried on a screen, and led back to that very screen `TRIES` times, is
    fruitless: it is not tried there again.
    """

    def __init__(self) -> None:
        self.met: Counter[int] = Counter()
        self.times = 0  # that the present screen was met, this one included
        self.retreat: Click | None = None
        self.barred = range(0)  # on which screens, by their numbers in the episode
        self.seen = 0  # the present screen
        self.tried: dict[int, list[Click]] = defaultdict(list)  # on each screen

    def see(self, screen: Screen, past: Click | None) -> None:
        """Takes in the next screen, and the click that led to it."""
        before = self.times
        if past is not None:
            self.tried[self.seen].append(past)
        self.seen = hash(screen.tobytes())
        self.met[self.seen] += 1
        self.times = self.met[self.seen]
        if before <= PATIENCE < self.times:
            now, patience = self.met.total(), self.times - PATIENCE
            self.retreat, self.barred = past, range(now + 1, now + 1 + patience)

    def bars(self, click: Click) -> bool:
        """Whether this click on the present screen would be fruitless, or the retreat while barred."""
        return self.fruitless(click) or self.retreats(click)

    def fruitless(self, click: Click) -> bool:
        """Whether it was tried here often enough."""
        return sum(near(click, one) for one in self.tried[self.seen]) >= TRIES

    def retreats(self, click: Click) -> bool:
        """Whether it is the retreat, and barred now."""
        if self.retreat is None or self.times > PATIENCE or self.met.total() not in self.barred:
            return False
        return near(click, self.retreat)


def near(click: Click, other: Click) -> bool:
    """Whether two clicks press the same button."""
    return max(abs(click.x - other.x), abs(click.y - other.y)) <= NEAR
