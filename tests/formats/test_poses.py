import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.rollout import rollout
from clonotate.episodes.session import Session
from clonotate.formats.keypoints import read_deeplabcut
from clonotate.formats.poses import read_poses
from clonotate.formats.worlds import read_world
from clonotate.records import ClonotateError
from clonotate.tasks.limb_tracking import LimbTracking

DATA = Path(os.environ.get("CLONOTATE_DATA", Path(__file__).parents[3] / "shared" / "data"))
NAMES = ("snout", "tailbase")
POINTS = np.stack([np.linspace((200, 150), (260, 180), 12), np.linspace((120, 150), (170, 230), 12)], axis=1)


def written(folder: Path, rows: list[list[object]] | None = None, heads: int = 1) -> Path:
    """A folder as DeepLabCut keeps labelled frames: each has a white spot for a snout."""
    lead = [""] * (heads - 1)
    table: list[list[object]] = [
        ["scorer", *lead, *["me"] * 4],
        ["bodyparts", *lead, "snout", "snout", "tailbase", "tailbase"],
        ["coords", *lead, "x", "y", "x", "y"],
    ]
    for i, (snout, tail) in enumerate(POINTS):
        picture = np.full((300, 400), 40, np.uint8)
        cv2.circle(picture, (round(snout[0]), round(snout[1])), 3, 255, -1)
        cv2.imwrite(str(folder / f"img{i}.png"), picture)
        where = ["labeled-data", "video", f"img{i}.png"] if heads > 1 else [f"labeled-data/video/img{i}.png"]
        table.append([*where, *snout, *tail])
    lines = table[:3] + (rows if rows is not None else table[3:])
    (folder / "labels.csv").write_text("\n".join(",".join(map(str, row)) for row in lines))
    return folder


@pytest.mark.parametrize("heads", [1, 3])
def test_frames_and_keypoints_meet_on_the_canvas(tmp_path: Path, heads: int) -> None:
    film = read_poses(written(tmp_path, heads=heads), 0).world.film
    assert film.images.shape == (8, 256, 256, 3)
    assert film.names == NAMES
    for image, row in zip(film.images, film.truth, strict=True):
        assert row[0] is not None
        x, y = row[0]
        bright = np.argwhere(image[..., 0] > 200).mean(axis=0)
        assert np.hypot(*(bright - (y, x))) < 1.5


def test_a_seed_chooses_the_frames(tmp_path: Path) -> None:
    folder = written(tmp_path)
    first = [read_poses(folder, seed).world.film.points for seed in range(8)]
    assert len({points.tobytes() for points in first if points is not None}) > 1
    again = read_poses(folder / "labels.csv", 3).world.film.points
    assert again is not None
    assert first[3] is not None
    np.testing.assert_array_equal(first[3], again)


def test_empty_cells_are_hidden_keypoints(tmp_path: Path) -> None:
    rows: list[list[object]] = [[f"img{i}.png", 100 + 9 * i, 120, "", ""] for i in range(3)]
    rows[1][3:] = [60, 70]
    film = read_poses(written(tmp_path, rows), 0).world.film
    assert [row[1] is None for row in film.truth] == [True, False, True]


def test_a_table_without_coordinates_only_names_keypoints(tmp_path: Path) -> None:
    film = read_poses(written(tmp_path, [[f"img{i}.png", "", "", "", ""] for i in range(9)]), 0).world.film
    assert film.points is None
    assert film.names == NAMES
    assert film.images[0, 0].max() == 0  # the whole picture, with black above it
    assert film.images[0, 128, 10].max() == 40


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["img0.png", 1, 2, 3]], "cut short"),
        ([["img0.png", 1, 2, "x", 4]], "no numbers"),
        ([["gone.png", 1, 2, 3, 4]], "no frame that can be read"),
        ([], "no DeepLabCut table"),
    ],
)
def test_bad_tables_are_told(tmp_path: Path, rows: list[list[object]], message: str) -> None:
    with pytest.raises(ClonotateError, match=message):
        read_poses(written(tmp_path, rows), 0)


def test_a_folder_without_a_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClonotateError, match="no table of keypoints"):
        read_poses(tmp_path, 0)


@pytest.mark.data
def test_the_mouse_of_the_open_field() -> None:
    folder = DATA / "mouse-openfield"
    if not folder.exists():
        pytest.skip(f"no real data: {folder} is missing; set CLONOTATE_DATA to the folder of the sets")
    poses = read_deeplabcut(folder / "labels.csv", several=False)
    assert poses.names == ("snout", "leftear", "rightear", "tailbase")
    assert poses.points.shape == (60, 4, 2)
    for seed in range(4):
        source, state = read_world(LimbTracking.name, folder, seed)
        session = Session(source, world=state)
        rollout(session, VirtualAnnotator(session, STEADY, np.random.default_rng(0)))
        assert session.score().success
        film = state.film
        dark = [film.images[t, y, x].mean() for t, row in enumerate(film.truth) for x, y in row[3:] if row[3]]
        assert np.median(dark) < np.median(film.images)
