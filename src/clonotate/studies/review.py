"""Does reviewing find mistakes? Steps ranked by doubt, and how many of the first few per cent were wrong.

Virtual people, whose every click is labelled, work through worlds; a policy ranks all their steps, by what it
would have done itself (`copilot.doubt`) and by its flag (`copilot.flag`), which was fitted on people of the
population in all families, or in the eight others. Strangers work as nobody did on whom it was fitted.
Published: a mistake can be read linearly, and a probe of eight tasks reads most ninth ones; of what use that
would be was not asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from clonotate.annotators.collect import demonstrate
from clonotate.annotators.virtual import Habits, sample_habits
from clonotate.copilot.doubt import SCORERS, Evidence, examine
from clonotate.copilot.flag import Flag, fit_flag
from clonotate.evaluation.contenders import folder_of
from clonotate.evaluation.intervals import RESAMPLES
from clonotate.models.base import ClickModel
from clonotate.models.checkpoint import load
from clonotate.records import Label, Source
from clonotate.studies.activations import joined, last, watch
from clonotate.studies.figures import INK, blank
from clonotate.studies.pupils import TEST_SEED
from clonotate.studies.rates import Rate, less, ratio
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, Value, markdown, number, select
from clonotate.tasks import NINE, task_named

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIT_SEED = 30_000
"""The first of the worlds on which a flag is fitted."""
BUDGETS = (0.01, 0.02, 0.05, 0.10, 0.20)
"""Shares of all steps that somebody looks at."""
SHOWN = (0.02, 0.10)
"""Those in the table; the others are in the CSV."""
FIRST = 0.05
"""The budget that findings and figures speak of."""
ERRS, WRONG = "the click errs", "anything is wrong"
WANTED: dict[str, Callable[[Label], bool]] = {
    ERRS: lambda label: label.mistake,
    WRONG: lambda label: label.mistake or label.in_error,
}
BY_OTHERS = "flag of other tasks"
RANKED = (*SCORERS, BY_OTHERS)
POPULATION, STRANGERS = "population", "strangers"
EPISODES = {"laptop": (10, 16), "workstation": (40, 100), "full": (200, 500)}
Session: TypeAlias = Sequence[tuple[Label, dict[str, float]]]
"""What is true of each step, and its scores by name."""


@dataclass(frozen=True)
class Job:
    """One family and one kind of people."""

    task: str
    people: str
    episodes: int
    fitted: int  # sessions of every family to fit a flag on
    seed: int = TEST_SEED


def jobs(scale: Scale) -> list[Job]:
    """Every family, under the hands of the population and of strangers."""
    return [Job(task, people, *EPISODES[scale]) for people in (POPULATION, STRANGERS) for task in NINE]


def strange(rng: np.random.Generator) -> Habits:
    """A person whom the population does not hold: errs more often, notices later, has a less steady hand."""
    return replace(
        sample_habits(rng),
        mistake=rng.uniform(0.32, 0.45),
        late=rng.uniform(0.75, 1.0),
        glance=rng.uniform(0.32, 0.45),
        jitter=rng.uniform(1.8, 2.6),
    )


def measure(bench: Bench, job: Job) -> list[Row]:
    """A row a thing looked for, a ranking and a budget."""
    policy = folder_of(bench.policy)
    model, keep = load(policy), bench.work / "probes" / bench.policy.replace("/", "-")
    others = tuple(task for task in NINE if task != job.task)
    flags = flag_of(policy, NINE, keep, job.fitted), flag_of(policy, others, keep, job.fitted)
    sessions = [ranked(model, flags, job, job.seed + k) for k in range(job.episodes)]
    return [
        {"wanted": wanted, "by": by, "budget": budget, **found(sessions, wanted, by, budget)}
        for wanted in WANTED
        for by in RANKED
        for budget in BUDGETS
    ]


@cache
def flag_of(policy: Path, tasks: tuple[str, ...], keep: Path, sessions: int) -> Flag:
    """The flag of a policy by people of the population in these families; what was watched is kept."""
    seen = joined([watch(policy, task, sessions, FIT_SEED, keep) for task in tasks])
    return fit_flag(seen.inside[last(seen)], seen.truth["mistake"], seen.episode)


def ranked(model: ClickModel[Any], flags: tuple[Flag, Flag], job: Job, seed: int) -> Session:
    """What is true of every step of one person's session, and what doubts there are.

    The flags are those of all families, and of the others.
    """
    habits = strange(np.random.default_rng([seed, 9])) if job.people == STRANGERS else None
    episode = demonstrate(Source(job.task, "standard", seed, task_named(job.task).version), habits=habits)
    evidence, others = (examine(model, episode, flag=flag) for flag in flags)
    labels = [step.label for step in episode.steps if step.label]
    scores = [scored(own) | {BY_OTHERS: other.flagged} for own, other in zip(evidence, others, strict=True)]
    return list(zip(labels, scores, strict=True))


def scored(step: Evidence) -> dict[str, float]:
    """A step by every scorer."""
    return {name: scorer(step) for name, scorer in SCORERS.items()}


def found(sessions: Sequence[Session], wanted: str, by: str, budget: float) -> dict[str, Value]:
    """How many of the first steps are wrong, of how many, with intervals by bootstrap over sessions.

    `told` is the mean score of these: for a flag, the precision that it promises.
    """
    truth = [np.array([WANTED[wanted](label) for label, _ in session]) for session in sessions]
    score = [np.array([scores[by] for _, scores in session]) for session in sessions]
    hits, looked, wrong, told = at(budget, truth, score)
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(truth), size=(RESAMPLES // 4, len(truth)))
    again = np.array([at(budget, [truth[i] for i in pick], [score[i] for i in pick]) for pick in drawn])
    precision = np.percentile(again[:, 0] / again[:, 1], (2.5, 97.5))
    recall = np.percentile(again[:, 0] / np.maximum(again[:, 2], 1), (2.5, 97.5))
    return {
        "steps": sum(map(len, truth)),
        "wrong": int(wrong),
        "looked": int(looked),
        "hits": int(hits),
        "precision_low": float(precision[0]),
        "precision_high": float(precision[1]),
        "recall_low": float(recall[0]),
        "recall_high": float(recall[1]),
        "told": told,
    }


def at(
    budget: float, truth: Sequence[NDArray[np.bool_]], score: Sequence[NDArray[np.float64]]
) -> tuple[float, float, float, float]:
    """Of the highest scores, as many as the budget allows: how many are wrong, how many there are; how many
    are wrong anywhere; and the mean of these scores."""
    wrong, scores = np.concatenate(truth), np.concatenate(score)
    count = max(round(budget * len(wrong)), 1)
    first = np.argsort(-scores, kind="stable")[:count]
    return float(wrong[first].sum()), float(count), float(wrong.sum()), float(scores[first].mean())


def precision(rows: Sequence[Row]) -> Rate:
    """The share of what was looked at that is wrong, over families, by bootstrap over these."""
    return ratio(rows, "hits", "looked")


def recall(rows: Sequence[Row]) -> Rate:
    """The share of what is wrong that was looked at, over families."""
    return ratio(rows, "hits", "wrong")


def groups(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """People, and the rows of their work."""
    kinds = dict.fromkeys(str(row["people"]) for row in rows)
    return [(people, select(rows, people=people)) for people in kinds]


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """All families together at two budgets, and each family at one."""
    if not rows:
        return {}
    return {
        "What a review finds, all families together": together(rows),
        f"Clicks that err, found in the first {FIRST:.0%} of steps": apart(rows),
    }


def together(rows: Sequence[Row]) -> str:
    """Precision and recall of every ranking; by chance, recall is the share looked at."""
    lines = [
        (
            people,
            wanted,
            by,
            f"{budget:.0%}",
            precision(here).percent(),
            recall(here).percent(),
            f"{100 * total(here, 'wrong') / total(here, 'steps'):.1f} %",
            promised(here) if by.startswith("flag") and wanted == ERRS else "",
        )
        for people, some in groups(rows)
        for wanted in WANTED
        for by in RANKED
        for budget in SHOWN
        if (here := select(some, wanted=wanted, by=by, budget=budget))
    ]
    headings = ("people", "looked for", "ranked by", "looked at", "precision (95 %)", "recall (95 %)")
    return markdown((*headings, "precision by chance", "precision promised"), lines)


def apart(rows: Sequence[Row]) -> str:
    """The share of clicks that err that each ranking finds, a line for each family."""
    first = select(rows, wanted=ERRS, budget=FIRST)
    lines = [
        (people, str(task), *(recalled(select(some, task=task, by=by)) for by in RANKED))
        for people, some in groups(first)
        for task in dict.fromkeys(row["task"] for row in some)
    ]
    return markdown(("people", "task", *RANKED), lines)


def recalled(rows: Sequence[Row]) -> str:
    """The recall of one ranking in one family."""
    return f"{100 * total(rows, 'hits') / total(rows, 'wrong'):.0f} %" if total(rows, "wrong") else "-"


def promised(rows: Sequence[Row]) -> str:
    """The precision that a flag promises of what it put first."""
    said = sum(number(row, "told") * number(row, "looked") for row in rows)
    return f"{100 * said / total(rows, 'looked'):.0f} %"


def total(rows: Sequence[Row], name: str) -> float:
    """The sum of a column."""
    return sum(number(row, name) for row in rows)


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """Recall of clicks that err against the share looked at, by ranking, a panel for each kind of people."""
    here = groups(rows)
    if not here:
        return {}
    drawn = blank(1.8 + 3.2 * len(here), 3.4)
    panels = drawn.subplots(1, len(here), sharey=True, squeeze=False)[0]
    budgets = [100 * budget for budget in BUDGETS]
    for axes, (people, some) in zip(panels, here, strict=True):
        for i, by in enumerate(RANKED):
            share = [100 * recall(select(some, wanted=ERRS, by=by, budget=b)).value for b in BUDGETS]
            dots = "o--" if by == BY_OTHERS else "o-"
            axes.plot(budgets, share, dots, color=INK[min(i, len(INK) - 1)], markersize=3, label=by)
        axes.plot([0, 20], [0, 20], color="0.6", linewidth=0.8, linestyle="--", label="chance")
        axes.set_title(people, fontsize=9)
        axes.set_xlabel("steps looked at, %")
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("clicks that err, found, %")
    panels[-1].legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return {"recall": drawn}


def findings(rows: Sequence[Row]) -> list[Finding]:
    """Whether the flag finds more than entropy, its own and on tasks it never saw; and keeps its promise."""
    made = []
    for people, some in groups(rows):
        here = {by: select(some, wanted=ERRS, by=by, budget=FIRST) for by in RANKED}
        entropy = recall(here["entropy"])
        for by in ("flag", BY_OTHERS):
            own = recall(here[by])
            claim = f"{people}: the {by} finds more clicks that err than entropy, among the first {FIRST:.0%}"
            told = f"{own.percent()} against {entropy.percent()}"
            made.append(Finding(claim, "AUC 0.87 pooled, 0.71 left out", told, less(entropy, own)))
        kept = precision(here["flag"])
        said = sum(number(row, "told") for row in here["flag"]) / max(len(here["flag"]), 1)
        inside = kept.interval.low <= said <= kept.interval.high
        made.append(
            Finding(
                f"{people}: the flag errs as often as it says",
                "-",
                f"{kept.percent()} of the first {100 * FIRST:.0f} % err, {100 * said:.0f} % promised",
                "confirmed" if inside and kept.count else "undecided" if not kept.count else "contradicted",
            )
        )
    return made


STUDY = Study("review", jobs, measure, figures, tables, findings)
