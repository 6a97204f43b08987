"""Who errs, and who repairs it? The people learnt from, the policy alone, and the policy put into mistakes.

Published: 9.2 % of the placements learnt from are mistakes; the policy's own are 1.0 %, and it undoes 0.7 %;
put into a mistaken state it undoes nearly always.

What counts is the same for all, and read off what was done, not off labels: a placement is a click, no Undo,
that changes the annotation or makes something wrong; a mistake is one that makes something wrong, or, where
something is wrong already, brings nothing forward. What helps against mistakes is another study.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from clonotate.annotators.virtual import STEADY, VirtualAnnotator, sample_habits
from clonotate.episodes.rollout import Annotator, Guards
from clonotate.episodes.session import Session
from clonotate.evaluation.closed_loop import attempts
from clonotate.evaluation.contenders import contender
from clonotate.evaluation.recovery import WITHIN, Repair, distance, put_right, sound
from clonotate.records import Click, Source, Step
from clonotate.screens.pointing import hit
from clonotate.studies.figures import INK, blank
from clonotate.studies.rates import above, less, ratio, share
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, Value, markdown, number, select
from clonotate.tasks import NINE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Who = Literal["people", "policy", "put"]
TEST_SEED = 20_000
BUDGET = 300  # clicks
HAND = 20.0
"""Up to so many canvas pixels from what was meant a mistake is one of the hand; beyond, another thing."""
NEARLY = 0.9
"""What "nearly always" is taken for."""
KINDS = ("hand", "other thing", "out of turn", "button")
"""Of a mistake: too far off; at another thing; a placement where an expert makes none; a wrong button."""
KNOWN = ("colored-dot-tracking", "neuron-tracking")
"""What the shipped policy knows. Of people, all nine families are measured at every scale."""
SIZES: dict[Scale, tuple[tuple[str, ...], int, tuple[int, ...]]] = {
    "laptop": (KNOWN, 20, (0, 1, 3)),
    "workstation": (NINE, 50, (0, 1, 2, 3, 5)),
    "full": (NINE, 200, (0, 1, 2, 3, 5)),
}
"""Tasks, worlds of each, and how many looks around pass after a mistake before the policy takes over."""


@dataclass(frozen=True)
class Job:
    """One task, and whose mistakes; `delay` is only for a policy that is put into them."""

    task: str
    who: Who
    delay: int
    episodes: int
    seed: int = TEST_SEED


def jobs(scale: Scale) -> list[Job]:
    """People on all nine families; a policy alone, and put into mistakes, on those of the scale."""
    tasks, episodes, delays = SIZES[scale]
    people = [Job(task, "people", 0, episodes) for task in NINE]
    alone = [Job(task, "policy", 0, episodes) for task in tasks]
    return people + alone + [Job(task, "put", delay, episodes) for task in tasks for delay in delays]


def measure(bench: Bench, job: Job) -> list[Row]:
    """One row a world."""
    asked = attempts(job.task, job.episodes, job.seed, "standard", "original", Guards(BUDGET))
    if job.who == "put":
        who = contender(bench.policy)
        return [put_row(what.source.seed, put_right(who, what, job.delay)) for what in asked]
    return [{"world": what.source.seed, **watched(bench, job, what.source)} for what in asked]


def put_row(world: int, repair: Repair | None) -> Row:
    """How it went after one mistake; nothing where none could be made."""
    if repair is None:
        return {"world": world}
    kind = "button" if repair.apart is None else "hand" if repair.apart <= HAND else "other thing"
    return {"world": world, "kind": kind, "repaired": repair.repaired is not None, "within": repair.repaired}


def watched(bench: Bench, job: Job, source: Source) -> Row:
    """One session of a person or of the policy, and what went wrong in it."""
    session = Session(source)
    if job.who == "policy":
        return tally(session, contender(bench.policy).annotator(session, source.seed))
    rng = np.random.default_rng([source.seed, 1])
    return tally(session, VirtualAnnotator(session, sample_habits(rng), rng))


def tally(session: Session, annotator: Annotator) -> Row:
    """Let somebody work to the end, counting; an expert looks on to tell what should have been done."""
    expert = VirtualAnnotator(session, STEADY, np.random.default_rng(0))
    counts: Counter[str] = Counter()
    clean: list[bool] = []  # nothing wrong stands, after each click
    erred: list[int] = []
    while not session.done and len(session.steps) < BUDGET:
        act = annotator(session.screen)
        found = judged(session, expert, act.click if isinstance(act, Step) else act)
        counts.update(found)
        if "mistakes" in found:
            erred.append(len(clean))
        session.click(act)
        clean.append(sound(session))
    mended = sum(any(clean[k + 1 : k + 1 + WITHIN]) for k in erred)
    told: dict[str, Value] = {name: counts[name] for name in ("placements", "mistakes", *KINDS, "undos")}
    return told | {"mended": mended, "clicks": len(session.steps), "success": session.score().success}


def judged(session: Session, expert: VirtualAnnotator, click: Click) -> tuple[str, ...]:
    """What a click, about to be made, counts as."""
    task, world = session.task, session.world
    intent, before = expert.intend()
    event = hit(session.view, session.layout, click)
    if event is None or event.widget == "done":
        return ()
    after = task.update(world, event)
    if event.widget == "undo":
        return ("undos",) if after is not world else ()
    standing, changed = task.standing(after), task.annotation(after) != task.annotation(world)
    spoils = standing.in_error and not before.in_error
    if not spoils and not (changed and standing.in_error and standing.progress <= before.progress):
        return ("placements",) if changed else ()
    if intent.kind not in ("place", "select", "adjust"):
        return "placements", "mistakes", "out of turn"
    apart = distance(intent.event, event)
    return "placements", "mistakes", "button" if apart is None else "hand" if apart <= HAND else "other thing"


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Mistakes by task and by whom, and repairs by task, kind and delay."""
    if not rows:
        return {}
    errors = [
        (str(policy) if who == "policy" else "people", str(task), *error_cells(here))
        for policy, who, task in dict.fromkeys((row["policy"], row["who"], row["task"]) for row in rows)
        if who != "put" and (here := select(rows, policy=policy, who=who, task=task))
    ]
    put = [row for row in select(rows, who="put") if row["kind"]]
    repairs = [
        (str(policy), str(task), str(delay), str(kind), share(here, "repaired").percent(), str(len(here)))
        for policy, task, delay, kind in sorted(
            {tuple(row[name] for name in ("policy", "task", "delay", "kind")) for row in put}, key=str
        )
        if (here := select(put, policy=policy, task=task, delay=delay, kind=kind))
    ]
    return {
        "Mistakes in demonstrations and in closed loop": markdown(
            ("who", "task", "placements", "mistakes (95 %)", "undone (95 %)", *KINDS, "mended (95 %)"), errors
        ),
        f"Put into a mistake: repaired within {WITHIN} clicks": markdown(
            ("policy", "task", "looks before", "kind of mistake", "repaired (95 %)", "of"), repairs
        ),
    }


