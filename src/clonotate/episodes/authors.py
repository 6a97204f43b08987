"""Who made what: the annotation an episode ends with, and by whom each of its marks is."""

from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import zip_longest
from typing import Any

from clonotate.annotation import Annotation
from clonotate.episodes.replay import replay
from clonotate.records import Author, Episode, Event
from clonotate.screens.pointing import hit

Mark = tuple[Hashable, int]


def annotated(episode: Episode, world: Any = None) -> tuple[Annotation, tuple[Author, ...]]:
    """What an episode ends with, in canvas pixels, and the author of each mark.

    A mark is by whoever made it last; one that only comes back when another is undone keeps its author.
    `world` is needed for episodes on real data.
    """
    authors: dict[Mark, Author] = {}
    stood: list[Mark] = []
    by: Author | None = None
    undone = False
    for session, step in zip_longest(replay(episode, world), episode.steps):
        annotation: Annotation = session.task.annotation(session.world)
        stands = counted(annotation.marks)
        fresh = set(stands) - set(stood)
        if by is not None:
            authors.update((mark, by) for mark in fresh if not (undone and mark in authors))
        stood = stands
        if step is not None:
            by, undone = step.by, hit(session.view, session.layout, step.click) == Event("undo")
    return annotation, tuple(authors[mark] for mark in stood)


def counted(marks: Iterable[Hashable]) -> list[Mark]:
    """Marks with how often each was there before, so that equal ones differ."""
    met: Counter[Hashable] = Counter()
    numbered = []
    for mark in marks:
        numbered.append((mark, met[mark]))
        met[mark] += 1
    return numbered
