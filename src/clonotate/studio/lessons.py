"""Fine-tuning from the page: the journal's sessions, and `clonotate finetune` in a process of its own."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from clonotate.episodes.files import write_episodes
from clonotate.records import ClonotateError
from clonotate.studio.journal import Journal
from clonotate.studio.recorded import episodes_of

STEPS = 300


class Lessons:
    """One fine-tuning at a time, in numbered folders beside the journal."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        beside = Path("studio.sqlite") if "://" in journal.where else Path(journal.where).expanduser()
        self.home = beside.with_name(f"{beside.stem}-lessons")
        self.folder: Path | None = None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, policy: str) -> None:
        """Begins. ClonotateError where one is under way, and where nothing was recorded."""
        if self.running:
            raise ClonotateError("a fine-tuning is under way; stop it first")
        sessions = list(episodes_of(self.journal))
        if not sessions:
            raise ClonotateError("nothing was recorded yet that could be learnt from")
        self.folder = self.home / f"{len(list(self.home.glob('*'))) + 1:03d}"
        write_episodes(self.folder / "sessions.parquet", sessions)
        command = [
            "finetune",
            policy,
            "--data",
            str(self.folder / "sessions.parquet"),
            "--out",
            str(self.folder),
        ]
        options = ["--steps", str(STEPS), "--episodes", "0", "--processes", "1"]
        with (self.folder / "log.txt").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "clonotate.cli", *command, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> None:
        """Ends it; what was best until then is kept."""
        if self.process and self.running:
            self.process.send_signal(signal.SIGTERM)

    def state(self) -> dict[str, Any]:
        """How far it is: steps, the curve on the held-out sessions, and what went wrong in words."""
        if self.folder is None or self.process is None:
            return {"running": False, "begun": False}
        code, metrics = self.process.poll(), rows(self.folder / "run" / "metrics.jsonl")
        return {
            "begun": True,
            "running": code is None,
            "step": metrics[-1]["step"] if metrics else 0,
            "steps": STEPS,
            "curve": rows(self.folder / "curve.jsonl"),
            "checkpoint": str(self.folder) if code == 0 else "",
            "words": last_line(self.folder / "log.txt") if code else "",
        }


def rows(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a file of JSON lines; none if it is not there yet."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]


def last_line(path: Path) -> str:
    """What a program said last."""
    return next((line for line in reversed(path.read_text().splitlines()) if line.strip()), "")
