"""A close look: what is seen of a square, now and before."""

import pytest
import torch

from clonotate.models.fovea import (
    BEFORE,
    BORDER,
    REACH,
    SIDE,
    SQUARE,
    Fovea,
    bordered,
    looks,
    squares_at,
    unfolded,
)


@pytest.fixture
def screens():
    """Twelve screens of 64 x 96 pixels that differ in one pixel of the second square, if at all."""
    shown = torch.full((12, 64, 96, 3), 100, dtype=torch.uint8)
    for frame, value in enumerate((1, 1, 2, 2, 2, 3, 2, 3, 3, 3, 3, 3)):
        shown[frame, 10, 40] = value
    return shown


def seen(screens, frame, first, square=1):
    """The pixel that differs, in the pictures of one look."""
    where = (torch.tensor([number]) for number in (frame, first, square))
    return looks(bordered(screens), *where)[0, :, 10 + BORDER, 8 + BORDER, 0].tolist()


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (0, [1, 1, 1]),
        (1, [1, 1, 1]),
        (2, [2, 1, 2]),
        (4, [2, 1, 2]),
        (5, [3, 2, 1]),
        (6, [2, 3, 1]),
        (11, [3, 2, 3]),
    ],
)
def test_earlier_pictures_are_the_latest_that_differ(screens, frame, expected):
    assert seen(screens, frame, 0)[: 1 + BEFORE] == expected


def test_nothing_of_another_episode_is_seen(screens):
    assert seen(screens, 5, 5) == [3, 3, 3]
    assert seen(screens, 5, 4) == [3, 2, 3]


def test_nothing_from_long_ago_is_seen(screens):
    screens[1:] = 7
    assert seen(screens, REACH, 0) == [7, 1, 7]
    assert seen(screens, REACH + 1, 0) == [7, 7, 7]


def test_a_look_is_the_square_and_its_border(screens):
    screens = torch.randint(
        0, 256, screens.shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
    )
    for square in range(6):
        row, column = divmod(square, 3)
        picture = looks(bordered(screens), torch.tensor([3]), torch.tensor([3]), torch.tensor([square]))[0, 0]
        inside = picture[BORDER : BORDER + SQUARE, BORDER : BORDER + SQUARE]
        part = screens[3, row * SQUARE :, column * SQUARE :][:SQUARE, :SQUARE]
        assert torch.equal(inside, part)
        assert picture.shape == (SIDE, SIDE, 3)
    assert (picture[-BORDER:] == 0).all()


def test_an_accelerator_sees_the_same_squares():
    generator = torch.Generator().manual_seed(1)
    screens = bordered(torch.randint(0, 256, (5, 96, 128, 3), dtype=torch.uint8, generator=generator))
    where = (torch.randint(0, most, (7, 1), generator=generator) for most in (5, 3, 4))
    frames, rows, columns = where
    assert torch.equal(squares_at(screens, frames, rows, columns), unfolded(screens, frames, rows, columns))


def test_every_pixel_of_a_square_gets_a_logit_that_hears_of_all_pictures():
    torch.manual_seed(0)
    fovea = Fovea(8, 16)
    seen = torch.randint(0, 256, (2, 1 + BEFORE, SIDE, SIDE, 3), dtype=torch.uint8)
    memory = torch.randn(2, 16)
    logits = fovea(seen, memory)
    assert logits.shape == (2, SQUARE * SQUARE)
    for picture in range(1 + BEFORE):
        other = seen.clone()
        other[:, picture] = 255 - other[:, picture]
        assert (fovea(other, memory) - logits).abs().max() > 1e-4
    assert (fovea(seen, -memory) - logits).abs().max() > 1e-4
