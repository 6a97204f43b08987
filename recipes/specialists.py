"""Specialists: one family alone each, for `specialists`, the policy that calls the right one of them.

Each goes on from `nine` (limbs from nothing) at a constant rate on whole lessons under the original layout,
one core each, and then practises in ever smaller steps. For a family, here of roads:

clonotate train specialists:roads --out runs/roads --max-minutes 25
clonotate dagger runs/roads --recipe specialists:roads_practice --rounds 1 --episodes 80 --processes 1 \\
    --out runs/roads-practice
clonotate gather runs/*-practice/round-00 --out runs/specialists
"""

from dataclasses import replace

from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run


def alone(task: str, start: str, seed: int) -> Run:
    """One family at a constant rate: stop it when it has learnt enough."""
    curriculum = Curriculum(((task, "standard"),), adviser=0.5, seed=seed)
    return Run(
        curriculum,
        start=start,
        steps=20_000,
        warmup=20,
        decay_from=1.0,
        average=0.99,
        log_every=10,
        save_every=25,
        seed=seed,
    )


def practice(run: Run, start: str, steps: int) -> Run:
    """On from such a run in ever smaller steps, two fifths of the lessons its own episodes with advice."""
    curriculum = replace(
        run.curriculum, adviser=0.5, recorded_share=0.4, notice=1, seed=run.curriculum.seed + 1
    )
    run = replace(run, curriculum=curriculum, start=start, steps=steps, warmup=10, average=0.99)
    return replace(run, lr=6e-4, lr_end=1e-5, decay_from=0.0)


def again(run: Run, start: str, name: str, steps: int) -> Run:
    """Once more in ever smaller steps, with the practice there is; 30 % of the lessons are of it."""
    recorded = (f"runs/{name}-practice/practice-00.parquet",)
    curriculum = replace(
        run.curriculum, recorded=recorded, recorded_share=0.3, seed=run.curriculum.seed + 100
    )
    return replace(run, curriculum=curriculum, start=start, steps=steps, lr=5e-4)


def limbs() -> Run:
    """From nothing, each person's own clicks."""
    run = alone("animal-limb-tracking", "", 0)
    return replace(
        run, curriculum=replace(run.curriculum, adviser=None), steps=1_000_000, warmup=100, average=0.998
    )


def behaviour() -> Run:
    """Each person's own clicks."""
    run = alone("animal-behavioral-tracking", "nine", 0)
    return replace(run, curriculum=replace(run.curriculum, adviser=None), steps=1_000_000)


def roads() -> Run:
    """A third of its lessons' frames are nodes, the others moves of the view."""
    return alone("road-network-construction", "nine", 120)


def cells() -> Run:
    """Where `nine` finishes 44 of 100 test worlds."""
    return alone("cell-lineage-tracking", "nine", 122)


def plumes() -> Run:
    """Where `nine` finishes 69 of 100 test worlds."""
    return alone("spectral-plume-finding", "nine", 124)


def alignment() -> Run:
    """Where `nine` finishes 76 of 100 test worlds."""
    return alone("multichannel-image-alignment", "nine", 126)


def neurons_practice() -> Run:
    """On from `shipped`: as in `foundation`, a hand that strays, and a few badly aligned stacks."""
    run = practice(alone("neuron-tracking", "shipped", 128), "shipped", 520)
    tasks = (*4 * (("neuron-tracking", "standard"),), ("neuron-tracking", "sections"))
    return replace(run, curriculum=replace(run.curriculum, tasks=tasks, tremor=7.0))


def limbs_practice() -> Run:
    """On from `limbs`; to tell a point as hidden, a click of twenty, counts four times."""
    run = practice(limbs(), "runs/limbs", 1_600)
    return replace(run, curriculum=replace(run.curriculum, worth=(("select", 4.0),)))


def behaviour_practice() -> Run:
    """On from `behaviour`."""
    return practice(behaviour(), "runs/behaviour", 1_000)


def roads_practice() -> Run:
    """On from `roads`."""
    return practice(roads(), "runs/roads", 700)


def cells_practice() -> Run:
    """On from `cells`."""
    return practice(cells(), "runs/cells", 650)


def plumes_practice() -> Run:
    """On from `plumes`."""
    return practice(plumes(), "runs/plumes", 900)


def alignment_practice() -> Run:
    """On from `alignment`."""
    return practice(alignment(), "runs/alignment", 900)


def behaviour_again() -> Run:
    """On from the mean of `behaviour` and its practice.

    clonotate average runs/behaviour runs/behaviour-practice/round-00 --out runs/behaviour-mean
    clonotate train specialists:behaviour_again --out runs/behaviour-again
    """
    return again(behaviour_practice(), "runs/behaviour-mean", "behaviour", 850)


def limbs_again() -> Run:
    """On from the practice of `limbs`."""
    return again(limbs_practice(), "runs/limbs-practice/round-00", "limbs", 800)
