"""What a task puts on the screen: a canvas, groups of buttons with a role, and readouts.

A task says what there is; where it lies is the layout's business and how it looks the theme's.
Everything but the canvas is hashable, so that the chrome is painted once per distinct state.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

CANVAS = 256
"""The canvas is a square of so many logical pixels, whatever the layout."""

RGB: TypeAlias = tuple[int, int, int]
Role = Literal["navigate", "view", "label", "edit", "finish"]
Shape = Literal["ring", "disc", "cross", "square"]


@dataclass(frozen=True, slots=True)
class Button:
    """A thing to press. `lit` is a toggle that is on; a colour or a picture may stand before the text.

    `icon` is a name that `screens/icons.txt` draws.
    """

    name: str
    text: str
    lit: bool = False
    enabled: bool = True
    swatch: RGB | None = None
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Buttons that belong together, in order; the layout keeps them together."""

    role: Role
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Readout:
    """A line of status: a caption, a short value and, perhaps, a colour."""

    caption: str
    value: str
    swatch: RGB | None = None


@dataclass(frozen=True, slots=True)
class Strip:
    """A timeline: one tick a slice, frame or band; filled where annotated, the present one framed, if any."""

    caption: str
    filled: tuple[bool, ...]
    present: int | None


@dataclass(frozen=True, slots=True)
class Plot:
    """A small curve, such as a spectrum: at least two values, drawn from the least to the greatest.

    The one at index `present` is marked.
    """

    caption: str
    values: tuple[float, ...]
    present: int


Status: TypeAlias = Readout | Strip | Plot


@dataclass(frozen=True, slots=True)
class Mark:
    """An annotation drawn over the canvas image at `(x, y)` canvas pixels."""

    at: tuple[int, int]
    color: RGB
    radius: int = 4
    shape: Shape = "ring"


@dataclass(frozen=True, slots=True)
class Path:
    """Straight lines through points in canvas pixels; closed joins the last to the first."""

    points: tuple[tuple[int, int], ...]
    color: RGB
    closed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """The picture to annotate: uint8 `[256, 256]` grey or `[256, 256, 3]` RGB, and what is drawn over it."""

    image: NDArray[np.uint8]
    overlay: tuple[Mark | Path, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """All that is on the screen in one state of a task."""

    title: str
    canvas: Canvas
    groups: tuple[Group, ...]
    status: tuple[Status, ...] = ()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Every button, in the order of the groups."""
        return tuple(button for group in self.groups for button in group.buttons)
