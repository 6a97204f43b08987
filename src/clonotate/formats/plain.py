"""Plain CSV out, for every task: a header, one row a mark, the last column says by whom it is.

Places are in pixels of the data; where the file states a spacing there are columns in its unit besides.
"""

import csv
import io
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from clonotate.annotation import (
    Categories,
    Graph,
    Landmarks,
    Points,
    Poses,
    Region,
    Spot,
    Tracks,
)
from clonotate.formats.coco import bounded
from clonotate.formats.placing import on
from clonotate.formats.work import Work, number
from clonotate.whole import write_whole

Table = tuple[tuple[str, ...], Iterable[tuple[str, ...]]]
"""Heads of columns, and rows."""


def write_plain(path: Path, work: Work) -> None:
    """Marks in order, a row each; of tracks every cell with what it came from."""
    heads, rows = table(work)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([heads, *rows])
    write_whole(path, text.getvalue().encode())


def table(work: Work) -> Table:
    """What the noun looks like in rows and columns."""
    match work.annotation:
        case Points() as points:
            return points_table(points, work)
        case Tracks() as tracks:
            return tracks_table(tracks, work)
        case Landmarks() as landmarks:
            heads = ("first_y", "first_x", "second_y", "second_x", "by")
            return heads, [
                (*yx(first), *yx(second), by)
                for (first, second), by in zip(landmarks.marks, work.authors, strict=True)
            ]
        case Poses() as poses:
            return poses_table(poses, work)
        case Categories() as said:
            return categories_table(said, work)
        case Region() as region:
            marks = zip(region.marks, work.authors, strict=True)
            return ("y", "x", "by"), [(*yx(spot), by) for spot, by in marks]
        case Graph() as graph:
            return graph_table(graph, work)


def yx(spot: Spot) -> tuple[str, str]:
    """A place in a picture."""
    return number(spot.y), number(spot.x)


def points_table(points: Points, work: Work) -> Table:
    """z, y, x, and the same in the unit of the spacing."""
    unit = work.placing.measured
    measured = tuple(f"{axis}_{unit}" for axis in "zyx") if work.placing.spacing else ()
    rows = []
    for spot, by in zip(points.marks, work.authors, strict=True):
        there = work.placing.physical(spot)
        sizes = tuple(f"{v:.6g}" for v in (there.z, there.y, there.x)) if measured else ()
        rows.append((number(spot.z), *yx(spot), *sizes, by))
    return ("z", "y", "x", *measured, "by"), rows


def tracks_table(tracks: Tracks, work: Work) -> Table:
    """Every cell, what it came from and who said so, and who said that it is gone after."""
    made = list(zip(tracks.marks, work.authors, strict=True))
    come = {child: (parent, by) for (parent, child), by in made if child is not None}
    gone = {parent: by for (parent, child), by in made if child is None}
    rows = []
    for n, cell in enumerate(tracks.cells):
        parent, by = come.get(n, ("", ""))
        rows.append((str(n), number(cell.spot.z), *yx(cell.spot), str(parent), by, gone.get(n, "")))
    return ("cell", "t", "y", "x", "parent", "by", "gone_by"), rows


def poses_table(poses: Poses, work: Work) -> Table:
    """Keypoints by frame and individual; hidden ones have no place."""
    sections, rows = work.placing.sections, []
    for (t, i, k, spot), by in zip(poses.marks, work.authors, strict=True):
        frame = number(sections[t] if sections else t)
        seen = ("1", *yx(spot)) if spot else ("0", "", "")
        rows.append((frame, poses.individuals[i], poses.names[k], *seen, by))
    return ("t", "individual", "keypoint", "visible", "y", "x", "by"), rows


def categories_table(said: Categories, work: Work) -> Table:
    """Items with their category, and the box in the picture where only that part of it is meant."""
    boxed = any(member.region for member in said.marks)
    rows = []
    for member, by in zip(said.marks, work.authors, strict=True):
        box = tuple(map(number, bounded(member.region)["bbox"])) if boxed else ()
        rows.append((str(member.item), member.category, *box, by))
    return ("item", "category", *(("left", "top", "width", "height") if boxed else ()), "by"), rows


def graph_table(graph: Graph, work: Work) -> Table:
    """Nodes path by path; a node that several paths pass has one number."""
    number_of = {spot: n for n, spot in enumerate(dict.fromkeys(node.spot for node in graph.marks))}
    degrees, rows = work.placing.degrees, []
    marks = list(zip(graph.marks, work.authors, strict=True))
    for path, (_, nodes) in enumerate(groupby(marks, key=lambda mark: mark[0].path)):
        for node, by in nodes:
            there = tuple(f"{v:.7f}" for v in on(degrees, node.spot)) if degrees else ()
            rows.append((str(path), str(number_of[node.spot]), *yx(node.spot), *there, by))
    return ("path", "node", "y", "x", *(("longitude", "latitude") if degrees else ()), "by"), rows
