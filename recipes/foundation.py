"""The two tasks of the foundation: colored dots and neurons.

clonotate train foundation:nano --out runs/nano
clonotate dagger runs/nano --recipe foundation:practice --out runs/practice --rounds 3 --episodes 120
clonotate dagger runs/practice/round-02 --recipe foundation:evening --out runs/evening \
    --rounds 1 --episodes 300 --seed 3
"""

from clonotate.screens.layout import KNOWN
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run

DOTS = ("colored-dot-tracking", "standard")
NEURONS = ("neuron-tracking", "standard")
SECTIONS = ("neuron-tracking", "sections")  # few and badly aligned, like small real stacks
TASKS = (DOTS, NEURONS, NEURONS, DOTS, *4 * (NEURONS,), NEURONS, SECTIONS, SECTIONS, NEURONS)
"""Turns, so that two processes with two lessons a step each have about as much to do."""
EVEN = (*2 * (DOTS, NEURONS, NEURONS, DOTS), DOTS, SECTIONS, NEURONS, DOTS)
TREMOR = 7.0  # px: a policy's own nodes lie that far off the middle of a neurite


def nano() -> Run:
    """Demonstrations alone, in two processes of one CPU core each."""
    return Run(Curriculum(TASKS, tremor=TREMOR), steps=1_600, decay_from=1.0, processes=2, save_every=100)


def practice() -> Run:
    """A round of DAgger: two fifths of the lessons are the policy's own episodes with the expert's advice."""
    return Run(
        Curriculum(TASKS, recorded_share=0.4, tremor=TREMOR, seed=1),
        steps=400,
        warmup=30,
        decay_from=0.3,
        average=0.99,
        processes=2,
        save_every=100,
    )


def evening() -> Run:
    """A long last round, with as many dots as neurites, whose learning rate falls nearly all the way."""
    return Run(
        Curriculum(EVEN, recorded_share=0.4, tremor=TREMOR, seed=41),
        steps=1_100,
        lr=7e-4,
        lr_end=2e-5,
        warmup=30,
        decay_from=0.1,
        average=0.995,
        processes=2,
        save_every=50,
        seed=5,
    )


def layouts() -> Run:
    """From the shipped weights to tools that look otherwise: half of the lessons under named layouts.

    clonotate train foundation:layouts --out runs/layouts
    """
    return Run(
        Curriculum(EVEN, (*KNOWN, *len(KNOWN) * ("sampled@384x288",)), tremor=TREMOR, seed=61),
        start="shipped",
        steps=700,
        lr=7e-4,
        lr_end=2e-5,
        warmup=30,
        decay_from=0.2,
        average=0.99,
        processes=2,
        save_every=50,
        seed=6,
    )
