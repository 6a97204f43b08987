"""Our own pixel font: drawn by hand in `font.txt`, so that the same text is the same pixels on every machine.

The file is a type specimen: bands of glyphs side by side, each band headed by the characters it draws.
Capitals are seven rows high, descenders take two more, and widths are the glyph's own.
"""

from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

CAPS = 7
"""Rows from the top of a capital to the base line."""

DESCENT = 2
SPACE = 2
TRACKING = 1
CONDENSED = "abcdeghnopqsuyzABCDGHOPSU0235689"
"""Characters that lose their third column, and nothing else, in the condensed cut."""


@cache
def glyphs() -> dict[str, NDArray[np.bool_]]:
    """Every glyph as bool `[CAPS + DESCENT, width]`, True where there is ink."""
    drawn = {" ": np.zeros((CAPS + DESCENT, SPACE), bool)}
    specimen = files(__package__).joinpath("font.txt").read_text(encoding="utf-8")
    for band in specimen.strip().split("\n\n"):
        heading, *rows = (line.split() for line in band.splitlines())
        for character, column in zip(heading, zip(*rows, strict=True), strict=True):
            ink = np.array([[dot == "#" for dot in row] for row in column])
            drawn[character] = np.pad(ink, ((0, CAPS + DESCENT - len(ink)), (0, 0)))
    return drawn


@cache
def condensed_glyphs() -> dict[str, NDArray[np.bool_]]:
    """The same glyphs with one inner column taken from those that stay themselves without it."""
    known = glyphs()
    return known | {character: np.delete(known[character], 2, axis=1) for character in CONDENSED}


def text_width(text: str, condensed: bool = False) -> int:
    """How wide `text` is at scale 1, in pixels, without the space after its last letter."""
    return int(inked(text, condensed=condensed).shape[1])


def fitting(text: str, width: int) -> tuple[str, bool]:
    """As much of `text` as fits `width` pixels, and whether it is to be condensed.

    Whole if it can be, else the beginning and an ellipsis.
    """
    if text_width(text) <= width:
        return text, False
    whole = text
    while text and text_width(text, condensed=True) > width:
        whole = whole[:-1]
        text = whole.rstrip() + "…" if whole else ""
    return text, True


@lru_cache(maxsize=4096)
def inked(text: str, scale: int = 1, condensed: bool = False) -> NDArray[np.bool_]:
    """`text` as bool `[9 * scale, width * scale]`; a character we did not draw shows as "?"."""
    known = condensed_glyphs() if condensed else glyphs()
    gap = np.zeros((CAPS + DESCENT, TRACKING), bool)
    parts = [part for character in text for part in (known.get(character, known["?"]), gap)]
    line = np.hstack(parts[:-1]) if parts else gap[:, :0]
    return line.repeat(scale, axis=0).repeat(scale, axis=1)
