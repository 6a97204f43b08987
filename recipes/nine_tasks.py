"""One policy for all nine families: demonstrations first, rounds of practice at the end.

The rule of the mixture: families take turns so that each gives about 200 clicks to learn in a cycle of 23
lessons (172 to 224 by the lengths in docs/tasks.md), the short ones more often. Half of the lessons are under
the eight named layouts that are not held out, half under layouts drawn anew for each.

clonotate train nine_tasks:nano --out runs/nine
clonotate dagger runs/nine --recipe nine_tasks:practice --out runs/nine-practice --rounds 3 --episodes 300
"""

from dataclasses import replace

from clonotate.screens.layout import KNOWN
from clonotate.tasks import NINE
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run

TURNS = {"colored-dot-tracking": 3, "multichannel-image-alignment": 4, "spectral-plume-finding": 4}
OTHERS = 2
TREMOR = 7.0  # px: as far from the middle as a policy's own clicks lie


COUNTS = {name: TURNS.get(name, OTHERS) for name in NINE}
ORDER = sorted(((k + 0.5) / count, name) for name, count in COUNTS.items() for k in range(count))
"""The families of a cycle, each spread evenly over it."""
TASKS = tuple((name, "standard") for _, name in ORDER)
CURRICULUM = Curriculum(TASKS, (*KNOWN, *len(KNOWN) * ("sampled@384x288",)), tremor=TREMOR)

SHORT = ("multichannel-image-alignment", "spectral-plume-finding")
LONG = (
    "animal-behavioral-tracking",
    "animal-limb-tracking",
    "road-network-construction",
    "cell-lineage-tracking",
)
PAIRS = (
    *((short, long) for long in LONG for short in SHORT),
    ("colored-dot-tracking", "exploration-classification-3d"),
    ("neuron-tracking", "exploration-classification-3d"),
)
"""A short and a long lesson together, so that two processes have about as much to do."""


def original() -> Run:
    """One layout alone, from the weights of two families: what two CPU cores reach in a few evenings.

    Its learning rate does not fall: stop it when it has learnt enough, and practise. At 2,025 steps it
    finished some of four families alone (LOG.md).

    clonotate train nine_tasks:original --out runs/nine-original
    """
    tasks = tuple((name, "standard") for pair in PAIRS for name in pair)
    return Run(
        Curriculum(tasks, tremor=TREMOR, seed=91),
        start="shipped",
        steps=20_000,
        decay_from=1.0,
        processes=2,
        save_every=100,
        seed=9,
    )


def further() -> Run:
    """On from `original`: fewer cells, more dots and spores, and what people choose counts four times.

    A spore's class is 7 clicks of 90. 24 is no multiple of the cycle of 5 steps, so the log is not always
    of the same two families.

    clonotate train nine_tasks:further --out runs/nine-further
    """
    pairs = (*PAIRS[:6], PAIRS[7], PAIRS[8], PAIRS[8], PAIRS[9])
    tasks = tuple((name, "standard") for pair in pairs for name in pair)
    curriculum = Curriculum(tasks, tremor=TREMOR, worth=(("select", 4.0),), seed=92)
    return replace(
        original(), curriculum=curriculum, start="runs/nine-original", average=0.996, seed=10, log_every=24
    )


def settle() -> Run:
    """On from `further`, cut short at step 133, with a rate that falls; cut short at 100 for `varied`.

    clonotate train nine_tasks:settle --out runs/nine-settle
    """
    run = further()
    curriculum = replace(run.curriculum, seed=93)
    return replace(
        run,
        curriculum=curriculum,
        start="runs/nine-further",
        steps=750,
        lr=7e-4,
        warmup=20,
        decay_from=0.0,
        average=0.99,
        seed=11,
    )


