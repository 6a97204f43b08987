"""What does a policy know? Linear probes of its residual stream, and whether one task's probe reads another.

Published: ROC AUC of a mistake probe 0.92 on one task, 0.87 with nine pooled, 0.71 (mean) on a task left out,
0.29 on 3D exploration; task phase and data position are linearly readable too.

Cross-validated with whole sessions held out; controls: an untrained network, small pixels, a clock, shuffled
truths. The shipped policy learnt two tasks; on the others it looks at what it never saw.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clonotate.copilot.flag import linear_reader, scaled
from clonotate.evaluation.contenders import folder_of
from clonotate.evaluation.intervals import Interval
from clonotate.studies.activations import Watched, joined, last, watch
from clonotate.studies.figures import INK, blank
from clonotate.studies.rates import FEWEST, Rate, Verdict, above, less
from clonotate.studies.study import Bench, Finding, Row, Scale, Study, Value, markdown, number, select
from clonotate.tasks import NINE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SEED = 30_000
FOLDS, RESAMPLES = 5, 200
POOLED, LEFT_OUT = "all nine", "left out"
TARGETS = ("phase", "position", "progress", "in_error", "mistake")
NUMBERS = ("position", "progress")
"""Targets that are numbers: scored by R squared; the others by ROC AUC, one against the rest."""
SHUFFLED = "shuffled"
LEARNT = ("colored-dot-tracking", "neuron-tracking", POOLED)
"""What the shipped policy learnt, and everything."""
VERDICTS: tuple[Verdict, Verdict] = ("confirmed", "contradicted")
EPISODES = {"laptop": 16, "workstation": 100, "full": 500}


@dataclass(frozen=True)
class Job:
    """One task, or all nine together with what follows from them."""

    task: str
    episodes: int
    seed: int = SEED


def jobs(scale: Scale) -> list[Job]:
    """Every family, and all together."""
    return [Job(task, EPISODES[scale]) for task in (*NINE, POOLED)]


def measure(bench: Bench, job: Job) -> list[Row]:
    """One row a target and source; for all together also tasks left out, and how alike directions are."""
    tasks = NINE if job.task == POOLED else (job.task,)
    keep = bench.work / "probes" / bench.policy.replace("/", "-")
    seen = [watch(folder_of(bench.policy), task, job.episodes, job.seed, keep) for task in tasks]
    together = joined(seen)
    rows = [row for target in TARGETS for row in probed(together, target)]
    if job.task == POOLED:
        rows += left_out(seen) + alike(seen)
    return rows


def probed(seen: Watched, target: str) -> list[Row]:
    """A target from every source, and from the last layer with its truths dealt out anew."""
    truth = seen.truth[target]
    rows = [read(seen, source, truth, target, source) for source in sorted(seen.inside)]
    dealt = np.random.default_rng(0).permutation(truth)
    return [*rows, read(seen, last(seen), dealt, target, SHUFFLED)]


def read(seen: Watched, source: str, truth: NDArray[Any], target: str, called: str) -> Row:
    """A row: how well a linear probe of a source reads a truth in sessions it was not fitted on."""
    guess = held_out(seen.inside[source], truth, seen.episode, target)
    return {"target": target, "source": called, **told(scored(truth, guess, seen.episode, target))}


def told(rate: Rate) -> dict[str, Value]:
    """A rate as columns."""
    return {"score": rate.value, "low": rate.interval.low, "high": rate.interval.high, "steps": rate.count}


def held_out(x: NDArray[Any], truth: NDArray[Any], episode: NDArray[Any], target: str) -> NDArray[Any]:
    """What the probe says of every step, fitted without its session: a number, or one a class."""
    model = probe(target)
    from sklearn.model_selection import GroupKFold, cross_val_predict

    classes = len(np.unique(truth))
    if target not in NUMBERS and classes < 2:
        return np.zeros((len(truth), 1))
    folds = GroupKFold(min(FOLDS, len(np.unique(episode))))
    method = "predict" if target in NUMBERS else "decision_function"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class may be missing in a fold; its steps then count as wrong
        guess = cross_val_predict(model, x, truth, groups=episode, cv=folds, method=method)
    return np.asarray(guess)


def probe(target: str) -> Any:
    """A linear model behind a scaler. ClonotateError where scikit-learn is missing."""
    if target not in NUMBERS:
        return linear_reader()
    from sklearn.linear_model import Ridge

    return scaled(Ridge(100.0))


def scored(truth: NDArray[Any], guess: NDArray[Any], episode: NDArray[Any], target: str) -> Rate:
    """The score with its 95 % interval by bootstrap over sessions; nan where nothing differs."""
    value = score(truth, guess, target)
    groups = [np.flatnonzero(episode == one) for one in np.unique(episode)]
    if np.isnan(value) or len(groups) < FEWEST:
        return Rate(value, Interval(float("-inf"), float("inf")), 0)
    rng = np.random.default_rng(0)
    picks = [
        np.concatenate([groups[k] for k in rng.integers(len(groups), size=len(groups))])
        for _ in range(RESAMPLES)
    ]
    again = [score(truth[pick], guess[pick], target) for pick in picks]
    low, high = np.nanpercentile(again, (2.5, 97.5))
    return Rate(value, Interval(float(low), float(high)), len(truth))


def score(truth: NDArray[Any], guess: NDArray[Any], target: str) -> float:
    """R squared of a number; the mean ROC AUC of each class against the rest."""
    if target in NUMBERS:
        apart = ((truth - truth.mean()) ** 2).sum()
        return float(1 - ((truth - guess) ** 2).sum() / apart) if apart else float("nan")
    classes = np.unique(truth)
    if len(classes) < 2 or (guess.ndim > 1 and guess.shape[1] != len(classes)):
        return float("nan")
    columns = [guess] if guess.ndim == 1 else list(guess.T)
    against = classes[-len(columns) :]
    return float(np.mean([auc(truth == one, column) for one, column in zip(against, columns, strict=True)]))


def auc(truth: NDArray[np.bool_], guess: NDArray[Any]) -> float:
    """The chance that one that is outranks one that is not (Mann-Whitney)."""
    from scipy.stats import rankdata

    ranks, count = rankdata(guess), int(truth.sum())
    others = len(truth) - count
    if not count or not others:
        return float("nan")
    return float((ranks[truth].sum() - count * (count + 1) / 2) / (count * others))


def left_out(seen: Sequence[Watched]) -> list[Row]:
    """The mistake probe of eight tasks on the ninth."""
    rows: list[Row] = []
    layer = last(seen[0])
    for k, one in enumerate(seen):
        rest = joined([other for i, other in enumerate(seen) if i != k])
        fitted = probe("mistake").fit(rest.inside[layer], rest.truth["mistake"])
        guess = fitted.decision_function(one.inside[layer])
        rate = scored(one.truth["mistake"], guess, one.episode, "mistake")
        rows.append({"target": LEFT_OUT, "source": NINE[k], **told(rate)})
    return rows


def alike(seen: Sequence[Watched]) -> list[Row]:
    """Cosines between the directions in which tasks keep a mistake, all in one scale."""
    layer = last(seen[0])
    scale = joined(seen).inside[layer].std(0) + 1e-6
    ways = []
    for one in seen:
        fitted = probe("mistake").fit(one.inside[layer] / scale, one.truth["mistake"])
        way = fitted[-1].coef_[0] / fitted[0].scale_
        ways.append(way / np.linalg.norm(way))
    return [
        {"target": "cosine", "source": NINE[i], "other": NINE[j], "score": float(ways[i] @ ways[j])}
        for i in range(len(ways))
        for j in range(len(ways))
    ]


def rate_of(row: Row) -> Rate:
    """The rate of a row."""
    interval = Interval(number(row, "low"), number(row, "high"))
    return Rate(number(row, "score"), interval, int(number(row, "steps") or 0))


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Every target by task: the best layer beside its controls; and the mistake probe on tasks left out."""
    told = [
        (str(task), target, *controls(select(rows, task=task, target=target)))
        for task in dict.fromkeys(row["task"] for row in rows)
        for target in TARGETS
        if select(rows, task=task, target=target)
    ]
    gone = [(str(row["source"]), rate_of(row).plain()) for row in select(rows, target=LEFT_OUT)]
    headings = (
        "task",
        "target",
        "last layer (95 %)",
        "best layer",
        "untrained",
        "pixels",
        "time",
        "shuffled",
    )
    made = {
        "What a linear probe reads (ROC AUC; R squared of position and progress)": markdown(headings, told)
    }
    if gone:
        made["A mistake probe of eight tasks on the ninth"] = markdown(("left out", "ROC AUC (95 %)"), gone)
    return made if told else {}


