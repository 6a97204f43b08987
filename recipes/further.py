"""What ships, further on one core each: practice in ever smaller steps, from the weights of revision 459b2e0.

Most of the lessons are under the original layout, a quarter under others, so that these are not forgotten.

clonotate dagger specialists/road-network-construction --recipe further:roads --rounds 1 --episodes 200 \\
    --seed 11 --processes 1 --out runs/further-roads
"""

from dataclasses import replace

from clonotate.screens.layout import KNOWN
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run
from recipes.anywhere import counting

LOOKS = (*40 * ("original",), *KNOWN, "sampled@384x288", *4 * ("painted@384x288",))


def further(task: str, start: str, steps: int, seed: int) -> Run:
    """One family, two fifths of the lessons its own episodes with advice."""
    curriculum = Curriculum(
        ((task, "standard"),), LOOKS, recorded_share=0.4, notice=1, adviser=0.5, seed=seed
    )
    return Run(
        curriculum,
        start=f"specialists/{start}",
        steps=steps,
        episodes_per_step=4,
        lr=6e-4,
        lr_end=1e-5,
        warmup=10,
        decay_from=0.0,
        average=0.99,
        save_every=100,
        seed=seed,
    )


def roads() -> Run:
    """One round of 200 episodes; Done, which counted a third and then came too late, counts twice that."""
    task = "road-network-construction"
    return counting(further(task, task, 700, 240), "done", 0.6)


def behaviour() -> Run:
    """One round of 120 episodes."""
    task = "animal-behavioral-tracking"
    return further(task, task, 500, 250)


def alignment() -> Run:
    """One round of 160 episodes, in which the expert lets mistakes stand (`--astray 60`) and each is learnt.

    It pressed Done beside a red lamp: nothing it had practised was so far from right.
    """
    task = "multichannel-image-alignment"
    run = further(task, f"{task}@any", 550, 300)
    return replace(run, curriculum=replace(run.curriculum, notice=0))


def plumes() -> Run:
    """One round of 160 episodes."""
    task = "spectral-plume-finding"
    return further(task, task, 480, 260)


def limbs() -> Run:
    """One round of 160 episodes; a hidden point, which counted five times, counts three times."""
    task = "animal-limb-tracking"
    return counting(further(task, task, 900, 270), "select", 3.0)


def dots_and_spores() -> Run:
    """Under other layouts, where these two lost most: three of five lessons in colours of their own.

    From `nine`, which knows both, with 160 episodes of practice.
    """
    looks = (*6 * ("original",), *KNOWN, *4 * ("sampled@384x288",), *24 * ("painted@384x288",))
    run = further("colored-dot-tracking", "otherwise", 620, 280)
    tasks = tuple((name, "standard") for name in ("colored-dot-tracking", "exploration-classification-3d"))
    curriculum = replace(run.curriculum, tasks=tasks, layouts=looks)
    return replace(run, curriculum=curriculum, lr=1e-3)
