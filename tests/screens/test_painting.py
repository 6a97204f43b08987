"""Palettes drawn at random: whatever the colours, people can read the tool."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonotate.screens.painting import APART, READABLE, lightness, painted, theme_named
from clonotate.screens.themes import THEMES, Theme

seeds = st.integers(0, 2**31 - 1)


def distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5


@given(seed=seeds)
def test_letters_stand_out_from_their_ground(seed: int) -> None:
    theme = painted(seed)
    buttons = [(it.text, it.fill) for it in (theme.button, theme.finish, theme.lit)]
    for ink, ground in [*buttons, (theme.title, theme.bar), (theme.text, theme.panel)]:
        assert abs(lightness(ink) - lightness(ground)) >= READABLE


@given(seed=seeds)
def test_colours_that_mean_different_things_differ(seed: int) -> None:
    theme = painted(seed)
    assert distance(theme.lit.fill, theme.button.fill) >= APART
    assert distance(theme.filled, theme.empty) >= APART
    assert distance(theme.present, theme.panel) >= APART


@given(seed=seeds)
def test_what_cannot_be_pressed_is_paler(seed: int) -> None:
    theme = painted(seed)
    pale, plain = (abs(lightness(it.text) - lightness(it.fill)) for it in (theme.disabled, theme.button))
    assert pale < plain


def test_every_colour_is_drawn_and_the_same_again() -> None:
    drawn = [painted(seed) for seed in range(60)]
    for field in fields(Theme):
        assert len({getattr(theme, field.name) for theme in drawn}) > 30
    painted.cache_clear()
    assert drawn == [painted(seed) for seed in range(60)]
    assert all(0 <= channel <= 255 for theme in drawn for channel in (*theme.panel, *theme.lit.text))


@pytest.mark.parametrize("name", THEMES)
def test_named_themes_are_themselves(name: str) -> None:
    assert theme_named(name) is THEMES[name]
    assert theme_named("painted-3") is painted(3)
