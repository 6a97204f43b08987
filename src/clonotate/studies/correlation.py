"""Does the teacher-forced score tell which policy succeeds alone? Over every checkpoint that lies at hand.

    clonotate study emergence --work runs/studies
    clonotate study correlation --work runs/studies

All checkpoints below the work folder (what other studies trained, or yours) are asked on the same worlds,
teacher-forced and in closed loop. Published: nothing of the kind; here placement reached 99 % while whole
episodes failed, which is why the question is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clonotate.evaluation.closed_loop import closed_loop
from clonotate.evaluation.contenders import contender, folder_of
from clonotate.evaluation.intervals import RESAMPLES, Interval
from clonotate.evaluation.teacher_forced import teacher_forced
from clonotate.models.checkpoint import PAGE
from clonotate.records import ClonotateError
from clonotate.studies.figures import INK, blank
from clonotate.studies.pupils import GUARDS, TEST_SEED
from clonotate.studies.rates import FEWEST, Rate, above
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, markdown, number, select
from clonotate.tasks import NINE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCORES = {
    "all": "all clicks right",
    "place_5px": "placed within 5 px",
    "undo": "Undo right",
    "nats": "nats a click",
}
"""What is held against success; of nats, less is better."""
SIZES: dict[Scale, tuple[tuple[str, ...], str, int, int]] = {
    "laptop": (("colored-dot-tracking",), "easy", 12, 40),
    "workstation": (("colored-dot-tracking", "neuron-tracking"), "standard", 50, 200),
    "full": (NINE, "standard", 100, 1_000),
}


@dataclass(frozen=True)
class Job:
    """One task for every checkpoint."""

    task: str
    level: str
    episodes: int
    most: int  # checkpoints; of more, some are taken evenly
    seed: int = TEST_SEED


def jobs(scale: Scale) -> list[Job]:
    """Every task of the scale."""
    tasks, level, episodes, most = SIZES[scale]
    return [Job(task, level, episodes, most) for task in tasks]


def measure(bench: Bench, job: Job) -> list[Row]:
    """One row a checkpoint. Raises ClonotateError where there are too few to compare."""
    checkpoints = sorted(file.parent for file in bench.work.rglob(PAGE))
    if len(checkpoints) + 1 < FEWEST:
        raise ClonotateError(
            f"{bench.work} holds {len(checkpoints)} checkpoints; first: clonotate study emergence"
        )
    taken = np.linspace(0, len(checkpoints) - 1, min(len(checkpoints), job.most)).round().astype(int)
    named = {str(checkpoints[i].relative_to(bench.work)): checkpoints[i] for i in taken}
    return [
        asked(name, folder, job) for name, folder in {bench.policy: folder_of(bench.policy), **named}.items()
    ]


def asked(name: str, folder: Path, job: Job) -> Row:
    """One checkpoint, both ways, on the same worlds."""
    who = contender(str(folder))
    told = teacher_forced(who, job.task, job.episodes, job.seed, job.level).summary()
    own = closed_loop(who, job.task, job.episodes, job.seed, job.level, guards=GUARDS).summary()
    scores = {"all": told["all"], "place_5px": told["place_5px"], "undo": told["kinds"].get("undo")}
    return {"checkpoint": name, "success": own["success"], **scores, "nats": told["nll"]}


def rank_correlation(rows: Sequence[Row], score: str) -> Rate:
    """Spearman's, of a score with success, and its 95 % interval by bootstrap over checkpoints."""
    pairs = np.array([(number(row, score), number(row, "success")) for row in rows])
    pairs = pairs[~np.isnan(pairs).any(1)]
    if len(pairs) < FEWEST or spearman(pairs) is None:
        return Rate(float("nan"), Interval(-1.0, 1.0), 0)
    drawn = np.random.default_rng(0).integers(len(pairs), size=(RESAMPLES, len(pairs)))
    again = [value for some in drawn if (value := spearman(pairs[some])) is not None]
    low, high = np.percentile(again, (2.5, 97.5))
    return Rate(spearman(pairs) or 0.0, Interval(float(low), float(high)), len(pairs))


def spearman(pairs: "np.ndarray") -> float | None:
    """The correlation of ranks of two columns, ties at their mean; None where one of them never changes."""
    from scipy.stats import rankdata

    ranks = rankdata(pairs, axis=0)
    if (ranks == ranks[0]).all(0).any():
        return None
    return float(np.corrcoef(ranks.T)[0, 1])


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """The rank correlations of every score."""
    lines = [
        (str(task), SCORES[score], rank_correlation(here, score).plain(), str(len(here)))
        for task in dict.fromkeys(row["task"] for row in rows)
        if (here := select(rows, task=task))
        for score in SCORES
    ]
    headings = ("task", "score", "rank correlation with success (95 %)", "checkpoints")
    return {"How well a score tells who succeeds": markdown(headings, lines)} if lines else {}


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """Success against each score, a dot a checkpoint."""
    if not rows:
        return {}
    drawn = blank(3.0 * len(SCORES), 3.0)
    panels = drawn.subplots(1, len(SCORES), sharey=True)
    for axes, (score, words) in zip(panels, SCORES.items(), strict=True):
        for i, task in enumerate(dict.fromkeys(row["task"] for row in rows)):
            here = select(rows, task=task)
            scores = [number(row, score) for row in here]
            success = [100 * number(row, "success") for row in here]
            axes.plot(scores, success, "o", color=INK[i % len(INK)], alpha=0.7, label=str(task))
        axes.set_xlabel(words)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("success alone, %")
    panels[0].legend(frameon=False, fontsize=7)
    return {"scores": drawn}


def findings(rows: Sequence[Row]) -> list[Finding]:
    """Whether more clicks right means more success, task by task."""
    found = []
    for task in dict.fromkeys(row["task"] for row in rows):
        rate = rank_correlation(select(rows, task=task), "all")
        if rate.count:
            ours = f"rank correlation {rate.plain()} over {rate.count} checkpoints"
            claim = f"{task}: the more clicks are right teacher-forced, the more sessions succeed"
            found.append(Finding(claim, "-", ours, above(rate, 0.0)))
    return found


STUDY = Study("correlation", jobs, measure, figures, tables, findings)
