"""What do larger networks and more demonstrations buy, in loss and in whole episodes?

Published: ten times the parameters need three times fewer samples to the same loss (25M to 320M); at equal
loss the smaller models decide slightly better.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from clonotate.evaluation.contenders import contender
from clonotate.evaluation.intervals import Interval
from clonotate.models.checkpoint import read_page
from clonotate.records import Kind
from clonotate.studies.figures import INK, blank
from clonotate.studies.powers import fit, fits, spread
from clonotate.studies.pupils import TREMOR, grouped, judged, place, recorded, trained
from clonotate.studies.rates import FEWEST, Rate, above, less, ratio, share
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, markdown, number, select
from clonotate.tasks import NINE
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIXES = {"dots": ("colored-dot-tracking",), "nine": NINE}
DECISIONS: tuple[Kind, ...] = ("undo", "done", "verify")
PUBLISHED = log(3) / log(10)
"""The exponent of samples against parameters: ten times these, three times fewer of those."""


@dataclass(frozen=True)
class Job:
    """One training from nothing."""

    mix: str  # a name of MIXES
    level: str
    preset: str
    data: int  # demonstrations of each task to learn from; 0 for new ones without end
    steps: int  # of two lessons each
    every: int  # steps between looks
    tested: int  # worlds of each task a look
    seed: int


def jobs(scale: Scale) -> list[Job]:
    """Sizes with data without end, and one size with little."""
    if scale == "laptop":
        sizes = [("dots", "easy", preset, 0, 240, 60, 8) for preset in ("pico", "nano")]
        sizes += [("dots", "easy", "pico", data, 240, 240, 8) for data in (8, 32)]
        return [Job(*size, seed) for size in sizes for seed in range(3)]
    presets = ("pico", "nano", "small") if scale == "workstation" else ("nano", "small", "base")
    steps, tested = (6_000, 40) if scale == "workstation" else (40_000, 100)
    grid = [
        (mix, "standard", preset, data, longer, longer // 12, tested if mix == "dots" else tested // 4)
        for mix, longer in (("dots", steps), ("nine", 5 * steps))
        for preset in presets
        for data in (100, 1_000, 10_000, 0)
    ]
    return [Job(*size, seed) for size in grid for seed in range(3)]


def measure(bench: Bench, job: Job) -> list[Row]:
    """A row a world at every look: what its clicks cost, decisions that were right, and how it went alone."""
    folder = place(bench, "scaling", *vars(job).values())
    trained(run_of(job, folder), folder)
    return [row for look in sorted((folder / "snapshots").iterdir()) for row in looked_at(look, job)]


def run_of(job: Job, folder: Path) -> Run:
    """The training of a job."""
    tasks = MIXES[job.mix]
    files = tuple(
        recorded(folder / f"{task}.parquet", task, job.level, job.data, job.seed)
        for task in (tasks if job.data else ())
    )
    return Run(
        Curriculum(
            tuple((task, job.level) for task in tasks),
            recorded=files,
            recorded_share=1.0,
            tremor=TREMOR,
            seed=1_400 + job.seed,
        ),
        job.preset,
        steps=job.steps,
        average=0.98,
        save_every=job.every,
        snapshot_every=job.every,
        seed=job.seed,
    )


def looked_at(snapshot: Path, job: Job) -> list[Row]:
    """One look at one policy, on every task of its mix."""
    network = contender(str(snapshot)).network()
    about: Row = {
        "parameters": sum(weight.numel() for weight in network.parameters()),
        "frames": round(read_page(snapshot)["metrics"]["frames"]),
    }
    return [
        {**about, "task": task, **row}
        for task in MIXES[job.mix]
        for row in judged(snapshot, task, job.level, job.tested, DECISIONS)
    ]


class Look(NamedTuple):
    """One policy at one time."""

    preset: str
    parameters: int
    seed: int
    frames: int
    loss: float  # nats a click
    rows: list[Row]


def looks(rows: Sequence[Row]) -> list[Look]:
    """Every look at every policy, in the order of their frames."""
    found = []
    for here in grouped(rows, "preset", "seed", "frames"):
        parameters, seed, frames = (int(number(here[0], name)) for name in ("parameters", "seed", "frames"))
        loss = ratio(here, "nats", "shown").value
        found.append(Look(str(here[0]["preset"]), parameters, seed, frames, loss, here))
    return sorted(found, key=lambda look: look.frames)


def trainings(rows: Sequence[Row], data: int = 0) -> list[list[Look]]:
    """The looks of every training on so much data."""
    here = select(rows, data=data)
    return [looks(one) for one in grouped(here, "preset", "seed")]


def mixes(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of one mix, level and length."""
    return grouped(rows, "mix", "level", "steps")


