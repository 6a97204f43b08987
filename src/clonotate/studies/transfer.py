"""How few demonstrations does a new task need, pretrained and from nothing; and what of the old ones is lost?

Published: shape matching after nine tasks and 500 sequences 76.6 %, from nothing with 7,800 sequences 0 %,
zero-shot about 0 %.

The two families kept out of every pretraining mix are the new tasks. All runs make the same steps on the same
demonstrations; replay is the share of lessons that come from the old tasks meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clonotate.evaluation.closed_loop import closed_loop
from clonotate.evaluation.contenders import contender, folder_of
from clonotate.evaluation.teacher_forced import teacher_forced
from clonotate.models.checkpoint import read_page
from clonotate.studies.figures import INK, blank
from clonotate.studies.pupils import GUARDS, TEST_SEED, TREMOR, place, recorded, trained
from clonotate.studies.rates import Rate, less, share_of
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, markdown, number, select
from clonotate.tasks import KEPT_OUT
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PRETRAINED, NOTHING, ZERO_SHOT = "pretrained", "nothing", "zero-shot"
MORE = 15
"""From nothing, a run has also so many times the demonstrations."""


@dataclass(frozen=True)
class Job:
    """One way to learn a new task."""

    task: str
    level: str
    start: str
    demonstrations: int
    replay: float  # the share of lessons from the old tasks
    steps: int
    episodes: int  # worlds to be judged on
    seed: int = 0


def jobs(scale: Scale) -> list[Job]:
    """Both starts at every number of demonstrations; more of them from nothing; and with replay."""
    sizes: dict[Scale, tuple[tuple[str, ...], str, tuple[int, ...], int, int]] = {
        "laptop": (("shape-matching",), "easy", (10, 100), 250, 30),
        "workstation": (tuple(KEPT_OUT), "standard", (10, 30, 100, 300, 1_000), 3_000, 100),
        "full": (tuple(KEPT_OUT), "standard", (10, 30, 100, 300, 500, 1_000), 20_000, 100),
    }
    tasks, level, counts, steps, episodes = sizes[scale]
    found = []
    for task in tasks:
        found.append(Job(task, level, ZERO_SHOT, 0, 0.0, 0, episodes))
        for count in counts:
            found += [Job(task, level, start, count, 0.0, steps, episodes) for start in (PRETRAINED, NOTHING)]
        most = counts[-1]
        found.append(Job(task, level, PRETRAINED, most, 0.5, steps, episodes))
        found.append(Job(task, level, NOTHING, MORE * most, 0.0, steps, episodes))
    return found


def measure(bench: Bench, job: Job) -> list[Row]:
    """One row: the new task alone and teacher-forced, and the old ones, by what the run ended with."""
    policy = folder_of(bench.policy)
    who = contender(str(policy if job.start == ZERO_SHOT else learnt(bench, policy, job)))
    alone = closed_loop(who, job.task, job.episodes, TEST_SEED, job.level, guards=GUARDS).summary()
    asked = teacher_forced(who, job.task, job.episodes, TEST_SEED, job.level).summary()
    old = [teacher_forced(who, *one, max(job.episodes // 3, 1), TEST_SEED) for one in old_tasks(policy)]
    return [
        {
            "success": alone["success"],
            "right": asked["all"],
            "nats": asked["nll"],
            "old_right": float(np.mean([each.summary()["all"] for each in old])),
        }
    ]


def old_tasks(policy: Path) -> list[tuple[str]]:
    """The families that a policy learnt last."""
    tasks = read_page(policy)["run"]["curriculum"]["tasks"]
    return [(name,) for name in dict.fromkeys(name for name, _ in tasks)]


def learnt(bench: Bench, policy: Path, job: Job) -> Path:
    """What comes of learning in that way."""
    file = bench.work / "transfer" / f"{job.task}-{job.level}-{job.demonstrations}-{job.seed}.parquet"
    shown = recorded(file, job.task, job.level, job.demonstrations, job.seed)
    return trained(run_of(policy, job, shown), place(bench, "transfer", *vars(job).values()))


def run_of(policy: Path, job: Job, shown: str) -> Run:
    """The training of a job on a file of demonstrations; the same network wherever it starts."""
    page = read_page(policy)
    old = tuple((name, "standard") for (name,) in old_tasks(policy))
    curriculum = Curriculum(
        old,
        recorded=(shown,),
        recorded_share=1 - job.replay,
        tremor=TREMOR,
        seed=1_000 + job.seed,
    )
    return Run(
        curriculum,
        page["run"]["preset"],
        start=str(policy) if job.start == PRETRAINED else "",
        steps=job.steps,
        lr=7e-4,
        warmup=20,
        average=0.98,
        save_every=100,
        seed=job.seed,
    )


def called(row: Row) -> str:
    """A way to learn, in words."""
    if row["start"] == ZERO_SHOT:
        return ZERO_SHOT
    replay = f", {100 * number(row, 'replay'):.0f} % replay" if number(row, "replay") else ""
    return f"{row['start']}, {int(number(row, 'demonstrations'))} demonstrations{replay}"


def shown(row: Row) -> float:
    """How many demonstrations there were."""
    return number(row, "demonstrations")


def success(rows: Sequence[Row]) -> Rate:
    """Success alone over some rows."""
    return share_of(rows, "success", "episodes")


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Every way to learn the new task, and what is left of the old ones."""
    lines = [
        (
            str(row["task"]),
            called(row),
            success([row]).percent(),
            *(f"{100 * number(row, name):.1f} %" for name in ("right", "old_right")),
            f"{number(row, 'nats'):.2f}",
        )
        for row in rows
    ]
    headings = (
        "task",
        "learnt",
        "success alone (95 %)",
        "clicks right",
        "old tasks: clicks right",
        "nats a click",
    )
    return {"A new task from few demonstrations": markdown(headings, lines)} if lines else {}


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """Clicks right and success against demonstrations, pretrained and from nothing."""
    tasks = list(dict.fromkeys(str(row["task"]) for row in rows))
    if not tasks:
        return {}
    drawn = blank(7.2, 3.2 * len(tasks))
    panels = drawn.subplots(len(tasks), 2, squeeze=False)
    for line, task in zip(panels, tasks, strict=True):
        for axes, name in zip(line, ("right", "success"), strict=True):
            for i, start in enumerate((PRETRAINED, NOTHING)):
                here = sorted(select(rows, task=task, start=start, replay=0.0), key=shown)
                counts = [shown(row) for row in here]
                shares = [100 * number(row, name) for row in here]
                axes.plot(counts, shares, "o-", color=INK[i], label=f"from {start}" if i else start)
            axes.set_xscale("log")
            axes.set_xlabel("demonstrations")
            axes.set_ylabel("clicks right, %" if name == "right" else "success alone, %")
            axes.set_ylim(0, 101)
            axes.spines[["top", "right"]].set_visible(False)
        line[0].legend(frameon=False, fontsize=8)
        line[0].set_title(task, fontsize=9)
    return {"demonstrations": drawn}


def findings(rows: Sequence[Row]) -> list[Finding]:
    """Whether pretraining helps at equal data, and still against so many times the data."""
    found = []
    for task in dict.fromkeys(str(row["task"]) for row in rows):
        here = select(rows, task=task)
        pretrained = select(here, start=PRETRAINED, replay=0.0)
        if not pretrained:
            continue
        most = int(max(shown(row) for row in pretrained))
        own = success(select(pretrained, demonstrations=most))
        for times in (1, MORE):
            other = success(select(here, start=NOTHING, demonstrations=times * most))
            if other.count:
                claim = f"{task}: pretrained, {most} demonstrations do more than {times * most} from nothing"
                ours = f"{own.percent()} against {other.percent()}"
                found.append(Finding(claim, "76.6 % with 500 against 0 % with 7,800", ours, less(other, own)))
    return found


STUDY = Study("transfer", jobs, measure, figures, tables, findings)
