"""The specialist of cells learns screens on which the tool says more, in many small steps, on one core.

On from what shipped before, with 140 episodes that it practised on the new screens; three lessons a step,
most of them cut to 32 clicks in a row: as many frames as one whole lesson, of three worlds.

clonotate dagger specialists/cell-lineage-tracking --recipe tools:cells --rounds 1 --episodes 140 --seed 72 \\
    --processes 1 --out runs/tools-cells
"""

from dataclasses import replace

from clonotate.training.train import Run
from recipes.anywhere import counting
from recipes.further import further


def small(run: Run) -> Run:
    """The same run in many small steps."""
    run = replace(run, curriculum=replace(run.curriculum, excerpt=32), episodes_per_step=3)
    return replace(run, lr=6e-4, warmup=30, average=0.995, save_every=50)


def cells() -> Run:
    """Screens of version 4. The first 672 steps shipped; these saw proposals by way and area alone."""
    return small(further("cell-lineage-tracking", 1_300, 940))


def cells_anew() -> Run:
    """On from these, with `--seed 75`; they see proposals by look, and Divide and Gone count 2.5 times."""
    return small(counting(further("cell-lineage-tracking", 1_100, 980), "select", 2.5))