def common(policies: Sequence[Sequence[Look]]) -> float:
    """The least loss that all of them reach."""
    return max(min(look.loss for look in one) for one in policies)


def frames_to(policy: Sequence[Look], loss: float) -> float:
    """The frames after which a policy first has that loss, between looks on a line in logarithms."""
    before: Look | None = None
    for look in policy:
        if look.loss <= loss:
            if before is None or before.loss == look.loss:
                return float(look.frames)
            part = log(before.loss / loss) / log(before.loss / look.loss)
            return exp(log(before.frames) + part * log(look.frames / before.frames))
        before = look
    return inf


def samples(rows: Sequence[Row]) -> tuple[list[int], list[float], float]:
    """For every training on data without end its parameters and its frames to a loss; and that loss."""
    policies = trainings(rows)
    if len({one[0].parameters for one in policies}) < 2:
        return [], [], float("nan")
    loss = common(policies)
    return [one[0].parameters for one in policies], [frames_to(one, loss) for one in policies], loss


def exponent(x: Sequence[float], y: Sequence[float]) -> Rate:
    """How fast y falls with x, as a power, by bootstrap over trainings."""
    if len(set(x)) < 2:
        return Rate(float("nan"), Interval(-inf, inf), 0)
    wide = len(x) < FEWEST  # drawn again from fewer, they are too much alike
    interval = Interval(-inf, inf) if wide else spread([law.exponent for law in fits(x, y)])
    return Rate(fit(x, y).exponent, interval, len(x))


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """The last look at every kind of training, and the power laws."""
    if not rows:
        return {}
    ends, laws = [], []
    for here in mixes(rows):
        for kind in grouped(here, "preset", "data"):
            last = [row for one in grouped(kind, "seed") for row in looks(one)[-1].rows]
            first = kind[0]
            ends.append(
                (
                    spoken(here),
                    str(first["preset"]),
                    f"{number(first, 'parameters') / 1e6:.2f}M",
                    f"{first['data']:,}" if first["data"] else "no end",
                    f"{max(number(row, 'frames') for row in last) / 1000:.0f}K",
                    ratio(last, "nats", "shown").plain(),
                    share(last, "success").percent(),
                )
            )
        laws += [
            (spoken(here), name, rate.plain(), str(rate.count)) for name, rate in exponents(here).items()
        ]
    return {
        "At the end of every training": markdown(
            ("training", "size", "parameters", "sessions", "frames", "nats a click (95 %)", "alone (95 %)"),
            ends,
        ),
        "Power laws": markdown(("training", "of", "exponent (95 %)", "trainings"), laws),
    }


def spoken(rows: Sequence[Row]) -> str:
    """What rows of one mix are of, for the eye."""
    return f"{rows[0]['mix']}, {rows[0]['level']}"


def exponents(rows: Sequence[Row]) -> dict[str, Rate]:
    """Frames to a loss against parameters, loss against frames, and last loss against sessions."""
    sizes, frames, loss = samples(rows)
    found = {f"frames to {loss:.2f} nats, against parameters": exponent(sizes, frames)} if sizes else {}
    for preset in dict.fromkeys(str(row["preset"]) for row in select(rows, data=0)):
        points = [look for one in trainings(select(rows, preset=preset)) for look in one]
        name = f"nats against frames, {preset}"
        found[name] = exponent([look.frames for look in points], [look.loss for look in points])
    for preset in dict.fromkeys(str(row["preset"]) for row in rows if row["data"]):
        little = grouped([row for row in select(rows, preset=preset) if row["data"]], "data", "seed")
        ends = [looks(one)[-1].loss for one in little]
        name = f"last nats against sessions, {preset}"
        found[name] = exponent([number(one[0], "data") for one in little], ends)
    return {name: rate for name, rate in found.items() if rate.count}


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """For every mix: loss and success against frames, by size; and frames to one loss against parameters."""
    return {str(here[0]["mix"]): drawn(here) for here in mixes(rows) if select(here, data=0)}


