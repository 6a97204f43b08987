"""Roads anew: an expert who looks at every view up close, and a network that foresees what will be drawn.

On from what shipped at revision 9bd5515, on two cores:

clonotate train roads:seeing --out runs/roads-seeing
clonotate train roads:touring --out runs/roads-touring
clonotate dagger runs/roads-touring --recipe roads:practice --rounds 1 --episodes 120 --seed 93 \\
    --processes 1 --out runs/roads-practice

clonotate train roads:elsewhere --out runs/roads-elsewhere
clonotate dagger runs/roads-elsewhere --recipe roads:practice_again --rounds 1 --episodes 140 --seed 95 \\
    --processes 2 --out runs/roads-practice-again

The heads of foresight went on from run to run up to `practice`; by now each run begins them anew, which
takes some 100 steps. What comes last ships.
"""

from dataclasses import replace

from clonotate.training.train import Run
from recipes.anywhere import LOOKS as ALL_LOOKS
from recipes.anywhere import MOSTLY_OTHERS, anywhere, counting, onward
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


def elsewhere() -> Run:
    """On from that with the same episodes, three quarters of the lessons under other layouts.

    The first 550 steps were made at the rates of a run of 1,500.
    """
    last, run = "runs/roads-practice", practice()
    curriculum = replace(
        run.curriculum, layouts=MOSTLY_OTHERS, seed=1016, recorded=(f"{last}/practice-00.parquet",)
    )
    return replace(run, curriculum=curriculum, start=f"{last}/round-00", steps=1_300, seed=1016)


def practice_again() -> Run:
    """With 140 new episodes beside those of before; the first 475 steps at the rates of a run of 800."""
    run = elsewhere()
    curriculum = replace(run.curriculum, layouts=ALL_LOOKS, seed=1017)
    return replace(run, curriculum=curriculum, start="runs/roads-elsewhere", steps=620, seed=1017)
