"""Keypoints in DeepLabCut's and SLEAP's files, read back by sleap-io and by our own readers."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import sleap_io
from finished import finished

from clonotate.annotation import Poses
from clonotate.formats.animals import read_tracks
from clonotate.formats.export import export
from clonotate.formats.keypoints import read_deeplabcut
from clonotate.formats.work import work_of

LIMBS, ANIMALS = "animal-limb-tracking", "animal-behavioral-tracking"
both = pytest.mark.parametrize("task", [LIMBS, ANIMALS])


def points(task: str) -> tuple[Poses, np.ndarray]:
    """What was marked: the poses, and `[frames, individuals, names, 2]`, NaN where hidden."""
    poses = work_of(finished(task)).of(Poses)
    places = np.full((poses.frames, len(poses.individuals), len(poses.names), 2), np.nan)
    for t, i, k, spot in poses.marks:
        places[t, i, k] = spot[:2] if spot else np.nan
    return poses, places


@both
def test_sleap_reads_what_was_marked(task: str, tmp_path: Path) -> None:
    poses, places = points(task)
    export(finished(task), "sleap", tmp_path / "p.slp")
    labels = sleap_io.load_slp(str(tmp_path / "p.slp"), open_videos=False)
    assert tuple(labels.skeleton.node_names) == poses.names
    assert labels.skeleton.edge_inds == list(poses.bones)
    assert tuple(track.name for track in labels.tracks) == poses.individuals
    assert [frame.frame_idx for frame in labels] == list(range(poses.frames))
    for t, frame in enumerate(labels):
        for instance in frame.instances:
            i = poses.individuals.index(instance.track.name)
            np.testing.assert_allclose(instance.numpy(), places[t, i])
    assert labels.provenance["clonotate"]["task"] == task


@both
def test_sleap_io_reads_the_deeplabcut_table(task: str, tmp_path: Path) -> None:
    poses, places = points(task)
    export(finished(task), "deeplabcut", tmp_path / "labels.csv")
    for t in range(poses.frames):  # it reads labels of frames that are there only
        cv2.imwrite(str(tmp_path / f"img{t:04}.png"), np.zeros((256, 256), np.uint8))
    labels = sleap_io.load_dlc(str(tmp_path / "labels.csv"))
    assert len(labels) == poses.frames
    order = [poses.names.index(name) for name in labels.skeleton.node_names]
    for frame in labels:
        for instance in frame.instances:
            name = instance.track.name if instance.track else poses.individuals[0]
            i = poses.individuals.index(name)
            np.testing.assert_allclose(instance.numpy(), places[frame.frame_idx, i][order])


def test_our_readers_read_it_too(tmp_path: Path) -> None:
    poses, places = points(LIMBS)
    export(finished(LIMBS), "deeplabcut", tmp_path / "limbs.csv")
    table = read_deeplabcut(tmp_path / "limbs.csv", several=False)
    assert table.names == poses.names
    assert table.frames == tuple(f"img{t:04}.png" for t in range(poses.frames))
    np.testing.assert_allclose(table.points, places[:, 0])
    export(finished(ANIMALS), "deeplabcut", tmp_path / "animals.csv")
    np.testing.assert_allclose(read_tracks(tmp_path / "animals.csv"), points(ANIMALS)[1])


def test_some_keypoint_is_hidden_in_these_tests() -> None:
    assert np.isnan(points(LIMBS)[1]).any()
