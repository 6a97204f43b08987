"""Roads and outlines as GeoJSON: valid shapes, in degrees where the picture has them."""

import json
from pathlib import Path

import pytest
from finished import finished, finished_on
from shapely.geometry import shape
from test_coco import PLUME, seed_with
from test_placing import write_roads

from clonotate.annotation import Graph, Region
from clonotate.formats.export import export
from clonotate.formats.roads import lines_on
from clonotate.formats.work import work_of

ROADS = "road-network-construction"


def collection(path: Path) -> dict:
    return json.loads(path.read_text())


def test_roads_are_lines_in_pixels_where_nothing_else_is_known(tmp_path: Path) -> None:
    export(finished(ROADS), "geojson", tmp_path / "a.geojson")
    found, graph = collection(tmp_path / "a.geojson"), work_of(finished(ROADS)).of(Graph)
    assert found["coordinates"].startswith("pixels")
    lines = [shape(feature["geometry"]) for feature in found["features"]]
    assert [list(line.coords) for line in lines] == [[spot[:2] for spot in path] for path in graph.paths]
    assert all(line.is_valid for line in lines)
    by = [hand for feature in found["features"] for hand in feature["properties"]["by"]]
    assert tuple(by) == work_of(finished(ROADS)).authors


def test_roads_of_a_georeferenced_picture_are_in_degrees_and_read_back(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    write_roads(folder)
    episode = finished_on(ROADS, folder)
    export(episode, "geojson", tmp_path / "a.geojson")
    found = collection(tmp_path / "a.geojson")
    assert "WGS84" in found["coordinates"]
    assert found["clonotate"]["source"]["digest"] == episode.source.data_digest
    graph = work_of(episode).of(Graph)
    again = lines_on(folder / "image.tif", tmp_path / "a.geojson")
    for line, path in zip(again, graph.paths, strict=True):
        assert abs(line - [spot[:2] for spot in path]).max() < 0.02


@pytest.mark.parametrize("plume", [True, False])
def test_a_plume_is_a_polygon_and_none_is_no_feature(plume: bool, tmp_path: Path) -> None:
    episode = finished(PLUME, seed_with(plume))
    export(episode, "geojson", tmp_path / "a.geojson")
    found = collection(tmp_path / "a.geojson")
    assert len(found["features"]) == plume
    assert found["clonotate"]["answer"] == ("plume" if plume else "no plume")
    for feature in found["features"]:
        polygon, marks = shape(feature["geometry"]), work_of(episode).of(Region).marks
        assert polygon.is_valid
        assert polygon.exterior.is_ccw
        assert set(polygon.exterior.coords) == {spot[:2] for spot in marks}
        assert len(feature["properties"]["by"]) == len(marks)
