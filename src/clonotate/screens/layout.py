"""How a tool is laid out and dressed: a layout is a value and applies to every task."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

import numpy as np

from clonotate.records import ClonotateError
from clonotate.screens.widgets import CANVAS

Side = Literal["left", "right", "top", "bottom", "split"]
ThemeName = Literal["dark", "light", "retro"]
Shape = Literal["rounded", "pill", "square"]
Size = Literal["normal", "compact", "small"]
Border = Literal["none", "thin", "glow"]
Place = Literal["panel", "top", "bottom"]


class Rect(NamedTuple):
    """A rectangle in pixels: `left` and `top` inside, `right` and `bottom` just outside."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    def holds(self, x: int, y: int) -> bool:
        """Whether the pixel `(x, y)` lies inside."""
        return self.left <= x < self.right and self.top <= y < self.bottom

    def inset(self, across: int, down: int) -> "Rect":
        """The rectangle that many pixels further in on each side."""
        return Rect(self.left + across, self.top + down, self.width - 2 * across, self.height - 2 * down)

    def scaled(self, ratio: int) -> "Rect":
        """The rectangle in pixels `ratio` times as fine."""
        return Rect(self.left * ratio, self.top * ratio, self.width * ratio, self.height * ratio)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where panel, status and canvas lie and how buttons look; lengths are logical pixels.

    Raises ClonotateError for a combination that has no room.
    """

    side: Side = "right"
    theme: str = "dark"  # or painted-SEED, a palette drawn at random
    button: Shape = "rounded"
    size: Size = "normal"
    border: Border = "none"
    status: Place = "panel"
    width: int = 384
    height: int = 288
    ratio: int = 1  # screen pixels a logical pixel
    canvas: int = CANVAS  # side of the canvas, which is enlarged to it
    shift: tuple[int, int] = (0, 0)  # of the canvas, right and down, as far as there is room
    rim: int = 7  # window between canvas and panel, at most
    bars: int = 0  # title and status bar are so much higher, where there is room
    inset: int = 0  # more room inside a panel
    taller: int = 0  # buttons are so much higher than their size says, if they fit
    apart: int = 0  # more room between buttons, likewise

    def __post_init__(self) -> None:
        if self.side in ("top", "bottom") and self.status != "panel":
            raise ClonotateError(f"a {self.side} panel leaves no room for a status bar: use status='panel'")
        if self.width < 384 or self.height < 288 or not 1 <= self.ratio <= 3:
            raise ClonotateError("a layout is at least 384 x 288 with a pixel ratio of 1, 2 or 3")
        if not CANVAS <= self.canvas <= largest_canvas(self.width, self.height):
            raise ClonotateError(f"a canvas of {self.canvas} pixels leaves no room for a panel and a title")
        if min(self.rim - 3, self.bars, self.inset, self.taller, self.apart) < 0 or self.inset > 3:
            raise ClonotateError("a rim is 3 pixels or more, an inset 0 to 3, other additions 0 or more")


def largest_canvas(width: int, height: int) -> int:
    """The side of the largest canvas that leaves as much room beside and above it as the original has."""
    return min(width - 128, height - 32)


KNOWN_LAYOUTS = {
    "original": Layout(),
    "light-right": Layout("right", "light", "rounded", "normal", "thin", "bottom"),
    "dark-left-pill": Layout("left", "dark", "pill", "compact", "glow", "top"),
    "dark-top": Layout("top", "dark", "rounded", "compact", "thin", "panel"),
    "light-bottom": Layout("bottom", "light", "pill", "small", "none", "panel"),
    "dark-split": Layout("split", "dark", "rounded", "normal", "glow", "bottom"),
    "retro-right": Layout("right", "retro", "square", "normal", "thin", "top"),
    "retro-left-small": Layout("left", "retro", "rounded", "small", "glow", "panel"),
}
HELD_OUT_LAYOUTS = {
    "light-left-pill": Layout("left", "light", "pill", "normal", "thin", "bottom"),
    "retro-top": Layout("top", "retro", "square", "compact", "thin", "panel"),
    "light-split-square": Layout("split", "light", "square", "normal", "none", "top"),
}
LAYOUTS: dict[str, Layout] = KNOWN_LAYOUTS | HELD_OUT_LAYOUTS
KNOWN = tuple(KNOWN_LAYOUTS)
HELD_OUT = tuple(HELD_OUT_LAYOUTS)


SIZES = ((384, 288), (384, 288), (400, 288), (416, 304), (416, 320), (448, 320), (448, 336))
"""Sizes of sampled screens, multiples of 16; that of the named layouts twice as often as any other."""
UNSEEN = {(layout.side, layout.theme) for layout in HELD_OUT_LAYOUTS.values()}
"""Pairs of panel side and theme that no sampled layout has, so that held-out ones stay new."""


def sample_layout(
    rng: np.random.Generator, size: tuple[int, int] | None = None, painted: bool = False
) -> Layout:
    """A layout drawn over all axes but the pixel ratio, with small shifts and sizes of everything.

    Of `size` (width, height), or of one of `SIZES`; `painted` in colours that are drawn too. Raises
    ClonotateError where that is too small.
    """
    width, height = size or SIZES[rng.integers(len(SIZES))]
    pairs = [(side, theme) for side in get_args(Side) for theme in get_args(ThemeName)]
    side, theme = [pair for pair in pairs if pair not in UNSEEN][rng.integers(len(pairs) - len(UNSEEN))]
    palette = f"painted-{rng.integers(2**31)}" if painted else theme
    places = {"top": ("panel",), "bottom": ("panel",), "split": ("top", "bottom")}.get(side, get_args(Place))
    across, down = rng.integers(-16, 17, 2)
    return Layout(
        side,
        palette,
        button=get_args(Shape)[rng.integers(3)],
        size=get_args(Size)[rng.integers(3)],
        border=get_args(Border)[rng.integers(3)],
        status=places[rng.integers(len(places))],
        width=width,
        height=height,
        canvas=int(rng.integers(CANVAS, max(largest_canvas(width, height), CANVAS) + 1)),
        shift=(int(across), int(down)),
        rim=int(rng.integers(3, 11)),
        bars=int(rng.integers(0, 5)),
        inset=int(rng.integers(0, 4)),
        taller=int(rng.integers(0, 4)),
        apart=int(rng.integers(0, 3)),
    )


DRAWN = ("sampled", "painted")
"""Layouts that are drawn at random, from the seed in their name: of the three themes, or in any colours."""
SAMPLED = re.compile(rf"({'|'.join(DRAWN)})-(\d{{1,18}})(?:@(\d{{3,4}})x(\d{{3,4}}))?")


def drawn_from(name: str, seed: int) -> str:
    """`sampled` and `painted@416x320` as the name of the layout drawn from a seed; others as they are."""
    how, at, size = name.partition("@")
    return f"{how}-{seed}{at}{size}" if how in DRAWN else name


@lru_cache(maxsize=4096)
def layout_named(name: str) -> Layout:
    """The layout of that name; `original@2x` is the original at two screen pixels a logical pixel.

    `sampled-17` is the one that `sample_layout` draws from seed 17, `sampled-17@416x320` that of a size, and
    `painted-17` one in colours of its own.
    """
    if drawn := SAMPLED.fullmatch(name):
        how, seed, *size = drawn.groups()
        wanted = (int(size[0]), int(size[1])) if size[0] else None
        if wanted and any(length % 16 for length in wanted):
            raise ClonotateError(f"the sides of a screen are multiples of 16, not {name.partition('@')[2]}")
        return sample_layout(np.random.default_rng(int(seed)), wanted, painted=how == "painted")
    base, at, ratio = name.partition("@")
    if base not in LAYOUTS or (at and ratio not in ("1x", "2x", "3x")):
        raise ClonotateError(
            f"no layout {name!r}; there are {', '.join(LAYOUTS)}, each also as NAME@2x or NAME@3x,"
            " and sampled-SEED, painted-SEED or sampled-SEED@416x320"
        )
    return replace(LAYOUTS[base], ratio=int(ratio[0])) if at else LAYOUTS[base]
