"""Aerial and satellite pictures in, with road centre lines beside them: (Geo)TIFF, PNG or JPEG, and GeoJSON.

Lines are in WGS84 degrees, as GeoJSON has them, and the picture says where it lies by its GeoTIFF tags.
"""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray

from clonotate.annotation import Matrix
from clonotate.formats.placing import Excerpt, Placing, square
from clonotate.records import ClonotateError
from clonotate.tasks.road_network import RoadNetwork
from clonotate.tasks.worlds.network import dense
from clonotate.tasks.worlds.streets import EDGE, SIDE

SUFFIXES = (".tif", ".tiff", ".png", ".jpg", ".jpeg")
BLACK_WHITE = (0.5, 99.5)  # percentiles that become 0 and 255
WIDEST = 1400  # px of a picture that one tile shows at most; at 0.3 m a road is then 8 px wide
LEAST = 256  # px along a side of a picture
WGS84 = 4326
Line = NDArray[np.float64]  # [points, 2]: x, y


def read_roads(path: Path, seed: int = 0) -> Excerpt:
    """A tile of a picture, or of the one in a folder, and its roads if a .geojson lies beside it.

    A larger picture is cut to a square that `seed` chooses. ClonotateError for what cannot be used.
    """
    picture = picture_in(path)
    grey = as_grey_levels(picture)
    side = min(*grey.shape[:2], WIDEST)
    if side < LEAST:
        raise ClonotateError(
            f"{picture} is {grey.shape[1]} x {grey.shape[0]}; a tile has at least {LEAST} x {LEAST}"
        )
    rng = np.random.default_rng(seed)
    top, left = (int(rng.integers(0, length - side + 1)) for length in grey.shape[:2])
    cut = grey[top : top + side, left : left + side]
    tile = cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR)
    beside = sorted(picture.parent.glob("*.geojson")) if path.is_dir() else [picture.with_suffix(".geojson")]
    lines = None
    if beside and beside[0].exists():
        there = [(line - (left, top)) * (SIDE / side) for line in lines_on(picture, beside[0])]
        lines = [part for line in there for part in inside(line)]
    height, width = grey.shape[:2]
    placing = Placing(height, width, square(left, top, side, SIDE), degrees=to_degrees(picture))
    return Excerpt(RoadNetwork().begin_from(np.asarray(tile, np.uint8), lines or None), placing)


def picture_in(path: Path) -> Path:
    """The picture of that path or in that folder."""
    if not path.exists():
        raise ClonotateError(f"no such file: {path}")
    found = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES) if path.is_dir() else [path]
    if not found or found[0].suffix.lower() not in SUFFIXES:
        raise ClonotateError(f"no picture at {path}; one ends in {', '.join(SUFFIXES)}")
    return found[0]


def as_grey_levels(picture: Path) -> NDArray[np.uint8]:
    """The picture, uint8 `[height, width]` or `[height, width, 3]` RGB, stretched where it is not 8-bit."""
    values = pixels(picture)
    if values.ndim == 3 and values.shape[2] in (3, 4):
        values = values[..., :3]
    elif values.ndim != 2:
        raise ClonotateError(
            f"{picture} is no picture in grey or RGB but {' x '.join(map(str, values.shape))}"
        )
    if values.dtype == np.uint8:
        return np.asarray(values)
    finite = np.nan_to_num(values.astype(np.float64))
    black, white = np.percentile(finite, BLACK_WHITE)
    if white <= black:
        raise ClonotateError(f"{picture} is blank: nearly all its values are {black:g}")
    return np.asarray(((finite - black) * (255 / (white - black))).clip(0, 255).round(), np.uint8)


def pixels(picture: Path) -> NDArray[Any]:
    """The values as they are in the file; ClonotateError where it cannot be read."""
    if picture.suffix.lower() in (".tif", ".tiff"):
        try:
            return np.asarray(tifffile.imread(picture))
        except (tifffile.TiffFileError, ValueError, IndexError) as error:
            raise ClonotateError(f"{picture} is not a readable TIFF: {error}") from None
    read = cv2.imread(str(picture), cv2.IMREAD_COLOR)
    if read is None:
        raise ClonotateError(f"{picture} is not a readable picture")
    return np.asarray(cv2.cvtColor(read, cv2.COLOR_BGR2RGB))


# Lines


def lines_on(picture: Path, drawn: Path) -> list[Line]:
    """The lines of a GeoJSON file in pixels of the picture."""
    (left, top), (across, down) = georeference(picture)
    return [(line - (left, top)) / (across, -down) for line in degrees(drawn)]


def degrees(drawn: Path) -> list[Line]:
    """All LineStrings and MultiLineStrings of a file: longitudes and latitudes."""
    try:
        features = json.loads(drawn.read_text(encoding="utf-8"))["features"]
        shapes = [feature["geometry"] for feature in features if feature["geometry"]]
        single = [shape["coordinates"] for shape in shapes if shape["type"] == "LineString"]
        many = [line for s in shapes if s["type"] == "MultiLineString" for line in s["coordinates"]]
        return [np.array([place[:2] for place in line], float) for line in (*single, *many) if len(line) > 1]
    except (ValueError, KeyError, TypeError) as error:
        raise ClonotateError(f"{drawn} is not a GeoJSON file of lines: {error!r}") from None


def georeference(picture: Path) -> tuple[tuple[float, float], tuple[float, float]]:
    """Longitude and latitude of the upper left corner, and degrees a pixel, from the GeoTIFF tags."""
    wanted = f"{picture} does not say where it lies: roads need a GeoTIFF in WGS84 degrees (EPSG:4326)"
    if picture.suffix.lower() not in (".tif", ".tiff"):
        raise ClonotateError(wanted)
    with tifffile.TiffFile(picture) as file:
        tags = file.pages.first.tags
        scale, tie, keys = (tags.valueof(code) for code in (33550, 33922, 34735))
    entries = [tuple(keys[i : i + 4]) for i in range(4, len(keys), 4)] if keys else []
    if not scale or not tie or (2048, 0, 1, WGS84) not in entries:
        raise ClonotateError(wanted)
    across, down = float(scale[0]), float(scale[1])
    return (tie[3] - tie[0] * across, tie[4] + tie[1] * down), (across, down)


def to_degrees(picture: Path) -> Matrix | None:
    """The map from pixels of a picture to longitude and latitude; None where it has no georeference."""
    try:
        (left, top), (across, down) = georeference(picture)
    except ClonotateError:
        return None
    return (across, 0, left), (0, -down, top)


def inside(line: Line) -> list[Line]:
    """The stretches of a line that lie in the tile."""
    points = dense(line)
    within = np.asarray(((points >= EDGE) & (points <= SIDE - EDGE)).all(axis=1))
    cuts = np.flatnonzero(np.diff(within.astype(int))) + 1
    parts = zip(np.split(points, cuts), np.split(within, cuts), strict=True)
    return [part for part, kept in parts if kept[0] and len(part) > 1]
