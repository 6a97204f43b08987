"""COCO out: polygons, boxes and classes of pictures as the JSON that detection tools read.

COCO counts from the outer corner of the first pixel, so everything is half a pixel larger than elsewhere.
"""

import json
from pathlib import Path
from typing import Any

from clonotate.annotation import Categories, Region, Spot
from clonotate.formats.work import Work
from clonotate.records import ClonotateError
from clonotate.whole import write_whole


def write_coco(path: Path, work: Work) -> None:
    """A region or categories; provenance in `info`, and `by` whom beside every annotation."""
    region = isinstance(work.annotation, Region)
    names, images, annotations = regions(work) if region else categories(work)
    number = {name: i + 1 for i, name in enumerate(names)}
    whole = {
        "info": {
            "description": f"{work.provenance['task']} annotated with {work.provenance['program']}",
            "date_created": work.provenance["written"],
            "clonotate": work.provenance,
        },
        "licenses": [],
        "categories": [{"id": i, "name": name, "supercategory": ""} for name, i in number.items()],
        "images": [
            {
                "id": i + 1,
                "file_name": name,
                "height": work.placing.height,
                "width": work.placing.width,
            }
            for i, name in enumerate(images)
        ],
        "annotations": [
            {"id": i + 1, "iscrowd": 0, "category_id": number[name], **annotation}
            for i, (name, annotation) in enumerate(annotations)
        ],
    }
    write_whole(path, json.dumps(whole).encode())


Content = tuple[tuple[str, ...], list[str], list[tuple[str, dict[str, Any]]]]
"""Names of categories and of pictures, and the annotations with their categories."""


def regions(work: Work) -> Content:
    """One picture with a polygon, or with none where the answer is that there is nothing."""
    region = work.of(Region)
    if region.absent:
        return (region.category,), [work.name], []
    if not region.closed:
        raise ClonotateError("the outline of this episode is not closed, so it is no polygon yet")
    people = sorted(set(work.authors))
    shape = {"image_id": 1, **bounded(region.marks), "by": people[0] if len(people) == 1 else people}
    return (region.category,), [work.name], [(region.category, shape)]


def categories(work: Work) -> Content:
    """A picture for each item; a class of the whole item is a box as large as its picture."""
    said = work.of(Categories)
    size = (work.placing.width, work.placing.height)
    annotations = []
    for member, by in zip(said.marks, work.authors, strict=True):
        shape = bounded(member.region) if member.region else everything(*size)
        annotations.append((member.category, {"image_id": member.item + 1, **shape, "by": by}))
    return said.names, [f"{work.name}-{i}" for i in range(said.items)], annotations


def bounded(spots: tuple[Spot, ...]) -> dict[str, Any]:
    """A polygon as COCO has it: its flat list of corners, its area and the box round it."""
    corners = [(round(spot.x + 0.5, 3), round(spot.y + 0.5, 3)) for spot in spots]
    xs, ys = zip(*corners, strict=True)
    box = [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]
    return {"segmentation": [[v for corner in corners for v in corner]], "area": area(corners), "bbox": box}


def everything(width: int, height: int) -> dict[str, Any]:
    """The whole picture."""
    return {"segmentation": [], "area": float(width * height), "bbox": [0, 0, width, height]}


def area(corners: list[tuple[float, float]]) -> float:
    """Of a polygon, by the shoelace formula."""
    turned = zip(corners, corners[1:] + corners[:1], strict=True)
    return abs(sum(x * v - y * u for (x, y), (u, v) in turned)) / 2
