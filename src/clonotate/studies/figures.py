"""Figures of studies, drawn by matplotlib: a figure is a function of a table, written as PNG and SVG."""

from pathlib import Path
from typing import TYPE_CHECKING

from clonotate.records import ClonotateError
from clonotate.whole import whole

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

INK = ("#2563a8", "#c2571a", "#3a8a4d", "#8a4fa3", "#8a6d1f", "#0f8a8a", "#c23b6b")
"""One colour a task."""


def blank(width: float = 6.4, height: float = 4.0) -> "Figure":
    """An empty figure, its size in inches; ClonotateError where matplotlib is missing."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ClonotateError("figures need matplotlib: pip install clonotate[figures]") from None
    return Figure((width, height), layout="constrained")


def write_figure(figure: "Figure", path: Path) -> None:
    """`path` with .png and .svg in place of its ending; the same table gives the same bytes."""
    import matplotlib

    for axes in figure.axes:
        plainly(axes.xaxis)
        plainly(axes.yaxis)
    with matplotlib.rc_context({"svg.hashsalt": "clonotate", "svg.fonttype": "none"}):
        for ending, metadata in ((".png", {}), (".svg", {"Date": None})):
            with whole(path.with_suffix(ending)) as beside:
                figure.savefig(beside, dpi=160, metadata=metadata)


def plainly(axis: "Axis") -> None:
    """Numbers as they are, and a few more of them, where an axis is logarithmic."""
    from matplotlib.ticker import LogLocator, NullFormatter

    if axis.get_scale() == "log":
        low, high = axis.get_view_interval()
        few = high > 40 * low
        axis.set_major_locator(LogLocator(subs=(1, 3) if few else (1, 1.5, 2, 3, 5, 7)))
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter(NullFormatter())
