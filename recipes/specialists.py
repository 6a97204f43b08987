"""Specialists: one family alone each, for `specialists`, the policy that calls the right one of them.

Each goes on from `nine` (limbs from nothing) at a constant rate on whole lessons under the original layout,
one core each, and then practises in ever smaller steps. For a family, here of cells:

clonotate train specialists:cells --out runs/cells --max-minutes 25
clonotate dagger runs/cells --recipe specialists:cells_practice --rounds 1 --episodes 80 --processes 1 \\
    --out runs/cells-practice

Of alignment and plumes the mean of both ends ships, of behaviour a longer row of means (`behaviour_again`).
Cells, limbs and roads had a second round: on in excerpts (`longer`; not cells), and more practice (`again`).

clonotate average runs/plumes runs/plumes-practice/round-00 --out runs/plumes-mean
clonotate gather shipped runs/cells-again/round-00 runs/plumes-mean ... --out runs/specialists
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


def longer(run: Run, start: str, seed: int) -> Run:
    """On from practice at the constant rate, four of five lessons cut to sixteen clicks in a row."""
    curriculum = replace(run.curriculum, recorded_share=0.5, notice=0, excerpt=16, seed=seed)
    run = replace(run, curriculum=curriculum, start=start, steps=20_000, lr=1e-3, decay_from=1.0)
    return replace(run, episodes_per_step=8, warmup=20, seed=seed)


def again(run: Run, start: str, steps: int, *recorded: str) -> Run:
    """Practice once more, in whole lessons, on new episodes and on those of before.

    clonotate dagger runs/limbs-longer --recipe specialists:limbs_again --rounds 1 --episodes 160 --seed 1 \\
        --processes 1 --out runs/limbs-again
    """
    curriculum = replace(run.curriculum, excerpt=0, recorded=recorded)
    return practice(replace(run, curriculum=curriculum, episodes_per_step=2), start, steps)


def limbs() -> Run:
    """From nothing, each person's own clicks, for 55 minutes."""
    run = alone("animal-limb-tracking", "", 0)
    return replace(run, curriculum=replace(run.curriculum, adviser=None), warmup=100, average=0.998)


def behaviour() -> Run:
    """On from `nine`, each person's own clicks, for 33 minutes."""
    run = alone("animal-behavioral-tracking", "nine", 0)
    return replace(run, curriculum=replace(run.curriculum, adviser=None))


def roads() -> Run:
    """On from `nine`, one expert's advice, for 25 minutes."""
    return alone("road-network-construction", "nine", 120)


def cells() -> Run:
    """On from `nine`, one expert's advice, for 25 minutes."""
    return alone("cell-lineage-tracking", "nine", 122)


def plumes() -> Run:
    """On from `nine`, one expert's advice, for 14 minutes."""
    return alone("spectral-plume-finding", "nine", 124)


def alignment() -> Run:
    """On from `nine`, one expert's advice, for 12 minutes."""
    return alone("multichannel-image-alignment", "nine", 126)


def limbs_practice() -> Run:
    """On from `limbs`; to tell a point as hidden, four of 65, counts four times."""
    run = practice(limbs(), "runs/limbs", 1_600)
    return replace(run, curriculum=replace(run.curriculum, worth=(("select", 4.0),)))


def behaviour_practice() -> Run:
    """On from `behaviour`."""
    return practice(behaviour(), "runs/behaviour", 1_000)


def roads_practice() -> Run:
    """On from `roads`, with 90 episodes: these had never been practised."""
    return practice(roads(), "runs/roads", 600)


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
    """On from the mean of `behaviour` and its practice; 30 % of the lessons are that practice again.

    clonotate average runs/behaviour runs/behaviour-practice/round-00 --out runs/behaviour-mean
    clonotate train specialists:behaviour_again --out runs/behaviour-again
    clonotate average runs/behaviour-mean runs/behaviour-again --out runs/behaviour-soup
    """
    run = behaviour_practice()
    recorded = ("runs/behaviour-practice/practice-00.parquet",)
    curriculum = replace(run.curriculum, recorded=recorded, recorded_share=0.3, seed=101)
    return replace(run, curriculum=curriculum, start="runs/behaviour-mean", steps=850, lr=5e-4)


def roads_longer() -> Run:
    """On from the practised roads in excerpts, for more worlds a frame: 45 minutes."""
    return longer(roads_practice(), "runs/roads-practice/round-00", 130)


def limbs_longer() -> Run:
    """On from the practised limbs in excerpts, hidden points four times: 35 minutes."""
    return longer(limbs_practice(), "runs/limbs-practice/round-00", 132)


def limbs_again() -> Run:
    """On from `limbs_longer`."""
    return again(limbs_longer(), "runs/limbs-longer", 1_300, "runs/limbs-practice/practice-00.parquet")


def roads_again() -> Run:
    """On from `roads_longer`."""
    return again(roads_longer(), "runs/roads-longer", 1_000, "runs/roads-practice/practice-00.parquet")


def cells_again() -> Run:
    """On from their practice."""
    last = "runs/cells-practice/"
    return again(cells_practice(), f"{last}round-00", 650, f"{last}practice-00.parquet")
