"""What ships, further on one core each: practice in ever smaller steps, from the weights of revision 459b2e0.

Most of the lessons are under the original layout, a quarter under others, so that these are not forgotten.

clonotate dagger specialists/road-network-construction --recipe further:roads --rounds 2 --episodes 200 \\
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
    """Two rounds of 200 episodes; Done, which counted a third and then came too late, counts twice that."""
    task = "road-network-construction"
    return counting(further(task, task, 1_000, 240), "done", 0.6)


def behaviour() -> Run:
    """Two rounds of 120 episodes."""
    task = "animal-behavioral-tracking"
    return further(task, task, 500, 250)


def neurons() -> Run:
    """Neurons alone, where they shared a network with dots; 120 episodes."""
    return further("neuron-tracking", "colored-dot-tracking+neuron-tracking@any", 700, 260)


def limbs() -> Run:
    """One round of 160 episodes; a hidden point, which counted five times, counts three times."""
    task = "animal-limb-tracking"
    return counting(further(task, task, 900, 270), "select", 3.0)


def dots() -> Run:
    """Dots alone, for other layouts, where they lost most: three of five lessons in colours of their own."""
    run = further("colored-dot-tracking", "colored-dot-tracking+neuron-tracking@any", 900, 280)
    looks = (*6 * ("original",), *KNOWN, *4 * ("sampled@384x288",), *24 * ("painted@384x288",))
    return replace(run, curriculum=replace(run.curriculum, layouts=looks), episodes_per_step=6)
