"""Practice: what a careful annotator would do next, for somebody who is learning a task."""

from typing import Any

from clonotate.episodes.session import Session
from clonotate.records import ClonotateError, Kind
from clonotate.screens.pointing import locate
from clonotate.studio.live import Live

CARE = 0.5
WORDS: dict[Kind, str] = {
    "navigate": "Look further: press {}.",
    "place": "It goes here.",
    "select": "This one: {}.",
    "adjust": "Move this: {}.",
    "verify": "Make sure first: press {}.",
    "undo": "Take the last one back: press {}.",
    "done": "That is all: press {}.",
}


def advice(live: Live) -> dict[str, Any]:
    """Where an expert would click now, who has seen what this annotator has seen, and why in words.

    Raises ClonotateError for real work, where nobody is told.
    """
    if live.opening.purpose != "practice" or live.session.done:
        raise ClonotateError("only practice comes with advice")
    with live.lock:
        steps, layout = tuple(live.session.steps), live.session.layout
    session = Session(live.opening.source, live.opening.layout)
    memory = session.task.remember(None, session.world)
    for step in steps:
        session.click(step)
        memory = session.task.remember(memory, session.world)
    intent = session.task.expert(session.world, memory, CARE)
    click = locate(session.view, layout, intent.event)
    texts = {button.name: button.text for button in session.view.buttons}
    words = WORDS[intent.kind].format(texts.get(intent.event.widget, "here"))
    return {"seq": len(steps), "x": click.x, "y": click.y, "words": words}
