"""Looking back on recorded sessions: what each cost a person, and which of their steps are worth a look."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from clonotate.copilot.effort import effort
from clonotate.records import Click, ClonotateError, Event, Step
from clonotate.screens.layout import layout_named
from clonotate.screens.pointing import hit
from clonotate.screens.widgets import View
from clonotate.studio.catalog import titled, told
from clonotate.studio.journal import Ending, Journal, Opening, Tally
from clonotate.studio.live import world_of
from clonotate.studio.recorded import Reel, episode_of

if TYPE_CHECKING:
    from clonotate.models.base import ClickModel

REVIEWED = 40  # sessions that are gone through, the latest
QUEUE = 60  # steps, the most doubtful
FLOOR = 0.2  # a smaller doubt is not worth a look; see docs/results.md


def worked(journal: Journal) -> list[tuple[Opening, Tally]]:
    """Real work that has a click, the latest first."""
    tallies = journal.tallies()
    return [
        (o, tallies[o.id]) for o in reversed(journal.openings()) if o.purpose == "work" and o.id in tallies
    ]


def efforts(journal: Journal) -> list[dict[str, Any]]:
    """What every finished piece of real work cost, the latest first: the columns of `Effort`, and how good
    it is. Times and authors stand in the journal, so nothing is replayed."""
    endings = journal.endings()
    return [
        told(opening, tally) | cost(journal, opening) | outcome(endings[opening.id])
        for opening, tally in worked(journal)
        if opening.id in endings
    ]


def cost(journal: Journal, opening: Opening) -> dict[str, Any]:
    """What a session cost whoever it is by: clicks copied from another one cost nothing again."""
    steps = [Step(entry.click, entry.ms, entry.by) for entry in journal.entries(opening.id)]
    own, copied = steps[opening.copied :], steps[: opening.copied]
    found = effort(own, copied[-1].ms if copied else 0)
    return asdict(found) | {"together": found.policy + found.accepted + found.corrections > 0}


def outcome(ending: Ending) -> dict[str, Any]:
    """Whether it is all right, and the mean of the graded parts; None where nobody knows the truth."""
    parts = list(ending.score.parts.values()) if ending.score else []
    return {
        "success": ending.score.success if ending.score else None,
        "score": sum(parts) / len(parts) if parts else None,
    }


class Review:
    """The queue of doubtful steps; a session is read by the policy once, and again when it has grown."""

    def __init__(self, journal: Journal, model: "Callable[[], ClickModel[Any]]") -> None:
        self.journal, self.model = journal, model
        self.read: dict[tuple[str, int], list[dict[str, Any]]] = {}  # by session and clicks

    def forget(self) -> None:
        """Another policy thinks otherwise."""
        self.read = {}

    def queue(self, known: frozenset[str], patience: float) -> dict[str, Any]:
        """The doubtful steps of the latest sessions of `known` tasks, the most doubtful first.

        No session is begun after `patience` seconds: `unread` says how many are left for the next call.
        """
        latest = [(o, tally.clicks) for o, tally in worked(self.journal) if o.source.task in known][:REVIEWED]
        read, model = self.read, self.model()
        began = time.monotonic()
        for opening, clicks in latest:
            if (opening.id, clicks) not in read and time.monotonic() - began < patience:
                read[opening.id, clicks] = self.doubts(model, opening, clicks)
        found = [doubt for opening, clicks in latest for doubt in read.get((opening.id, clicks), ())]
        return {
            "steps": sorted(found, key=lambda doubt: -doubt["doubt"])[:QUEUE],
            "unread": sum((opening.id, clicks) not in read for opening, clicks in latest),
        }

    def doubts(self, model: "ClickModel[Any]", opening: Opening, clicks: int) -> list[dict[str, Any]]:
        """The doubtful ones among the first clicks of a session; none where it cannot be opened any more."""
        from clonotate.copilot.doubt import examine, regret

        try:
            reel = Reel(opening, self.journal.entries(opening.id)[:clicks])
            evidence = examine(model, episode_of(opening, reel.entries), world_of(opening.source))
        except ClonotateError:  # its data are gone, or drawn otherwise now: its own page will say so
            return []
        about = {"title": titled(opening.source.task)[0], "annotator": opening.annotator, "clicks": clicks}
        return [
            about | told_of(reel, k, step.own) | {"doubt": regret(step)}
            for k, step in enumerate(evidence)
            if k >= opening.copied and regret(step) >= FLOOR and not taken_back(reel, k)
        ]


def taken_back(reel: Reel, step: int) -> bool:
    """Whether the next click was Undo, so that there is nothing left to mend."""
    after = reel.events[step + 1] if step + 1 < len(reel.events) else None
    return after is not None and after.widget == "undo"


def told_of(reel: Reel, step: int, own: Click) -> dict[str, Any]:
    """A step for the page: what was clicked, and what the policy would have clicked."""
    view, entry = reel.views[step], reel.entries[step]
    meant = hit(view, layout_named(reel.opening.layout), own)
    return {
        "session": reel.opening.id,
        "step": step,
        "by": entry.by,
        "clicked": place(view, reel.events[step], entry.click),
        "own": place(view, meant, own),
    }


def place(view: View, event: Event | None, click: Click) -> dict[str, Any]:
    """A click as a place on the screen, and in words."""
    texts = {button.name: button.text for button in view.buttons}
    words = texts.get(event.widget, "a place") if event else "nothing"
    return {"x": click.x, "y": click.y, "words": words}