def error_cells(rows: Sequence[Row]) -> tuple[str, ...]:
    """Shares of placements, kinds of mistakes, and how many of these were mended."""
    wrong = ratio(rows, "mistakes", "placements")
    return (
        f"{wrong.count:,}",
        wrong.percent(),
        ratio(rows, "undos", "placements").percent(),
        *(f"{sum(number(row, kind) for row in rows):.0f}" for kind in KINDS),
        ratio(rows, "mended", "mistakes").percent(),
    )


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """Mistakes of people and of the policy, and repairs against the looks before them."""
    drawn: dict[str, Figure] = {}
    if any(row["who"] != "put" for row in rows):
        drawn["shares"] = shares(rows)
    if put := [row for row in select(rows, who="put") if row["kind"]]:
        drawn["repairs"] = repairs(put)
    return drawn


def shares(rows: Sequence[Row]) -> "Figure":
    """The share of placements that are mistakes, by task."""
    drawn = blank(7.0, 3.8)
    axes = drawn.subplots()
    tasks = [task for task in NINE if select(rows, task=task)]
    sides = dict.fromkeys((row["policy"], row["who"]) for row in rows if row["who"] != "put")
    for i, (policy, who) in enumerate(sides):
        for task in tasks:
            found = ratio(select(rows, policy=policy, who=who, task=task), "mistakes", "placements")
            if not found.count:
                continue
            at = tasks.index(task) + 0.16 * (i - (len(sides) - 1) / 2)
            reach = 100 * np.abs(np.array(found.interval)[:, None] - found.value)
            axes.errorbar(at, 100 * found.value, reach, fmt="o", color=INK[i % len(INK)], capsize=2)
        axes.plot([], [], "o", color=INK[i % len(INK)], label="people" if who == "people" else str(policy))
    axes.set_xticks(range(len(tasks)), [task.replace("-", " ") for task in tasks], rotation=35, ha="right")
    axes.tick_params(labelsize=8)
    axes.set_ylabel("placements that are mistakes, %")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return drawn


def repairs(put: Sequence[Row]) -> "Figure":
    """The share of mistakes repaired against how many looks around passed before."""
    drawn = blank(5.4, 3.6)
    axes = drawn.subplots()
    for i, (policy, task) in enumerate(dict.fromkeys((row["policy"], row["task"]) for row in put)):
        here = select(put, policy=policy, task=task)
        delays = sorted({int(number(row, "delay")) for row in here})
        found = [share(select(here, delay=delay), "repaired") for delay in delays]
        value = 100 * np.array([one.value for one in found])
        reach = np.abs(100 * np.array([one.interval for one in found]).T - value)
        apart = np.array(delays) + 0.05 * i
        axes.errorbar(apart, value, reach, fmt="o-", color=INK[i % len(INK)], capsize=2, label=str(task))
    axes.set_xticks(sorted({int(number(row, "delay")) for row in put}))
    axes.set_xlabel("looks around after the mistake, before the policy takes over")
    axes.set_ylabel(f"repaired within {WITHIN} clicks, %")
    axes.set_ylim(0, 104)
    axes.legend(frameon=False, loc="lower left", fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    return drawn


def findings(rows: Sequence[Row]) -> list[Finding]:
    """For each policy and task: does it err less than those it learnt from, and does it repair mistakes?"""
    found = []
    for policy, task in dict.fromkeys((row["policy"], row["task"]) for row in rows):
        here = select(rows, policy=policy, task=task)
        theirs, own = (ratio(select(here, who=who), "mistakes", "placements") for who in ("people", "policy"))
        if theirs.count and own.count:
            claim = f"{task}: the policy errs less than the people it learnt from"
            ours = f"people {theirs.percent()}; {policy} {own.percent()} of placements"
            found.append(Finding(claim, "people 9.2 %, policy 1.0 %", ours, less(own, theirs)))
        repaired = share(select(here, who="put"), "repaired")
        if repaired.count:
            claim = f"{task}: put into a mistake, it repairs it nearly always"
            ours = f"{policy}: {repaired.percent()} of {repaired.count}, within {WITHIN} clicks"
            why = f"nearly always: more than {100 * NEARLY:.0f} %"
            found.append(Finding(claim, "about 100 %", ours, above(repaired, NEARLY), why))
    return found


STUDY = Study("mistakes", jobs, measure, figures, tables, findings)
