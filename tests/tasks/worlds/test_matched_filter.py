"""A matched filter tells how much of a gas lies where, whatever the ground, and where there is none."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonotate.tasks.plume_finding import OVERLAP, PlumeFinding, World
from clonotate.tasks.worlds.matched_filter import column, found

BANDS, SIDE = 16, 96
SIGNATURE = np.exp(-((np.arange(BANDS)[:, None] - np.array([4, 11])) ** 2)).max(axis=1).astype(np.float32)


def scene(strength: float, emits: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Two soils under uneven light, a disc of gas over both: the radiance and the gas."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:SIDE, :SIDE]
    soils = rng.uniform(0.3, 0.6, (2, BANDS))
    ground = soils[(x > 50).astype(int)].transpose(2, 0, 1) * (1 + 0.2 * np.sin(y / 9))
    gas = strength * (np.hypot(x - 48, y - 40) < 18)
    clear = np.exp(-SIGNATURE[:, None, None] * gas)
    veiled = ground + SIGNATURE[:, None, None] * gas if emits else ground * clear
    return (veiled + rng.normal(0, 0.003, veiled.shape)).astype(np.float32), gas


@pytest.mark.parametrize("emits", [False, True])
def test_it_measures_the_column(emits: bool) -> None:
    radiance, gas = scene(0.1, emits)
    amount = column(radiance, SIGNATURE, emits)
    assert amount[gas > 0].mean() == pytest.approx(0.1, rel=0.15)
    assert abs(amount[gas == 0].mean()) < 0.01


@pytest.mark.parametrize("emits", [False, True])
def test_it_finds_the_plume_and_nothing_where_there_is_none(emits: bool) -> None:
    for strength in (0.1, 0.0):
        radiance, gas = scene(strength, emits)
        seen = found(cv2.resize(column(radiance, SIGNATURE, emits), (256, 256)))
        truth = cv2.resize(gas.astype(np.float32), (256, 256)) > strength / 2
        both, either = (seen & truth).sum(), (seen | truth).sum()
        assert both >= OVERLAP * either


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.2, 5), min_size=BANDS, max_size=BANDS))
def test_what_absorbs_takes_a_share_of_any_light(gains: list[float]) -> None:
    radiance, _ = scene(0.1)
    lit = radiance * np.array(gains, np.float32)[:, None, None]
    assert np.allclose(column(lit, SIGNATURE), column(radiance, SIGNATURE), atol=2e-3)


@pytest.mark.parametrize("emits", [False, True])
def test_where_nothing_is_seen_nothing_is_found(emits: bool) -> None:
    amount = column(np.zeros((BANDS, SIDE, SIDE), np.float32), SIGNATURE, emits)
    assert np.isfinite(amount).all()
    assert not found(cv2.resize(amount, (256, 256))).any()


def test_plumes_of_the_task_are_mostly_found_and_outlined_on_the_screen() -> None:
    right = 0
    seeds = range(20_000, 20_012)
    for seed in seeds:
        world = PlumeFinding().begin(np.random.default_rng(seed))
        traced = world.cube.traced
        answer = World(world.cube, vertices=traced, closed=True) if traced else World(world.cube, absent=True)
        right += answer.iou >= OVERLAP
    assert right >= 0.8 * len(seeds)
