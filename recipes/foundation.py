"""The two tasks of the foundation: colored dots and neurons.

    clonotate train foundation:nano --out runs/foundation
"""

from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run

TASKS = (
    ("colored-dot-tracking", "standard"),
    ("neuron-tracking", "standard"),
    ("colored-dot-tracking", "standard"),
    ("neuron-tracking", "sections"),
)
"""Lessons of dots and neurons take turns; half of the stacks have few sections, badly aligned, like real ones."""


def nano() -> Run:
    """Two processes of one CPU core each."""
    return Run(curriculum=Curriculum(TASKS), preset="nano", steps=3_600, processes=2, save_every=100)
