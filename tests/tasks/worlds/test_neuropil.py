import numpy as np
import pytest

from clonotate.tasks.worlds import neuropil
from clonotate.tasks.worlds.neuropil import CELL, LATTICE, LONGEST_STEP, MARGIN, RIM, SIZE, Neurites

START = np.array([128, 128], np.float32)


def strokes(*centres: tuple[float, float], radius: float = 6.0) -> Neurites:
    points = np.repeat(np.array(centres, np.float32)[None, :, None], 3, axis=2)
    return Neurites(points, np.full((1, len(centres)), radius, np.float32))


def test_every_point_belongs_to_the_nearest_stroke() -> None:
    centres = [(40, 60), (200, 50), (120, 210)]
    owners = neuropil.territories(strokes(*centres), 0)
    grid = np.stack(np.meshgrid(*[np.arange(LATTICE) * CELL - MARGIN] * 2), axis=-1)
    distance = np.linalg.norm(grid[:, :, None] - np.array(centres), axis=-1)
    clear = np.diff(np.sort(distance, axis=-1)[..., :2])[..., 0] > 10
    np.testing.assert_array_equal(owners[clear], distance.argmin(axis=-1)[clear] + 1)


def test_a_thicker_stroke_gets_more() -> None:
    pair = strokes((80, 128), (180, 128))
    pair.radii[0, 1] = 30
    owners = neuropil.territories(pair, 0)
    assert (owners == 2).sum() > 1.3 * (owners == 1).sum()


def test_a_neurite_without_radius_has_no_territory() -> None:
    pair = strokes((80, 128), (180, 128))
    pair.radii[0, 0] = 0
    assert (neuropil.territories(pair, 0) == 2).all()


@pytest.mark.parametrize("seed", range(10))
def test_the_traced_neurite_stays_on_the_canvas_and_takes_short_steps(seed: int) -> None:
    neurites = neuropil.wander(50, 80, 8.0, START, np.random.default_rng(seed))
    centre = neurites.points[:, -1, 1]
    np.testing.assert_allclose(centre[0], START)
    assert centre.min() >= RIM - 1e-3
    assert centre.max() <= SIZE - RIM + 1e-3
    assert np.linalg.norm(np.diff(centre, axis=0), axis=1).max() <= LONGEST_STEP + 1e-3


def test_neurites_make_room_for_each_other() -> None:
    neurites = neuropil.wander(10, 80, 2.0, START, np.random.default_rng(0))
    middle, radii = neurites.points[-1, :, 1], neurites.radii[-1]
    apart = np.linalg.norm(middle[:, None] - middle, axis=-1) + 1e6 * np.eye(len(middle))
    inside = apart < 0.5 * (radii[:, None] + radii)
    assert inside.any(axis=1).mean() < 0.1


def test_smooth_processes_have_unit_variance_and_their_scale() -> None:
    values = neuropil.smooth(200, (50,), 4.0, np.random.default_rng(0))
    assert values.std() == pytest.approx(1, abs=0.1)
    near, far = (np.mean(values[lag:] * values[:-lag]) for lag in (1, 20))
    assert near > 0.95
    assert abs(far) < 0.1
