"""Specialists, further on one core each: practice in ever smaller steps.

Three quarters of the lessons are under the original layout, the rest under others, so that these are not
forgotten. Often the mean of both ends finished more validation worlds than either (LOG.md).

clonotate dagger specialists/road-network-construction --recipe further:roads --rounds 1 --episodes 200 \\
    --seed 11 --processes 1 --out runs/further-roads
clonotate average specialists/road-network-construction runs/further-roads/round-00 --out runs/mean-roads

Roads, behaviour and plumes began at revision 459b2e0, cells at b232f76, dots and neurons at 8a1fbd1.
"""

from dataclasses import replace

from clonotate.screens.layout import KNOWN
from clonotate.training.train import Run
from recipes.anywhere import anywhere, counting, practice
from recipes.foundation import DOTS, NEURONS, SECTIONS, TREMOR

LOOKS = (*40 * ("original",), *KNOWN, "sampled@384x288", *4 * ("painted@384x288",))
HARDER = ("neuron-tracking", "hard")


def further(task: str, steps: int, seed: int) -> Run:
    """Practice as under any layout, mostly under the original one."""
    run = practice(anywhere(seed, task), steps)
    curriculum = replace(run.curriculum, layouts=LOOKS, seed=seed)
    return replace(run, curriculum=curriculum, episodes_per_step=4, warmup=10, log_every=25)


def roads() -> Run:
    """With 200 episodes, `--seed 11`; Done, which counted a third and then came too late, counts twice that.

    The first 200 steps were made at the rates of a run of 1,000.
    """
    return counting(further("road-network-construction", 700, 240), "done", 0.6)


def behaviour() -> Run:
    """With 120 episodes, `--seed 12`."""
    return further("animal-behavioral-tracking", 500, 250)


def plumes() -> Run:
    """With 160 episodes, `--seed 16`; the first 200 steps were made at the rates of a run of 700."""
    return further("spectral-plume-finding", 480, 260)


def cells() -> Run:
    """With 160 episodes, `--seed 22`, on screens of version 1."""
    return further("cell-lineage-tracking", 600, 280)


def cells_outlined() -> Run:
    """On from the mean of both ends of that, on screens of version 2; with 160 episodes, `--seed 26`."""
    return replace(further("cell-lineage-tracking", 560, 320), start="runs/mean-cells", lr=8e-4)


def cells_crossed() -> Run:
    """On from that (shipped at revision 63e2fee) on screens of version 3; with 160 episodes, `--seed 34`."""
    return replace(further("cell-lineage-tracking", 400, 400), lr=8e-4)


def dots_and_neurons() -> Run:
    """With 120 episodes, `--seed 44 --tasks neuron-tracking`, under the original layout alone.

    A third of the fresh lessons are neurons of the hard level: thinner, faster, with more grain.
    """
    run = practice(anywhere(730, "colored-dot-tracking", "neuron-tracking"), 400)
    tasks = (*2 * (NEURONS, HARDER, DOTS), NEURONS, HARDER, SECTIONS)
    curriculum = replace(run.curriculum, tasks=tasks, layouts=("original",), tremor=TREMOR)
    return replace(run, curriculum=curriculum, episodes_per_step=4, warmup=10, log_every=25)
