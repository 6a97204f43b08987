"""Hash-consing: the same windows share an id, different ones never do, and nothing is lost on the way."""

import numpy as np
import pytest
import torch

from clonotate.models import distinct


@pytest.fixture
def screens():
    """Screens that repeat themselves, with a few pixels changed from one to the next."""
    rng = np.random.default_rng(0)
    tile = rng.integers(0, 256, (16, 16, 3), np.uint8)
    screens = np.tile(np.tile(tile, (3, 4, 1)), (5, 1, 1, 1))
    for k in range(1, 5):
        screens[k:, rng.integers(48), rng.integers(64)] ^= np.uint8(1 << k)
    return torch.from_numpy(screens)


def windows_one_by_one(screens):
    padded = np.pad(screens.numpy(), ((0, 0), (4, 4), (4, 4), (0, 0)))
    rows, columns = screens.shape[1] // 8, screens.shape[2] // 8
    return [
        padded[n, 8 * y : 8 * y + 16, 8 * x : 8 * x + 16].tobytes()
        for n in range(len(screens))
        for y in range(rows)
        for x in range(columns)
    ]


def test_a_census_finds_each_value_once():
    keys = torch.tensor([[7, -3, 7], [-3, 0, 2**62]])
    found = distinct.census(keys)
    assert len(found.first) == 4
    assert torch.equal(keys.view(-1)[found.first][found.ids], keys)


def test_windows_share_a_key_exactly_if_their_pixels_are_equal(screens):
    keys = distinct.window_keys(distinct.frame(screens)).view(-1).tolist()
    contents = windows_one_by_one(screens)
    assert len(set(contents)) == len(set(keys)) == len(set(zip(contents, keys, strict=True)))


def test_one_bit_anywhere_changes_every_window_that_holds_it():
    screens = torch.zeros(1 + 48, 16, 16, 3, dtype=torch.uint8)
    for k in range(48):
        screens[1 + k, k % 16, (5 * k) % 16, k % 3] = 1 << (k % 8)
    assert len(distinct.window_keys(distinct.frame(screens)).flatten(1).unique(dim=0)) == 1 + 48


def test_pixels_come_back_by_place(screens):
    places = torch.tensor([0, 3, 17, 100, 239])
    found = distinct.window_pixels(distinct.frame(screens), places)
    contents = windows_one_by_one(screens)
    assert [row.numpy().tobytes() for row in found] == [contents[place] for place in places]


@pytest.mark.parametrize(("size", "stride"), [(3, 1), (4, 2), (2, 2)])
def test_neighbourhoods_share_a_key_exactly_if_their_ids_are_equal(size, stride):
    ids = torch.randint(0, 2, (3, 10, 12), generator=torch.Generator().manual_seed(0))
    keys = distinct.neighbour_keys(ids, size, stride)
    rows = distinct.neighbours(ids, torch.arange(keys.numel()), size, stride)
    unfolded = ids.unfold(1, size, stride).unfold(2, size, stride).reshape(-1, size * size)
    assert torch.equal(rows, unfolded)
    pairs = {(tuple(row), key) for row, key in zip(rows.tolist(), keys.view(-1).tolist(), strict=True)}
    assert len(pairs) == len({row for row, _ in pairs}) == len({key for _, key in pairs})


def test_gradients_of_a_row_that_repeats_often_do_not_saturate():
    table = torch.zeros(2, 1, dtype=torch.bfloat16, requires_grad=True)
    ids = torch.zeros(100_000, dtype=torch.int64)
    distinct.gather(table, ids).backward(torch.full((100_000, 1), 1.0, dtype=torch.bfloat16))
    assert table.grad is not None
    assert table.grad[0].item() == pytest.approx(100_000, rel=0.01)
    assert table.grad[1].item() == 0
