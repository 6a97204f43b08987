"""Specialists under any layout, all at once beside one GPU: who renders is 16 cores, not the GPU.

From the specialists of revision 069db5d, demonstrations under the original layout (half), the named ones, and
others in colours of their own; then practice, two fifths of the lessons, in ever smaller steps:

for one in cells alignment limbs behaviour plumes roads; do
    clonotate train anywhere:$one --out runs/any-$one --device cuda --workers 2 --max-minutes 5.2 &
done; wait
clonotate dagger runs/any-limbs --recipe anywhere:limbs_practice --rounds 1 --episodes 320 --seed 3 \\
    --out runs/any-limbs-practice

Three went on practising, on one core each:

clonotate dagger runs/any-limbs-practice/round-00 --recipe anywhere:limbs_again --rounds 1 --episodes 160 \\
    --seed 4 --processes 1 --out runs/any-limbs-again
"""

from dataclasses import replace

from clonotate.records import Kind
from clonotate.screens.layout import KNOWN
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run

LOOKS = (*12 * ("original",), *KNOWN, *2 * ("sampled@384x288",), *6 * ("painted@384x288",))
OTHERS = (*KNOWN[1:], *6 * ("sampled@384x288",), *7 * ("painted@384x288",))
"""All but the original layout, under which dots and spores have other networks."""
MOSTLY_OTHERS = (*6 * ("original",), *OTHERS)


def anywhere(seed: int, *tasks: str) -> Run:
    """On from what ships for these families, at a constant rate; stop it when it has learnt enough."""
    curriculum = Curriculum(tuple((name, "standard") for name in tasks), LOOKS, adviser=0.5, seed=seed)
    return Run(
        curriculum,
        start=f"specialists/{'+'.join(tasks)}",
        steps=20_000,
        episodes_per_step=6,
        warmup=30,
        decay_from=1.0,
        average=0.99,
        log_every=20,
        save_every=100,
        seed=seed,
    )


def elsewhere(run: Run, layouts: tuple[str, ...] = OTHERS) -> Run:
    """The same run under these layouts, with as many lessons a step as one core does well."""
    return replace(run, curriculum=replace(run.curriculum, layouts=layouts), episodes_per_step=4)


def onward(run: Run, start: str, seed: int) -> Run:
    """The same run, on from other weights and with other lessons."""
    return replace(run, curriculum=replace(run.curriculum, seed=seed), start=start, seed=seed)


def settled(run: Run, start: str, seed: int, steps: int) -> Run:
    """On from such a run in ever smaller steps, demonstrations alone."""
    return replace(onward(run, start, seed), steps=steps, decay_from=0.0, lr_end=1e-5)


def counting(run: Run, kind: Kind, times: float) -> Run:
    """The same run, in which a kind of click counts so many times."""
    return replace(run, curriculum=replace(run.curriculum, worth=((kind, times),)))


def cells() -> Run:
    """On from the cells that ship."""
    return anywhere(142, "cell-lineage-tracking")


def alignment() -> Run:
    """On from the alignment that ships."""
    return anywhere(144, "multichannel-image-alignment")


def limbs() -> Run:
    """On from the limbs that ship; to tell a point as hidden, four of 65, counts twice."""
    return counting(anywhere(146, "animal-limb-tracking"), "select", 2.0)


def behaviour() -> Run:
    """On from the behaviour that ships."""
    return anywhere(148, "animal-behavioral-tracking")


def plumes() -> Run:
    """On from the plumes that ship."""
    return anywhere(150, "spectral-plume-finding")


def roads() -> Run:
    """On from the roads that ship; Done counts a third.

    What is left to draw may begin in several places, and Done is one: the likeliest is not what is due.
    """
    return counting(anywhere(152, "road-network-construction"), "done", 0.3)


def practice(run: Run, steps: int) -> Run:
    """On from such a run in ever smaller steps, two fifths of the lessons its own episodes with advice."""
    curriculum = replace(run.curriculum, recorded_share=0.4, notice=1, seed=run.curriculum.seed + 1)
    return replace(run, curriculum=curriculum, steps=steps, lr=6e-4, lr_end=1e-5, decay_from=0.0)


def cells_practice() -> Run:
    """After `cells`, with 320 episodes."""
    return practice(cells(), 600)


def alignment_practice() -> Run:
    """After `alignment`, with 160 episodes."""
    return practice(alignment(), 540)


def limbs_practice() -> Run:
    """After `limbs`, with 320 episodes."""
    return practice(limbs(), 700)


