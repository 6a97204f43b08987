"""Calibration: of the clicks it was 80 % sure of, are 80 % right?"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from clonotate.evaluation.intervals import RESAMPLES, bootstrap

BINS = 10
"""Confidence in [0, 1] is divided into so many equal parts."""


def calibration(episodes: Sequence[Sequence[tuple[float, bool]]]) -> dict[str, Any]:
    """Confidence against correctness, given for every click of every episode.

    `error` is the expected calibration error (Naeini et al. 2015): how far the two are apart, averaged over
    clicks; `bins` are those with a click in them. 95 % intervals by bootstrap over episodes.
    """
    counts, sure, right = (np.zeros((len(episodes), BINS)) for _ in range(3))
    for i, episode in enumerate(episodes):
        for confidence, good in episode:
            k = min(int(confidence * BINS), BINS - 1)
            counts[i, k] += 1
            sure[i, k] += confidence
            right[i, k] += good
    drawn = np.random.default_rng(0).integers(len(episodes), size=(RESAMPLES, len(episodes)))
    again = [apart(sure[some].sum(0), right[some].sum(0), counts[some].sum()) for some in drawn]
    return {
        "error": apart(sure.sum(0), right.sum(0), counts.sum()),
        "interval": [float(bound) for bound in np.percentile(again, (2.5, 97.5))],
        "bins": [
            {
                "from": k / BINS,
                "clicks": int(counts[:, k].sum()),
                "confidence": float(sure[:, k].sum() / counts[:, k].sum()),
                "right": float(right[:, k].sum() / counts[:, k].sum()),
                "interval": list(bootstrap(right[:, k].tolist(), counts[:, k].tolist())),
            }
            for k in range(BINS)
            if counts[:, k].any()
        ],
    }


def apart(sure: Any, right: Any, clicks: float) -> float:
    """The mean distance of confidence and correctness, from their sums in each bin."""
    return float(np.abs(sure - right).sum() / max(clicks, 1))
