"""Real data as worlds: opened, annotated, replayed, and refused in one line where it cannot be."""

import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile

from clonotate.annotators.baselines import RandomAnnotator
from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.cli import main
from clonotate.episodes.replay import digest
from clonotate.episodes.rollout import Guards, rollout
from clonotate.episodes.session import Session
from clonotate.formats.worlds import READERS, read_world, world_of
from clonotate.records import ClonotateError, Source
from clonotate.tasks import TASKS
from clonotate.tasks.worlds import em

CELLS, DOTS, NEURONS = "cell-lineage-tracking", "colored-dot-tracking", "neuron-tracking"
DATA = Path(os.environ.get("CLONOTATE_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.fixture(scope="module")
def tissue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as that of the real set: sections, and ids through them."""
    folder = tmp_path_factory.mktemp("tissue")
    volume = em.grow(em.EASY, np.random.default_rng(3))
    tifffile.imwrite(folder / "raw.tif", volume.images)
    tifffile.imwrite(folder / "neurites.tif", volume.labels)
    return folder


@pytest.fixture(scope="module")
def alone(tissue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same sections, and nobody knows what is in them."""
    path = tmp_path_factory.mktemp("alone") / "stack.npy"
    np.save(path, tifffile.imread(tissue / "raw.tif"))
    return path


@pytest.fixture
def spots(tmp_path: Path) -> Path:
    stack = np.random.default_rng(0).integers(0, 4000, (40, 60, 90)).astype(np.uint16)
    tifffile.imwrite(tmp_path / "spots.tif", stack)
    return tmp_path / "spots.tif"


def test_readers_are_for_tasks_that_there_are() -> None:
    assert READERS.keys() <= TASKS.keys()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_an_expert_follows_labelled_neurites(tissue: Path, seed: int) -> None:
    source, world = read_world(NEURONS, tissue, seed)
    assert source == replace(read_world(NEURONS, tissue / "raw.tif", seed)[0], **where(source))
    session = Session(source, world=world)
    assert session.scored
    rollout(session, VirtualAnnotator(session, STEADY, np.random.default_rng(0)))
    assert session.score().success
    assert session.episode().score == session.score()


def where(source: Source) -> dict[str, str]:
    return {"data": source.data, "data_digest": source.data_digest}


def test_a_seed_chooses_a_neurite(tissue: Path) -> None:
    targets = {read_world(NEURONS, tissue, seed)[1].stack.target for seed in range(4)}
    assert len(targets) > 1
    assert targets == {read_world(NEURONS, tissue, seed)[1].stack.target for seed in range(4)}


def test_without_labels_a_start_lies_in_a_bright_place_and_nothing_is_scored(alone: Path) -> None:
    for seed in range(4):
        source, world = read_world(NEURONS, alone, seed)
        assert world.stack.images[0, 118:138, 118:138].mean() > np.median(world.stack.images[0])
        session = Session(source, world=world)
        rollout(session, RandomAnnotator(seed), Guards(budget=12))
        assert session.episode().score is None
        with pytest.raises(ClonotateError):
            session.score()


def test_spots_are_coded_by_depth(spots: Path) -> None:
    source, world = read_world(DOTS, spots)
    first, last = world.stack.images[0].sum(axis=(0, 1)), world.stack.images[-1].sum(axis=(0, 1))
    assert world.stack.images.shape == (16, 256, 256, 3)
    assert np.argmax(first) == 2
    assert np.argmax(last) == 0
    session = Session(source, world=world)
    rollout(session, RandomAnnotator(0), Guards(budget=30))
    assert session.episode().score is None


def test_an_episode_says_what_it_was_made_on_and_replays(alone: Path) -> None:
    source, world = read_world(NEURONS, alone, 5)
    session = Session(source, world=world)
    rollout(session, RandomAnnotator(0), Guards(budget=10))
    episode = session.episode()
    assert episode.source.data == str(alone)
    assert len(episode.source.data_digest) == 64
    assert episode.source.settings == {"truth": False}
    assert digest(episode, world_of(source)) == digest(episode, world)
    assert world_of(Source(NEURONS)) is None


def test_another_file_or_none_is_told(tissue: Path, alone: Path, tmp_path: Path) -> None:
    source, _ = read_world(NEURONS, alone)
    with pytest.raises(ClonotateError, match="changed since"):
        world_of(replace(source, data=str(tissue / "raw.tif")))
    with pytest.raises(ClonotateError, match="not there"):
        world_of(replace(source, data=str(tmp_path / "gone.npy")))
    with pytest.raises(ClonotateError, match="truth"):
        world_of(replace(source, settings={"truth": True}))


def test_data_that_cannot_be_used_is_told(
    tissue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ClonotateError, match="no image stack at"):
        read_world(NEURONS, tmp_path)
    with pytest.raises(ClonotateError, match="no such file"):
        read_world(NEURONS, tmp_path / "x.tif")
    tifffile.imwrite(tmp_path / "raw.tif", tifffile.imread(tissue / "raw.tif"))
    tifffile.imwrite(tmp_path / "neurites.tif", np.zeros((7, 20, 20), np.uint16))
    with pytest.raises(ClonotateError, match="should hold whole numbers for"):
        read_world(NEURONS, tmp_path)
    monkeypatch.delitem(READERS, DOTS)
    with pytest.raises(
        ClonotateError, match=r"nothing reads real data for colored-dot-tracking; there is: .*neuron"
    ):
        read_world(DOTS, tmp_path)


def played(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code: object = 0
    try:
        main([*map(str, arguments)])
    except SystemExit as ending:
        code = ending.code or 0
    assert isinstance(code, int)
    return code, *capsys.readouterr()


def test_an_expert_plays_where_there_is_a_truth(
    tissue: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film, kept = tmp_path / "film.gif", tmp_path / "kept.parquet"
    code, said, _ = played(
        capsys, "play", NEURONS, "--data", tissue, "--seed", 1, "--gif", film, "--out", kept
    )
    assert code == 0
    assert "success" in said
    assert film.read_bytes().startswith(b"GIF89a")
    assert played(capsys, "validate", kept, "--processes", 1)[0] == 0


def test_without_a_truth_an_expert_is_refused_and_others_are_not(
    alone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, complained = played(capsys, "play", NEURONS, "--data", alone)
    assert (code, said) == (2, "")
    assert re.fullmatch(r"clonotate: .* comes without a truth.*\n", complained)
    kept = tmp_path / "kept.parquet"
    options = ("--data", alone, "--by", "random", "--budget", 5, "--out", kept)
    code, said, _ = played(capsys, "play", NEURONS, *options)
    assert (code, "no truth, so no score" in said) == (0, True)
    np.save(alone, np.load(alone)[::-1])
    code, said, _ = played(capsys, "validate", kept, "--processes", 1)
    np.save(alone, np.load(alone)[::-1])
    assert code == 1
    assert "changed since" in " ".join(said.split())


REAL = {
    NEURONS: "em-drosophila-vnc",
    DOTS: "nuclei-3d",
    CELLS: "cells-psc",
    "animal-behavioral-tracking": "fish-video",
    "animal-limb-tracking": "mouse-openfield",
    "chromosome-tracing": "nuclei-3d",
    "multichannel-image-alignment": "brain-slices",
    "road-network-construction": "roads-satellite",
    "shape-matching": "shapes-karyogram",
    "spectral-plume-finding": "plume-muse",
}
"""For every task that has a reader, one of the real sets."""


def test_every_reader_is_tried_on_a_real_set() -> None:
    assert REAL.keys() == READERS.keys()


@pytest.mark.data
@pytest.mark.parametrize(("task", "path"), REAL.items(), ids=REAL)
def test_the_real_sets_open(task: str, path: str) -> None:
    if not (DATA / path).exists():
        pytest.skip(f"no real data: {DATA / path} is missing; set CLONOTATE_DATA to the folder of the sets")
    source, world = read_world(task, DATA / path)
    session = Session(source, world=world)
    annotator = VirtualAnnotator(session, STEADY, np.random.default_rng(0)) if session.scored else None
    rollout(session, annotator or RandomAnnotator(0), Guards(budget=200 if session.scored else 20))
    assert session.done == session.scored
    assert not session.scored or session.score().success
