"""Plumes anew: signs of the gas on the canvas, a matched filter's outline, an expert who walks every band.

On from what shipped at revision 5ec9407, on one core each. Up to `long`, nothing was outlined on the screens:

clonotate dagger specialists/spectral-plume-finding --recipe plumes:plain --rounds 1 --episodes 50 \\
    --seed 105 --processes 1 --out runs/plumes-plain
clonotate dagger runs/plumes-plain/round-00 --recipe plumes:on --rounds 1 --episodes 60 --seed 106 \\
    --processes 1 --out runs/plumes-on
clonotate dagger runs/plumes-on/round-00 --recipe plumes:long --rounds 1 --episodes 140 --seed 107 \\
    --processes 1 --out runs/plumes-long
clonotate dagger runs/plumes-on/round-00 --recipe plumes:long_too --rounds 1 --episodes 140 --seed 108 \\
    --processes 1 --out runs/plumes-long-too
clonotate average runs/plumes-long/round-00 runs/plumes-long-too/round-00 --out runs/plumes-mean

clonotate train plumes:traced --out runs/plumes-traced
clonotate dagger runs/plumes-traced --recipe plumes:practised --rounds 1 --episodes 90 --seed 111 \\
    --processes 1 --out runs/plumes-practised

Up to here the expert (of revision 7b3001b) outlined in the strongest line, went there five bands at a time,
and looked again at the next strongest. Then, with the expert of today:

clonotate dagger runs/plumes-practised/round-00 --recipe plumes:stepped --rounds 1 --episodes 110 \\
    --seed 114 --processes 1 --out runs/plumes-stepped
clonotate dagger runs/plumes-practised/round-00 --recipe plumes:stepped_too --rounds 1 --episodes 110 \\
    --seed 115 --processes 1 --out runs/plumes-stepped-too
clonotate average runs/plumes-stepped/round-00 runs/plumes-stepped-too/round-00 --out runs/plumes-last

That mean ships.
"""

from dataclasses import replace

from clonotate.training.train import Run
from recipes.anywhere import LOOKS, MOSTLY_OTHERS
from recipes.further import further
from recipes.tools import small


def lessons(steps: int, seed: int, layouts: tuple[str, ...], *before: str, share: float = 0.3) -> Run:
    """Practice in ever smaller steps, beside the practice of these runs before."""
    run = small(further("spectral-plume-finding", steps, seed))
    recorded = tuple(f"runs/plumes-{one}/practice-00.parquet" for one in before)
    curriculum = replace(run.curriculum, layouts=layouts, recorded=recorded, recorded_share=share)
    return replace(run, curriculum=curriculum)


def plain() -> Run:
    """Mostly under other layouts."""
    return lessons(500, 1043, MOSTLY_OTHERS)


def on() -> Run:
    """46 % under the original layout, as all that follow but the last."""
    return lessons(520, 1044, LOOKS, "plain")


def long() -> Run:
    """Long, at a higher rate."""
    return replace(lessons(2_400, 1045, LOOKS, "plain", "on"), lr=8e-4)


def long_too() -> Run:
    """The same with other lessons."""
    return replace(lessons(2_400, 1046, LOOKS, "plain", "on"), lr=8e-4)


def traced() -> Run:
    """On from the mean of both, with the outline of what a matched filter finds."""
    run = lessons(900, 1080, LOOKS, "plain", "on", "long", "long-too")
    return replace(run, start="runs/plumes-mean", lr=8e-4)


def practised() -> Run:
    """On from that, with practice of its own on these screens."""
    run = lessons(1_500, 1090, LOOKS, "plain", "on", "long", "long-too", share=0.4)
    return replace(run, lr=8e-4)


def stepped() -> Run:
    """With an expert who never goes more than a band at a time."""
    return replace(lessons(720, 1120, LOOKS), lr=8e-4)


def stepped_too() -> Run:
    """The same, mostly under other layouts."""
    return replace(lessons(720, 1121, MOSTLY_OTHERS), lr=8e-4)
