import string

import numpy as np
import pytest

from clonotate.screens.font import CAPS, CONDENSED, DESCENT, fitting, glyphs, inked, text_width


def test_every_printable_character_is_drawn_and_no_two_alike():
    drawn = glyphs()
    printable = set(string.printable) - set("\t\n\r\x0b\x0c")
    assert printable <= set(drawn)
    shapes = {(ink.shape, ink.tobytes()) for ink in drawn.values()}
    assert len(shapes) == len(drawn)


@pytest.mark.parametrize("character", sorted(CONDENSED))
def test_the_condensed_cut_keeps_characters_apart(character):
    ink = inked(character, condensed=True)
    same = [other for other in glyphs() if np.array_equal(inked(other, condensed=True), ink)]
    assert same == [character]


def test_glyphs_touch_both_sides_of_their_box():
    assert {ink.shape[0] for ink in glyphs().values()} == {CAPS + DESCENT}
    loose = {character for character, ink in glyphs().items() if not ink[:, [0, -1]].any(axis=0).all()}
    assert loose == {" ", "1"}  # the one is as wide as its fellow digits


def test_scaling_repeats_pixels():
    assert inked("Undo", 2).shape == (2 * (CAPS + DESCENT), 2 * text_width("Undo"))
    assert (inked("Undo", 2)[::2, ::2] == inked("Undo")).all()


def test_text_is_condensed_before_it_is_cut():
    assert fitting("Close polygon", 100) == ("Close polygon", False)
    assert fitting("Close polygon", 52) == ("Close polygon", True)
    short, condensed = fitting("Close polygon", 40)
    assert condensed
    assert short.endswith("…")
    assert text_width(short, condensed) <= 40
    assert fitting("Close polygon", 0) == ("", True)


def test_unknown_characters_show_as_a_question_mark():
    assert (inked("\u4e2d") == inked("?")).all()