def drawn(rows: Sequence[Row]) -> "Figure":
    """One mix."""
    figure = blank(10.4, 3.4)
    costs, own, sizes = figure.subplots(1, 3)
    for i, preset in enumerate(dict.fromkeys(str(row["preset"]) for row in select(rows, data=0))):
        for k, one in enumerate(trainings(select(rows, preset=preset))):
            frames = [look.frames / 1000 for look in one]
            label = preset if k == 0 else None
            costs.plot(frames, [look.loss for look in one], "o-", color=INK[i], markersize=3, label=label)
            won = [100 * share(look.rows, "success").value for look in one]
            own.plot(frames, won, "o-", color=INK[i], markersize=3)
    parameters, needed, loss = samples(rows)
    sizes.plot(np.array(parameters) / 1e6, np.array(needed) / 1000, "o", color="black", markersize=4)
    if parameters:
        law = fit(parameters, needed)
        ends = np.array([min(parameters), max(parameters)])
        sizes.plot(ends / 1e6, np.array([law(end) for end in ends]) / 1000, color="black", linewidth=1)
    costs.set(xlabel="frames seen, thousands", ylabel="nats a click", xscale="log", yscale="log")
    own.set(xlabel="frames seen, thousands", ylabel="success alone, %", xscale="log", ylim=(-2, 102))
    sizes.set(xlabel="parameters, millions", xscale="log", yscale="log")
    sizes.set_ylabel(f"frames to {loss:.2f} nats, thousands" if parameters else "frames, thousands")
    costs.legend(frameon=False, fontsize=8)
    figure.suptitle(f"{spoken(rows)}, data without end", fontsize=10)
    for axes in (costs, own, sizes):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def findings(rows: Sequence[Row]) -> list[Finding]:
    """Fewer samples with more parameters; better decisions of smaller models at equal loss."""
    return [finding for here in mixes(rows) for finding in (*saved(here), *decided(here))]


def saved(rows: Sequence[Row]) -> list[Finding]:
    """Whether larger models need fewer frames."""
    sizes, frames, loss = samples(rows)
    rate = exponent(sizes, frames)
    if not rate.count:
        return []
    factors = [10**value for value in (rate.value, max(rate.interval.low, -9), min(rate.interval.high, 9))]
    known = rate.count >= FEWEST
    ours = f"{factors[0]:.1f} times fewer" + (f" ({factors[1]:.1f} to {factors[2]:.1f})" if known else "")
    return [
        Finding(
            f"{spoken(rows)}: larger networks need fewer frames to the same loss ({loss:.2f} nats)",
            "10 times the parameters, 3 times fewer",
            f"10 times the parameters, {ours}; {rate.count} trainings",
            above(rate, 0.0),
            f"Exponent {rate.plain()}, published {PUBLISHED:.2f}" if known else "Too few trainings",
        )
    ]


def decided(rows: Sequence[Row]) -> list[Finding]:
    """Whether the smallest decides better than the largest, where both first have the same loss."""
    policies = trainings(rows)
    sizes = sorted({one[0].parameters for one in policies})
    if len(sizes) < 2:
        return []
    loss = common(policies)
    small, large = (decisions(policies, size, loss) for size in (sizes[0], sizes[-1]))
    if not small.count or not large.count:
        return []
    return [
        Finding(
            f"{spoken(rows)}: at equal loss ({loss:.2f} nats) the smallest network decides better",
            "slightly better",
            f"Undo, Done and looks right: {small.percent()} against {large.percent()}",
            less(large, small),
        )
    ]


def decisions(policies: Sequence[Sequence[Look]], size: int, loss: float) -> Rate:
    """How often networks of a size decide right, at the first look at which they have the loss."""
    reached = [
        next(look for look in one if look.loss <= loss) for one in policies if one[0].parameters == size
    ]
    rows = [
        {
            "asked": sum(number(row, f"{kind}_asked") for kind in DECISIONS),
            "right": sum(number(row, f"{kind}_right") for kind in DECISIONS),
        }
        for look in reached
        for row in look.rows
    ]
    return ratio(rows, "right", "asked")


STUDY = Study("scaling", jobs, measure, figures, tables, findings)
