"""Looking back on recorded sessions: what each cost a person, and which of their steps are worth a look."""

from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from clonotate.studio.journal import Journal, Opening
from clonotate.studio.live import world_of
from clonotate.studio.recorded import episode_of

if TYPE_CHECKING:
    from clonotate.copilot.doubt import Evidence
    from clonotate.models.base import ClickModel

REVIEWED = 40  # sessions that are gone through, the latest
QUEUE = 60  # steps, the most doubtful


def efforts(journal: Journal) -> list[dict[str, Any]]:
    """What every piece of real work cost, the latest first: its columns of `Effort`, task and outcome."""
    from clonotate.copilot.effort import effort

    endings, rows = journal.endings(), []
    for opening in worked(journal):
        episode = episode_of(opening, journal.entries(opening.id))
        score = ending.score if (ending := endings.get(opening.id)) else None
        told = {
            "id": opening.id,
            "task": opening.source.task,
            "annotator": opening.annotator,
            "at": opening.at,
        }
        ended = {"done": opening.id in endings, "success": score.success if score else None}
        rows.append(told | ended | asdict(effort(episode)))
    return rows


def worked(journal: Journal) -> list[Opening]:
    """Real work that has a click, the latest first."""
    tallies = journal.tallies()
    return [o for o in reversed(journal.openings()) if o.purpose == "work" and o.id in tallies]


class Review:
    """The queue of doubtful steps; a session is read by the policy once, and again when it has grown."""

    def __init__(self, journal: Journal, model: "Callable[[], ClickModel[Any]]") -> None:
        self.journal, self.model = journal, model
        self.evidence = lru_cache(maxsize=256)(self.read)

    def read(self, session: str, clicks: int) -> "list[Evidence]":
        """What the policy thinks of the first clicks of a session."""
        from clonotate.copilot.doubt import examine

        opening = self.journal.opening(session)
        episode = episode_of(opening, self.journal.entries(session)[:clicks])
        return examine(self.model(), episode, world_of(opening.source))

    def queue(self, known: frozenset[str]) -> list[dict[str, Any]]:
        """The steps of the latest sessions of `known` tasks, the most doubtful first."""
        from clonotate.copilot.doubt import regret

        tallies, found = self.journal.tallies(), []
        for opening in [o for o in worked(self.journal) if o.source.task in known][:REVIEWED]:
            entries = self.journal.entries(opening.id)[: tallies[opening.id].clicks]
            evidence = self.evidence(opening.id, len(entries))
            for entry, step in zip(entries, evidence, strict=True):
                if entry.seq >= opening.copied:
                    doubt = {"session": opening.id, "task": opening.source.task, "by": entry.by}
                    where = {"step": entry.seq, **asdict(entry.click), "own": asdict(step.own)}
                    found.append(doubt | where | {"annotator": opening.annotator, "score": regret(step)})
        return sorted(found, key=lambda doubt: -doubt["score"])[:QUEUE]
