"""The nouns that cross from room to room: frozen, and nothing but numpy below them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Screen: TypeAlias = NDArray[np.uint8]
"""What an annotator sees: uint8 RGB, `[height, width, 3]`."""

Kind = Literal["navigate", "place", "select", "adjust", "verify", "undo", "done"]
Phase = Literal["explore", "annotate", "verify", "correct", "finish"]
Author = Literal["virtual", "person", "policy", "accepted", "correction"]


class ClonotateError(ValueError):
    """Input that cannot be used. Its message is one line that says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Click:
    """The only action there is: a click at `x` pixels from the left and `y` from the top of the screen."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Event:
    """What a click means to a task: a widget by name, or a place on the canvas.

    `at` is `(x, y)` in canvas pixels, integers in 0..255, and None for a button.
    """

    widget: str
    at: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How good an annotation is: `success` is the whole task right, `parts` are graded in [0, 1]."""

    success: bool
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """What is true of a step, for metrics and probes; no policy ever sees it."""

    kind: Kind
    target: str  # the widget's name, or "canvas"
    phase: Phase
    position: float  # where in the data, in [0, 1]: slice, frame, band, angle
    mistake: bool  # this click errs
    in_error: bool  # the state it was made in holds an uncorrected mistake
    progress: float  # how much of the task was done before it, in [0, 1]


@dataclass(frozen=True, slots=True)
class Step:
    """One click of an episode: when, by whom, and what a careful expert with a steady hand would click.

    `advice` is None where no expert was asked.
    """

    click: Click
    ms: int = 0  # since the episode began
    by: Author = "policy"
    label: Label | None = None
    advice: Click | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a world comes from: a task at a level and a seed, or a file whose digest is kept.

    `data` is empty for a procedural world, else the path as given; `settings` is what the reader was told.
    """

    task: str
    level: str = "standard"
    seed: int = 0
    version: int = 1
    data: str = ""
    data_digest: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Episode:
    """One annotation session as its causes: it replays bit for bit, so no pixels are kept.

    `digest` is the digest of all its screens (see `episodes.replay`); `score` is None without a truth.
    """

    source: Source
    layout: str
    steps: tuple[Step, ...]
    done: bool
    score: Score | None
    digest: str = ""
