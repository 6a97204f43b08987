"""Three specialists, further on one core each: practice in ever smaller steps, from revision 459b2e0.

Most of the lessons are under the original layout, a quarter under others, so that these are not forgotten.
What ships is the mean of both ends, which was better than either.

clonotate dagger specialists/road-network-construction --recipe further:roads --rounds 1 --episodes 200 \\
    --seed 11 --processes 1 --out runs/further-roads
clonotate average specialists/road-network-construction runs/further-roads/round-00 --out runs/mean-roads
"""

from clonotate.screens.layout import KNOWN
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run
from recipes.anywhere import counting

LOOKS = (*40 * ("original",), *KNOWN, "sampled@384x288", *4 * ("painted@384x288",))


def further(task: str, steps: int, seed: int) -> Run:
    """One family, two fifths of the lessons its own episodes with advice."""
    curriculum = Curriculum(
        ((task, "standard"),), LOOKS, recorded_share=0.4, notice=1, adviser=0.5, seed=seed
    )
    return Run(
        curriculum,
        start=f"specialists/{task}",
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