def varied() -> Run:
    """On from `settle` with 2.7 times as many worlds a frame: four of five lessons are excerpts.

    The learning rate does not fall: stop it when it has learnt enough, and practise. At 281 steps: LOG.md.

    clonotate train nine_tasks:varied --out runs/nine-varied
    """
    tasks = tuple((name, "standard") for name in (*NINE, "colored-dot-tracking", LONG[0]))
    curriculum = Curriculum(tasks, tremor=TREMOR, excerpt=16, worth=(("select", 4.0),), seed=94)
    return replace(
        further(),
        curriculum=curriculum,
        start="runs/nine-settle",
        warmup=20,
        lr=5e-4,
        episodes_per_step=5,
        seed=12,
    )


HARD = ("spectral-plume-finding", "animal-limb-tracking", "exploration-classification-3d")
LOOKS = (*3 * len(KNOWN) * ("original",), *KNOWN, *len(KNOWN) * ("sampled@384x288",))
"""Five of eight lessons look as screens do by default: `original` is one of those known."""


def accelerated() -> Run:
    """On from `varied`, beside a GPU: ever new worlds from 16 cores, whole lessons, all layouts.

    It ran in two parts, of one minute (seed 95) and of seven (seed 96, from the first one's weights).

    clonotate train nine_tasks:accelerated --out runs/nine-accelerated --device cuda --max-minutes 8
    """
    tasks = tuple((name, "standard") for name in (*NINE, *HARD, "colored-dot-tracking"))
    return Run(
        Curriculum(tasks, LOOKS, tremor=TREMOR, worth=(("select", 4.0),), seed=95),
        start="runs/nine-varied",
        steps=20_000,
        episodes_per_step=len(tasks),
        warmup=30,
        decay_from=1.0,
        log_every=20,
        save_every=400,
        seed=13,
    )


def settled() -> Run:
    """On from `accelerated` in ever smaller steps, on two CPU cores; what ships as `nine`.

    clonotate train nine_tasks:settled --out runs/nine-settled
    """
    run = accelerated()
    more = ("spectral-plume-finding", *LONG[:2], "colored-dot-tracking")
    tasks = tuple((name, "standard") for name in (*NINE, *more))
    return replace(
        run,
        curriculum=replace(run.curriculum, tasks=tasks, excerpt=16, seed=98),
        start="runs/nine-accelerated",
        steps=220,
        episodes_per_step=5,
        processes=2,
        lr=5e-4,
        lr_end=1e-5,
        warmup=10,
        decay_from=0.0,
        average=0.98,
        log_every=7,
        save_every=40,
        seed=16,
    )


def practised() -> Run:
    """A round of practice for `nine`, mostly in the families that it places well in.

    It learns to undo what it has just placed wrong, and nothing from older mistakes: learning those too,
    it went on for ever looking for what it cannot see, in place of Done (LOG.md). It ran from the `nine` of
    revision 7ee7f1b, the weights of `settled`; the next one was the mean of that, this and `finished`.

    clonotate dagger nine --recipe nine_tasks:practised --rounds 1 --episodes 336 --out runs/nine-practised
    """
    run = settled()
    well = ("colored-dot-tracking", "spectral-plume-finding")
    more = (*2 * well, "neuron-tracking", "multichannel-image-alignment", "cell-lineage-tracking")
    tasks = tuple((name, "standard") for name in (*NINE, *more))
    curriculum = replace(run.curriculum, tasks=tasks, recorded_share=0.4, notice=1, seed=99)
    return replace(run, curriculum=curriculum, start="nine", steps=650, lr=6e-4, average=0.99, seed=17)


def longer() -> Run:
    """On from `practised`, demonstrations alone, more of the families that come near; its rate is constant.

    clonotate train nine_tasks:longer --out runs/nine-longer --max-minutes 45
    """
    run = practised()
    near = ("cell-lineage-tracking", "multichannel-image-alignment", "spectral-plume-finding")
    tasks = (*NINE, *LONG[:3], *2 * near, "neuron-tracking", *2 * ("colored-dot-tracking",))
    curriculum = replace(run.curriculum, tasks=tuple((name, "standard") for name in tasks), seed=100)
    start = "runs/nine-practised/round-00"
    run = replace(run, curriculum=curriculum, start=start, steps=20_000, seed=18)
    return replace(run, lr=8e-4, decay_from=1.0, log_every=20)


