"""GeoJSON out: roads as lines, an outline as a polygon (RFC 7946); `roads.py` reads lines.

Longitude and latitude (WGS84) where the picture is georeferenced. Where it is not, positions are pixels, x
right and y down, which is outside of the standard: `coordinates` of the collection says so.
"""

import json
from pathlib import Path
from typing import Any

from clonotate.annotation import Graph, Region, Spot
from clonotate.formats.placing import on
from clonotate.formats.work import Work
from clonotate.records import ClonotateError
from clonotate.whole import write_whole

Position = tuple[float, float]
WGS84 = "longitude, latitude (WGS84)"
PIXELS = "pixels of the picture, x right and y down: it has no georeference"


def write_geojson(path: Path, work: Work) -> None:
    """A feature a path or region, with `by` whom each of its positions is; provenance in the collection."""
    features = outlines(work) if isinstance(work.annotation, Region) else lines(work)
    whole = {
        "type": "FeatureCollection",
        "coordinates": WGS84 if work.placing.degrees else PIXELS,
        "clonotate": work.provenance,
        "features": features,
    }
    write_whole(path, json.dumps(whole).encode())


def lines(work: Work) -> list[dict[str, Any]]:
    """Paths as lines; one of a single node as a point."""
    graph, features, authors = work.of(Graph), [], iter(work.authors)
    for number, path in enumerate(graph.paths):
        places = [position(work, spot) for spot in path]
        shape: dict[str, Any] = {"type": "LineString", "coordinates": places}
        if len(places) == 1:
            shape = {"type": "Point", "coordinates": places[0]}
        features.append(feature(shape, {"path": number, "by": [next(authors) for _ in path]}))
    return features


def outlines(work: Work) -> list[dict[str, Any]]:
    """A closed outline as a polygon, counter-clockwise as the standard wants; nothing if there is nothing."""
    region = work.of(Region)
    if region.absent:
        return []
    if not region.closed:
        raise ClonotateError("the outline of this episode is not closed, so it is no polygon yet")
    ring = [position(work, spot) for spot in region.marks]
    authors = list(work.authors)
    if twice_area(ring) < 0:
        ring, authors = ring[::-1], authors[::-1]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return [feature(shape, {"category": region.category, "by": authors})]


def feature(shape: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """A geometry with what is known of it."""
    return {"type": "Feature", "geometry": shape, "properties": properties}


def position(work: Work, spot: Spot) -> Position:
    """A place as GeoJSON has it: a centimetre or a hundredth of a pixel is fine enough."""
    if work.placing.degrees is None:
        return round(spot.x, 2), round(spot.y, 2)
    longitude, latitude = on(work.placing.degrees, spot)
    return round(longitude, 7), round(latitude, 7)


def twice_area(ring: list[Position]) -> float:
    """Twice the area of a ring, above 0 where it is counter-clockwise with y up."""
    return sum(x * v - y * u for (x, y), (u, v) in zip(ring, ring[1:] + ring[:1], strict=True))