def controls(rows: Sequence[Row]) -> tuple[str, ...]:
    """The last layer, the best one and the controls, for the eye."""
    layers = {str(row["source"]): row for row in rows if str(row["source"]).startswith("layer")}
    best = max(layers, key=lambda name: number(layers[name], "score"))
    others = (select(rows, source=name) for name in ("untrained", "pixels", "time", SHUFFLED))
    return (
        rate_of(layers[max(layers)]).plain(),
        f"{number(layers[best], 'score'):.2f} ({best})",
        *(f"{number(found[0], 'score'):.2f}" if found else "-" for found in others),
    )


def figures(rows: Sequence[Row]) -> dict[str, "Figure"]:
    """Every target layer by layer with all tasks together, and the cosines of the mistake directions."""
    made = {}
    if here := select(rows, task=POOLED):
        made["layers"] = by_layer(here)
        made["cosines"] = cosines(select(here, target="cosine"))
    return made


def by_layer(rows: Sequence[Row]) -> "Figure":
    """Score against layer; the controls as short lines at the right."""
    drawn = blank(7.0, 3.8)
    axes = drawn.subplots()
    names = sorted({str(row["source"]) for row in rows if str(row["source"]).startswith("layer")})
    names += ["untrained", "pixels", "time", SHUFFLED]
    for i, target in enumerate(TARGETS):
        here = {str(row["source"]): rate_of(row) for row in select(rows, target=target)}
        places = [k + 0.08 * (i - 2) for k, name in enumerate(names) if name in here]
        found = [here[name] for name in names if name in here]
        value = np.array([one.value for one in found])
        reach = np.abs(np.array([one.interval for one in found]).T - value)
        axes.errorbar(places, value, reach, fmt="o", color=INK[i], markersize=4, capsize=2, label=target)
    axes.axhline(0.5, color="0.7", linewidth=0.8)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right", fontsize=8)
    axes.set_ylim(-0.25, 1.02)
    axes.set_ylabel("ROC AUC (R squared of position, progress)", fontsize=8)
    axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    axes.spines[["top", "right"]].set_visible(False)
    return drawn