def behaviour_practice() -> Run:
    """After `behaviour`, with 320 episodes."""
    return practice(behaviour(), 620)


def plumes_practice() -> Run:
    """After `plumes`, with 200 episodes."""
    return practice(plumes(), 480)


def roads_practice() -> Run:
    """After `roads`, with 300 episodes."""
    return practice(roads(), 470)


def again(run: Run, start: str, steps: int) -> Run:
    """Practice once more, on new episodes and on those of before."""
    curriculum = replace(
        run.curriculum, recorded=(f"{start}/practice-00.parquet",), seed=run.curriculum.seed + 40
    )
    run = replace(run, curriculum=curriculum, start=f"{start}/round-00", steps=steps)
    return replace(run, episodes_per_step=4, warmup=10, log_every=25, seed=run.seed + 40)


def limbs_again() -> Run:
    """After `limbs_practice`, with 160 episodes, forty minutes; a hidden point counts five times.

    One told as visible costs the episode, one in twenty visible ones may be missed.
    """
    return counting(again(limbs_practice(), "runs/any-limbs-practice", 1_200), "select", 5.0)


def behaviour_again() -> Run:
    """After `behaviour_practice`, with 90 episodes, some twenty minutes."""
    return again(behaviour_practice(), "runs/any-behaviour-practice", 600)


def roads_again() -> Run:
    """After `roads_practice`, with 150 episodes, some 45 minutes."""
    return again(roads_practice(), "runs/any-roads-practice", 1_400)


def dots_and_spores() -> Run:
    """On from `nine`, two dots to a spore, on one core for 45 minutes.

    It ships for dots: in spores it ended below `nine`.
    """
    run = anywhere(500, *2 * ("colored-dot-tracking",), "exploration-classification-3d")
    return replace(elsewhere(run), start="nine")


def dots_and_spores_practice() -> Run:
    """After `dots_and_spores`, with 160 episodes, `--seed 5`, as long again."""
    return practice(dots_and_spores(), 680)


def spores() -> Run:
    """On from `nine`, on one core for 25 minutes; then `spores_settled`."""
    return replace(elsewhere(anywhere(602, "exploration-classification-3d")), start="nine")


def spores_settled() -> Run:
    """After `spores` in ever smaller steps, demonstrations alone: with practice, spores had come out worse.

    clonotate train anywhere:spores_settled --out runs/spores-settled --max-minutes 50
    """
    return replace(settled(spores(), "runs/spores", 603, 750), episodes_per_step=3)


def plumes_elsewhere() -> Run:
    """On from the plumes that shipped, a quarter under the original layout, on one core for 28 minutes."""
    return elsewhere(anywhere(600, "spectral-plume-finding"), MOSTLY_OTHERS)


def plumes_longer() -> Run:
    """After `plumes_elsewhere`, with half as many lessons a step, for 32 minutes."""
    return replace(onward(plumes_elsewhere(), "runs/plumes-elsewhere", 601), episodes_per_step=2)


def plumes_longer_practice() -> Run:
    """After `plumes_longer`, with 120 episodes, `--seed 7`; its mean with what shipped before was shipped."""
    return practice(plumes_longer(), 900)


def plumes_more() -> Run:
    """On from that mean, on one core for 28 minutes; then `plumes_settled`."""
    return onward(plumes_longer(), "specialists/spectral-plume-finding", 604)


def plumes_settled() -> Run:
    """After `plumes_more`, in ever smaller steps; the mean with what shipped before ships.

    clonotate train anywhere:plumes_settled --out runs/plumes-settled
    """
    return settled(plumes_more(), "runs/plumes-more", 605, 800)


def limbs_elsewhere() -> Run:
    """On from the limbs that shipped, a quarter under the original layout, on one core for 30 minutes."""
    run = elsewhere(anywhere(606, "animal-limb-tracking"), MOSTLY_OTHERS)
    return counting(replace(run, episodes_per_step=3), "select", 5.0)


def limbs_settled() -> Run:
    """After `limbs_elsewhere`, every other lesson of the hard level; the mean with what shipped before ships.

    clonotate train anywhere:limbs_settled --out runs/limbs-settled
    """
    run = settled(limbs_elsewhere(), "runs/limbs-elsewhere", 607, 850)
    tasks = tuple((name, level) for name, _ in run.curriculum.tasks for level in ("standard", "hard"))
    return replace(run, curriculum=replace(run.curriculum, tasks=tasks))
