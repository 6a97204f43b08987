"""A run: the policy goes on by itself until a stated rule stops it, or a person touches anything."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from clonotate.copilot.suggestion import Suggestion
from clonotate.records import Event, Screen

Reason = Literal["finish", "unsure", "doubtful", "circling", "nowhere", "long", "touched"]

REASONS: dict[Reason, str] = {
    "finish": "it would press Done: look, and decide",
    "unsure": "not sure enough",
    "doubtful": "it doubts what was done",
    "circling": "the same screen again and again",
    "nowhere": "it would click on nothing",
    "long": "enough steps for one run",
    "touched": "you took over",
}
"""Why a run stopped, for people."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When a run goes on; each bound is asked before every step."""

    confidence: float = 0.7  # the least
    doubt: float = 0.5  # the most, where the next click is not an Undo already
    again: int = 4  # so often on the very same screen
    steps: int = 200  # a run
    finish: bool = False  # whether it may press Done, which ends the session


@dataclass
class Run:
    """One run under way. Somebody else makes its clicks."""

    rule: Rule = Rule()
    steps: int = 0
    met: Counter[int] = field(default_factory=Counter)
    touched: bool = False

    def touch(self) -> None:
        """A person did something: the run is over, whatever else holds."""
        self.touched = True

    def stop(self, screen: Screen, suggestion: Suggestion, meaning: Event | None) -> Reason | None:
        """Why not to make the suggested click on this screen, None if it is to be made; asked once a screen.

        `meaning` is what the click hits.
        """
        seen = hash(screen.tobytes())
        self.met[seen] += 1
        self.steps += 1
        target = meaning.widget if meaning else None
        reasons: dict[Reason, bool] = {
            "touched": self.touched,
            "nowhere": target is None,
            "finish": target == "done" and not self.rule.finish,
            "unsure": suggestion.confidence < self.rule.confidence,
            "doubtful": suggestion.doubt > self.rule.doubt and target != "undo",
            "circling": self.met[seen] > self.rule.again,
            "long": self.steps > self.rule.steps,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)
