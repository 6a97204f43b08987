"""Specialists, further on one core each in many small steps, with a judge of rivals.

From what ships and with what it does when it practises, three lessons a step, most of them cut to 32 clicks in
a row: as many frames as one whole lesson, of three worlds.

clonotate dagger specialists/animal-limb-tracking --recipe small_steps:limbs --rounds 1 --episodes 140 \\
    --seed 62 --processes 1 --out runs/small-limbs
"""

from dataclasses import replace

from clonotate.training.train import Run
from recipes.anywhere import counting
from recipes.further import further


def small_steps(task: str, steps: int, seed: int) -> Run:
    """Practice in steps of a hundred frames, at a rate that falls all the time."""
    run = further(task, steps, seed)
    curriculum = replace(run.curriculum, excerpt=32)
    return replace(
        run,
        curriculum=curriculum,
        preset="nano-judge",
        episodes_per_step=3,
        lr=4e-4,
        warmup=30,
        average=0.995,
        save_every=50,
    )


def behaviour() -> Run:
    """With 140 episodes, `--seed 61`."""
    return small_steps("animal-behavioral-tracking", 1_400, 910)


def limbs() -> Run:
    """With 140 episodes, `--seed 62`; to tell a point as hidden counts twice."""
    return counting(small_steps("animal-limb-tracking", 1_400, 920), "select", 2.0)
