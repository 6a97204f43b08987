"""Does reviewing find mistakes? Precision and recall of ranked steps at fixed budgets, against chance.

    clonotate study review --out docs

Virtual people, whose every click is labelled, work through worlds; a policy ranks all their steps by doubt,
and the first few per cent are looked at. Two things are looked for: clicks that err, and steps at which
anything is wrong (the click errs, or an earlier mistake still stands).
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clonotate.annotators.collect import demonstrate
from clonotate.copilot.doubt import SCORERS, Evidence, examine
from clonotate.episodes.rollout import Guards
from clonotate.evaluation.closed_loop import Attempt, attempts
from clonotate.evaluation.contenders import Contender
from clonotate.evaluation.fan_out import fan_out
from clonotate.evaluation.intervals import RESAMPLES, Interval
from clonotate.records import Label

TEST_SEED = 20_000
BUDGETS = (0.01, 0.02, 0.05, 0.10, 0.20)
"""Shares of all steps that somebody looks at."""
WANTED: dict[str, Callable[[Label], bool]] = {
    "the click errs": lambda label: label.mistake,
    "anything is wrong": lambda label: label.mistake or label.in_error,
}
Session = tuple[tuple[Label, Evidence], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One scorer at one budget; rates in [0, 1], with 95 % intervals by bootstrap over sessions."""

    task: str
    wanted: str
    scorer: str
    budget: float
    sessions: int
    steps: int
    chance: float  # the precision of looking anywhere: how common it is
    precision: float
    precision_low: float
    precision_high: float
    recall: float
    recall_low: float
    recall_high: float


def run(
    contender: Contender,
    tasks: Sequence[str],
    episodes: int = 40,
    seed: int = TEST_SEED,
    level: str = "standard",
    layout: str = "original",
    workers: int = 1,
    progress: Callable[[], None] = lambda: None,
) -> list[Row]:
    """Rank the steps of one person a world, for every task, by every scorer."""
    contender.network()
    rows: list[Row] = []
    for task in tasks:
        asked = attempts(task, episodes, seed, level, layout, Guards())
        sessions = []
        for session in fan_out(watched, contender, asked, workers):
            sessions.append(session)
            progress()
        rows += table(task, sessions)
    return rows


def watched(contender: Contender, what: Attempt) -> Session:
    """What a policy thinks of every step of one person, beside what is true of it."""
    episode = demonstrate(what.source, what.layout, budget=what.guards.budget)
    labels = [step.label for step in episode.steps if step.label]
    return tuple(zip(labels, examine(contender.network(), episode), strict=True))


def table(task: str, sessions: Sequence[Session]) -> list[Row]:
    """Every scorer at every budget for both things wanted."""
    rows = []
    for wanted, is_wanted in WANTED.items():
        wrong = [np.array([is_wanted(label) for label, _ in session]) for session in sessions]
        for name, scorer in SCORERS.items():
            scores = [np.array([scorer(step) for _, step in session]) for session in sessions]
            for budget in BUDGETS:
                rows.append(row(task, wanted, name, budget, wrong, scores))
    return rows


def row(
    task: str,
    wanted: str,
    scorer: str,
    budget: float,
    wrong: Sequence[NDArray[np.bool_]],
    scores: Sequence[NDArray[np.float64]],
) -> Row:
    """Precision and recall at a budget over all sessions together, and under sessions drawn again."""
    found = at(budget, wrong, scores)
    rng = np.random.default_rng(0)
    drawn = [rng.integers(len(wrong), size=len(wrong)) for _ in range(RESAMPLES // 4)]
    again = np.array([at(budget, [wrong[i] for i in some], [scores[i] for i in some]) for some in drawn])
    precision, recall = (Interval(*np.nanpercentile(again[:, k], (2.5, 97.5))) for k in (0, 1))
    everything = np.concatenate(wrong)
    return Row(
        task=task,
        wanted=wanted,
        scorer=scorer,
        budget=budget,
        sessions=len(wrong),
        steps=len(everything),
        chance=float(everything.mean()),
        precision=found[0],
        precision_low=float(precision.low),
        precision_high=float(precision.high),
        recall=found[1],
        recall_low=float(recall.low),
        recall_high=float(recall.high),
    )


def at(
    budget: float, wrong: Sequence[NDArray[np.bool_]], scores: Sequence[NDArray[np.float64]]
) -> tuple[float, float]:
    """Precision and recall of the highest scores, as many as the budget allows; nan if nothing is wrong."""
    truth, score = np.concatenate(wrong), np.concatenate(scores)
    count = max(round(budget * len(truth)), 1)
    looked_at = truth[np.argsort(-score, kind="stable")[:count]]
    total = truth.sum()
    return float(looked_at.mean()), float(looked_at.sum() / total) if total else float("nan")


HEADINGS = ("task", "looked for", "ranked by", "looked at", "precision (95 %)", "recall (95 %)", "by chance")


def cells(one: Row) -> tuple[str, ...]:
    """A row for the eye, under `HEADINGS`; by chance, the recall is the share looked at."""
    return (
        one.task,
        one.wanted,
        one.scorer,
        f"{100 * one.budget:.0f} % of {one.steps:,}",
        f"{100 * one.precision:.0f} % ({100 * one.precision_low:.0f}-{100 * one.precision_high:.0f})",
        f"{100 * one.recall:.0f} % ({100 * one.recall_low:.0f}-{100 * one.recall_high:.0f})",
        f"{100 * one.chance:.1f} %, {100 * one.budget:.0f} %",
    )


def as_dicts(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as plain JSON values."""
    return [asdict(one) for one in rows]


def as_csv(rows: Sequence[Row]) -> str:
    """One line a row."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(as_dicts(rows))
    return text.getvalue()


def page(rows: Sequence[Row], policy: str, command: str) -> str:
    """The study as a Markdown page: the two budgets that matter most; the rest is in the CSV."""
    shown = [one for one in rows if one.budget in (0.02, 0.10)]
    lines = [HEADINGS, ("---",) * len(HEADINGS), *map(cells, shown)]
    marked = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return PAGE.format(table=marked, policy=policy, command=command)


PAGE = """# Does reviewing find mistakes?

    {command}

Virtual people with habits of their own (2 to 30 % of their placements are slips, all repaired sooner or
later) work through worlds on which nothing was trained. The policy ({policy}) reads every session and ranks
all steps of all sessions by doubt; whoever reviews looks at the first few per cent. Looked for: clicks that
err, and steps at which anything is wrong, the click or a mistake that still stands. By chance, precision is
how common that is, and recall the share looked at. Intervals by bootstrap over sessions.

- **surprise**: how little the policy expected a click that means what was clicked;
- **hindsight**: surprise, or that the next screen makes the policy want an Undo: recorded sessions have a
  next screen; a live session has not yet;
- **regret**: how far the policy's wish for an Undo rises over the click: it points at the click that erred;
- **disagreement**: whether the policy would have clicked something else, the more surprising first;
- **entropy**: how undecided the policy was, whatever was clicked.

{table}

The labels are those of virtual people: a real person's slips may look otherwise. All budgets:
[review.csv](review.csv).
"""
