"""Films of animals with and without tracks, and what is wrong with other files."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from clonotate.episodes.session import Session
from clonotate.formats.animals import read_animals
from clonotate.formats.worlds import read_world
from clonotate.records import ClonotateError, Source
from clonotate.tasks.worlds import arena

NAME = "animal-behavioral-tracking"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A film twice as fine as the canvas and its tracks, one point of them missing."""
    film = arena.film(arena.EASY, np.random.default_rng(3))
    tifffile.imwrite(tmp_path / "film.tif", film.images.repeat(2, axis=1).repeat(2, axis=2))
    write(tmp_path / "tracks.csv", 2.0 * film.ends + 0.5, hidden=1)
    return tmp_path


def write(path: Path, ends: np.ndarray, hidden: int | None = None) -> None:
    """Tracks as DeepLabCut writes them; in the frame `hidden` the first front is not marked."""
    animals = ends.shape[1]
    columns = [
        (f"mouse{a}", part, axis) for a in range(animals) for part in ("snout", "tail") for axis in "xy"
    ]
    heads = [["scorer", *("me" for _ in columns)]]
    heads += [
        [head, *(column[i] for column in columns)]
        for i, head in enumerate(("individuals", "bodyparts", "coords"))
    ]
    rows = [[f"img{t:04}.png", *map(str, frame.ravel())] for t, frame in enumerate(ends)]
    if hidden is not None:
        rows[hidden][1:3] = ["", ""]
    path.write_text("\n".join(",".join(row) for row in heads + rows))


def test_a_film_with_tracks_shows_the_animals_where_the_truth_says(folder: Path) -> None:
    source, world = read_world(NAME, folder, seed=1)
    assert source.settings["truth"]
    known = arena.film(arena.EASY, np.random.default_rng(3))
    assert len(world.film.images) == len(known.images) - 1  # but for the frame with an unmarked animal
    assert world.film.ends.min() > 0
    assert world.film.ends.max() < 255
    side = np.hypot(*(known.ends[0, 0, 0] - known.ends[0, 0, 1]))
    seen = np.hypot(*(world.film.ends[0, 0, 0] - world.film.ends[0, 0, 1]))
    assert seen > 0.9 * side  # the window is no wider than the animals need
    again = read_animals(folder, 1).world
    assert np.array_equal(again.film.images, world.film.images)


def test_a_film_alone_has_no_truth(folder: Path) -> None:
    source, world = read_world(NAME, folder / "film.tif")
    assert not source.settings["truth"]
    session = Session(Source(NAME), world=world)
    assert session.screen.any()


def test_an_hdf5_file_is_a_film_too_alone_in_its_folder(folder: Path, tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    frames = tifffile.imread(folder / "film.tif")
    alone = tmp_path / "alone"
    alone.mkdir()
    with h5py.File(alone / "film.h5", "w") as file:
        file["recording/video"] = frames
        file["recording/times"] = np.arange(len(frames))
    images = [read_animals(path, 2).world.film.images for path in (alone, folder / "film.tif")]
    assert np.array_equal(*images)
    with h5py.File(alone / "film.h5", "a") as file:
        file["mask"] = frames
    with pytest.raises(ClonotateError, match="needs one image stack in it"):
        read_animals(alone, 2)
    (alone / "film.h5").write_bytes(b"no such thing")
    with pytest.raises(ClonotateError, match="readable HDF5"):
        read_animals(alone, 2)


def test_long_films_are_seen_in_leaps(tmp_path: Path) -> None:
    stack = np.zeros((200, 64, 96), np.uint8)
    stack[:, 20:40] = np.arange(200, dtype=np.uint8)[:, None, None]
    np.save(tmp_path / "long.npy", stack)
    world = read_animals(tmp_path / "long.npy", 0).world
    greys = world.film.images[:, 128 - 5, 128].astype(int)
    assert len(greys) == 8
    assert (np.diff(greys) == 4).all()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("tracks.csv", lambda old: "frame,x,y\n1,2,3\n", "several animals"),
        ("more.csv", lambda old: "x", "holds 2 tables"),
        ("tracks.csv", lambda old: old.rsplit("\n", 1)[0], "rows for"),
        ("tracks.csv", lambda old: old.rsplit(",", 1)[0], "cut short"),
        ("tracks.csv", lambda old: old.rsplit(",", 1)[0] + ",here", "no numbers"),
    ],
)
def test_wrong_files_are_refused_in_a_line(folder: Path, name: str, text, message: str) -> None:
    (folder / name).write_text(text((folder / "tracks.csv").read_text()))
    with pytest.raises(ClonotateError, match=message) as error:
        read_animals(folder, 0)
    assert "\n" not in str(error.value)