def finished() -> Run:
    """On from `longer` in ever smaller steps, two fifths of them in practice of the families that come near.

    FIVE=colored-dot-tracking,neuron-tracking,cell-lineage-tracking,multichannel-image-alignment
    FIVE=$FIVE,spectral-plume-finding
    clonotate dagger runs/nine-longer --recipe nine_tasks:finished --tasks $FIVE --rounds 1 --episodes 350 \\
        --out runs/nine-finished
    """
    run = longer()
    curriculum = replace(run.curriculum, seed=101)
    return replace(run, curriculum=curriculum, start="runs/nine-longer", steps=900, decay_from=0.1, seed=19)


def onward() -> Run:
    """On from `nine`, demonstrations alone, most of the families that fail most; its rate is constant.

    clonotate train nine_tasks:onward --out runs/nine-onward --max-minutes 16
    """
    run = longer()
    tasks = (*NINE, *2 * LONG, *3 * SHORT[:1], *2 * SHORT[1:], "colored-dot-tracking")
    curriculum = replace(run.curriculum, tasks=tuple((name, "standard") for name in tasks), seed=102)
    return replace(run, curriculum=curriculum, start="nine", seed=20)


def advised() -> Run:
    """On from `onward`: people are hasty and cautious, and what is learnt is one expert's advice.

    clonotate train nine_tasks:advised --out runs/nine-advised --max-minutes 5
    """
    run = onward()
    curriculum = replace(run.curriculum, adviser=0.5, seed=103)
    return replace(run, curriculum=curriculum, start="runs/nine-onward", seed=21)


def sided() -> Run:
    """On from `advised`, a quarter of the lessons limbs, half of these in animals that all walk one way.

    Which foot is a left one is told by the heading and by what lies behind what, and neither is of use
    without the other: one is learnt first (LOG.md).

    It ran its first six minutes before hidden points were a choice, which counts four times.

    clonotate train nine_tasks:sided --out runs/nine-sided --max-minutes 29
    """
    run = advised()
    near = ("cell-lineage-tracking", "multichannel-image-alignment", "spectral-plume-finding")
    tasks = (*NINE, *2 * near, near[1], *2 * LONG[1:2], *3 * LONG[:1])
    sided = 3 * (("animal-limb-tracking", "rightward"),)
    curriculum = replace(run.curriculum, tasks=(*((name, "standard") for name in tasks), *sided), seed=104)
    return replace(run, curriculum=curriculum, start="runs/nine-advised", seed=22)


def rounded() -> Run:
    """On from `sided`: more roads, whose lines are joined where they meet; choices count twice now.

    clonotate train nine_tasks:rounded --out runs/nine-rounded --max-minutes 25
    """
    run = sided()
    near = ("cell-lineage-tracking", "multichannel-image-alignment", "spectral-plume-finding")
    tasks = (*NINE, *2 * near, *2 * LONG[:2], *3 * LONG[2:3])
    one_way = (("animal-limb-tracking", "rightward"),)
    plain = tuple((name, "standard") for name in tasks)
    curriculum = replace(run.curriculum, tasks=(*plain, *one_way), worth=(("select", 2.0),), seed=106)
    return replace(run, curriculum=curriculum, start="runs/nine-sided", seed=24)


def completed() -> Run:
    """On from `rounded` in ever smaller steps, two fifths of them in practice of the families that come near.

    FIVE as for `finished`:
    clonotate dagger runs/nine-rounded --recipe nine_tasks:completed --tasks $FIVE --rounds 1 \\
        --episodes 350 --out runs/nine-completed
    """
    run = rounded()
    curriculum = replace(run.curriculum, seed=105)
    return replace(run, curriculum=curriculum, start="runs/nine-rounded", steps=900, decay_from=0.1, seed=23)


