"""What is particular to shape matching: the same form turned and sized, look-alikes, boards in order."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from clonotate.records import ClonotateError, Event
from clonotate.tasks.shape_matching import LEVELS, TILES, World, middle, tile_at
from clonotate.tasks.worlds import shapes
from clonotate.tasks.worlds.shapes import POINTS, Board, difference, mirrored, plates

STANDARD = LEVELS["standard"]


@cache
def boards(level: str) -> tuple[Board, ...]:
    grains = replace(LEVELS[level].grains, boards=12)
    return plates(grains, np.random.default_rng(20_000))


@cache
def world() -> World:
    return STANDARD.begin(np.random.default_rng(20_001))


def form(seed: int) -> np.ndarray:
    return shapes._form(np.random.default_rng(seed))


class TestDifference:
    @pytest.mark.parametrize("seed", range(5))
    def test_turns_and_starts_make_none(self, seed: int) -> None:
        turned = np.roll(form(seed), 17) * np.exp(1j * 2.1)
        assert difference(form(seed), turned) == pytest.approx(0, abs=1e-6)

    def test_other_forms_and_mirror_images_differ(self) -> None:
        assert difference(form(0), form(1)) > 0.15
        assert difference(form(0), mirrored(form(0))) > 0.1
        assert difference(form(0), form(1)) == pytest.approx(difference(form(1), form(0)))

    def test_a_known_difference_is_measured(self) -> None:
        circle = np.exp(2j * np.pi * np.arange(POINTS) / POINTS)
        assert difference(circle, circle * np.sqrt(1 - 0.02**2) + 0.02 * circle**-4) == pytest.approx(
            0.02, rel=0.02
        )


@pytest.mark.parametrize("level", LEVELS)
class TestBoards:
    def test_matches_are_few_and_anywhere(self, level: str) -> None:
        matches = np.stack([board.matches for board in boards(level)])
        least, most = LEVELS[level].grains.matches
        assert set(matches.sum(axis=1)) <= set(range(least, most + 1))
        assert matches.any(axis=0).all()

    def test_no_other_is_too_like_to_tell(self, level: str) -> None:
        grains = LEVELS[level].grains
        for board in boards(level):
            assert (board.unlike[~board.matches] >= grains.unlike[0]).all()
            assert (board.unlike[board.matches] == 0).all()
        assert grains.wear < grains.unlike[0] / 1.5

    def test_every_grain_fits_its_tile(self, level: str) -> None:
        for board in boards(level)[:4]:
            edges = board.tiles.astype(float)[:, [0, -1]].mean(axis=(1, 2))
            middles = board.tiles[:, 26:36, 26:36].astype(float).mean(axis=(1, 2))
            assert (np.abs(edges - middles) > 15).mean() > 0.9


def test_boards_and_slides_differ() -> None:
    pictures = world().slide.images
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)
    looks = [STANDARD.begin(np.random.default_rng(seed)).slide.images[:, :62, 96:158] for seed in range(3)]
    assert np.std([look.mean() for look in looks]) > 10


class TestNobodyGuesses:
    @pytest.mark.parametrize("tile", range(TILES))
    def test_the_same_tile_on_every_board_fails(self, tile: int) -> None:
        count = len(world().slide.images)
        assert not STANDARD.score(replace(world(), clicks=tuple((b, tile) for b in range(count)))).success

    def test_all_tiles_fail(self) -> None:
        count = len(world().slide.images)
        everything = tuple((board, tile) for board in range(count) for tile in range(TILES))
        assert not STANDARD.score(replace(world(), clicks=everything)).success

    def test_size_and_brightness_do_not_tell(self) -> None:
        """The area of a grain and its grey level are no better than chance at telling a match."""
        tiles = np.concatenate([board.tiles for board in boards("standard")]).astype(float)
        matches = np.concatenate([board.matches for board in boards("standard")])
        spread = np.abs(tiles - np.median(tiles, axis=(1, 2), keepdims=True)).mean(axis=(1, 2))
        ranks = spread.argsort().argsort()
        gap = ranks[matches].mean() - ranks[~matches].mean()
        assert abs(gap) < 0.2 * len(matches)


class TestClicks:
    def test_every_tile_is_where_it_is_clicked(self) -> None:
        assert [tile_at(*middle(tile)) for tile in range(TILES)] == list(range(TILES))
        assert tile_at(*middle(None)) is None
        assert tile_at(5, 200) is None

    def test_a_second_click_takes_a_choice_back(self) -> None:
        click = Event("canvas", middle(4))
        once = STANDARD.update(world(), click)
        assert once.chosen[0] == {4}
        assert STANDARD.update(once, click).chosen[0] == set()

    def test_undo_shows_what_it_undoes(self) -> None:
        chosen = STANDARD.update(world(), Event("canvas", middle(4)))
        away = STANDARD.update(STANDARD.update(chosen, Event("next")), Event("next"))
        undone = STANDARD.update(away, Event("undo"))
        assert (undone.board, undone.chosen[0]) == (0, set())

    def test_the_expert_takes_back_what_another_hand_chose(self) -> None:
        wrong = min(set(range(TILES)) - world().slide.truth[0])
        right = min(world().slide.truth[0])
        messy = replace(world(), clicks=((0, wrong), (0, right)))
        intent = STANDARD.expert(messy, STANDARD.remember(None, messy), 0.5)
        assert (intent.event, intent.phase) == (Event("canvas", middle(wrong)), "correct")

    def test_slips_are_never_right(self) -> None:
        intent = STANDARD.expert(world(), STANDARD.remember(None, world()), 0.5)
        slips = STANDARD.slips(world(), intent)
        assert len(slips) >= 3
        for slip in slips:
            assert STANDARD.standing(STANDARD.update(world(), slip)).in_error


def test_without_known_matches_one_can_annotate_but_not_score() -> None:
    tiles = np.zeros((2, TILES, 62, 62), np.uint8)
    begun = STANDARD.begin_from(tiles[:, 0], tiles)
    after = STANDARD.update(begun, Event("canvas", middle(2)))
    assert STANDARD.standing(after).progress == 0.5
    STANDARD.view(after)
    with pytest.raises(ClonotateError, match="no known matches"):
        STANDARD.score(after)
