"""How few demonstrations does a new task need, pretrained and from nothing; and what of the old ones is lost?

Published: shape matching after nine tasks and 500 sequences 76.6 %, from nothing with 7,800 sequences 0 %,
zero-shot about 0 %.

The two families kept out of every pretraining mix are the new tasks. All runs make the same steps on the same
demonstrations; replay is the share of lessons that come from the old tasks meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clonotate.evaluation.contenders import folder_of
from clonotate.models.checkpoint import read_page
from clonotate.studies.figures import INK, blank
from clonotate.studies.pupils import TREMOR, grouped, judged, place, recorded, trained
from clonotate.studies.rates import Rate, less, ratio, share
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
    """A row a world: of the new task, and of the old ones where the run knew them, by what it ended with."""
    policy = folder_of(bench.policy)
    who = policy if job.start == ZERO_SHOT else learnt(bench, policy, job)
    asked = [(job.task, job.level, job.episodes)]
    if job.start != NOTHING:
        asked += [(name, "standard", max(job.episodes // 2, 1)) for name in old_tasks(policy)]
    return [{"asked": one[0], **row} for one in asked for row in judged(who, *one)]


def old_tasks(policy: Path) -> list[str]:
    """The families that a policy learnt last."""
    return list(dict.fromkeys(name for name, _ in read_page(policy)["run"]["curriculum"]["tasks"]))


def learnt(bench: Bench, policy: Path, job: Job) -> Path:
    """What comes of learning in that way."""
    file = bench.work / "transfer" / f"{job.task}-{job.level}-{job.demonstrations}-{job.seed}.parquet"
    shown = recorded(file, job.task, job.level, job.demonstrations, job.seed)
    return trained(run_of(policy, job, shown), place(bench, "transfer", *vars(job).values()))


def run_of(policy: Path, job: Job, shown: str) -> Run:
    """The training of a job on a file of demonstrations; the same network wherever it starts."""
    page = read_page(policy)
    old = tuple((name, "standard") for name in old_tasks(policy))
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


def new(rows: Sequence[Row]) -> list[Row]:
    """The rows about the new task."""
    return [row for row in rows if row["asked"] == row["task"]]


def old(rows: Sequence[Row]) -> list[Row]:
    """The rows about what was known before."""
    return [row for row in rows if row["asked"] != row["task"]]


def right(rows: Sequence[Row]) -> Rate:
    """Clicks right, teacher-forced, by bootstrap over worlds."""
    return ratio(rows, "right", "shown")


def success(rows: Sequence[Row]) -> Rate:
    """Success alone."""
    return share(rows, "success")


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Every way to learn the new task, and what is left of the old ones."""
    lines = [
        (
            str(here[0]["task"]),
            called(here[0]),
            *(measured(part(here)).percent() for part in (new, old) for measured in (right, success)),
            ratio(new(here), "nats", "shown").plain(),
        )
        for here in grouped(rows, "task", "start", "demonstrations", "replay")
    ]
    headings = (
        "task",
        "learnt",
        "clicks right (95 %)",
        "success alone",
        "old tasks: clicks right",
        "old tasks: success alone",
        "nats a click",
    )
    return {"A new task from few demonstrations": markdown(headings, lines)} if lines else {}


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """Clicks right and success against demonstrations, pretrained and from nothing."""
    tasks = list(dict.fromkeys(str(row["task"]) for row in rows))
    if not tasks:
        return {}
    drawn = blank(7.2, 3.2 * len(tasks))
    for line, task in zip(drawn.subplots(len(tasks), 2, squeeze=False), tasks, strict=True):
        here = new(select(rows, task=task, replay=0.0))
        for axes, measured, name in zip(line, (right, success), ("clicks right", "success"), strict=True):
            panel(axes, here, measured)
            axes.set_ylabel(f"{name}, %")
        line[0].legend(frameon=False, fontsize=8)
        line[0].set_title(task, fontsize=9)
    return {"demonstrations": drawn}


def panel(axes: Any, rows: Sequence[Row], measured: Callable[[Sequence[Row]], Rate]) -> None:
    """One measure against demonstrations, a line a start."""
    for i, start in enumerate((PRETRAINED, NOTHING)):
        found = {
            number(here[0], "demonstrations"): measured(here)
            for here in grouped(select(rows, start=start), "demonstrations")
        }
        value = 100 * np.array([rate.value for rate in found.values()])
        reach = np.abs(100 * np.array([rate.interval for rate in found.values()]).reshape(-1, 2).T - value)
        name = f"from {start}" if i else start
        axes.errorbar(list(found), value, reach, fmt="o-", color=INK[i], capsize=2, label=name)
    axes.set_xscale("log")
    axes.set_xlabel("demonstrations")
    axes.set_ylim(-2, 102)
    axes.spines[["top", "right"]].set_visible(False)


def findings(rows: Sequence[Row]) -> list[Finding]:
    """Whether pretraining helps, at equal data and at more; what is forgotten, and what replay keeps."""
    found = []
    for task in dict.fromkeys(str(row["task"]) for row in rows):
        here = select(rows, task=task)
        if pretrained := select(here, start=PRETRAINED):
            most = int(max(number(row, "demonstrations") for row in pretrained))
            own = select(pretrained, demonstrations=most)
            found += [helped(here, own, times) for times in (1, MORE)]
            found += kept(select(here, start=ZERO_SHOT), own)
    return found


def helped(rows: Sequence[Row], own: Sequence[Row], times: int) -> Finding:
    """Against so many times the demonstrations, from nothing."""
    task, most = own[0]["task"], int(number(own[0], "demonstrations"))
    one = new(select(own, replay=0.0))
    other = new(select(rows, start=NOTHING, demonstrations=times * most))
    return Finding(
        f"{task}: pretrained, {most} demonstrations do more than {times * most} from nothing",
        "76.6 % with 500 against 0 % with 7,800",
        f"success {success(one).percent()} against {success(other).percent()}; "
        f"clicks right {right(one).percent()} against {right(other).percent()}",
        less(success(other), success(one)),
    )


def kept(before: Sequence[Row], own: Sequence[Row]) -> list[Finding]:
    """What learning a new task leaves of the old ones, without replay and with."""
    was, alone, replayed = (success(old(part)) for part in (before, select(own, replay=0.0), replays(own)))
    told = f"old tasks {was.percent()} before, {alone.percent()} after, {replayed.percent()} with replay"
    claims = {"forgets old ones": less(alone, was), "forgets less with replay": less(alone, replayed)}
    return [
        Finding(f"{own[0]['task']}: who learns it {claim}", "not tried", told, verdict)
        for claim, verdict in claims.items()
    ]


def replays(rows: Sequence[Row]) -> list[Row]:
    """The rows of runs that went on with old lessons."""
    return [row for row in rows if number(row, "replay")]


STUDY = Study("transfer", jobs, measure, figures, tables, findings)
