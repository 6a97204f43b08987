"""Does a policy still work when the tool looks different? Known and held-out layouts, shifts, sizes, ratios.

Published (section on interface layouts): colored dots, fine-tuned on eight layouts, F1 of markers in closed
loop 0.13 to 0.49 on these, 0.11 to 0.14 on three held out. Before and after layouts are learnt:

    clonotate train foundation:layouts --out runs/layouts
    clonotate study layouts --policy shipped
    clonotate study layouts --policy runs/layouts
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clonotate.evaluation.closed_loop import closed_loop
from clonotate.evaluation.contenders import contender, folder_of
from clonotate.evaluation.teacher_forced import teacher_forced
from clonotate.models.checkpoint import read_page
from clonotate.screens.layout import HELD_OUT, LAYOUTS
from clonotate.studies.figures import INK, blank
from clonotate.studies.pupils import GUARDS, TEST_SEED
from clonotate.studies.rates import Rate, less, share_of
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, markdown, number, select
from clonotate.tasks import NINE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOVED = ("original@2x", "sampled-11@384x288", "sampled-12@384x288", "sampled-13@416x320")
"""Twice the pixels; and layouts drawn over all axes, with shifts and sizes of everything."""
GROUPS = ("learnt", "held out", "others")
"""Under which the policy learnt; those that none may learn under; and what is left."""
SIZES: dict[Scale, tuple[tuple[str, ...], int]] = {
    "laptop": (("colored-dot-tracking", "neuron-tracking"), 20),
    "workstation": (("colored-dot-tracking", "neuron-tracking", "animal-limb-tracking"), 100),
    "full": (NINE, 100),
}
"""Tasks, and worlds of each under each layout."""


@dataclass(frozen=True)
class Job:
    """One task under one layout."""

    task: str
    layout: str
    episodes: int
    seed: int = TEST_SEED


def jobs(scale: Scale) -> list[Job]:
    """Every task under every named layout, and under ratios, shifts and sizes of the original one."""
    tasks, episodes = SIZES[scale]
    return [Job(task, layout, episodes) for task in tasks for layout in (*LAYOUTS, *MOVED)]


def measure(bench: Bench, job: Job) -> list[Row]:
    """Closed loop and teacher-forced on the same worlds."""
    who = contender(bench.policy)
    alone = closed_loop(who, job.task, job.episodes, job.seed, layout=job.layout, guards=GUARDS).summary()
    asked = teacher_forced(who, job.task, job.episodes, job.seed, layout=job.layout).summary()
    return [
        {
            "group": group_of(job.layout, learnt_by(bench.policy)),
            "success": alone["success"],
            "done": alone["done"],
            "score": float(np.mean(list(alone["parts"].values()))),
            "clicks": alone["steps"],
            "place_5px": asked["place_5px"],
            "buttons": asked["buttons"],
        }
    ]


def learnt_by(policy: str) -> frozenset[str]:
    """The layouts of a policy's last training."""
    return frozenset(read_page(folder_of(policy))["run"]["curriculum"]["layouts"])


def group_of(layout: str, learnt: frozenset[str]) -> str:
    """Which of `GROUPS` a layout is of."""
    return "learnt" if layout in learnt else "held out" if layout in HELD_OUT else "others"


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Success by task and group, and every layout."""
    lines = [
        (
            *(str(one[name]) for name in ("policy", "task", "layout", "group")),
            success_of([one]).percent(),
            *rates_of(one),
        )
        for one in rows
    ]
    headings = ("policy", "task", "layout", "", "success (95 %)", "score", "placed within 5 px", "buttons")
    return {"Every layout": markdown(headings, lines)}


def success_of(rows: Sequence[Row]) -> Rate:
    """The share of successes over some rows."""
    return share_of(rows, "success", "episodes")


def rates_of(row: Row) -> tuple[str, ...]:
    """What else was measured, for the eye."""
    return f"{number(row, 'score'):.2f}", *(
        f"{100 * number(row, name):.1f} %" for name in ("place_5px", "buttons")
    )


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """Success under every layout, a panel a task and a colour a policy."""
    tasks, policies = (list(dict.fromkeys(str(one[name]) for one in rows)) for name in ("task", "policy"))
    if not tasks:
        return {}
    names = list(dict.fromkeys(str(one["layout"]) for one in rows))
    drawn = blank(7.5, 1.6 + 2.2 * len(tasks))
    panels = drawn.subplots(len(tasks), sharex=True, squeeze=False)[:, 0]
    for axes, task in zip(panels, tasks, strict=True):
        for i, policy in enumerate(policies):
            here = select(rows, policy=policy, task=task)
            places = [names.index(str(one["layout"])) + 0.2 * (i - (len(policies) - 1) / 2) for one in here]
            rates = np.array([number(one, "success") for one in here])
            reach = np.abs(np.array([success_of([one]).interval for one in here]).reshape(-1, 2).T - rates)
            axes.errorbar(
                places, 100 * rates, 100 * reach, fmt="o", color=INK[i % len(INK)], capsize=2, label=policy
            )
        axes.set_title(task, fontsize=9)
        axes.set_ylabel("success, %")
        axes.set_ylim(-4, 104)
        axes.spines[["top", "right"]].set_visible(False)
    panels[-1].set_xticks(range(len(names)), names, rotation=40, ha="right", fontsize=8)
    panels[0].legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return {"success": drawn}


def findings(rows: Sequence[Row]) -> list[Finding]:
    """Held-out layouts against learnt ones, for each policy and task."""
    found = []
    for policy, task in dict.fromkeys((one["policy"], one["task"]) for one in rows):
        groups = [select(rows, policy=policy, task=task, group=group) for group in GROUPS[:2]]
        if not all(groups):
            continue
        learnt, held_out = map(success_of, groups)
        found.append(
            Finding(
                f"{task}: held-out layouts are worse than learnt ones",
                "F1 0.13-0.49 on learnt, 0.11-0.14 on held-out layouts (colored dots)",
                f"{policy}: success {learnt.percent()} on learnt, {held_out.percent()} on held-out layouts",
                less(held_out, learnt),
            )
        )
    return found


STUDY = Study("layouts", jobs, measure, figures, tables, findings)
