"""The specialist of cells learns screens on which the tool says more, in many small steps, on one core.

On from what shipped before, with 140 episodes that it practised on the new screens; three lessons a step,
most of them cut to 32 clicks in a row: as many frames as one whole lesson, of three worlds.

clonotate dagger specialists/cell-lineage-tracking --recipe tools:cells --rounds 1 --episodes 140 --seed 72 \\
    --processes 1 --out runs/tools-cells
"""

from dataclasses import replace

from clonotate.training.train import Run
from recipes.further import further


def cells() -> Run:
    """Screens of version 4. The first 672 steps ship; these saw proposals by way and area alone."""
    run = further("cell-lineage-tracking", 1_300, 940)
    curriculum = replace(run.curriculum, excerpt=32)
    run = replace(run, curriculum=curriculum, episodes_per_step=3)
    return replace(run, lr=6e-4, warmup=30, average=0.995, save_every=100)