def cosines(rows: Sequence[Row]) -> "Figure":
    """How alike the mistake directions of two tasks are."""
    drawn = blank(5.6, 4.8)
    axes = drawn.subplots()
    names = list(dict.fromkeys(str(row["source"]) for row in rows))
    grid = np.array([[number(select(rows, source=a, other=b)[0], "score") for b in names] for a in names])
    picture = axes.imshow(grid, cmap="RdBu_r", vmin=-1, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    for i, j in np.ndindex(grid.shape):
        axes.text(j, i, f"{grid[i, j]:.1f}", ha="center", va="center", fontsize=6)
    drawn.colorbar(picture, shrink=0.7, label="cosine of mistake directions")
    return drawn


def findings(rows: Sequence[Row]) -> list[Finding]:
    """Whether a mistake can be read, whether training made it so, and whether it carries over."""
    read = [
        finding
        for task in LEARNT
        if (here := select(rows, task=task, target="mistake"))
        for finding in readable(task, {str(row["source"]): rate_of(row) for row in here})
    ]
    gone = [rate_of(row) for row in select(rows, target=LEFT_OUT)]
    return [*read, *([carried(gone)] if gone else [])]


def readable(task: str, rates: dict[str, Rate]) -> list[Finding]:
    """Whether a mistake can be read on a task, and better than without training."""
    own = rates[max(name for name in rates if name.startswith("layer"))]
    without = rates["untrained"]
    first = f"{task}: that the last click erred can be read linearly"
    second = f"{task}: better than from an untrained network"
    return [
        Finding(first, "0.92 on one task, 0.87 pooled", f"AUC {own.plain()}", above(own, 0.5)),
        Finding(second, "-", f"AUC {own.plain()} against {without.plain()}", less(without, own)),
    ]


def carried(rates: Sequence[Rate]) -> Finding:
    """Whether the mistake probe of other tasks reads most of those left out above chance, or most below."""
    sides = [above(rate, 0.5) for rate in rates]
    mean = np.nanmean([rate.value for rate in rates])
    agreed = [side for side in VERDICTS if sides.count(side) > len(sides) / 2]
    over, under = (sides.count(side) for side in VERDICTS)
    return Finding(
        "a mistake probe of eight tasks reads the ninth",
        "mean 0.71, 8 of 9 above chance, 3D exploration 0.29",
        f"mean {mean:.2f}; for sure above chance {over}, below {under} of {len(sides)}",
        agreed[0] if agreed else "undecided",
        "Decided by most tasks",
    )


STUDY = Study("probes", jobs, measure, figures, tables, findings)
