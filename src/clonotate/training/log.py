"""What a training tells while it runs: a JSON line for machines, a bar or a line now and then for people."""

import json
import math
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from clonotate.whole import write_whole

T = TypeVar("T")


class Clock:
    """Minutes, frames, and the share of the time spent waiting for data; goes on over resumptions."""

    def __init__(self, minutes: float = 0.0, frames: float = 0.0) -> None:
        self.began, self.before, self.frames = time.monotonic(), minutes, frames
        self.lap_began, self.lap_frames, self.waited = self.began, frames, 0.0

    def here(self) -> float:
        """Minutes since this process began."""
        return (time.monotonic() - self.began) / 60

    def minutes(self) -> float:
        """Minutes of training in all."""
        return self.before + self.here()

    def waiting(self, things: Iterable[T]) -> Iterator[T]:
        """The same things; the time it takes to get them is counted as waiting."""
        things = iter(things)
        while True:
            asked = time.monotonic()
            try:
                thing = next(things)
            except StopIteration:
                return
            self.waited += time.monotonic() - asked
            yield thing

    def lap(self) -> dict[str, float]:
        """How it went since the last lap."""
        now = time.monotonic()
        gone, frames = max(now - self.lap_began, 1e-9), self.frames - self.lap_frames
        lap = {
            "frames": int(self.frames),
            "frames_per_s": frames / gone,
            "data_wait": self.waited / gone,
            "minutes": self.minutes(),
        }
        self.lap_began, self.lap_frames, self.waited = now, self.frames, 0.0
        return lap


class Log:
    """A file of metrics, one JSON object a line, that goes on where a killed run left its last checkpoint."""

    def __init__(self, path: Path, start: int, steps: int, silent: bool = False) -> None:
        """Rows from step `start` on, left by a run that was killed after its last checkpoint, are dropped.

        A silent log neither reads nor writes: that of the second and further processes.
        """
        self.silent = silent
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
        self.bar = Progress(*columns, disable=silent or not sys.stderr.isatty())
        self.task = self.bar.add_task("", total=steps, completed=start)
        if silent:
            return
        rows = path.read_text().splitlines() if path.exists() else []
        kept = [row for row in rows if row.endswith("}") and json.loads(row)["step"] < start]
        write_whole(path, "".join(row + "\n" for row in kept).encode())
        self.file = path.open("a")

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.bar.stop()
        if not self.silent:
            self.file.close()

    def advance(self, step: int) -> None:
        """A step is done."""
        self.bar.update(self.task, completed=step + 1)

    def write(self, step: int, **metrics: Any) -> None:
        """A row of metrics to the file, and the short of it to the terminal."""
        row = {"step": step} | {name: rounded(value) for name, value in metrics.items()}
        print(json.dumps(row), file=self.file, flush=True)
        short = "  ".join(f"{name} {value}" for name, value in row.items())
        if self.bar.disable:
            print(short, file=sys.stderr, flush=True)
        else:
            self.bar.update(self.task, description=short)


def rounded(value: Any) -> Any:
    """Floats to five digits, in mappings too; what JSON cannot hold becomes None."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, float):
        return float(f"{value:.5g}") if math.isfinite(value) else None
    return value
