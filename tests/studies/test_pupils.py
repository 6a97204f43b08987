"""Policies of a study: trained to the end or not at all, on demonstrations that begin alike."""

from pathlib import Path

import pytest

from clonotate.episodes.files import read_episodes
from clonotate.records import ClonotateError
from clonotate.studies import pupils
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run

DOTS = "colored-dot-tracking"


def test_fewer_demonstrations_are_the_first_of_more(tmp_path):
    files = [Path(pupils.recorded(tmp_path / f"{n}.parquet", DOTS, "easy", n, seed=0)) for n in (1, 2)]
    few, more = map(read_episodes, files)
    assert few == more[:1]


def test_a_training_that_was_stopped_is_not_measured(tmp_path, monkeypatch):
    run = Run(Curriculum(((DOTS, "easy"),)), "pico", steps=2)
    monkeypatch.setattr(pupils, "train", lambda run, folder: folder)  # as SIGTERM would leave it
    with pytest.raises(ClonotateError, match="goes on"):
        pupils.trained(run, tmp_path)
