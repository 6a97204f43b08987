"""The two tasks of the foundation: colored dots and neurons.

clonotate train foundation:nano --out runs/foundation
"""

from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run

DOTS = ("colored-dot-tracking", "standard")
NEURONS = ("neuron-tracking", "standard")
SECTIONS = ("neuron-tracking", "sections")  # few and badly aligned, like small real stacks
TASKS = (DOTS, NEURONS, DOTS, NEURONS, DOTS, SECTIONS, DOTS, SECTIONS)
"""Turns, so that two processes with two lessons a step each have about as much to do."""


def nano() -> Run:
    """Two processes of one CPU core each."""
    return Run(curriculum=Curriculum(TASKS), preset="nano", steps=3_600, processes=2, save_every=100)
