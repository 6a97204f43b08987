"""New sessions out of old ones: a branch from any step, and a policy's turn at the same instance."""

import secrets
import time
from dataclasses import replace

from clonotate.episodes.replay import follow
from clonotate.episodes.rollout import LOOPED, Guards, rollout
from clonotate.episodes.session import Session
from clonotate.records import Author, Click, ClonotateError, Screen, Step
from clonotate.studio.frames import digest_of
from clonotate.studio.journal import Ending, Entry, Journal, Opening
from clonotate.studio.live import now, world_of

BUDGET = 400  # clicks of a policy's turn at most


def branch(journal: Journal, parent: str, step: int, layout: str, annotator: str) -> str:
    """A session that begins with the first `step` clicks of another, perhaps under another layout; its name.

    The copies keep their authors and times. Under another layout clicks on nothing are left out: they have
    no place there. Raises ClonotateError for a step beyond the end, and where Done would be among the copies.
    """
    opening, entries = journal.opening(parent), journal.entries(parent)
    if step > len(entries):
        raise ClonotateError(f"that session has {len(entries)} clicks, not {step}")
    at = now()
    made = replace(opening, id=secrets.token_hex(8), at=at, annotator=annotator, layout=layout, parent=parent)
    made = replace(made, purpose="work" if opening.purpose == "policy" else opening.purpose)
    old = Session(opening.source, opening.layout, world_of(opening.source))
    new = Session(opening.source, layout, old.world)
    copies: list[Entry] = []
    for entry in entries[:step]:
        screen, before = digest_of(new.screen), len(new.steps)
        event = old.click(entry.click)
        if layout == opening.layout:
            new.click(entry.click)
        else:
            follow(new, event)
        if len(new.steps) > before:
            click = new.steps[-1].click
            moved = replace(entry, session=made.id, seq=len(copies), click=click, screen=screen, at=at)
            copies.append(moved)
    if new.done:
        raise ClonotateError("that is after Done: choose an earlier step")
    journal.begin(replace(made, copied=len(copies)), copies)
    return made.id


def policy_turn(journal: Journal, other: str, name: str) -> str:
    """Let a policy (or `expert`) annotate the instance of another session; the name of its session.

    Raises ClonotateError for a name that is no contender, and for `expert` where nobody knows the truth.
    """
    from clonotate.evaluation.contenders import contender  # with torch: only when somebody asks for it

    opening = journal.opening(other)
    session = Session(opening.source, opening.layout, world_of(opening.source))
    if name == "expert" and not session.scored:
        raise ClonotateError("nobody knows the truth of these data, so there is no expert to compare with")
    annotator = contender(name).annotator(session, opening.source.seed)
    by: Author = "virtual" if name == "expert" else "policy"
    made = Opening(secrets.token_hex(8), now(), "policy", name, opening.source, opening.layout)
    begun = time.perf_counter()
    entries: list[Entry] = []

    def recorded(screen: Screen) -> Click:
        act = annotator(screen)
        click = act.click if isinstance(act, Step) else act
        ms, seq = round(1e3 * (time.perf_counter() - begun)), len(entries)
        entries.append(
            Entry(made.id, seq, f"{made.id}-{seq}", click, by, digest_of(screen), ms, now(), now())
        )
        return click

    rollout(session, recorded, Guards(BUDGET, LOOPED))
    ending = Ending(session.score() if session.scored else None) if session.done else None
    journal.begin(made, entries, ending)
    return made.id
