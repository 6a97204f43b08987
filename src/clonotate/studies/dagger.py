"""Does DAgger need an expert who undoes? Rounds of practice, with labels that say Undo and without.

Published: beta-DAgger left animal behavioral and limb tracking at 0 %; its oracle did not undo the model's
wrong placements. Here one cloned policy practises twice: beside an expert who repairs what the policy spoils,
and beside one who goes on as if nothing had gone wrong (`training.dagger.Oblivious`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clonotate.evaluation.closed_loop import attempts, closed_loop
from clonotate.evaluation.contenders import contender
from clonotate.evaluation.recovery import recovery
from clonotate.studies.figures import INK, blank
from clonotate.studies.pupils import GUARDS, TEST_SEED, TREMOR, place, rounds, trained
from clonotate.studies.rates import less, share_of
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, markdown, number, select
from clonotate.training.curriculum import Curriculum
from clonotate.training.dagger import Dagger, Practice
from clonotate.training.train import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNDOING, OBLIVIOUS = "undoes", "goes on"
PRACTICE = {UNDOING: Practice(beta=0.1), OBLIVIOUS: Practice(beta=0.1, astray=0, undo=False)}
"""The published chance that the expert acts; one who does not undo cannot lead anybody out of a mistake."""


@dataclass(frozen=True)
class Job:
    """One cloned policy, and both ways for it to practise."""

    task: str
    level: str
    preset: str
    cloning: int  # steps of two lessons each before the first round
    rounds: int
    practised: int  # episodes a round
    steps: int  # a round
    episodes: int  # worlds to be judged on
    seed: int


def jobs(scale: Scale) -> list[Job]:
    """A few seeds of every task of the scale."""
    sizes: dict[Scale, tuple[tuple[str, ...], tuple[str, str, int, int, int, int, int], int]] = {
        "laptop": (("colored-dot-tracking",), ("easy", "pico", 700, 2, 40, 200, 40), 3),
        "workstation": (HARD, ("standard", "nano", 8_000, 3, 200, 800, 100), 3),
        "full": (HARD, ("standard", "small", 30_000, 5, 500, 2_000, 100), 5),
    }
    tasks, size, seeds = sizes[scale]
    return [Job(task, *size, seed) for task in tasks for seed in range(seeds)]


HARD = ("animal-limb-tracking", "animal-behavioral-tracking", "colored-dot-tracking")
"""The two that the published system never finished, and one that it did."""


def measure(bench: Bench, job: Job) -> list[Row]:
    """One row after cloning, and one after every round of both kinds."""
    home = place(bench, "dagger", *vars(job).values())
    cloned = trained(cloning(job), home / "cloned")
    rows: list[Row] = [{"expert": name, "round": 0, **judged(cloned, job)} for name in PRACTICE]
    for name, practice in PRACTICE.items():
        plan = Dagger(
            str(cloned), practising(job), job.rounds, job.practised, practice=practice, seed=job.seed
        )
        for k, each in enumerate(rounds(plan, home / name.replace(" ", "-")), 1):
            rows.append({"expert": name, "round": k, **judged(each, job)})
    return rows


def cloning(job: Job) -> Run:
    """Demonstrations alone."""
    curriculum = Curriculum(((job.task, job.level),), tremor=TREMOR, seed=800 + job.seed)
    return Run(curriculum, job.preset, steps=job.cloning, average=0.98, save_every=200, seed=job.seed)


def practising(job: Job) -> Run:
    """A round: half of the lessons are practice."""
    curriculum = replace(cloning(job).curriculum, recorded_share=0.5, seed=900 + 50 * job.seed)
    run = replace(cloning(job), curriculum=curriculum, steps=job.steps)
    return replace(run, lr=7e-4, warmup=20, decay_from=0.3)


def judged(checkpoint: Path, job: Job) -> Row:
    """Success alone, and how many mistakes are repaired that it is put into."""
    who = contender(str(checkpoint))
    alone = closed_loop(who, job.task, job.episodes, TEST_SEED, job.level, guards=GUARDS).summary()
    put = recovery(who, attempts(job.task, job.episodes, TEST_SEED, job.level, "original", GUARDS)).summary()
    told = {"success": alone["success"], "loops": alone["loops"]}
    return told | {"put": put["mistakes"], "repaired": put["repaired"]}


def groups(rows: Sequence[Row]) -> dict[tuple[str, str, int], list[Row]]:
    """Rows by task, expert and round."""
    found: dict[tuple[str, str, int], list[Row]] = {}
    for row in rows:
        found.setdefault((str(row["task"]), str(row["expert"]), int(number(row, "round"))), []).append(row)
    return dict(sorted(found.items()))


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Success and repairs after every round."""
    lines = [
        (
            *map(str, key),
            share_of(here, "success", "episodes").percent(),
            share_of(here, "repaired", "put").percent(),
            f"{100 * np.mean([number(row, 'loops') for row in here]):.0f} %",
            str(len(here)),
        )
        for key, here in groups(rows).items()
    ]
    headings = (
        "task",
        "the expert",
        "round",
        "success (95 %)",
        "repaired, put into a mistake",
        "loops",
        "seeds",
    )
    return {"Rounds of practice beside two experts": markdown(headings, lines)} if lines else {}


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """Success against rounds, a panel a task."""
    found, tasks = groups(rows), list(dict.fromkeys(str(row["task"]) for row in rows))
    if not tasks:
        return {}
    drawn = blank(1.5 + 3.2 * len(tasks), 3.4)
    panels = np.atleast_1d(drawn.subplots(1, len(tasks), sharey=True))
    for axes, task in zip(panels, tasks, strict=True):
        for i, name in enumerate(PRACTICE):
            chosen = {k: some for (t, e, k), some in found.items() if (t, e) == (task, name)}
            here = {k: share_of(some, "success", "episodes") for k, some in chosen.items()}
            value = 100 * np.array([rate.value for rate in here.values()])
            reach = np.abs(100 * np.array([rate.interval for rate in here.values()]).T - value)
            places = np.array(list(here)) + 0.05 * i
            axes.errorbar(places, value, reach, fmt="o-", color=INK[i], capsize=2, label=f"the expert {name}")
        axes.set_title(task, fontsize=9)
        axes.set_xlabel("rounds of practice")
        axes.set_xticks(sorted({k for t, _, k in found if t == task}))
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("success alone, %")
    panels[0].set_ylim(0, 101)
    panels[0].legend(frameon=False, fontsize=8)
    return {"rounds": drawn}


def findings(rows: Sequence[Row]) -> list[Finding]:
    """After the last round, whether practice helped, and whether it needed an expert who undoes."""
    found = []
    for task in dict.fromkeys(str(row["task"]) for row in rows):
        here = select(rows, task=task)
        last = int(max(number(row, "round") for row in here))
        cloned, undoing, oblivious = (
            share_of(select(here, round=k, expert=name), "success", "episodes")
            for k, name in ((0, UNDOING), (last, UNDOING), (last, OBLIVIOUS))
        )
        if last == 0:
            continue
        told = f"cloned {cloned.percent()}, with Undo {undoing.percent()}, without {oblivious.percent()}"
        published = "0 % on limb and behavioral tracking, without Undo"
        claims = {
            f"{task}: DAgger with Undo helps": less(cloned, undoing),
            f"{task}: DAgger without Undo does not reach it": less(oblivious, undoing),
        }
        found += [Finding(claim, published, told, verdict) for claim, verdict in claims.items()]
    return found


STUDY = Study("dagger", jobs, measure, figures, tables, findings)
