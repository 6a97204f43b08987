from functools import cache

import cv2
import numpy as np
import pytest

from clonotate.tasks.worlds.cells import EASY, HARD, STANDARD, Culture, film
from clonotate.tasks.worlds.tracks import LEAST, Film

SEEDS = range(16)


@cache
def standard(seed: int) -> Film:
    return film(STANDARD, np.random.default_rng(seed))


@pytest.mark.parametrize("culture", [EASY, STANDARD, HARD])
@pytest.mark.parametrize("seed", range(4))
def test_films_are_as_the_knobs_say(culture: Culture, seed: int) -> None:
    made = film(culture, np.random.default_rng(seed))
    assert culture.frames[0] <= len(made.frames) <= culture.frames[1]
    assert culture.cells[0] <= len(made.frames[0].cells) <= culture.cells[1] + 1  # and one that passes
    assert sum(len(answer) == 2 for answer in made.answers) <= culture.divisions[1]
    for frame in made.frames:
        assert frame.image.shape == frame.segments.shape == (256, 256)
        assert frame.image.dtype == frame.segments.dtype == np.uint8


def test_numbers_say_nothing_of_descent() -> None:
    """They are in reading order in every frame, so the same cell changes its number."""
    changed = 0
    for seed in SEEDS:
        for frame, come in zip(standard(seed).frames, standard(seed).truth, strict=True):
            rows = [np.nonzero(frame.segments == n)[0].mean() for n in range(1, len(come) + 1)]
            assert rows == sorted(rows)
            changed += any(origin not in (0, n) for n, origin in enumerate(come, 1))
    assert changed > 10


def test_all_kinds_of_events_happen() -> None:
    answers = [len(answer) for seed in SEEDS for answer in standard(seed).answers]
    counts = np.bincount(answers)
    assert len(counts) == 3
    assert 2 <= counts[0] <= 0.1 * counts[1]  # cells leave
    assert 12 <= counts[2] <= 45  # and divide
    entered = sum(0 in come for seed in SEEDS for come in standard(seed).truth[1:])
    assert entered >= 3


def test_cells_move_but_can_be_followed() -> None:
    steps = [
        np.hypot(
            *np.subtract(
                standard(seed).frames[t].cells[i].middle, standard(seed).frames[t + 1].cells[answer[0]].middle
            )
        )
        for seed in SEEDS
        for (t, i), answer in zip(standard(seed).queue, standard(seed).answers, strict=True)
        if len(answer) == 1
    ]
    assert 6 <= np.mean(steps) <= 14
    assert np.quantile(steps, 0.99) < 40


def test_cells_can_be_hit() -> None:
    """A click that trembles by 2 px still hits, but for a few that leave through the border."""
    narrow = 0
    for seed in SEEDS:
        for frame in standard(seed).frames:
            for number, cell in enumerate(frame.cells, 1):
                assert (frame.segments == number).sum() >= LEAST
                depth = cv2.distanceTransform((frame.segments == number).view(np.uint8), cv2.DIST_L2, 3)
                x, y = cell.middle
                narrow += depth[y, x] < 4
    assert narrow <= 8


def test_touching_cells_are_common() -> None:
    touching = []
    for seed in SEEDS:
        for frame in standard(seed).frames:
            grown = cv2.dilate(frame.segments, np.ones((5, 5), np.uint8))
            touching.append(bool(((grown != frame.segments) & (frame.segments > 0)).any()))
    assert 0.3 < np.mean(touching) < 0.98


def test_looks_differ() -> None:
    """Dark and bright grounds, bright, outlined and shaded cells."""
    means = [standard(seed).frames[0].image.mean() for seed in SEEDS]
    inside = [
        f.image[f.segments > 0].mean() - f.image[f.segments == 0].mean()
        for f in (standard(s).frames[0] for s in SEEDS)
    ]
    assert min(means) < 45
    assert max(means) > 110
    assert np.std(inside) > 15


def test_brightness_does_not_tell_who_is_who() -> None:
    """With cells alike, the brightness of a cell in the next frame does not lead to it."""
    right = total = 0
    for seed in SEEDS:
        made = standard(seed)
        for (t, i), answer in zip(made.queue, made.answers, strict=True):
            here, there = made.frames[t], made.frames[t + 1]
            if len(answer) != 1 or len(there.cells) < 3:
                continue
            grey = here.image[here.segments == i + 1].mean()
            means = [there.image[there.segments == n + 1].mean() for n in range(len(there.cells))]
            right += int(np.abs(np.array(means) - grey).argmin()) == answer[0]
            total += 1
    assert 0.25 < right / total < 0.85
