"""The tables of README and model card, from what `clonotate evaluate` measured (docs/*.json).

    python benchmarks/card.py

A table is written where its first line stands in a page. Figures within the text are left to who writes it;
what it prints are those.
"""

import json
from pathlib import Path
from typing import Any

from clonotate.evaluation.intervals import wilson
from clonotate.screens.layout import HELD_OUT, KNOWN, LAYOUTS
from clonotate.tasks import NINE
from clonotate.whole import write_whole

Found = dict[str, Any]  # of a task: what `clonotate evaluate --json` wrote
Tasks = dict[str, Found]
DOCS = Path(__file__).parent.parent / "docs"
PUBLISHED = {
    "colored-dot-tracking": "97 %",
    "animal-limb-tracking": "0 %",
    "animal-behavioral-tracking": "0 %",
}
PUBLISHED_PLACED = {
    "colored-dot-tracking": "97.4 %",
    "neuron-tracking": "66.5 %",
    "cell-lineage-tracking": "61.2 %",
    "multichannel-image-alignment": "42.9 %",
    "animal-limb-tracking": "37.1 %",
}
README = (
    "| task, standard level | finished alone, all right (95 %) | one network for all nine "
    "| published 95M model | right in part | placed within 5 px, teacher-forced | published |"
)
ALONE = (
    "| task | finished alone, all right (95 %) | `nine` | graded parts "
    "| fails by mistake / early / never Done | clicks | invalid | loops |"
)
NINE_ALONE = (
    "| task | finished alone, all right (95 %) | published 95M model | graded parts "
    "| fails by mistake / early / never Done | clicks | invalid | loops |"
)
DRESSED = (
    "| layout | | of all | dots | neurons | cells | alignment | limbs | behaviour | spores | plumes | roads |"
)
FORCED = (
    "| task | placed within 2 / 5 / 10 px | published, 5 px | buttons | navigate | verify | undo | done "
    "| repairs or looks when in error | clicks asked |"
)


def main() -> None:
    """Write the tables, and print what stands in the text."""
    ours, nine = measured("specialists.json"), measured("nine.json")
    card = DOCS / "model-card.md"
    put(DOCS.parent / "README.md", README, [in_short(task, ours[task], nine[task]) for task in ours])
    put(card, ALONE, [alone(task, ours[task], bare_rate(nine[task])) for task in ours])
    put(card, NINE_ALONE, [alone(task, nine[task], PUBLISHED.get(task, "-")) for task in nine])
    put(
        card, FORCED, [forced(task, ours[task]) for task in ours], [forced(task, nine[task]) for task in nine]
    )
    under = json.loads((DOCS / "layouts.json").read_text())["specialists"]["layouts"]
    put(card, DRESSED, [dressed(layout, under[layout]) for layout in LAYOUTS])
    for group, names in (("learnt", KNOWN), ("held out", HELD_OUT)):
        print(f"layouts {group}: {together(''.join(''.join(under[name].values()) for name in names))}")
    for name, tasks in (("specialists", ours), ("nine", nine)):
        print(f"{name}: {finished(tasks)} worlds are finished alone; calibration error:")
        print(", ".join(f"{task} {calibration(tasks[task])}" for task in tasks))


def measured(name: str) -> Tasks:
    """What an evaluation found, by task."""
    found: Tasks = json.loads((DOCS / name).read_text())["tasks"]
    return found


def put(page: Path, header: str, *tables: list[str]) -> None:
    """Write the rows of the tables that begin with `header`; SystemExit where the page has not as many."""
    lines = page.read_text().split("\n")
    if lines.count(header) != len(tables):
        raise SystemExit(f"{page} should have {len(tables)} tables that begin: {header}")
    first = 0
    for rows in tables:
        first = lines.index(header, first) + 2
        end = next(i for i in range(first, len(lines)) if not lines[i].startswith("|"))
        lines[first:end] = rows
    write_whole(page, "\n".join(lines).encode())


def in_short(task: str, ours: Found, nine: Found) -> str:
    """A row of the README: who finishes, and the first part that is graded."""
    part, value = next(iter(ours["closed_loop"]["parts"].items()))
    placed = percent(ours["teacher_forced"]["place_5px"]), PUBLISHED_PLACED.get(task, "-")
    return row(task, rate(ours), bare_rate(nine), PUBLISHED.get(task, "-"), f"{value:.2f} ({part})", *placed)


def alone(task: str, ours: Found, beside: str) -> str:
    """A row of the card: closed loop, beside somebody else's."""
    found = ours["closed_loop"]
    parts = ", ".join(f"{name} {value:.2f}" for name, value in found["parts"].items())
    endings = " / ".join(str(found["endings"][how]) for how in ("mistake", "early", "unfinished"))
    shares = percent(found["invalid"]), percent(found["loops"])
    return row(task, rate(ours), beside, parts, endings, f"{found['steps']:.0f}", *shares)


def forced(task: str, ours: Found) -> str:
    """A row of the card: asked what an expert would click."""
    found = ours["teacher_forced"]
    placed = " / ".join(percent(found[f"place_{px}px"]) for px in (2, 5, 10))
    kinds = (percent(found["kinds"].get(kind)) for kind in ("navigate", "verify", "undo", "done"))
    cells = placed, PUBLISHED_PLACED.get(task, "-"), percent(found["buttons"]), *kinds
    return row(task, *cells, percent(found["repairs"]), str(found["clicks"]))


def dressed(layout: str, right: dict[str, str]) -> str:
    """A row of the card: who finishes under a layout, by family."""
    group = "held out" if layout in HELD_OUT else "learnt"
    each = (str(right[task].count("1")) for task in NINE)
    return row(f"`{layout}`", group, together("".join(right.values())), *each)


def together(right: str) -> str:
    """How many of these worlds, a 1 or a 0 each, with the interval."""
    low, high = wilson(right.count("1"), len(right))
    return f"{right.count('1')} of {len(right)} ({100 * low:.0f}-{100 * high:.0f} %)"


def row(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def rate(found: Found) -> str:
    """Success in whole percent, in bold, with its interval."""
    share, _, interval = bare_rate(found).partition(" (")
    return f"**{share}** ({interval}"


def bare_rate(found: Found) -> str:
    """Success in whole percent, with its interval."""
    share, low, high = (100 * found["closed_loop"][key] for key in ("success", "low", "high"))
    return f"{share:.0f} % ({round(low)}-{round(high)})"


def percent(share: float | None) -> str:
    """A share with one decimal; a dash where nothing was asked."""
    return "-" if share is None else f"{100 * share:.1f} %"


def calibration(found: Found) -> str:
    """The expected calibration error in points, with its interval."""
    asked = found["teacher_forced"]["calibration"]
    error, low, high = (100 * value for value in (asked["error"], *asked["interval"]))
    return f"{error:.1f} ({low:.1f}-{high:.1f})"


def finished(tasks: Tasks) -> int:
    """How many worlds were finished alone."""
    each = (found["closed_loop"] for found in tasks.values())
    return round(sum(found["success"] * found["episodes"] for found in each))


if __name__ == "__main__":
    main()
