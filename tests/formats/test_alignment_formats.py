"""Landmark tables and transforms, read back by our reader and by SimpleITK, which moves a picture."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from finished import finished, finished_on
from test_placing import write_pair

from clonotate.annotation import Landmarks
from clonotate.formats.bigwarp import read_bigwarp
from clonotate.formats.export import export
from clonotate.formats.placing import on
from clonotate.formats.work import work_of
from clonotate.records import ClonotateError

TASK = "multichannel-image-alignment"


def test_landmarks_come_back(tmp_path: Path) -> None:
    export(finished(TASK), "bigwarp", tmp_path / "a.csv")
    assert read_bigwarp(tmp_path / "a.csv") == work_of(finished(TASK)).of(Landmarks).marks
    first = (tmp_path / "a.csv").read_text().splitlines()[0]
    assert first.startswith('"Pt-0","true","')


@pytest.mark.parametrize("text", ["Pt-0,true,1,2", "a,true,b,c,d,e", "Pt-0,true,1,2,3,4,5,6"])
def test_what_is_no_landmark_table_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(ClonotateError, match="no landmark table"):
        read_bigwarp(tmp_path / "a.csv")
    with pytest.raises(ClonotateError, match="no such file"):
        read_bigwarp(tmp_path / "b.csv")


@pytest.mark.filterwarnings("ignore:builtin type:DeprecationWarning")
def test_itk_brings_the_second_picture_onto_the_first(tmp_path: Path) -> None:
    import SimpleITK as itk  # noqa: N813

    write_pair(tmp_path)
    episode = finished_on(TASK, tmp_path / "pair.json")
    export(episode, "itk", tmp_path / "a.tfm")
    transform, landmarks = itk.ReadTransform(str(tmp_path / "a.tfm")), work_of(episode).of(Landmarks)
    for first, _ in landmarks.marks:
        np.testing.assert_allclose(transform.TransformPoint(first[:2]), on(landmarks.matrix, first))
    fixed, moving = (cv2.imread(str(tmp_path / f"{name}.png"), 0) for name in "ab")
    there = itk.GetImageFromArray(moving)
    moved = itk.GetArrayFromImage(itk.Resample(there, itk.GetImageFromArray(fixed), transform))
    middle = np.s_[80:220, 100:260]
    assert np.corrcoef(moved[middle].ravel(), fixed[middle].ravel())[0, 1] > 0.95
    assert np.corrcoef(moving[middle].ravel(), fixed[middle].ravel())[0, 1] < 0.5


def test_too_few_pairs_fix_no_map(tmp_path: Path) -> None:
    episode = finished(TASK)
    placed = [i for i, step in enumerate(episode.steps) if step.label and step.label.kind == "place"]
    cut = replace(episode, steps=episode.steps[: placed[1] + 1], done=False)
    with pytest.raises(ClonotateError, match="1 landmark pairs fix no"):
        export(cut, "itk", tmp_path / "a.tfm")
    assert not any(tmp_path.iterdir())
    export(cut, "csv", tmp_path / "a.csv")
