from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from clonotate.tasks.worlds.em import EASY, HARD, STANDARD, Tissue, Volume, grow

SEEDS = range(20)


@cache
def standard(seed: int) -> Volume:
    return grow(replace(STANDARD, slices=(24, 28)), np.random.default_rng(seed))


def cross_sections(volume: Volume) -> NDArray[np.bool_]:
    return volume.labels == volume.target


def centroids(sections: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.array([np.argwhere(section).mean(axis=0) for section in sections])


@pytest.mark.parametrize("tissue", [EASY, STANDARD, HARD])
def test_shapes_and_types(tissue: Tissue) -> None:
    volume = grow(tissue, np.random.default_rng(0))
    assert volume.images.shape == volume.labels.shape
    assert volume.images.shape[1:] == (256, 256)
    assert tissue.slices[0] <= len(volume.images) <= tissue.slices[1]
    assert volume.images.dtype == np.uint8
    assert volume.labels.dtype == np.uint16


def test_a_seed_is_a_volume() -> None:
    one, same, other = (grow(EASY, np.random.default_rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.images, same.images)
    np.testing.assert_array_equal(one.labels, same.labels)
    assert one.target == same.target
    assert one.images.shape != other.images.shape or (one.images != other.images).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_target_starts_at_the_centre_and_never_leaves(seed: int) -> None:
    sections = cross_sections(standard(seed))
    assert sections[0, 128, 128]
    assert sections.sum(axis=(1, 2)).min() >= 60
    centres = centroids(sections)
    assert centres.min() >= 12
    assert centres.max() <= 243


@pytest.mark.parametrize("seed", SEEDS)
def test_the_target_can_be_followed(seed: int) -> None:
    sections = cross_sections(standard(seed))
    steps = np.linalg.norm(np.diff(centroids(sections), axis=0), axis=1)
    assert steps.max() <= 16
    assert 0.8 <= steps.mean() <= 7
    assert (sections[1:] & sections[:-1]).any(axis=(1, 2)).all()


@pytest.mark.parametrize("tissue", [EASY, HARD])
@pytest.mark.parametrize("seed", range(4))
def test_the_target_is_there_at_every_level(tissue: Tissue, seed: int) -> None:
    sections = cross_sections(grow(tissue, np.random.default_rng(seed)))
    assert sections[0, 128, 128]
    assert sections.sum(axis=(1, 2)).min() >= 60


def test_how_far_targets_move_on_average() -> None:
    means = [
        np.linalg.norm(np.diff(centroids(cross_sections(standard(seed))), axis=0), axis=1).mean()
        for seed in SEEDS
    ]
    assert 2 <= np.mean(means) <= 4


def test_membranes_are_dark_and_cytoplasm_is_bright() -> None:
    for seed in SEEDS:
        volume = standard(seed)
        membrane = volume.labels == 0
        assert 0.08 <= membrane.mean() <= 0.4
        assert volume.images[membrane].mean() + 25 < volume.images[~membrane].mean()


def test_the_target_is_one_piece() -> None:
    for seed in SEEDS:
        for section in cross_sections(standard(seed)):
            pieces = cv2.connectedComponentsWithStats(section.astype(np.uint8))[2][1:, cv2.CC_STAT_AREA]
            assert pieces.max() >= 0.95 * pieces.sum()


def test_grey_level_does_not_give_the_target_away() -> None:
    ranks = []
    for seed in SEEDS:
        volume = standard(seed)
        ids = volume.labels[0].ravel()
        area = np.bincount(ids)
        grey = np.bincount(ids, volume.images[0].ravel()) / np.maximum(area, 1)
        alike = np.flatnonzero(area > 60)
        ranks.append((grey[alike[alike > 0]] < grey[volume.target]).mean())
    assert 0.25 <= np.mean(ranks) <= 0.75
    assert min(ranks) < 0.3
    assert max(ranks) > 0.7


def test_as_many_cross_sections_as_asked_for() -> None:
    for count in (60, 150):
        volume = grow(replace(EASY, neurites=(count, count)), np.random.default_rng(1))
        seen = len(np.unique(volume.labels[0])) - 1
        assert 0.7 * count <= seen <= 1.4 * count


def test_neighbouring_sections_resemble_each_other_more_than_distant_ones() -> None:
    labels = standard(0).labels
    near = (labels[1:] == labels[:-1]).mean()
    assert 0.5 < near < 0.95
    assert near > (labels[12:] == labels[:-12]).mean() + 0.1


def test_damage_spares_the_first_slice_and_every_other() -> None:
    ruined = replace(EASY, damage=1.0, noise=0.1)
    odd, even = [], []
    for seed in range(4):
        contrast = grow(ruined, np.random.default_rng(seed)).images.std(axis=(1, 2))
        change = np.abs(contrast / contrast[0] - 1)
        odd.append(change[1::2].mean())
        even.append(change[2::2].mean())
    assert np.mean(odd) > 2 * np.mean(even)


def test_undamaged_slices_do_not_depend_on_the_chance_of_damage() -> None:
    whole, ruined = (
        grow(replace(EASY, damage=chance), np.random.default_rng(5)).images for chance in (0.0, 1.0)
    )
    np.testing.assert_array_equal(whole[0], ruined[0])
    assert (whole[1] != ruined[1]).any()


def test_drift_is_a_knob() -> None:
    slow, fast = (
        grow(replace(EASY, drift=drift, jitter=0.0), np.random.default_rng(2)).labels for drift in (0.5, 5.0)
    )
    assert (slow[1:] == slow[:-1]).mean() > (fast[1:] == fast[:-1]).mean() + 0.05
