"""Roads anew: an expert who looks at every view up close, and a network that foresees what will be drawn.

On from what shipped at revision 9bd5515, on two cores:

clonotate train roads:seeing --out runs/roads-seeing
clonotate train roads:touring --out runs/roads-touring
clonotate dagger runs/roads-touring --recipe roads:practice --rounds 1 --episodes 120 --seed 93 \\
    --processes 1 --out runs/roads-practice

The heads of foresight went on from run to run; by now each run begins them anew, which takes some 100
steps. What comes of it does not ship yet (LOG.md).
"""

from dataclasses import replace

from clonotate.training.train import Run
from recipes.anywhere import anywhere, counting, onward
from recipes.further import LOOKS, further
from recipes.tools import small

ROADS = "road-network-construction"


def seeing() -> Run:
    """With the expert of that revision, who looked from above for the next road; one core beside another."""
    run = anywhere(1010, ROADS)
    curriculum = replace(run.curriculum, layouts=LOOKS, excerpt=24)
    return replace(
        run,
        curriculum=curriculum,
        foresight=True,
        steps=257,
        episodes_per_step=4,
        average=0.995,
        log_every=25,
    )


def touring() -> Run:
    """Demonstrations of the expert of today; the first 330 or so at the rates of a run of 1,100."""
    run = onward(seeing(), "runs/roads-seeing", 1012)
    run = replace(run, seed=1010, steps=700, decay_from=0.35)
    return replace(run, processes=2, episodes_per_step=2)


def practice() -> Run:
    """After `touring`, with 120 episodes; Done counts 0.6.

    The first 190 steps or so were made at the rates of a run of 600.
    """
    run = small(counting(further(ROADS, 450, 1014), "done", 0.6))
    return replace(run, foresight=True, processes=2, episodes_per_step=2)
