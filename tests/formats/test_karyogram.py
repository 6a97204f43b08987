"""Karyograms: pairs are read from where the numbers stand, and every board has the mate among the likest."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.rollout import rollout
from clonotate.episodes.session import Session
from clonotate.formats.karyogram import over_words, read_karyogram, read_picture, shapes
from clonotate.formats.worlds import read_world
from clonotate.records import ClonotateError

NAME = "shape-matching"
PAIRS = 12


@pytest.fixture
def karyogram(tmp_path: Path) -> Path:
    """Twelve numbered pairs of banded rods; the two of the last differ as X and Y do."""
    picture = np.full((900, 1200), 255, np.uint8)
    for i in range(PAIRS):
        x, y = 100 + 200 * (i % 6), 60 + 420 * (i // 6)
        for side, left in enumerate((x, x + 45)):
            high = 250 - 12 * i - 90 * (side == 1 and i == PAIRS - 1)
            cv2.rectangle(picture, (left, y), (left + 24, y + high), 150, -1)
            for band in range(y + 10 + i, y + high - 8, 30):
                cv2.rectangle(picture, (left, band), (left + 24, band + 6 + i), 100, -1)
        cv2.putText(picture, str(i + 1), (x + 18, y + 310), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2)
    cv2.imwrite(str(tmp_path / "karyogram.png"), picture)
    return tmp_path


def test_two_shapes_stand_over_every_number(karyogram: Path) -> None:
    found, writing = shapes(read_picture(karyogram))
    pairs = over_words(found, writing)
    assert len(found) == 2 * PAIRS
    assert len(pairs) == PAIRS
    assert all(abs(a.place[0] - b.place[0]) < 60 for a, b in pairs)


def test_a_board_has_one_mate_and_an_expert_finds_it(karyogram: Path) -> None:
    source, world = read_world(NAME, karyogram, seed=3)
    assert source.settings["truth"]
    assert (world.slide.matches.sum(axis=1) == 1).all()
    session = Session(source, world=world)
    rollout(session, VirtualAnnotator(session, STEADY, np.random.default_rng(0)))
    assert session.score().success
    again = read_karyogram(karyogram / "karyogram.png", 3).world
    assert np.array_equal(again.slide.images, world.slide.images)
    assert not np.array_equal(read_karyogram(karyogram, 4).world.slide.images, world.slide.images)


def test_without_numbers_nobody_knows_the_mates(karyogram: Path) -> None:
    picture = read_picture(karyogram)
    picture[picture < 95] = 255
    cv2.imwrite(str(karyogram / "karyogram.png"), picture)
    source, world = read_world(NAME, karyogram)
    assert not source.settings["truth"]
    assert world.slide.images.shape == (12, 256, 256)


def test_other_pictures_are_refused_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(ClonotateError, match="no picture"):
        read_karyogram(tmp_path, 0)
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((90, 90), 255, np.uint8))
    with pytest.raises(ClonotateError, match="0 dark shapes"):
        read_karyogram(tmp_path, 0)
