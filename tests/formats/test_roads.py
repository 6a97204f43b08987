"""Pictures of roads and their lines: where they come to lie on the tile, and what cannot be used."""

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.formats.roads import read_roads
from clonotate.records import ClonotateError, Source
from clonotate.tasks.worlds.streets import SIDE

DATA = Path(os.environ.get("CLONOTATE_DATA", Path(__file__).parents[3] / "shared" / "data"))
CHIP = DATA / "roads-satellite"
GEO = [  # 1e-5 degrees a pixel, the upper left corner at 10 E 50 N
    (33550, "d", 3, (1e-5, 1e-5, 0.0), True),
    (33922, "d", 6, (0.0, 0.0, 0.0, 10.0, 50.0, 0.0), True),
    (34735, "H", 8, (1, 1, 0, 1, 2048, 0, 1, 4326), True),
]


def chip(folder: Path, lines: list[list[tuple[float, float]]], tags: list = GEO) -> Path:
    """A folder with a dim road of bright noise, and lines in pixels of it."""
    picture = np.random.default_rng(0).integers(200, 2000, (600, 600)).astype(np.uint16)
    tifffile.imwrite(folder / "image.tif", picture, extratags=tags)
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "LineString",
                "coordinates": [(10 + x * 1e-5, 50 - y * 1e-5) for x, y in line],
            },
        }
        for line in lines
    ]
    (folder / "roads.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return folder


def test_lines_lie_where_the_picture_has_them(tmp_path: Path) -> None:
    world = read_roads(chip(tmp_path, [[(-50, 300), (300, 300), (700, 300)], [(300, 300), (300, 100)]])).world
    network, scale = world.tile.truth, SIDE / 600
    assert world.tile.image.shape == (SIDE, SIDE)
    assert network.points[network.degree == 3].tolist() == [[round(300 * scale)] * 2]
    ends = network.points[network.degree == 1]
    assert sorted(ends[:, 1].tolist()) == pytest.approx([100 * scale, 300 * scale, 300 * scale], abs=1)
    assert ends[:, 0].min() < 9
    assert ends[:, 0].max() > SIDE - 9


def test_no_lines_no_truth(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "tile.png"), np.full((300, 400, 3), (10, 90, 200), np.uint8))
    world = read_roads(tmp_path / "tile.png").world
    assert world.tile.image[5, 5].tolist() == [200, 90, 10]
    with pytest.raises(ClonotateError, match="without roads"):
        _ = world.sketch


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    with pytest.raises(ClonotateError, match="EPSG:4326"):
        read_roads(chip(tmp_path, [[(0, 9), (500, 9)]], tags=[]))
    with pytest.raises(ClonotateError, match="no such file"):
        read_roads(tmp_path / "nothing.tif")
    (tmp_path / "roads.geojson").write_text('{"features": 3}')
    tifffile.imwrite(tmp_path / "image.tif", np.ones((300, 300), np.uint16), extratags=GEO)
    with pytest.raises(ClonotateError, match="blank"):
        read_roads(tmp_path)
    cv2.imwrite(str(tmp_path / "image.tif"), np.ones((300, 300), np.uint8))
    with pytest.raises(ClonotateError):
        read_roads(tmp_path)


@pytest.mark.data
@pytest.mark.skipif(not CHIP.exists(), reason=f"no {CHIP}: see docs on data, or set CLONOTATE_DATA")
def test_the_expert_traces_the_satellite_chip() -> None:
    world = read_roads(CHIP).world
    session = Session(Source("road-network-construction", data=str(CHIP)), world=world)
    person = VirtualAnnotator(session, STEADY, np.random.default_rng(0))
    while not session.done and len(session.steps) < 300:
        session.click(person(session.screen))
    assert session.score().success
    assert len(session.steps) < 200
