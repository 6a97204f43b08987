"""Palettes drawn at random: what a policy learns under them is what a tool says, not its colours.

Domain randomisation (Tobin et al. 2017), within what people can read: letters stand out from their ground, a
lit button from the others, a filled tick from an empty one, and what cannot be pressed is pale.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clonotate.screens.themes import THEMES, Surface, Theme
from clonotate.screens.widgets import RGB

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
READABLE = 95_000
"""The least difference in lightness between letters and their ground."""
APART = 110
"""The least distance between colours that mean different things, in RGB."""


def theme_named(name: str) -> Theme:
    """The palette of that name; `painted-17` is the one that is drawn from seed 17."""
    return THEMES[name] if name in THEMES else painted(int(name.removeprefix("painted-")))


@lru_cache(maxsize=1024)
def painted(seed: int) -> Theme:
    """The palette that is drawn from `seed`."""
    rng = np.random.default_rng(seed)
    panel, window = color(rng), color(rng)
    bar = panel if rng.random() < 0.4 else color(rng)
    fill = mixed(panel, color(rng), rng.uniform(0, 1))
    lit, empty = apart_from(fill, rng), mixed(panel, letters(panel, rng), rng.uniform(0.1, 0.4))
    pale = mixed(fill, panel, rng.uniform(0.3, 0.8))
    depth = rng.uniform(-0.5, 0.5)  # buttons are flat, stand out or lie within
    return Theme(
        window=window,
        panel=panel,
        line=mixed(panel, letters(panel, rng), rng.uniform(0.1, 0.5)),
        bar=bar,
        title=letters(bar, rng),
        text=letters(panel, rng),
        faint=mixed(panel, letters(panel, rng), rng.uniform(0.6, 1)),
        glow=apart_from(window, rng),
        present=apart_from(panel, rng),
        filled=apart_from(empty, rng),
        empty=empty,
        button=surface(fill, depth, rng),
        finish=surface(color(rng), depth, rng),
        lit=surface(lit, -depth if rng.random() < 0.5 else depth, rng),
        disabled=replace(surface(pale, depth / 3, rng), text=mixed(pale, letters(pale, rng), 0.35)),
    )


def surface(fill: RGB, depth: float, rng: np.random.Generator) -> Surface:
    """A button of that colour; above 0 of `depth` its upper edge is lighter than its lower one."""
    light, dark = (WHITE, BLACK) if depth > 0 else (BLACK, WHITE)
    return Surface(fill, mixed(fill, light, abs(depth)), mixed(fill, dark, abs(depth)), letters(fill, rng))


def color(rng: np.random.Generator) -> RGB:
    """Any colour, one in two of them nearly grey as most tools are."""
    drawn, strength = rng.integers(0, 256, 3), 1.0 if rng.random() < 0.5 else rng.uniform(0, 0.3)
    return mixed((grey := int(drawn.mean()), grey, grey), plain(drawn), strength)


def letters(ground: RGB, rng: np.random.Generator) -> RGB:
    """A colour that can be read on that ground."""
    side = WHITE if lightness(ground) < 128_000 else BLACK
    for share in (rng.uniform(0, 0.5), 0.2):
        ink = mixed(side, color(rng), share)
        if abs(lightness(ink) - lightness(ground)) >= READABLE:
            return ink
    return side


def apart_from(other: RGB, rng: np.random.Generator) -> RGB:
    """A colour that nobody takes for the other."""
    while True:
        drawn = color(rng)
        if sum((a - b) ** 2 for a, b in zip(drawn, other, strict=True)) >= APART**2:
            return drawn


def mixed(one: RGB, other: RGB, share: float) -> RGB:
    """Two colours, `share` in [0, 1] of the other."""
    return plain(np.rint(np.add(np.multiply(one, 1 - share), np.multiply(other, share))))


def plain(channels: NDArray[Any]) -> RGB:
    """A colour as plain numbers."""
    red, green, blue = (int(channel) for channel in channels)
    return red, green, blue


def lightness(shade: RGB) -> int:
    """How light a colour is, 0 to 255,000: luma (Rec. 601) in whole numbers, the same on all machines."""
    red, green, blue = shade
    return 299 * red + 587 * green + 114 * blue
