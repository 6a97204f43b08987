"""Fine-tuning from the page: the journal's sessions, and `clonotate finetune` in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from clonotate.episodes.files import write_episodes
from clonotate.records import ClonotateError
from clonotate.studio.journal import Journal
from clonotate.studio.recorded import episodes_of

PROGRAM = (sys.executable, "-m", "clonotate.cli")
STEPS = 300
SESSIONS, LOG = "sessions.parquet", "log.txt"


class Lessons:
    """One fine-tuning at a time, in numbered folders beside the journal; the last one outlives the server."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        beside = Path("studio.sqlite") if "://" in journal.where else Path(journal.where).expanduser()
        self.home = beside.with_name(f"{beside.stem}-lessons")
        self.process: subprocess.Popen[bytes] | None = None
        self.stopping = False

    @property
    def folder(self) -> Path | None:
        """That of the last fine-tuning; None before the first."""
        return max(self.home.glob("[0-9][0-9][0-9]"), default=None)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def failed(self) -> bool:
        """Whether it ended by itself, and not well."""
        return self.process is not None and bool(self.process.poll()) and not self.stopping

    def start(self, policy: str) -> None:
        """Begins. ClonotateError where one is under way, and where nothing was recorded."""
        if self.running:
            raise ClonotateError("a fine-tuning is under way; stop it first")
        sessions = list(episodes_of(self.journal))
        if not sessions:
            raise ClonotateError("nothing was recorded yet that could be learnt from")
        last = self.folder
        folder = self.home / f"{int(last.name) + 1 if last else 1:03d}"
        write_episodes(folder / SESSIONS, sessions)
        self.stopping = False
        with (folder / LOG).open("wb") as log:
            self.process = subprocess.Popen(
                [*PROGRAM, *command(policy, folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> None:
        """Asks it to end after the step it is at; what was best until then is kept."""
        if self.process and self.running:
            self.process.terminate()
            self.stopping = True

    def state(self) -> dict[str, Any]:
        """How far the last one is: steps, the curve on the held-out sessions, and what went wrong in words.

        `checkpoint` is there when it has ended and some weights were better than those it started from.
        """
        if (folder := self.folder) is None:
            return {"begun": False, "running": False}
        metrics, curve = rows(folder / "run" / "metrics.jsonl"), rows(folder / "curve.jsonl")
        best = min(curve, key=lambda look: float(look["nats"]), default=None)
        return {
            "begun": True,
            "running": self.running,
            "stopping": self.running and self.stopping,
            "step": metrics[-1]["step"] if metrics else 0,
            "steps": STEPS,
            "curve": curve,
            "best": best,
            "checkpoint": str(folder) if not self.running and best and best["step"] else "",
            "words": last_line(folder / LOG) if self.failed or not (self.running or curve) else "",
        }


def command(policy: str, folder: Path) -> list[str]:
    """The words of `clonotate` that learn from the sessions of a folder."""
    options = ["--data", str(folder / SESSIONS), "--out", str(folder), "--steps", str(STEPS)]
    return ["finetune", policy, *options, "--episodes", "0", "--processes", "1"]


def rows(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a file of JSON lines; none if it is not there yet."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]


def last_line(path: Path) -> str:
    """What a program said last."""
    said = path.read_text().splitlines() if path.exists() else []
    return next((line for line in reversed(said) if line.strip()), "")