def evened() -> Run:
    """On from the mean of `completed` and the `nine` before it: nine families alike, in ever smaller steps.

    It ran from the `nine` of revision 8ab5707 in that mean, which is not today's.

    clonotate average runs/nine-completed/round-00 nine --out runs/nine-mean
    clonotate train nine_tasks:evened --out runs/nine-evened
    """
    run = completed()
    more = (*2 * (NINE[0], NINE[1]), "exploration-classification-3d", *LONG)
    curriculum = replace(
        run.curriculum,
        tasks=tuple((name, "standard") for name in (*NINE, *more, *LONG[:2], *SHORT)),
        recorded=("runs/nine-completed/practice-00.parquet",),
        recorded_share=0.3,
        seed=107,
    )
    start = "runs/nine-mean"
    return replace(
        run, curriculum=curriculum, start=start, steps=380, lr=4e-4, warmup=10, decay_from=0.0, seed=25
    )


def repainted() -> Run:
    """On from `evened`, two of five lessons in colours that no theme has: so that new tools are read too.

    It ran from the `nine` of revision 069db5d, the weights of `evened`; today's `nine` is the mean of both.

    clonotate train nine_tasks:repainted --out runs/nine-repainted
    clonotate average nine runs/nine-repainted --out runs/nine-painted-mean
    """
    run = evened()
    drawn = *6 * ("sampled@384x288",), *12 * ("painted@384x288",)
    curriculum = replace(
        run.curriculum, layouts=(*7 * ("original",), *KNOWN, *drawn), recorded_share=0.2, seed=109
    )
    run = replace(run, curriculum=curriculum, start="nine", steps=1_100, episodes_per_step=12, processes=1)
    return replace(run, lr=8e-4, decay_from=0.4, seed=26)


def nano() -> Run:
    """2.7M parameters, in two processes of one CPU core each: about 7 hours.

    Estimated: 7.5M frames at the 300 a second of the first steps on two idle cores.

    Expected: not yet measured.
    """
    return Run(CURRICULUM, "nano", steps=24_000, processes=2, save_every=100)


def small() -> Run:
    """13.9M parameters, on one GPU beside 16 cores: 25 minutes, if it does 1,700 frames a second.

    That is a wish; `accelerated`, a fifth of its size, did 5,500 on an H100.

    clonotate train nine_tasks:small --out runs/small --device cuda --workers 16 --max-minutes 9, three times.
    Expected: not yet measured.
    """
    return Run(
        CURRICULUM, "small", steps=2_000, episodes_per_step=16, warmup=50, log_every=10, save_every=100
    )


def base() -> Run:
    """30.9M parameters, on four GPUs beside 16 cores each: 6 hours, if each does 1,200 frames a second.

    That is a wish: no GPU was at hand.

    clonotate train nine_tasks:base --out runs/base --device cuda --workers 16. Expected: not yet measured.
    """
    return replace(small(), preset="base", steps=20_000, lr=5e-4, warmup=500, processes=4, save_every=250)


def practice() -> Run:
    """A round of DAgger after `nano`: two fifths of the lessons are its own episodes with advice.

    About 15 minutes a round besides practising, estimated as for `nano`. Expected: not yet measured.
    """
    curriculum = replace(CURRICULUM, recorded_share=0.4, seed=1)
    return replace(nano(), curriculum=curriculum, steps=900, warmup=30, decay_from=0.3, average=0.99)


def small_practice() -> Run:
    """A round of DAgger after `small`, on one GPU: 3 minutes besides practising, at the same wish.

    Needs pyarrow. Expected: not yet measured.
    """
    run = practice()
    return replace(small(), curriculum=run.curriculum, steps=250, warmup=30, decay_from=0.3, average=0.99)
