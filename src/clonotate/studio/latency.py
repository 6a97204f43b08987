"""How fast it is: from a click to its new frame, on the server and as the page sees it."""

from collections import deque
from typing import Any

import numpy as np

KEPT = 2_000  # the latest of each kind
GOAL_MS = 50.0
"""p95 from click to new frame."""
GOALS_MS = {"suggestion": 150.0}
"""p95 of what has a goal of its own."""


class Latency:
    """Times by what was timed, in ms; `server` is receipt to sending, `browser` is press to drawn."""

    def __init__(self) -> None:
        self.times: dict[str, deque[float]] = {}

    def note(self, what: str, ms: float) -> None:
        """One more."""
        self.times.setdefault(what, deque(maxlen=KEPT)).append(ms)

    def summary(self) -> dict[str, Any]:
        """Count, median, p95 and the worst of each, in ms."""
        return {what: summed(np.array(times)) for what, times in self.times.items()}


def summed(times: Any) -> dict[str, float]:
    """One kind of times in four numbers."""
    median, p95 = np.percentile(times, [50, 95])
    return {"count": len(times), "median": float(median), "p95": float(p95), "worst": float(times.max())}
