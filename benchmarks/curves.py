"""Learning curves of several designs: what they are worth by frames seen, and by minutes gone."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from clonotate.whole import write_whole

COLOURS = ("#0b6e99", "#d1495b", "#e6a23c")
MEASURES = (("nll", "nats a click"), ("placed", "placed within 5 px"))
CLOCKS = (("frames", "frames"), ("minutes", "minutes"))


def draw(rows: Sequence[Any], file: Path, title: str = "") -> None:
    """A row of panels a task: both measures, by both clocks."""
    tasks, designs = (list(dict.fromkeys(getattr(row, name) for row in rows)) for name in ("task", "design"))
    with mpl.rc_context({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(11, 2.4 * len(tasks) + 0.4), layout="constrained")
        panels = figure.subplots(len(tasks), 4, squeeze=False)
        for task, across in zip(tasks, panels, strict=True):
            for panel, (measure, clock) in zip(
                across, [(m, c) for m in MEASURES for c in CLOCKS], strict=True
            ):
                for design, colour in zip(designs, COLOURS, strict=False):
                    own = sorted(
                        (r for r in rows if (r.task, r.design) == (task, design)), key=lambda r: r.step
                    )
                    across_, up = ([getattr(row, name) for row in own] for name in (clock[0], measure[0]))
                    panel.plot(across_, up, "o-", color=colour, label=design, markersize=3)
                panel.set_xscale("log")
                panel.set(xlabel=clock[1], ylabel=measure[1])
            across[0].set_title(task, loc="left", fontweight="bold")
        panels[0][0].legend(frameon=False)
        figure.suptitle(title)
        page = BytesIO()
        figure.savefig(page, dpi=130)
    write_whole(file, page.getvalue())
