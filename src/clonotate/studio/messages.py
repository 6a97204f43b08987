"""What page and server say to each other over the websocket of a session; nothing else is understood.

The page sends JSON: an `Act`, a `Seen` or a `Steer`. The server answers with JSON, and with frames: four
bytes that say how long the JSON before the picture is, the JSON, the picture's pixels.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, TypeAlias, cast, get_args

from clonotate.records import Author, Click, ClonotateError

Actor = Literal["person", "accepted", "policy", "correction"]
"""Whose click a page may say it is: a virtual annotator has no page."""


@dataclass(frozen=True, slots=True)
class Act:
    """A click on the frame after `seq` clicks, whose digest is `screen`. Sent again, it has the same `id`."""

    id: str
    seq: int
    screen: str
    click: Click
    by: Author
    client_at: int
    ghost: bool = False  # whether a suggestion was in sight


@dataclass(frozen=True, slots=True)
class Seen:
    """The page has drawn a new frame so many ms after the click that it answers."""

    ms: float


@dataclass(frozen=True, slots=True)
class Steer:
    """The page lets the co-pilot run while it is sure enough, or takes over."""

    on: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Accepted:
    """The click is on disk, as the `seq`-th of its session."""

    type: ClassVar[str] = "accepted"
    id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The click counts for nothing, and why."""

    type: ClassVar[str] = "refused"
    id: str
    reason: Literal["stale", "finished", "outside"]
    words: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something went wrong; the words are for the person."""

    type: ClassVar[str] = "fault"
    words: str


Answer: TypeAlias = Accepted | Refused | Fault


def text_of(answer: Answer) -> str:
    """An answer as JSON."""
    return json.dumps({"type": answer.type, **asdict(answer)})


def framed(head: Mapping[str, Any], picture: bytes) -> bytes:
    """A frame as one message."""
    text = json.dumps(head, separators=(",", ":")).encode()
    return len(text).to_bytes(4, "big") + text + picture


def parsed(text: str | bytes) -> Act | Seen | Steer:
    """What a page says; ClonotateError for anything that is not exactly one of its messages."""
    said = json_object(text)
    match said.get("type"):
        case "act":
            return act_of(said)
        case "seen":
            return Seen(number(said, "ms", 600_000))
        case "steer":
            return Steer(said.get("on") is True, number(said, "confidence", 1))
    raise ClonotateError("a message is an act, seen or steer")


def act_of(said: Mapping[str, Any]) -> Act:
    """A click as the page sent it."""
    by = said.get("by")
    if by not in get_args(Actor):
        raise ClonotateError(f"a click is by one of {', '.join(get_args(Actor))}")
    return Act(
        id=line(said, "id", 64),
        seq=whole(said, "seq", 1_000_000),
        screen=line(said, "screen", 64),
        click=Click(whole(said, "x", 100_000), whole(said, "y", 100_000)),
        by=cast(Author, by),
        client_at=whole(said, "client_at", 1 << 53),
        ghost=said.get("ghost") is True,
    )


def json_object(text: str | bytes) -> dict[str, Any]:
    """A JSON object; ClonotateError for other text."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise ClonotateError("this is no JSON") from None
    if not isinstance(said, dict):
        raise ClonotateError("this is no JSON object")
    return said


def line(said: Mapping[str, Any], name: str, longest: int, default: str | None = None) -> str:
    """A field that is one line of text, not empty unless that is its default."""
    value = said.get(name, default)
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise ClonotateError(f"{name} is a line of at most {longest} characters")
    if not value and default != "":
        raise ClonotateError(f"{name} is missing")
    return value


def whole(said: Mapping[str, Any], name: str, most: int, default: int | None = None) -> int:
    """A field that is a whole number from 0 to `most`."""
    value = said.get(name, default)
    if type(value) is not int or not 0 <= value <= most:
        raise ClonotateError(f"{name} is a whole number from 0 to {most}")
    return value


def number(said: Mapping[str, Any], name: str, most: float) -> float:
    """A field that is a number from 0 to `most`."""
    value = said.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
        raise ClonotateError(f"{name} is a number from 0 to {most}")
    return float(value)
