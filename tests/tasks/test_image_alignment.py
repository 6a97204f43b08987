"""What is particular to alignment: maps and fits, what two channels share, and landmarks of real pictures."""

import math
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from clonotate.records import ClonotateError, Event
from clonotate.screens.widgets import Path
from clonotate.tasks.image_alignment import GREEN, LEVELS, RED, ImageAlignment
from clonotate.tasks.landmark_pairs import PAIR_TOLERANCE, World, faulty
from clonotate.tasks.worlds.channels import Scene, photograph, within
from clonotate.tasks.worlds.maps import apply, composed, fitted, inverse, similarity

STANDARD = LEVELS["standard"]
SEEDS = range(20_000, 20_012)


@cache
def world(seed: int, level: str = "standard") -> World:
    return LEVELS[level].begin(np.random.default_rng(seed))


def done(task: ImageAlignment, begun: World, events: list[Event]) -> World:
    for event in events:
        begun = task.update(begun, event)
    return begun


def paired(begun: World, firsts: list, seconds: list) -> World:
    clicks = [place for pair in zip(firsts, seconds, strict=True) for place in pair]
    return replace(begun, clicks=tuple((round(x), round(y)) for x, y in clicks))


class TestFit:
    points = np.random.default_rng(0).uniform(0, 255, (6, 2))

    def test_a_similarity_is_found_from_two_pairs(self) -> None:
        matrix = similarity((256, 256), 12, 1.1, (5, -9))
        np.testing.assert_allclose(fitted(self.points[:2], apply(matrix, self.points[:2]), False), matrix)

    def test_an_affine_map_needs_three(self) -> None:
        matrix = np.array([[1.1, 0.2, 3], [-0.1, 0.9, -7]])
        images = apply(matrix, self.points)
        np.testing.assert_allclose(fitted(self.points[:3], images[:3], True), matrix)
        assert not np.allclose(fitted(self.points[:2], images[:2], True), matrix)

    def test_a_similarity_cannot_shear(self) -> None:
        (a, b, _), (c, d, _) = fitted(
            self.points, apply(np.array([[1.2, 0.3, 0], [0, 0.8, 0]]), self.points), False
        )
        assert a == pytest.approx(d)
        assert b == pytest.approx(-c)

    def test_no_pair_is_no_map_and_one_a_shift(self) -> None:
        np.testing.assert_array_equal(fitted(self.points[:0], self.points[:0], True), np.eye(2, 3))
        np.testing.assert_allclose(fitted(self.points[:1], self.points[:1] + 4, True)[:, 2], (4, 4))

    @pytest.mark.parametrize("affine", [False, True])
    def test_places_on_one_spot_or_line_give_finite_maps(self, affine: bool) -> None:
        for places in (np.full((4, 2), 9.0), np.arange(8.0).repeat(2).reshape(8, 2)):
            assert np.isfinite(fitted(places, places, affine)).all()

    def test_a_map_and_its_inverse_cancel(self) -> None:
        matrix = similarity((221, 257), -10, 0.8, (3, 1))
        np.testing.assert_allclose(composed(matrix, inverse(matrix)), np.eye(2, 3), atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
class TestScene:
    def test_landmarks_are_in_both_pictures_and_apart(self, seed: int) -> None:
        scene = world(seed).pictures
        assert within(scene.landmarks).all()
        assert within(apply(scene.truth, scene.landmarks)).all()
        gaps = np.linalg.norm(scene.landmarks[:, None] - scene.landmarks[None], axis=-1)
        assert gaps[gaps > 0].min() > 40
        assert np.diff(scene.landmarks[:, 1]).min() > 0  # from the top down

    def test_landmarks_can_be_seen_in_both_channels(self, seed: int) -> None:
        scene = world(seed).pictures
        for picture, places in (
            (scene.first, scene.landmarks),
            (scene.second, apply(scene.truth, scene.landmarks)),
        ):
            smooth = cv2.GaussianBlur(picture, (0, 0), 1.5).astype(float)
            around = cv2.blur(picture, (25, 25)).astype(float)
            columns, rows = places.round().astype(int).T
            assert ((smooth - around)[rows, columns] > 15).all()

    def test_maps_are_worth_finding(self, seed: int) -> None:
        assert world(seed).error > 5


def test_every_scene_is_another() -> None:
    pictures = [world(seed).pictures.first for seed in SEEDS]
    looks = {(round(picture.mean()), round(picture.std())) for picture in pictures}
    assert len(looks) > len(pictures) / 2
    maps = np.array([world(seed).pictures.truth[:, :2] for seed in SEEDS])
    assert {world(seed).pictures.affine for seed in SEEDS} == {True, False}
    assert np.degrees(np.arctan2(maps[:, 1, 0], maps[:, 0, 0])).std() > 2


def test_specific_things_are_in_one_channel_only() -> None:
    scene = photograph(Scene(specific=1.0, decoys=(9, 9)), np.random.default_rng(4))
    assert len(scene.second_only) > len(scene.shared) - 6
    assert len(photograph(Scene(specific=0.0, decoys=(0, 0)), np.random.default_rng(4)).second_only) == 0


def test_slices_show_corners_in_another_contrast() -> None:
    for seed in SEEDS[:3]:
        scene = world(seed, "slices").pictures
        assert len(scene.landmarks) == 6
        assert within(scene.landmarks, 12).all()
        assert within(apply(scene.truth, scene.landmarks), 12).all()
        size = (256, 256)
        back = cv2.warpAffine(scene.second, scene.truth, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        inside = np.s_[100:156, 100:156]
        assert np.abs(back[inside].astype(int) - scene.first[inside]).mean() > 5
        edges = [
            cv2.Canny(cv2.GaussianBlur(picture, (0, 0), 1.5), 20, 50) > 0 for picture in (back, scene.first)
        ]
        wide = cv2.dilate(edges[0].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        assert wide[edges[1]].mean() > 0.6


class TestNobodyGuesses:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_the_same_places_in_both_channels_fail(self, seed: int) -> None:
        begun = world(seed)
        places = list(begun.pictures.landmarks)
        assert not STANDARD.score(paired(begun, places, places)).success

    def test_the_brightest_things_of_both_channels_in_order_mostly_fail(self) -> None:
        """A policy that looks but does not compare: the six brightest spots of either, from the top down."""
        succeeded = 0
        for seed in SEEDS:
            begun = world(seed)
            pair = [brightest(picture) for picture in (begun.pictures.first, begun.pictures.second)]
            succeeded += STANDARD.score(paired(begun, *pair)).success
        assert succeeded <= 2

    def test_done_at_once_fails_even_where_nothing_moved(self) -> None:
        still = replace(LEVELS["easy"].scene, rotation=0.0, scale=0.0, shift=0.0)
        begun = ImageAlignment(still).begin(np.random.default_rng(0))
        assert begun.error == 0
        assert not STANDARD.score(begun).success


def brightest(picture: np.ndarray) -> list:
    smooth = cv2.GaussianBlur(picture, (0, 0), 2.5)
    found = []
    for _ in range(6):
        y, x = np.unravel_index(smooth.argmax(), smooth.shape)
        found.append((x, y))
        cv2.circle(smooth, (int(x), int(y)), 12, 0, -1)
    return sorted(found, key=lambda place: place[1])


class TestClicks:
    def test_a_pair_is_a_click_in_a_and_then_one_in_b(self) -> None:
        begun, click = world(SEEDS[0]), Event("canvas", (50, 60))
        assert done(STANDARD, begun, [Event("b"), click]).clicks == ()
        after = done(STANDARD, begun, [click, click, Event("overlay"), click, Event("b"), click, click])
        assert after.clicks == ((50, 60), (50, 60))

    def test_there_is_an_end_of_pairs(self) -> None:
        events = [Event("canvas", (9, 9)), Event("b"), Event("canvas", (9, 9)), Event("a")]
        assert len(done(STANDARD, world(SEEDS[0]), events * 9).clicks) == 12

    def test_the_overlay_shows_the_fit(self) -> None:
        begun = world(SEEDS[1])
        landmarks = begun.pictures.landmarks
        aligned = paired(begun, list(landmarks), list(apply(begun.pictures.truth, landmarks)))
        before, after = (alike(w.overlay[20:-20, 20:-20]) for w in (begun, aligned))
        assert after > before + 0.15

    def test_the_overlay_shows_which_pair_does_not_agree(self) -> None:
        begun = replace(world(SEEDS[1]), channel="overlay")
        firsts = begun.pictures.landmarks
        seconds = apply(begun.pictures.truth, firsts).round()
        good = paired(begun, firsts, seconds)
        assert max(lengths(good)) < 3
        seconds[3] += (30, -25)
        bad = paired(begun, firsts, seconds)
        assert np.argmax(lengths(bad)) == 3
        lamps = [STANDARD.view(one).status[-1].swatch for one in (begun, good, bad)]
        assert lamps == [None, GREEN, RED]

    def test_pairs_on_one_spot_can_be_shown(self) -> None:
        begun = replace(world(SEEDS[1]), channel="overlay")
        assert len(lengths(paired(begun, [(9, 9)] * 4, [(9, 9)] * 4))) == 4


def lengths(shown: World) -> list[float]:
    """Of the lines in an overlay."""
    paths = [one for one in STANDARD.view(shown).canvas.overlay if isinstance(one, Path)]
    return [math.dist(*path.points) for path in paths]


def alike(overlay: np.ndarray) -> float:
    return float(np.corrcoef(overlay[..., 0].ravel(), overlay[..., 1].ravel())[0, 1])


def test_slips_are_a_persons() -> None:
    begun = world(SEEDS[2])
    memory = STANDARD.remember(None, replace(begun, channel="overlay"))
    first = tuple(int(v) for v in begun.pictures.landmarks[0].round())
    in_b = replace(begun, channel="B", clicks=(first,))
    looked = replace(STANDARD.remember(memory, in_b), looks=("A", "B", "A", "B"))
    intent = STANDARD.expert(in_b, looked, 0.0)
    slips = STANDARD.slips(in_b, intent)
    assert intent.kind == "place"
    assert any(slip.at == first for slip in slips)  # forgets that B lies elsewhere
    for slip in slips:
        assert np.hypot(*np.subtract(slip.at, in_b.counterpart(first))) > PAIR_TOLERANCE
        assert faulty(STANDARD.update(in_b, slip))


class TestRealPictures:
    scene = world(SEEDS[3]).pictures

    def test_landmarks_are_corners_of_both(self) -> None:
        begun = STANDARD.begin_from(self.scene.first, self.scene.second, self.scene.truth)
        assert begun.pairs == 6
        assert within(apply(self.scene.truth, begun.pictures.landmarks), 12).all()

    def test_without_a_map_one_can_annotate_but_not_score(self) -> None:
        begun = STANDARD.begin_from(self.scene.first, self.scene.second)
        after = done(STANDARD, begun, [Event("canvas", (9, 9)), Event("b"), Event("canvas", (9, 9))])
        assert STANDARD.standing(after).progress == pytest.approx(1 / 6)
        STANDARD.view(after)
        with pytest.raises(ClonotateError, match="no known map"):
            STANDARD.score(after)

    def test_blank_pictures_are_refused(self) -> None:
        blank = np.zeros((256, 256), np.uint8)
        with pytest.raises(ClonotateError, match="fewer than three"):
            STANDARD.begin_from(blank, blank, np.eye(2, 3))
