"""The tables of README and model card, from what `clonotate evaluate` measured (docs/*.json).

    python benchmarks/card.py

A table is written where its first line stands in a page. Figures within the text are left to who writes it;
what it prints are those.
"""

import json
from pathlib import Path
from typing import Any

from clonotate.whole import write_whole

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
FORCED = (
    "| task | placed within 2 / 5 / 10 px | published, 5 px | buttons | navigate | verify | undo | done "
    "| repairs or looks when in error | clicks asked |"
)


def main() -> None:
    """Write the tables, and print what stands in the text."""
    ours, nine = (
        json.loads((DOCS / name).read_text())["tasks"] for name in ("specialists.json", "nine.json")
    )
    alone = {task: found["closed_loop"] for task, found in ours.items()}
    one = {task: nine[task]["closed_loop"] for task in ours}
    forced = {task: found["teacher_forced"] for task, found in ours.items()}
    card = DOCS / "model-card.md"
    put(DOCS.parent / "README.md", README, [in_short(t, alone[t], one[t], forced[t]) for t in ours])
    put(card, ALONE, [by_itself(t, alone[t], one[t]) for t in ours])
    put(card, FORCED, [teacher_forced(t, forced[t]) for t in ours])
    print(f"{finished(alone)} of {worlds(alone)} worlds are finished alone, by `nine` {finished(one)}")
    print("calibration error:", ", ".join(f"{t} {calibration(forced[t])}" for t in ours))


def put(page: Path, header: str, rows: list[str]) -> None:
    """Write the rows of the table that begins with `header`; SystemExit where the page has none."""
    lines = page.read_text().split("\n")
    if header not in lines:
        raise SystemExit(f"{page} has no table that begins: {header}")
    first = lines.index(header) + 2
    end = next(i for i in range(first, len(lines)) if not lines[i].startswith("|"))
    write_whole(page, "\n".join([*lines[:first], *rows, *lines[end:]]).encode())


def in_short(task: str, alone: Any, one: Any, forced: Any) -> str:
    """A row of the README: who finishes, and the first part that is graded."""
    part, value = next(iter(alone["parts"].items()))
    cells = (bold(rate(alone)), rate(one), PUBLISHED.get(task, "-"), f"{value:.2f} ({part})")
    return row(task, *cells, percent(forced["place_5px"]), PUBLISHED_PLACED.get(task, "-"))


def by_itself(task: str, alone: Any, one: Any) -> str:
    """A row of the card: closed loop."""
    parts = ", ".join(f"{name} {value:.2f}" for name, value in alone["parts"].items())
    endings = " / ".join(str(alone["endings"][how]) for how in ("mistake", "early", "unfinished"))
    shares = percent(alone["invalid"]), percent(alone["loops"])
    return row(task, bold(rate(alone)), rate(one), parts, endings, f"{alone['steps']:.0f}", *shares)


def teacher_forced(task: str, forced: Any) -> str:
    """A row of the card: asked what an expert would click."""
    placed = " / ".join(percent(forced[f"place_{px}px"]) for px in (2, 5, 10))
    kinds = (percent(forced["kinds"].get(kind)) for kind in ("navigate", "verify", "undo", "done"))
    cells = placed, PUBLISHED_PLACED.get(task, "-"), percent(forced["buttons"]), *kinds
    return row(task, *cells, percent(forced["repairs"]), str(forced["clicks"]))


def row(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def rate(alone: Any) -> str:
    """Success in whole percent, with its interval."""
    low, high = round(100 * alone["low"]), round(100 * alone["high"])
    return f"{100 * alone['success']:.0f} % ({low}-{high})"


def bold(rate: str) -> str:
    """The same, what stands before the interval in bold."""
    share, _, interval = rate.partition(" (")
    return f"**{share}** ({interval}"


def percent(share: float | None) -> str:
    """A share with one decimal; a dash where nothing was asked."""
    return "-" if share is None else f"{100 * share:.1f} %"


def calibration(forced: Any) -> str:
    """The expected calibration error in points, with its interval."""
    error, (low, high) = forced["calibration"]["error"], forced["calibration"]["interval"]
    return f"{100 * error:.1f} ({100 * low:.1f}-{100 * high:.1f})"


def finished(alone: dict[str, Any]) -> int:
    """Worlds that were finished alone."""
    return round(sum(each["success"] * each["episodes"] for each in alone.values()))


def worlds(alone: dict[str, Any]) -> int:
    """All worlds."""
    return sum(each["episodes"] for each in alone.values())


if __name__ == "__main__":
    main()
