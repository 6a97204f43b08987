"""Film: an episode made small enough to travel inside a page, and to be played there.

Screens repeat themselves, so each is a mosaic of tiles and every distinct tile is kept once: panels and
writing without loss, textured tissue and noise in a quarter of the bytes with a loss that no eye sees.
"""

import io
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clonotate.episodes.replay import replay
from clonotate.episodes.session import Session
from clonotate.records import Click, Episode, Kind, Screen, Step
from clonotate.screens.pointing import hit

TILE = 32  # px
ACROSS = 32  # tiles in a row of the sheet
QUALITY = 80  # of textured tiles as WebP: to look at, not to measure on
PLAIN = 700  # bytes that a plain tile deflates to at most
STILL = (192, 144)  # px
LONGEST = 400  # clicks of a film; what comes after them is left out

State = Literal["success", "failed", "unscored"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an episode ended, and in a few words what it lacks."""

    state: State
    words: str


@dataclass(frozen=True, slots=True)
class Press:
    """One click of a film: where, on what, and why if that is known."""

    click: Click
    widget: str  # its name; "" where it hit nothing
    text: str  # what is written on it
    kind: Kind | None


@dataclass(frozen=True)
class Film:
    """An episode to play: one screen more than presses, unless it was cut at `LONGEST`.

    `plain` and `textured` are WebPs of all distinct tiles, `ACROSS` a row, numbered through: the textured
    ones from `first_textured` on. `changes` has for each screen the places (row by row, from 0) that differ
    from the screen before and the tiles that are there now: place, tile, place, ...
    """

    title: str
    outcome: Outcome
    width: int
    height: int
    plain: bytes
    textured: bytes
    first_textured: int
    still: bytes  # a small WebP of the last screen
    changes: tuple[tuple[int, ...], ...]
    presses: tuple[Press, ...]
    clicks: int  # of the whole episode


def film(episode: Episode, title: str, world: Any = None) -> Film:
    """An episode as a film; one on real data needs its `world`. Raises what `replay` raises."""
    screens: list[Screen] = []
    presses: list[Press] = []
    steps = [*episode.steps, None]
    for session, step in islice(zip(replay(episode, world), steps, strict=True), LONGEST + 1):
        screens.append(session.screen)
        if step and len(presses) < LONGEST:
            presses.append(press(session, step))
    height, width, _ = screens[0].shape
    plain, textured, changes = sorted_out(*mosaic(screens))
    return Film(
        title=title,
        outcome=outcome(episode),
        width=width,
        height=height,
        plain=webp(sheet(plain), lossless=True),
        textured=webp(sheet(textured)),
        first_textured=len(plain),
        still=webp(np.asarray(Image.fromarray(screens[-1]).resize(STILL, Image.Resampling.LANCZOS))),
        changes=changes,
        presses=tuple(presses),
        clicks=len(episode.steps),
    )


def press(session: Session, step: Step) -> Press:
    """What a step clicks on in a session that has not made it yet."""
    event = hit(session.view, session.layout, step.click)
    texts = {"canvas": "canvas", **{button.name: button.text for button in session.view.buttons}}
    widget = event.widget if event else ""
    return Press(step.click, widget, texts.get(widget, "nothing"), step.label.kind if step.label else None)


def outcome(episode: Episode) -> Outcome:
    """Success, or what was not right: Done never pressed, and every graded part below 1."""
    unfinished = [] if episode.done else ["Done not pressed"]
    if episode.score is None:
        return Outcome("unscored", ", ".join(["no truth to score with", *unfinished]))
    if episode.score.success:
        return Outcome("success", "success")
    parts = [
        f"{name.replace('_', ' ')} {value:.2f}" for name, value in episode.score.parts.items() if value < 1
    ]
    return Outcome("failed", f"failed: {', '.join([*unfinished, *parts])}".removesuffix(": "))


def spoken(name: str) -> str:
    """The name of a graded part, for people."""
    return name.replace("_", " ")


def mosaic(screens: Iterable[Screen]) -> tuple[list[bytes], list[list[int]]]:
    """Screens of one size as their distinct tiles, in order of appearance, and the changes; see `Film`."""
    numbers: dict[bytes, int] = {}
    before: list[int] = []
    changes = []
    for screen in screens:
        shown = [numbers.setdefault(tile.tobytes(), len(numbers)) for tile in tiles(screen)]
        before = before or [-1] * len(shown)
        differing = [place for place, tile in enumerate(shown) if tile != before[place]]
        changes.append([value for place in differing for value in (place, shown[place])])
        before = shown
    return list(numbers), changes


def sorted_out(
    pieces: list[bytes], changes: list[list[int]]
) -> tuple[list[bytes], list[bytes], tuple[tuple[int, ...], ...]]:
    """Plain tiles, textured ones, and the changes with the new numbers."""
    rough = [len(zlib.compress(piece, 1)) > PLAIN for piece in pieces]
    order = sorted(range(len(pieces)), key=rough.__getitem__)
    number = {old: new for new, old in enumerate(order)}
    count = len(pieces) - sum(rough)
    renumbered = (tuple(number[v] if i % 2 else v for i, v in enumerate(change)) for change in changes)
    return [pieces[i] for i in order[:count]], [pieces[i] for i in order[count:]], tuple(renumbered)


def tiles(screen: Screen) -> NDArray[np.uint8]:
    """A screen cut up, row by row: uint8 `[places, TILE, TILE, 3]`; black beyond its border."""
    height, width, _ = screen.shape
    whole = np.pad(screen, ((0, -height % TILE), (0, -width % TILE), (0, 0)))
    rows, columns = whole.shape[0] // TILE, whole.shape[1] // TILE
    return whole.reshape(rows, TILE, columns, TILE, 3).swapaxes(1, 2).reshape(-1, TILE, TILE, 3)


def sheet(pieces: list[bytes]) -> NDArray[np.uint8]:
    """Tiles side by side, in order, `ACROSS` a row; one row at least: uint8 `[rows * TILE, 1024, 3]`."""
    rows = max(-(-len(pieces) // ACROSS), 1)
    cells = np.zeros((rows * ACROSS, TILE, TILE, 3), np.uint8)
    cells[: len(pieces)] = np.frombuffer(b"".join(pieces), np.uint8).reshape(-1, TILE, TILE, 3)
    return cells.reshape(rows, ACROSS, TILE, TILE, 3).swapaxes(1, 2).reshape(rows * TILE, ACROSS * TILE, 3)


def webp(picture: NDArray[np.uint8], lossless: bool = False) -> bytes:
    """A picture as WebP."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "WEBP", quality=QUALITY, lossless=lossless)
    return file.getvalue()
