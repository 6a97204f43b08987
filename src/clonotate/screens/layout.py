"""How a tool is laid out and dressed: a layout is a value and applies to every task."""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from clonotate.records import ClonotateError

Side = Literal["left", "right", "top", "bottom", "split"]


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
    theme: Literal["dark", "light", "retro"] = "dark"
    button: Literal["rounded", "pill", "square"] = "rounded"
    size: Literal["normal", "compact", "small"] = "normal"
    border: Literal["none", "thin", "glow"] = "none"
    status: Literal["panel", "top", "bottom"] = "panel"
    width: int = 384
    height: int = 288
    ratio: int = 1  # screen pixels a logical pixel

    def __post_init__(self) -> None:
        if self.side in ("top", "bottom") and self.status != "panel":
            raise ClonotateError(f"a {self.side} panel leaves no room for a status bar: use status='panel'")
        if self.width < 384 or self.height < 288 or not 1 <= self.ratio <= 3:
            raise ClonotateError("a layout is at least 384 x 288 with a pixel ratio of 1, 2 or 3")


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


def layout_named(name: str) -> Layout:
    """The layout of that name; `original@2x` is the original at two screen pixels a logical pixel."""
    base, at, ratio = name.partition("@")
    if base not in LAYOUTS or (at and ratio not in ("1x", "2x", "3x")):
        raise ClonotateError(
            f"no layout {name!r}; there are {', '.join(LAYOUTS)}, and each as NAME@2x or NAME@3x"
        )
    return replace(LAYOUTS[base], ratio=int(ratio[0])) if at else LAYOUTS[base]
