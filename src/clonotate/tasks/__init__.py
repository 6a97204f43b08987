"""The tasks there are. A new one is a file and a line here: tests and training find it by this list."""

from typing import Any

from clonotate.records import ClonotateError
from clonotate.tasks import (
    animal_tracking,
    cell_lineage,
    chromosome_tracing,
    colored_dots,
    exploration_3d,
    image_alignment,
    limb_tracking,
    neuron_tracking,
    plume_finding,
    road_network,
    shape_matching,
)
from clonotate.tasks.base import Task

TASKS: dict[str, dict[str, Task[Any, Any]]] = {
    colored_dots.ColoredDots.name: dict(colored_dots.LEVELS),
    neuron_tracking.NeuronTracking.name: dict(neuron_tracking.LEVELS),
    cell_lineage.CellLineage.name: dict(cell_lineage.LEVELS),
    image_alignment.ImageAlignment.name: dict(image_alignment.LEVELS),
    limb_tracking.LimbTracking.name: dict(limb_tracking.LEVELS),
    animal_tracking.AnimalTracking.name: dict(animal_tracking.LEVELS),
    exploration_3d.Exploration3D.name: dict(exploration_3d.LEVELS),
    plume_finding.PlumeFinding.name: dict(plume_finding.LEVELS),
    road_network.RoadNetwork.name: dict(road_network.LEVELS),
    shape_matching.ShapeMatching.name: dict(shape_matching.LEVELS),
    chromosome_tracing.ChromosomeTracing.name: dict(chromosome_tracing.LEVELS),
}
"""Every task by name, then by level: easy, standard, hard."""

KEPT_OUT = ("shape-matching", "chromosome-tracing")
"""Never learnt from in pretraining, to measure what is carried over to a new family."""
NINE = tuple(name for name in TASKS if name not in KEPT_OUT)
"""The families of pretraining: `--tasks nine`, and what a curriculum consists of unless it says otherwise."""


def task_named(name: str, level: str = "standard") -> Task[Any, Any]:
    """The task of that name at that level; ClonotateError says what there is."""
    if name not in TASKS:
        raise ClonotateError(f"no task {name!r}; there are: {', '.join(TASKS)}")
    if level not in TASKS[name]:
        raise ClonotateError(f"no level {level!r} of {name}; there are: {', '.join(TASKS[name])}")
    return TASKS[name][level]
