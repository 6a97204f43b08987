import numpy as np
import pytest

from clonotate.evaluation.calibration import calibration


def test_who_is_as_often_right_as_sure_has_no_error():
    rng = np.random.default_rng(0)
    sure = rng.random((40, 200))
    honest = calibration([list(zip(row, rng.random(200) < row, strict=True)) for row in sure])
    boastful = calibration([list(zip(row, rng.random(200) < row / 2, strict=True)) for row in sure])
    assert honest["error"] < 0.03
    assert boastful["error"] == pytest.approx(0.25, abs=0.03)
    assert boastful["interval"][0] < boastful["error"] < boastful["interval"][1]
    assert len(honest["bins"]) == 10


def test_bins_say_how_many_were_right():
    found = calibration([[(0.95, True), (1.0, True), (0.91, False)], [(0.95, True), (0.05, False)]])
    low, high = found["bins"]
    assert (low["from"], low["clicks"], low["right"]) == (0.0, 1, 0.0)
    assert (high["from"], high["clicks"], high["right"]) == (0.9, 4, 0.75)
    assert high["interval"][0] <= 0.75 <= high["interval"][1]
    assert found["error"] == pytest.approx((0.05 + (3.81 - 3)) / 5)
