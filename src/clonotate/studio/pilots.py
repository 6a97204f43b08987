"""The co-pilots of a server: one for every session that somebody looks at.

They are fed each screen as its click takes effect, think in a thread of their own, and what they suggest is
told to the pages. Whose click it was is decided here, from what was suggested: a page cannot just say so.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from clonotate.records import Author, Click, ClonotateError
from clonotate.screens.pointing import hit
from clonotate.studio.latency import Latency
from clonotate.studio.live import Live, world_of
from clonotate.studio.messages import Act, Steer
from clonotate.tasks import TASKS

if TYPE_CHECKING:
    from clonotate.copilot.engine import Copilot
    from clonotate.copilot.run import Run
    from clonotate.copilot.suggestion import Suggestion
    from clonotate.models.base import ClickModel

Tell: TypeAlias = Callable[[str, str], None]
"""Sends all pages of a session a message; may be called from any thread."""


@dataclass
class Pilot:
    """The co-pilot of one session, how many clicks it was told of, and the run under way.

    It is `abreast` when it has read all that came before: from then on its suggestions are timed.
    """

    live: Live
    copilot: "Copilot"
    fed: int
    run: "Run | None" = None
    looking: int = 1  # pages
    abreast: bool = False


@dataclass
class Pilots:
    """Belongs to one server. `policy` names a checkpoint; who has no network helps nobody."""

    policy: str
    latency: Latency
    tell: Tell = lambda session, text: None
    pilots: dict[str, Pilot] = field(default_factory=dict)

    @cached_property
    def executor(self) -> ThreadPoolExecutor:
        """One thread for all, so that one core is left to those who click."""
        return ThreadPoolExecutor(1, "co-pilot", self.alone)

    @staticmethod
    def alone() -> None:
        import torch

        torch.set_num_threads(1)

    @cached_property
    def model(self) -> "ClickModel[Any]":
        """The network, loaded when it is first needed: in the executor's thread."""
        from clonotate.evaluation.contenders import contender

        return contender(self.policy).network()

    @cached_property
    def tasks(self) -> frozenset[str]:
        """The tasks that the policy has learnt, all if it does not say; ClonotateError for no checkpoint."""
        from clonotate.evaluation.contenders import folder_of
        from clonotate.models.checkpoint import read_page

        page = read_page(folder_of(self.policy))
        learnt = (*page["run"].get("curriculum", {}).get("tasks", ()), *page.get("sessions", ()))
        return frozenset(task for task, _ in learnt) or frozenset(TASKS)

    def adopt(self, policy: str) -> None:
        """Another policy helps from now on; sessions that are looked at keep theirs until they are left."""
        self.policy = policy
        for name in ("model", "tasks"):
            self.__dict__.pop(name, None)

    def look(self, live: Live) -> None:
        """A page looks at a session: its co-pilot begins, in its own time, if it knows the task."""
        self.executor.submit(self._begin, live)

    def leave(self, session: str) -> None:
        """A page less; the last one ends the co-pilot."""
        self.executor.submit(self._end, session)

    def heard(self, live: Live) -> None:
        """A click took effect on a session; called with its lock held."""
        pilot = self.pilots.get(live.opening.id)
        if pilot is None or live.seq <= pilot.fed:
            return
        if live is not pilot.live or live.seq != pilot.fed + 1:
            self._restart(pilot, live)
            return
        from clonotate.copilot.suggestion import glimpse

        pilot.fed = live.seq
        pilot.copilot.see(glimpse(live.session))

    def steer(self, session: str, steer: Steer) -> None:
        """A page lets the co-pilot run, or takes over."""
        from clonotate.copilot.run import Rule, Run

        if (pilot := self.pilots.get(session)) is None:
            return
        with pilot.live.lock:
            if steer.on:
                pilot.run = Run(Rule(confidence=steer.confidence))
                if latest := pilot.copilot.latest:
                    self._say(pilot, latest)
            else:
                pilot.run = None

    def author(self, live: Live, act: Act) -> Author:
        """Whose click it is that is about to be made; called with the session's lock held.

        What a page calls accepted, or a run's, must be what was suggested, and the run be on.
        """
        pilot = self.pilots.get(live.opening.id)
        suggestion = pilot.copilot.latest if pilot else None
        if suggestion is None or suggestion.step != act.seq:
            return "person"
        run = pilot.run if pilot else None
        if act.by == "policy" and run and act.click == suggestion.click:
            return "policy"
        if run:
            run.touch()
        if act.by != "person" and act.click in proposed(suggestion):
            return "accepted"
        from clonotate.copilot.meaning import author

        return author(live.session, act.click, suggestion.click if act.ghost else None)

    def _begin(self, live: Live) -> None:
        session = live.opening.id
        if session in self.pilots:
            self.pilots[session].looking += 1
            with live.lock:
                self._greet(session)
                if latest := self.pilots[session].copilot.latest:
                    self._say(self.pilots[session], latest)
            return
        try:
            if live.opening.source.task not in self.tasks:
                return
            model = self.model
        except ClonotateError:  # an expert, or nobody: there is no network to ask
            return
        from clonotate.copilot.engine import Copilot
        from clonotate.evaluation.contenders import UNREST

        copilot = Copilot(model, self.executor, lambda suggestion: self._ready(session, suggestion), UNREST)
        with live.lock:
            self.pilots[session] = pilot = Pilot(live, copilot, live.seq)
            self._restart(pilot, live)
        self._greet(session)

    def _end(self, session: str) -> None:
        if pilot := self.pilots.get(session):
            pilot.looking -= 1
            if not pilot.looking:
                del self.pilots[session]
                pilot.copilot.close()

    def _restart(self, pilot: Pilot, live: Live) -> None:
        """Lets a co-pilot go through all of a session; its lock is held."""
        from clonotate.copilot.suggestion import glimpses

        pilot.live, pilot.fed, pilot.run, pilot.abreast = live, live.seq, None, False
        pilot.copilot.restart(glimpses(live.session.episode(), world_of(live.opening.source)))

    def _greet(self, session: str) -> None:
        from clonotate.copilot.run import Rule

        rule = {"confidence": Rule().confidence}
        self.tell(session, json.dumps({"type": "copilot", "policy": self.policy, "rule": rule}))

    def _ready(self, session: str, suggestion: "Suggestion") -> None:
        """A co-pilot has something to say."""
        if (pilot := self.pilots.get(session)) is None:
            return
        with pilot.live.lock:
            if suggestion is pilot.copilot.latest:  # else something was clicked meanwhile
                if pilot.abreast:
                    self.latency.note("suggestion", 1e3 * pilot.copilot.took)
                pilot.abreast = True
                self._say(pilot, suggestion)

    def _say(self, pilot: Pilot, suggestion: "Suggestion") -> None:
        """Tells the pages what is suggested, and whether a run under way would make it."""
        from clonotate.copilot.run import REASONS

        session, reason = pilot.live.session, None
        meaning = hit(session.view, session.layout, suggestion.click)
        if pilot.run:
            reason = pilot.run.stop(session.screen, suggestion, meaning)
        said = {
            "type": "suggestion",
            "seq": suggestion.step,
            **asdict(suggestion.click),
            "widget": meaning.widget if meaning else "",
            "confidence": suggestion.confidence,
            "doubt": suggestion.doubt,
            "others": [asdict(one.click) | {"probability": one.probability} for one in suggestion.others],
            "run": pilot.run is not None and reason is None,
            "stopped": REASONS[reason] if reason else "",
        }
        if reason:
            pilot.run = None
        self.tell(session_of(pilot), json.dumps(said))


def session_of(pilot: Pilot) -> str:
    """The name of the session that a co-pilot follows."""
    return pilot.live.opening.id


def proposed(suggestion: "Suggestion") -> set[Click]:
    """All clicks that were suggested."""
    return {suggestion.click, *(other.click for other in suggestion.others)}
