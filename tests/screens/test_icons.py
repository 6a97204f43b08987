import numpy as np
import pytest

from clonotate.records import ClonotateError
from clonotate.screens.icons import ICON, icon_named, icons


def test_icons_are_squares_that_no_two_share():
    drawn = icons()
    assert {ink.shape for ink in drawn.values()} == {(ICON, ICON)}
    assert len({ink.tobytes() for ink in drawn.values()}) == len(drawn) >= 12


def test_any_two_icons_differ_where_an_eye_can_see_it():
    pixels = np.array([ink.ravel() for ink in icons().values()]).astype(int)
    apart = np.abs(pixels[:, None] - pixels[None]).sum(axis=-1) + 99 * np.eye(len(pixels), dtype=int)
    assert apart.min() >= 5


def test_scaling_repeats_pixels():
    assert icon_named("spines", 3).shape == (3 * ICON, 3 * ICON)
    assert (icon_named("spines", 3)[1::3, 1::3] == icon_named("spines")).all()


def test_an_unknown_icon_is_told():
    with pytest.raises(ClonotateError, match="no icon 'unicorn'; there are: sphere"):
        icon_named("unicorn")
