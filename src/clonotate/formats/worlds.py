"""Worlds of real data: what a task makes of a file, and the same world again for an episode's replay."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from clonotate.formats.animals import read_animals
from clonotate.formats.channels import read_channels
from clonotate.formats.chromosomes import read_chromosomes
from clonotate.formats.cubes import read_plume
from clonotate.formats.karyogram import read_karyogram
from clonotate.formats.neurites import read_neurites
from clonotate.formats.placing import Excerpt
from clonotate.formats.poses import read_poses
from clonotate.formats.roads import read_roads
from clonotate.formats.spots import read_spots
from clonotate.formats.timelapse import read_timelapse
from clonotate.formats.volumes import fingerprint
from clonotate.records import ClonotateError, Source
from clonotate.tasks import task_named
from clonotate.tasks.base import Task

READERS: dict[str, Callable[[Path, int], Excerpt]] = {
    "animal-behavioral-tracking": read_animals,
    "animal-limb-tracking": read_poses,
    "cell-lineage-tracking": read_timelapse,
    "chromosome-tracing": read_chromosomes,
    "colored-dot-tracking": read_spots,
    "multichannel-image-alignment": read_channels,
    "neuron-tracking": read_neurites,
    "road-network-construction": read_roads,
    "shape-matching": read_karyogram,
    "spectral-plume-finding": read_plume,
}
"""For each task the function from a path, of a file or a folder with its truth, and a seed to a world of it.

Readers raise ClonotateError for files that they cannot use. The seed chooses what part of them is seen.
"""


def read_world(task: str, path: Path, seed: int = 0, level: str = "standard") -> tuple[Source, Any]:
    """A world of real data and where it comes from; ClonotateError where there is no reader or no such file.

    `settings["truth"]` says whether somebody knows what is right.
    """
    source, excerpt = read_excerpt(task, path, seed, level)
    return source, excerpt.world


def read_excerpt(task: str, path: Path, seed: int = 0, level: str = "standard") -> tuple[Source, Excerpt]:
    """The same, with where the world lies in the data."""
    known = task_named(task, level)
    if task not in READERS:
        raise ClonotateError(f"nothing reads real data for {task}; there is: {', '.join(READERS)}")
    if not path.exists():
        raise ClonotateError(f"no such file: {path}")
    excerpt = READERS[task](path, seed)
    settings = {"truth": has_truth(known, excerpt.world)}
    return Source(task, level, seed, known.version, str(path), fingerprint(path), settings), excerpt


def world_of(source: Source) -> Any:
    """The world of an episode on real data again; None for a procedural one, which its seed brings back.

    ClonotateError where its file is gone, has changed or lost its truth.
    """
    excerpt = excerpt_of(source)
    return excerpt.world if excerpt else None


def excerpt_of(source: Source) -> Excerpt | None:
    """The same, with where the world lies in the data."""
    if not source.data:
        return None
    path = Path(source.data)
    if not path.exists():
        raise ClonotateError(f"this episode was made on {path}, which is not there")
    if fingerprint(path) != source.data_digest:
        raise ClonotateError(f"this episode was made on {path}, which has changed since")
    again, excerpt = read_excerpt(source.task, path, source.seed, source.level)
    if again.settings != source.settings:
        raise ClonotateError(f"this episode was made on {path} as {source.settings}, now {again.settings}")
    return excerpt


def has_truth(task: Task[Any, Any], world: Any) -> bool:
    """Whether a world can be scored."""
    try:
        task.score(world)
    except ClonotateError:
        return False
    return True
