"""Who finishes alone under each named layout: the first test worlds of nine families, to docs/layouts.json.

    python benchmarks/layouts.py specialists --episodes 16

A family that is in the file under a layout is not measured there again; card.py makes a table of it.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from clonotate.episodes.rollout import Guards
from clonotate.evaluation.closed_loop import attempt, attempts
from clonotate.evaluation.contenders import Contender, contender
from clonotate.evaluation.fan_out import fan_out
from clonotate.screens.layout import LAYOUTS
from clonotate.tasks import NINE
from clonotate.whole import write_whole

OUT = Path(__file__).parent.parent / "docs" / "layouts.json"
SEED = 20_000
GUARDS = Guards(budget=300)


def main() -> None:
    """Measure layout by layout, and keep each as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("policy", help="a checkpoint folder or a name")
    parser.add_argument("--episodes", type=int, default=8, help="worlds of each family")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    who = contender(asked.policy)
    found: dict[str, Any] = json.loads(OUT.read_text()) if OUT.exists() else {}
    page = found.setdefault(asked.policy, {"seed": SEED, "budget": GUARDS.budget, "layouts": {}})
    for layout in LAYOUTS:
        known = page["layouts"].setdefault(layout, {})
        if missing := [task for task in NINE if task not in known]:
            known |= finished(who, layout, missing, asked.episodes, asked.processes)
            page["layouts"][layout] = {task: known[task] for task in NINE}
            write_whole(OUT, (json.dumps(found, indent=1) + "\n").encode())
            print(layout, {task: known[task] for task in missing}, flush=True)


def finished(who: Contender, layout: str, tasks: list[str], episodes: int, workers: int) -> dict[str, str]:
    """For each family a 1 or a 0 for each world: whether it ended with nothing wrong."""
    each = [attempts(task, episodes, SEED, "standard", layout, GUARDS) for task in tasks]
    rows = list(fan_out(attempt, who, [job for jobs in each for job in jobs], workers))
    right = "".join(str(int(row.success)) for row in rows)
    return {task: right[k * episodes : (k + 1) * episodes] for k, task in enumerate(tasks)}


if __name__ == "__main__":
    main()
