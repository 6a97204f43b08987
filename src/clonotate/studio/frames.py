"""What a page is shown of a session: the simulator's own screen as it is, and its widgets in words."""

import hashlib
from collections.abc import Mapping
from typing import Any

import cv2

from clonotate.records import Screen
from clonotate.screens.arrangement import places_of
from clonotate.screens.layout import Layout
from clonotate.screens.widgets import Group, Plot, Readout, Status, Strip, View
from clonotate.studio.shortcuts import shortcuts


def digest_of(screen: Screen) -> str:
    """The digest by which page and journal name a screen."""
    return hashlib.blake2b(screen.data, digest_size=16).hexdigest()


def raw(screen: Screen) -> bytes:
    """A screen as the browser wants it, RGBA: packing it would take longer than the way over one machine."""
    return cv2.cvtColor(screen, cv2.COLOR_RGB2RGBA).tobytes()


def png(screen: Screen) -> bytes:
    """A screen as PNG, without loss."""
    _, coded = cv2.imencode(".png", cv2.cvtColor(screen, cv2.COLOR_RGB2BGR), (cv2.IMWRITE_PNG_COMPRESSION, 1))
    return coded.tobytes()


def described(view: View, layout: Layout) -> dict[str, Any]:
    """The widgets of a view, for keyboards and screen readers, as plain values; lengths are screen pixels."""
    places, keys = places_of(view, layout), shortcuts(view)
    return {
        "title": view.title,
        "canvas": list(places.canvas),
        "widgets": [widget for group in view.groups for widget in widgets(group, places.buttons, keys)],
        "status": [told(item) for item in view.status],
    }


def widgets(group: Group, places: Mapping[str, tuple[int, ...]], keys: Mapping[str, str]) -> list[Any]:
    """The buttons of a group."""
    return [
        {
            "name": button.name,
            "text": button.text,
            "role": group.role,
            "rect": list(places[button.name]),
            "lit": button.lit,
            "enabled": button.enabled,
            "keys": [key for key, name in keys.items() if name == button.name],
        }
        for button in group.buttons
    ]


def told(item: Status) -> dict[str, str]:
    """A line of status in words."""
    match item:
        case Readout(caption, value, swatch):
            return {"caption": caption, "value": value or (f"rgb{swatch}" if swatch else "")}
        case Strip(caption, filled, present):
            at = f"{len(filled)}" if present is None else f"{present + 1} of {len(filled)}"
            return {"caption": caption, "value": f"{at}, {sum(filled)} annotated"}
        case Plot(caption, values, present):
            return {"caption": caption, "value": f"{present + 1} of {len(values)}"}


def progress(view: View) -> float | None:
    """How much of a timeline is annotated, in [0, 1], as everybody can see; None where there is none."""
    strips = [item.filled for item in view.status if isinstance(item, Strip)]
    return sum(strips[0]) / len(strips[0]) if strips else None
