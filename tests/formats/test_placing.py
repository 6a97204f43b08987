"""What is annotated on real data comes back in the data's own pixels, frames and degrees."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from finished import finished_on
from hypothesis import given
from hypothesis import strategies as st

from clonotate.annotation import Graph, Landmarks, Poses, Region, Spot, Tracks
from clonotate.formats.placing import on, square
from clonotate.formats.work import work_of
from clonotate.formats.worlds import read_excerpt
from clonotate.tasks.worlds import arena, em
from clonotate.tasks.worlds.maps import similarity

GEO = [  # 1e-5 degrees a pixel, the upper left corner at 10 E 50 N
    (33550, "d", 3, (1e-5, 1e-5, 0.0), True),
    (33922, "d", 6, (0.0, 0.0, 0.0, 10.0, 50.0, 0.0), True),
    (34735, "H", 8, (1, 1, 0, 1, 2048, 0, 1, 4326), True),
]


@given(left=st.integers(-50, 50), side=st.integers(16, 4000), x=st.integers(0, 255))
def test_a_square_reaches_from_border_to_border(left: int, side: int, x: int) -> None:
    matrix = square(left, left, side)
    first, last = on(matrix, Spot(0, 0))[0], on(matrix, Spot(255, 255))[0]
    grain = side / 256
    assert first - grain / 2 == pytest.approx(left - 0.5)
    assert last + grain / 2 == pytest.approx(left + side - 0.5)
    assert first <= on(matrix, Spot(x, 0))[0] <= last


def test_nodes_lie_in_the_neurite_in_voxels_and_nanometres(tmp_path: Path) -> None:
    volume = em.grow(em.EASY, np.random.default_rng(3))
    spacing = {"spacing": 50, "unit": "nm", "axes": "ZYX"}
    tifffile.imwrite(
        tmp_path / "raw.tif", volume.images, imagej=True, resolution=(0.25, 0.25), metadata=spacing
    )
    tifffile.imwrite(tmp_path / "neurites.tif", volume.labels)
    work = work_of(finished_on("neuron-tracking", tmp_path, seed=2))
    spots = [tuple(round(v) for v in (z, y, x)) for x, y, z in work.annotation.marks]
    assert len({volume.labels[spot] for spot in spots}) == 1
    assert [z for z, _, _ in spots] == list(range(len(volume.images)))
    assert (work.placing.spacing, work.placing.measured) == ((50, 4, 4), "nm")
    assert work.placing.physical(Spot(2, 3, 4)) == Spot(8, 12, 200)


def test_keypoints_lie_where_the_table_has_them(tmp_path: Path) -> None:
    points = np.stack(
        [np.linspace((200, 150), (260, 180), 12), np.linspace((120, 150), (170, 230), 12)], axis=1
    )
    heads = ["scorer,me,me,me,me", "bodyparts,snout,snout,tail,tail", "coords,x,y,x,y"]
    for i in range(12):
        cv2.imwrite(str(tmp_path / f"img{i}.png"), np.full((300, 400), 9 * i, np.uint8))
        heads.append(f"img{i}.png,{','.join(map(str, points[i].ravel()))}")
    (tmp_path / "labels.csv").write_text("\n".join(heads))
    work = work_of(finished_on("animal-limb-tracking", tmp_path, seed=1))
    assert isinstance(work.annotation, Poses)
    assert work.annotation.names == ("snout", "tail")
    for t, _, k, spot in work.annotation.marks:
        row = int(work.placing.names[t].removeprefix("img").removesuffix(".png"))
        assert spot is not None
        assert spot.z == row
        assert np.hypot(*(points[row, k] - spot[:2])) < 1


def test_animals_lie_where_their_tracks_are(tmp_path: Path) -> None:
    film = arena.film(arena.EASY, np.random.default_rng(3))
    tifffile.imwrite(tmp_path / "film.tif", film.images.repeat(2, axis=1).repeat(2, axis=2))
    tracks = 2.0 * film.ends + 0.5
    columns = [(f"m{a}", end) for a in range(film.ends.shape[1]) for end in ("nose", "tail") for _ in "xy"]
    rows = [["scorer", *("me" for _ in columns)], ["individuals", *(a for a, _ in columns)]]
    rows += [["bodyparts", *(end for _, end in columns)], ["coords", *"xy" * (len(columns) // 2)]]
    rows += [[f"img{t}.png", *map(str, frame.ravel())] for t, frame in enumerate(tracks)]
    (tmp_path / "tracks.csv").write_text("\n".join(",".join(row) for row in rows))
    work = work_of(finished_on("animal-behavioral-tracking", tmp_path))
    assert isinstance(work.annotation, Poses)
    for _, animal, end, spot in work.annotation.marks:
        assert spot is not None
        assert np.hypot(*(tracks[int(spot.z), animal, end] - spot[:2])) < 1.5


def test_cells_lie_on_their_labels(tmp_path: Path) -> None:
    work = work_of(finished_on("cell-lineage-tracking", write_cells(tmp_path)))
    _, labels = small_film()
    assert isinstance(work.annotation, Tracks)
    exact = 0
    for cell in work.annotation.cells:
        label = labels[int(cell.spot.z), round(cell.spot.y), round(cell.spot.x)]
        assert label > 0
        inside = np.argwhere(labels[int(cell.spot.z)] == label)
        outline = np.array([spot[:2] for spot in cell.outline])[:, ::-1]
        assert (outline.min(axis=0) > inside.min(axis=0) - 1).all()
        assert (outline.max(axis=0) < inside.max(axis=0) + 1).all()
        far = np.maximum(outline.min(axis=0) - inside.min(axis=0), inside.max(axis=0) - outline.max(axis=0))
        exact += bool(far.max() < 1)
    assert exact > 0.8 * len(work.annotation.cells)  # the others are cut off at the border of the crop


def small_film() -> tuple[np.ndarray, np.ndarray]:
    """Three round cells that drift to the right, one of which divides: pictures and labels."""
    y, x = np.mgrid[:90, :120]
    labels = np.zeros((9, 90, 120), np.uint16)
    for t in range(9):
        cells = {5: (30, 30), 9: (62, 40)} | ({31: (40, 70), 32: (54, 74)} if t > 4 else {8: (46, 72)})
        for label, (row, column) in cells.items():
            labels[t][(y - row) ** 2 + (x - column - t) ** 2 < 36] = label
    return 1000 + 500 * (labels > 0).astype(np.uint16), labels


def write_cells(folder: Path) -> Path:
    """The film as a folder."""
    images, labels = small_film()
    tifffile.imwrite(folder / "images.tif", images)
    tifffile.imwrite(folder / "labels.tif", labels)
    return folder


def test_roads_lie_where_the_map_has_them(tmp_path: Path) -> None:
    work = work_of(finished_on("road-network-construction", write_roads(tmp_path)))
    assert isinstance(work.annotation, Graph)
    assert work.placing.degrees is not None
    places = [on(work.placing.degrees, spot) for path in work.annotation.paths for spot in path]
    along, down = ((np.array(places) - (10, 50)) / (1e-5, -1e-5)).T
    assert np.minimum(np.abs(down - 300), np.abs(along - 300)).max() < 3  # both roads, in px


def write_roads(folder: Path) -> Path:
    """A tile of noise with two roads that meet, 300 px from its corner."""
    picture = np.random.default_rng(0).integers(200, 2000, (600, 600)).astype(np.uint16)
    tifffile.imwrite(folder / "image.tif", picture, extratags=GEO)
    lines = [[(0, 300), (300, 300), (599, 300)], [(300, 300), (300, 60)]]
    geometries = [[(10 + x * 1e-5, 50 - y * 1e-5) for x, y in line] for line in lines]
    features = [{"geometry": {"type": "LineString", "coordinates": line}} for line in geometries]
    (folder / "roads.geojson").write_text(json.dumps({"features": features}))
    return folder


def test_a_map_is_between_the_pixels_of_two_pictures(tmp_path: Path) -> None:
    matrix = write_pair(tmp_path)
    work = work_of(finished_on("multichannel-image-alignment", tmp_path / "pair.json"))
    assert isinstance(work.annotation, Landmarks)
    assert np.abs(np.array(work.annotation.matrix)[:, :2] - matrix[:, :2]).max() < 0.03
    for first, second in work.annotation.marks:
        assert np.hypot(*(matrix[:, :2] @ first[:2] + matrix[:, 2] - second[:2])) < 5
        assert np.hypot(*np.subtract(on(work.annotation.matrix, first), second[:2])) < 5


def write_pair(folder: Path) -> np.ndarray:
    """A picture and a turned and enlarged one, of another size, as a pair file; gives the map."""
    scene = np.random.default_rng(0).integers(0, 256, (300, 400), dtype=np.uint8)
    scene = cv2.normalize(cv2.GaussianBlur(scene, (0, 0), 4), None, 0, 255, cv2.NORM_MINMAX)
    matrix = similarity((400, 300), 8, 0.95, (20, -11))
    cv2.imwrite(str(folder / "a.png"), scene)
    cv2.imwrite(str(folder / "b.png"), cv2.warpAffine(scene, matrix, (360, 300)))
    pair = {"first": "a.png", "second": "b.png", "matrix": matrix.tolist()}
    (folder / "pair.json").write_text(json.dumps(pair))
    return matrix


def test_an_outline_lies_round_the_plume(tmp_path: Path) -> None:
    mask = write_cube(tmp_path)
    work = work_of(finished_on("spectral-plume-finding", tmp_path / "cube.npz"))
    assert isinstance(work.annotation, Region)
    drawn = np.zeros_like(mask, np.uint8)
    corners = np.array([spot[:2] for spot in work.annotation.marks])
    cv2.fillPoly(drawn, [np.rint(corners).astype(np.int32)], 1)
    assert (mask & (drawn > 0)).sum() / (mask | (drawn > 0)).sum() > 0.7


def write_cube(folder: Path) -> np.ndarray:
    """A dim cube, wider than high, with an ellipse of gas right of the middle; gives its mask."""
    at = np.arange(24)
    line = (np.exp(-(((at - 8) / 2) ** 2)) + 0.7 * np.exp(-(((at - 17) / 2) ** 2))).astype(np.float32)
    y, x = np.mgrid[:64, :96]
    mask = ((y - 30) / 14) ** 2 + ((x - 58) / 10) ** 2 < 1
    cube = 10 + np.random.default_rng(0).standard_normal((24, 64, 96)) + 25 * line[:, None, None] * mask
    np.savez(folder / "cube.npz", cube=cube.astype(np.float32), signature=line, mask=mask, emits=True)
    return mask


@pytest.mark.parametrize("task", ["colored-dot-tracking", "chromosome-tracing"])
def test_a_spot_lies_in_its_voxel(task: str, tmp_path: Path) -> None:
    stack = np.random.default_rng(0).integers(0, 90, (40, 60, 90)).astype(np.uint8)
    stack[21, 40:43, 50:53] = 255
    tifffile.imwrite(tmp_path / "spots.tif", stack)
    _, excerpt = read_excerpt(task, tmp_path / "spots.tif", seed=3)
    images = excerpt.world.stack.images
    grey = images.max(axis=-1) if images.ndim == 4 else images
    z, y, x = (float(np.mean(where)) for where in np.nonzero(grey == grey.max()))
    spot = excerpt.placing.spot(Spot(x, y, z))
    assert np.hypot(spot.x - 51, spot.y - 41) < 0.3
    assert abs(spot.z - 21) <= 1
