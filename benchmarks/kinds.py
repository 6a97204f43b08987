"""What a policy is good at in limbs and behaviour, by what it sees: a line for each kind of animal.

    python benchmarks/kinds.py docs/specialists.json

Reads what `clonotate evaluate --json` wrote and makes the worlds anew from their seeds; prints Markdown.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from clonotate.evaluation.intervals import wilson
from clonotate.tasks import task_named
from clonotate.tasks.animal_tracking import AnimalTracking
from clonotate.tasks.limb_tracking import LimbTracking

KINDS = (LimbTracking.name, AnimalTracking.name)
"""The tasks whose films are of one kind of animal each."""
Row = Mapping[str, Any]
"""One episode of an evaluation: `evaluation.closed_loop.Row` as JSON."""


def main() -> None:
    """Read, and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("page", type=Path, help="JSON of an evaluation")
    page = json.loads(options.parse_args().page.read_text())
    for task, measured in page["tasks"].items():
        if task in KINDS:
            print("\n".join(table(task, page["level"], measured["closed_loop"]["rows"])), end="\n\n")


def table(name: str, level: str, rows: Sequence[Row]) -> list[str]:
    """How often each kind came out all right (Wilson), and its graded parts; the worst first."""
    task, by_kind = task_named(name, level), defaultdict(list)
    for row in rows:
        by_kind[task.begin(np.random.default_rng(row["seed"])).film.kind].append(row)
    parts = list(rows[0]["parts"])
    lines = [f"| {name} | all right (95 %) | {' | '.join(parts)} |", "|---" * (2 + len(parts)) + "|"]
    for kind, some in sorted(by_kind.items(), key=lambda one: (share(one[1]), -len(one[1]))):
        low, high = wilson(right(some), len(some))
        graded = (f"{np.mean([row['parts'][part] for row in some]):.2f}" for part in parts)
        spread = f"({100 * low:.0f}-{100 * high:.0f} %)"
        lines.append(f"| {kind} | {right(some)} of {len(some)} {spread} | {' | '.join(graded)} |")
    return lines


def right(rows: Sequence[Row]) -> int:
    """How many came out all right."""
    return sum(row["success"] for row in rows)


def share(rows: Sequence[Row]) -> float:
    """The same as a share of all."""
    return right(rows) / len(rows)


if __name__ == "__main__":
    main()
