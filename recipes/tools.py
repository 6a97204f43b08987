"""Specialists learn screens on which a tool says more, in many small steps, on one core each.

On from what shipped before, with 140 episodes practised on the new screens; three lessons a step, most of
them cut to 32 clicks: as many frames as one whole lesson, of three worlds.

clonotate dagger specialists/cell-lineage-tracking --recipe tools:cells --rounds 1 --episodes 140 --seed 72 \\
    --processes 1 --out runs/tools-cells
"""

from dataclasses import replace

from clonotate.training.train import Run
from recipes.anywhere import LOOKS, MOSTLY_OTHERS, counting
from recipes.further import further


def small(run: Run) -> Run:
    """The same run in many small steps."""
    run = replace(run, curriculum=replace(run.curriculum, excerpt=32), episodes_per_step=3)
    return replace(run, lr=6e-4, warmup=30, average=0.995, save_every=50)


def cells() -> Run:
    """Screens of version 4. The first 672 steps shipped; these saw proposals by way and area alone."""
    return small(further("cell-lineage-tracking", 1_300, 940))


def cells_anew() -> Run:
    """On from these (revision 23ecd20), `--seed 75`, proposals by look; Divide and Gone count 2.5 times."""
    return small(counting(further("cell-lineage-tracking", 1_100, 980), "select", 2.5))


def cells_divided() -> Run:
    """On from that (revision 816445b), `--seed 96`, screens of version 5; 46 % under the original layout.

    The first steps, 25 at the most, were made at the rates of a run of 1,000.
    """
    run = small(counting(further("cell-lineage-tracking", 700, 1020), "select", 2.5))
    return replace(run, curriculum=replace(run.curriculum, layouts=LOOKS))


def cells_divided_again() -> Run:
    """`dagger runs/tools-cells-divided/round-00`, `--episodes 120 --seed 98`; the mean of both shipped."""
    run, last = small(further("cell-lineage-tracking", 650, 1022)), "runs/tools-cells-divided"
    curriculum = replace(run.curriculum, layouts=LOOKS, recorded=(f"{last}/practice-00.parquet",))
    return replace(run, curriculum=curriculum, start=f"{last}/round-00")


def cells_rounded() -> Run:
    """On from that mean (revision 560f444), `--episodes 110 --seed 109`, screens of version 6."""
    run = small(counting(further("cell-lineage-tracking", 1_000, 1060), "select", 1.5))
    return replace(run, curriculum=replace(run.curriculum, layouts=LOOKS))


def cells_rounded_again() -> Run:
    """`dagger runs/tools-cells-rounded/round-00`, `--episodes 110 --seed 112`; the mean of both ships."""
    run, last = (
        small(counting(further("cell-lineage-tracking", 1_300, 1100), "select", 1.5)),
        "runs/tools-cells-rounded",
    )
    curriculum = replace(run.curriculum, layouts=LOOKS, recorded=(f"{last}/practice-00.parquet",))
    return replace(run, curriculum=curriculum, start=f"{last}/round-00", lr=8e-4)


def behaviour() -> Run:
    """From revision 23ecd20, `--seed 76`, cut short at 680 steps; no front of slender ones was followed."""
    return small(further("animal-behavioral-tracking", 1_600, 990))


def behaviour_again() -> Run:
    """On from that, with its own practice, `--seed 78`; the first 550 at the rates of a run of 1,050."""
    return replace(
        small(further("animal-behavioral-tracking", 820, 991)), start="runs/tools-behaviour/round-00"
    )


def behaviour_more() -> Run:
    """`clonotate train`: on from that with the same episodes, on the screens of version 3."""
    run, last = small(further("animal-behavioral-tracking", 380, 992)), "runs/tools-behaviour-again"
    curriculum = replace(run.curriculum, recorded=(f"{last}/practice-00.parquet",))
    return replace(run, curriculum=curriculum, start=f"{last}/round-00", lr=3e-4, warmup=10)


def behaviour_followed() -> Run:
    """From revision fbdc5ac, `--seed 83`, on the screens of version 4.

    While it practised, and in the first hundred steps, the tool began once one animal was marked.
    """
    return small(further("animal-behavioral-tracking", 1_200, 1003))


def behaviour_elsewhere() -> Run:
    """`clonotate train`: on from that with the same episodes, three quarters under other layouts.

    The first 300 steps were made at the rates of a run of 600.
    """
    run, last = small(further("animal-behavioral-tracking", 900, 1006)), "runs/tools-behaviour-followed"
    curriculum = replace(run.curriculum, layouts=MOSTLY_OTHERS, recorded=(f"{last}/practice-00.parquet",))
    return replace(run, curriculum=curriculum, start=f"{last}/round-00", lr=4e-4, warmup=10)


def behaviour_told() -> Run:
    """On from that (revision 816445b), `--seed 97`, screens of version 5; 46 % under the original layout.

    Its mean with what shipped before ships. The first steps, 25 at the most, at the rates of a run of 1,000.
    """
    run = small(further("animal-behavioral-tracking", 750, 1021))
    return replace(run, curriculum=replace(run.curriculum, layouts=LOOKS))
