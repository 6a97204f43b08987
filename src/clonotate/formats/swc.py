"""SWC in and out: the neuron tracer's plain table of nodes, one a line, each with its parent.

Columns: id, kind, x, y, z, radius, parent (Stockley 1993; https://neuromorpho.org lists the usual kinds).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clonotate.annotation import Points
from clonotate.formats.work import Work, told
from clonotate.records import ClonotateError
from clonotate.whole import whole

UNDEFINED = 0  # the kind of a node nobody has classified
UNIT = "unit:"


@dataclass(frozen=True, eq=False)
class Tree:
    """N nodes; lengths are in `unit`, whatever that is."""

    points: NDArray[np.float64]  # [N, 3]: z, y, x
    parents: NDArray[np.int64]  # [N]: index of the parent, -1 at a root
    radii: NDArray[np.float64]  # [N]; 0 where it was not measured
    kinds: NDArray[np.int64]  # [N]
    unit: str = ""


def line(points: NDArray[np.float64], root: int, unit: str = "") -> Tree:
    """An unbranched neurite: `points` `[N, 3]` (z, y, x) in order, rooted at index `root`, radii unmeasured.

    The root comes first, then what follows it, then what lies before it, going back.
    """
    after, before = np.arange(root + 1, len(points)), np.arange(root - 1, -1, -1)
    order = np.concatenate([[root], after, before]) if len(points) else np.zeros(0, int)
    parents = np.arange(-1, len(points) - 1)
    if len(before):
        parents[len(after) + 1] = 0
    zeros = np.zeros(len(points))
    return Tree(points[order].reshape(-1, 3), parents, zeros, np.full(len(points), UNDEFINED), unit)


def write_swc(path: Path, tree: Tree, comments: tuple[str, ...] = ()) -> None:
    """Write a tree, the comments and its unit before it; the file is replaced whole."""
    head = [*comments, f"{UNIT} {tree.unit or 'unstated'}", "id type x y z radius parent"]
    rows = (
        f"{i + 1} {kind} {x:.6g} {y:.6g} {z:.6g} {radius:.6g} {parent + 1 if parent >= 0 else -1}"
        for i, ((z, y, x), kind, radius, parent) in enumerate(
            zip(tree.points, tree.kinds, tree.radii, tree.parents, strict=True)
        )
    )
    with whole(path) as beside:
        beside.write_text("\n".join([*(f"# {text}" for text in head), *rows]) + "\n", encoding="utf-8")


def export_swc(path: Path, work: Work) -> None:
    """Points of a stack as one unbranched line, in the unit of its spacing; provenance in the comments."""
    spots = [work.placing.physical(spot) for spot in work.of(Points).marks]
    points = np.array([(spot.z, spot.y, spot.x) for spot in spots])
    write_swc(path, line(points, 0, work.placing.measured), told(work.provenance))


def read_swc(path: Path) -> Tree:
    """Read a tree; ids may be any integers. ClonotateError for what is no SWC."""
    if not path.is_file():
        raise ClonotateError(f"no such file: {path}")
    unit, rows = "", []
    for number, text in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        words = text.split("#")[0].split()
        if text.lstrip(" #").startswith(UNIT):
            unit = text.split(UNIT)[1].strip().replace("unstated", "")
        if words:
            rows.append(row(path, number, words))
    index = {int(numbers[0]): i for i, numbers in enumerate(rows)}
    if missing := [int(r[6]) for r in rows if r[6] >= 0 and int(r[6]) not in index]:
        raise ClonotateError(f"{path} names node {missing[0]} as a parent but does not hold it")
    table = np.array(rows, float).reshape(-1, 7)
    parents = np.array([index[int(r[6])] if r[6] >= 0 else -1 for r in rows], np.int64)
    return Tree(table[:, [4, 3, 2]], parents, table[:, 5], table[:, 1].astype(np.int64), unit)


def row(path: Path, number: int, words: list[str]) -> tuple[float, ...]:
    """The seven numbers of a line."""
    try:
        numbers = tuple(float(word) for word in words[:7])
    except ValueError:
        numbers = ()
    if len(numbers) < 7:
        raise ClonotateError(f"{path} is no SWC: line {number} does not hold seven numbers")
    return numbers
