"""What clicks mean to the two who work on one screen: whether they agree, and how likely a target is."""

from torch import Tensor

from clonotate.episodes.session import Session
from clonotate.evaluation.agreement import same
from clonotate.models.base import CELL
from clonotate.records import Author, Click
from clonotate.screens.layout import Rect
from clonotate.screens.pointing import area, hit

REACH = 12.0
"""How far around a place on the canvas the probability of what it means is gathered, in canvas pixels."""


def author(session: Session, click: Click, suggested: Click | None) -> Author:
    """Who a person's click, about to be made, is by: a correction where it means other than was suggested."""
    if suggested is None:
        return "person"
    meant, proposed = (hit(session.view, session.layout, one) for one in (click, suggested))
    return "person" if same(meant, proposed) else "correction"


def meant(session: Session, click: Click) -> Rect:
    """The part of the screen where clicks mean what this one does: its button, or around its place."""
    event = hit(session.view, session.layout, click)
    if event is not None and event.at is None:
        return area(session.view, session.layout, event.widget)
    canvas = area(session.view, session.layout, "canvas")
    reach = round(REACH * canvas.width / 256)
    return Rect(click.x - reach, click.y - reach, 2 * reach + 1, 2 * reach + 1)


def button(session: Session, name: str) -> Rect | None:
    """Where a button lies that can be pressed now; None where there is none."""
    pressable = any(one.name == name and one.enabled for one in session.view.buttons)
    return area(session.view, session.layout, name) if pressable else None


def share(mass: Tensor, rect: Rect) -> float:
    """The probability of clicks in a rectangle, from the mass of cells `[rows, columns]`: each whole cell in
    or touched counts."""
    top, left = max(rect.top, 0) // CELL, max(rect.left, 0) // CELL
    bottom, right = (rect.top + rect.height - 1) // CELL, (rect.left + rect.width - 1) // CELL
    return min(1.0, mass[top : bottom + 1, left : right + 1].sum().item())
