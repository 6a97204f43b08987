"""What an annotation cost a person: seconds, clicks and interventions, from the steps of a session alone.

The same columns for people and for simulated ones: who made each step, and when, is all that is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from clonotate.records import Author, Step

OWN: tuple[Author, ...] = ("person", "correction", "virtual")
"""Clicks of one's own hand."""
PAUSE = 30_000
"""Longer waits are no work: they count as so many ms."""


@dataclass(frozen=True, slots=True)
class Effort:
    """The effort of one session."""

    seconds: float  # in all, a person's attention throughout
    acting: float  # of these, those before clicks of one's own and accepted ones
    watching: float  # and those before the steps of a run
    own: int  # clicks of one's own hand, corrections included
    corrections: int
    accepted: int
    policy: int  # steps of runs
    interventions: int  # how often a person acted with their own hand: stretches of own clicks

    @property
    def clicks(self) -> int:
        """All steps, whoever made them."""
        return self.own + self.accepted + self.policy


def effort(steps: Sequence[Step], begun: int = 0) -> Effort:
    """What steps cost whoever began them `begun` ms after the session did."""
    ends = [step.ms for step in steps]
    spent = [min(max(end - start, 0), PAUSE) for start, end in zip([begun, *ends], ends, strict=False)]
    by = [step.by for step in steps]
    own = [one in OWN for one in by]
    watching = sum(ms for ms, one in zip(spent, by, strict=True) if one == "policy")
    return Effort(
        seconds=sum(spent) / 1000,
        acting=(sum(spent) - watching) / 1000,
        watching=watching / 1000,
        own=sum(own),
        corrections=by.count("correction"),
        accepted=by.count("accepted"),
        policy=by.count("policy"),
        interventions=sum(now and not before for before, now in zip([False, *own], own, strict=False)),
    )
