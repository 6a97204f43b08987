"""Finished work: an annotation in the pixels of its data, with where it comes from and who made it."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import clonotate
from clonotate.annotation import Annotation, Landmarks, Region, is_empty
from clonotate.episodes.authors import annotated
from clonotate.episodes.replay import digest
from clonotate.formats.placing import Placing, brought_back
from clonotate.formats.worlds import excerpt_of
from clonotate.records import Author, ClonotateError, Episode
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.road_network import RoadNetwork
from clonotate.tasks.worlds.streets import SIDE

Noun = TypeVar("Noun")
LARGER = {RoadNetwork.name: SIDE}
"""Worlds that are larger than the canvas shows at a time, px along a side."""


@dataclass(frozen=True, eq=False)
class Work:
    """What a format writes. `authors` has one name for each of `annotation.marks`."""

    annotation: Annotation  # in pixels of the data
    authors: tuple[Author, ...]
    placing: Placing
    provenance: dict[str, Any]  # plain JSON values

    @property
    def name(self) -> str:
        """A name for the data, for formats that ask for one."""
        source = self.provenance["source"]
        return str(source.get("data") or f"{self.provenance['task']}-{source['seed']}")

    def of(self, noun: type[Noun]) -> Noun:
        """The annotation as the noun that a format writes; ClonotateError where it is another."""
        if not isinstance(self.annotation, noun):
            raise ClonotateError(f"what {self.provenance['task']} annotates does not go into this format")
        return self.annotation


def work_of(episode: Episode) -> Work:
    """What came of an episode; ClonotateError where it cannot be replayed or nothing was annotated."""
    excerpt = excerpt_of(episode.source)
    world = excerpt.world if excerpt else None
    annotation, authors = annotated(episode, world)
    if is_empty(annotation):
        raise ClonotateError("nothing is annotated in this episode, so there is nothing to export")
    side = LARGER.get(episode.source.task, CANVAS)
    placing = excerpt.placing if excerpt else Placing(side, side)
    origin = provenance(episode, episode.digest or digest(episode, world), authors, placing)
    placed = brought_back(annotation, placing)
    return Work(placed, authors, placing, origin | summary(placed))


def summary(annotation: Annotation) -> dict[str, Any]:
    """What the marks by themselves do not say."""
    if isinstance(annotation, Landmarks):
        return {"fit": {"model": annotation.model, "matrix": annotation.matrix}}
    if isinstance(annotation, Region):
        return {"answer": f"no {annotation.category}" if annotation.absent else annotation.category}
    return {}


def provenance(episode: Episode, screens: str, authors: Sequence[Author], placing: Placing) -> dict[str, Any]:
    """Where an annotation comes from, in plain JSON values; of the data the name only, not its folder."""
    source = episode.source
    procedural = {"world": "procedural", "level": source.level, "seed": source.seed}
    real = {"data": Path(source.data).name, "digest": source.data_digest, "seed": source.seed}
    return {
        "program": f"clonotate {clonotate.__version__}",
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "episode": screens,
        "task": source.task,
        "task_version": source.version,
        "source": real if source.data else procedural,
        "done": episode.done,
        "score": asdict(episode.score) if episode.score else None,
        "clicks": dict(Counter(step.by for step in episode.steps)),
        "marks": dict(Counter(authors)),
        "marks_by": [[by, len(list(run))] for by, run in groupby(authors)],
        "coordinates": {
            "pixels": "of the data" if source.data else "of the canvas",
            "origin": "the middle of the first pixel is 0, 0; x goes right, y down",
            "height": placing.height,
            "width": placing.width,
            "spacing_zyx": placing.spacing,
            "unit": placing.unit,
        },
    }


def told(provenance: dict[str, Any]) -> tuple[str, ...]:
    """Provenance as lines of text, for comments."""
    return tuple(f"{key}: {json.dumps(value)}" for key, value in provenance.items())


def number(value: float) -> str:
    """A coordinate in a text file: a hundredth of a pixel is as fine as anything is known."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
