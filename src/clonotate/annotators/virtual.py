"""Virtual annotators: any task's careful expert, made person-like by habits.

They slip and notice at once or after a look around, glance where they need not, jitter and take their time.
Habits know nothing of tasks: N tasks and M habits, never N x M.
"""

from dataclasses import dataclass, replace

import numpy as np

from clonotate.episodes.session import Session
from clonotate.records import Click, Event, Kind, Label, Screen, Step
from clonotate.screens.pointing import area, locate
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.base import Intent, Standing

MEDIAN_MS: dict[Kind, float] = {
    "navigate": 550,
    "place": 1289,
    "select": 1289,
    "adjust": 1289,
    "verify": 1118,
    "undo": 900,
    "done": 1950,
}
"""People's median time before an action, from the published study of three annotators; undo is our guess."""


@dataclass(frozen=True)
class Habits:
    """How a person works. Shares and chances are in [0, 1]."""

    care: float = 0.5  # efficient (0) to cautious (1): exploring, flipping back, checking before Done
    mistake: float = 0.09  # share of placements that are slips
    late: float = 0.4  # of these, how many are noticed only after a look around
    glance: float = 0.1  # chance of a look around after a placement
    jitter: float = 1.2  # spread of a click on the canvas, px
    pace: float = 1.0  # 1 is the published median time before each action; 2 is twice as slow


STEADY = Habits(mistake=0.0, glance=0.0, late=0.0)
"""No slips, no needless looks: the expert itself, with a human hand."""


def sample_habits(rng: np.random.Generator) -> Habits:
    """One person of a population that spans the published annotators: 2 to 30 % slips, hasty to cautious."""
    care = rng.uniform(0, 1)
    return Habits(
        care=care,
        mistake=float(np.exp(rng.uniform(np.log(0.02), np.log(0.30)))),
        late=rng.uniform(0.1, 0.7),
        glance=rng.uniform(0, 0.05 + 0.25 * care),
        jitter=rng.uniform(0.6, 1.6),
        pace=float(np.exp(rng.normal(0, 0.25))),
    )


class VirtualAnnotator:
    """The expert of one session with one person's habits: Screen -> Step, labels and advice beside the click.

    It reads the session's present world, never a script: ask it at any time, whoever clicked before. Its
    advice is its own exact click, or the repair where that errs; with `adviser`, what an expert of that care
    would do in its place.
    """

    def __init__(
        self, session: Session, habits: Habits, rng: np.random.Generator, adviser: float | None = None
    ) -> None:
        self.session, self.habits, self.rng, self.adviser = session, habits, rng, adviser
        self.memory = None
        self.patience = 0  # looks around left before the last slip is noticed
        self.placed = False  # the last thing done was a placement
        self.ms = 0

    def __call__(self, screen: Screen) -> Step:
        """What this person does now, as any annotator: from the screen."""
        return self.act()

    def act(self) -> Step:
        """The same without a screen: it knows what is on it."""
        intent, standing = self.intend()
        event, kind, mistake = self.behave(intent, standing)
        self.placed = kind in ("place", "select", "adjust")
        label = self.label(event, kind, intent, standing, mistake)
        careless = mistake or (standing.in_error and event != intent.event)
        meant = self.advised() or (intent.event if careless else event)
        return Step(self.point(event), self.time(kind), "virtual", label, self.exact(meant))

    def advised(self) -> Event | None:
        """What the adviser would do on the present screen, who remembers what this person does."""
        if self.adviser is None:
            return None
        return self.session.task.expert(self.session.world, self.memory, self.adviser).event

    def advise(self, screen: Screen) -> Step:
        """What the careful expert would do now, without slips, glances or a trembling hand (for DAgger)."""
        intent, standing = self.intend()
        label = self.label(intent.event, intent.kind, intent, standing, mistake=False)
        return Step(self.exact(intent.event), self.time(intent.kind), "virtual", label)

    def intend(self) -> tuple[Intent, Standing]:
        """Look at the present screen, remember it, and decide."""
        task, world = self.session.task, self.session.world
        self.memory = task.remember(self.memory, world)
        return task.expert(world, self.memory, self.habits.care), task.standing(world)

    def behave(self, intent: Intent, standing: Standing) -> tuple[Event, Kind, bool]:
        """What becomes of an intent in this person's hands: the event, its kind, and whether it is a slip."""
        task, world = self.session.task, self.session.world
        looks = task.glances(world, self.memory)
        if standing.in_error and self.patience > 0 and looks:
            self.patience -= 1
            return looks[self.rng.integers(len(looks))], "verify", False
        slips = task.slips(world, intent) if self.rng.random() < self.habits.mistake else ()
        if slips:
            self.patience = int(self.rng.integers(1, 4)) if self.rng.random() < self.habits.late else 0
            return slips[self.rng.integers(len(slips))], intent.kind, True
        idle = self.placed and intent.kind in ("navigate", "place", "select")
        if idle and looks and self.rng.random() < self.habits.glance:
            return looks[self.rng.integers(len(looks))], "verify", False
        return intent.event, intent.kind, False

    def time(self, kind: Kind) -> int:
        """When it is done, in ms since the episode began: a person's time after the last."""
        self.ms += round(MEDIAN_MS[kind] * self.habits.pace * float(np.exp(self.rng.normal(0, 0.35))))
        return self.ms

    def label(self, event: Event, kind: Kind, intent: Intent, standing: Standing, mistake: bool) -> Label:
        """All that is true of an event that is about to be made."""
        return Label(
            kind=kind,
            target=event.widget,
            phase=intent.phase if kind == intent.kind else "verify",
            position=standing.position,
            mistake=mistake,
            in_error=standing.in_error,
            progress=standing.progress,
        )

    def exact(self, event: Event) -> Click:
        """Where a steady hand would click."""
        return locate(self.session.view, self.session.layout, event)

    def point(self, event: Event) -> Click:
        """Where the hand lands: near the place meant, or somewhere inside the button (Gaussian, sd 0.2)."""
        view, layout = self.session.view, self.session.layout
        if event.at is not None:
            return locate(view, layout, self.near(event, event.at))
        left, top, width, height = area(view, layout, event.widget)
        across, down = self.rng.normal(0.5, 0.2, 2).clip(0.1, 0.9)
        return Click(int(left + across * (width - 1)), int(top + down * (height - 1)))

    def near(self, event: Event, meant: tuple[int, int]) -> Event:
        """A place near the one meant, and as good: what errs is a slip, never the trembling hand alone."""
        for spread in (1.0, 0.5, 0.25):
            x, y = (meant + self.rng.normal(0, self.habits.jitter * spread, 2)).tolist()
            near = replace(event, at=(min(max(round(x), 0), CANVAS - 1), min(max(round(y), 0), CANVAS - 1)))
            if not self.errs(near) or self.errs(event):
                return near
        return event

    def errs(self, event: Event) -> bool:
        """Whether something would stand uncorrected after an event."""
        task = self.session.task
        return task.standing(task.update(self.session.world, event)).in_error
