"""A flag for mistakes: one direction in what a policy knows that says, calibrated, that the last click erred.

Fitted on labelled sessions of several tasks: published probes of eight tasks read mistakes on a ninth. What
it finds, on tasks that the policy can do and on others, is in docs/results.md. It lies beside the weights.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from clonotate.models.checkpoint import read_tensors, write_tensors
from clonotate.records import ClonotateError

FILE = "flag.safetensors"
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Flag:
    """A direction in the last layer of the residual stream, and where even odds lie on it."""

    direction: NDArray[np.float32]  # [width]
    offset: float

    def chance(self, inside: NDArray[np.float32]) -> NDArray[np.float32]:
        """The chance, in [0, 1], that the click before each step erred: from a stream `[T, width]`, `[T]`."""
        odds = inside @ self.direction + self.offset
        return np.asarray(np.exp(-np.logaddexp(0, -odds)), np.float32)


def fit_flag(inside: NDArray[np.float32], erred: NDArray[np.bool_], session: NDArray[np.int64]) -> Flag:
    """A flag from the stream of N steps `[N, width]`, whether the click before each erred, and whose session.

    Calibrated on sessions held out in turn (Platt scaling), so that what it says of new ones is not too sure.
    Raises ClonotateError where scikit-learn is missing, or where nothing erred.
    """
    if erred.all() or not erred.any():
        raise ClonotateError("a flag needs sessions in which some clicks err, and some do not")
    reader = linear_reader().fit(inside, erred)
    platt = logistic(C=1e6).fit(held_out(inside, erred, session)[:, None], erred)
    scaler, probe = reader[0], reader[-1]
    way = probe.coef_[0] / scaler.scale_
    offset = probe.intercept_[0] - way @ scaler.mean_
    slope = platt.coef_[0, 0]
    return Flag((slope * way).astype(np.float32), float(slope * offset + platt.intercept_[0]))


def held_out(inside: NDArray[Any], erred: NDArray[Any], session: NDArray[Any]) -> NDArray[Any]:
    """What a reader says of every step, fitted without its session."""
    from sklearn.model_selection import GroupKFold, cross_val_predict

    folds = GroupKFold(min(FOLDS, len(np.unique(session))))
    return np.asarray(
        cross_val_predict(
            linear_reader(), inside, erred, groups=session, cv=folds, method="decision_function"
        )
    )


def linear_reader() -> Any:
    """A linear model that tells classes apart, behind a scaler; rare classes count as much as common ones."""
    return scaled(logistic(C=0.01, class_weight="balanced"))


def logistic(**settings: Any) -> Any:
    """A logistic regression. ClonotateError where scikit-learn is missing."""
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise ClonotateError("probes need scikit-learn: pip install clonotate[studies]") from None
    return LogisticRegression(max_iter=300, **settings)


def scaled(model: Any) -> Any:
    """A model behind a scaler."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), model)


def write_flag(folder: Path, flag: Flag) -> Path:
    """A flag to the folder of the checkpoint that it reads; returns the file."""
    tensors = {"direction": torch.from_numpy(flag.direction), "offset": torch.tensor([flag.offset])}
    write_tensors(folder / FILE, tensors)
    return folder / FILE


def read_flag(folder: Path) -> Flag:
    """The flag of a checkpoint. Raises ClonotateError where it has none."""
    if not (folder / FILE).exists():
        raise ClonotateError(f"no flag was fitted to this policy yet; first: clonotate fit-flag {folder}")
    kept = read_tensors(folder / FILE)
    return Flag(kept["direction"].numpy(), float(kept["offset"]))
