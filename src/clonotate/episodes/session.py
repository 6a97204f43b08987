"""Session: one annotation in progress, the only place where a world meets a click.

Virtual annotators, policies, people and the benchmarks all come through here, so what is trained on,
what is measured and what is served cannot drift apart.
"""

from typing import Any

import numpy as np

from clonotate.records import Click, Episode, Event, Score, Screen, Source, Step
from clonotate.screens.layout import layout_named
from clonotate.screens.pointing import hit
from clonotate.screens.render import render
from clonotate.screens.widgets import View
from clonotate.tasks import task_named
from clonotate.tasks.base import Task


class Session:
    """A world, what is on its screen, and every click made so far.

    Without `world` it begins the procedural one of `source.seed`; a world of real data is handed in.
    """

    def __init__(self, source: Source, layout: str = "original", world: Any = None) -> None:
        self.source, self.layout_name, self.layout = source, layout, layout_named(layout)
        self.task: Task[Any, Any] = task_named(source.task, source.level)
        self.world = self.task.begin(np.random.default_rng(source.seed)) if world is None else world
        self.steps: list[Step] = []
        self.invalid = 0  # clicks on nothing, or on a disabled widget
        self.done = False
        self._view: View | None = None
        self._screen: Screen | None = None

    @property
    def view(self) -> View:
        """What the task shows now."""
        if self._view is None:
            self._view = self.task.view(self.world)
        return self._view

    @property
    def screen(self) -> Screen:
        """The pixels of that: uint8 `[height, width, 3]`, not to be written to."""
        if self._screen is None:
            self._screen = render(self.view, self.layout)
        return self._screen

    def click(self, act: Click | Step) -> Event | None:
        """Carry out one click, bare or with notes; returns what it meant, None if nothing."""
        step = act if isinstance(act, Step) else Step(act)
        self.steps.append(step)
        event = hit(self.view, self.layout, step.click)
        if event is None:
            self.invalid += 1
        elif event.widget == "done":
            self.done = True
        else:
            self.world = self.task.update(self.world, event)
            self._view = self._screen = None
        return event

    @property
    def scored(self) -> bool:
        """Whether somebody knows what is right: always of a procedural world, of real data perhaps."""
        return not self.source.data or bool(self.source.settings.get("truth", False))

    def score(self) -> Score:
        """The score as it stands; no success before Done is pressed. ClonotateError without a truth."""
        score = self.task.score(self.world)
        return Score(score.success and self.done, score.parts)

    def episode(self) -> Episode:
        """The session as a record of its causes; scored when the world is procedural or has a truth."""
        return Episode(
            source=self.source,
            layout=self.layout_name,
            steps=tuple(self.steps),
            done=self.done,
            score=self.score() if self.scored else None,
        )
