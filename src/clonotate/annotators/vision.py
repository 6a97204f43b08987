"""A general vision-language model as an annotator, through any endpoint that speaks OpenAI's chat protocol.

The scaffold, all of it: the task in words, the last few screens with the clicks made on them, the present
screen, and the request for one click as JSON. docs/rivals.md states it; `SCAFFOLD` is the text.
"""

import base64
import inspect
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

import cv2

from clonotate.episodes.session import Session
from clonotate.records import Click, ClonotateError, Screen
from clonotate.tasks import task_named

KEY = "CLONOTATE_VLM_KEY"
"""The environment variable with the endpoint's key; without it none is sent."""
NOWHERE = Click(-1, -1)
"""What an answer that holds no click counts as: a click on nothing."""
SCAFFOLD = """You work with an annotation tool for scientific data, by mouse clicks alone.
{task}
You see screenshots of {width} x {height} pixels, the oldest first, each with the click that was made on it.
Say where to click next on the last screenshot: one click, x pixels from its left and y from its top.
Press Done when all is right. Answer with JSON alone: {{"x": 12, "y": 34}}"""
COORDINATES = re.compile(r'"x"\s*:\s*(-?\d+(?:\.\d+)?)\s*,\s*"y"\s*:\s*(-?\d+(?:\.\d+)?)')
AGAIN = (408, 409, 425, 429, 500, 502, 503, 504)
"""Answers of a server after which it is asked again."""


@dataclass(frozen=True)
class Endpoint:
    """A model behind a URL; calling it gives one who annotates a session."""

    url: str  # up to and without /chat/completions
    model: str
    shown: int = 4  # screens, the present one included
    timeout: float = 120.0  # seconds a request
    tries: int = 4
    wait: float = 1.0  # seconds before the second try; doubled for each further one

    def __call__(self, session: Session, seed: int) -> "VisionAnnotator":
        return VisionAnnotator(self, in_words(session.source.task, session.source.level), seed)

    def ask(self, messages: list[dict[str, Any]], seed: int) -> str:
        """The answer to messages. Raises ClonotateError where none can be had."""
        page = {"model": self.model, "messages": messages, "temperature": 0, "seed": seed}
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY):
            headers["Authorization"] = f"Bearer {key}"
        url = self.url.rstrip("/") + "/chat/completions"
        if not url.startswith(("http://", "https://")):
            raise ClonotateError(
                f"{self.url!r} is no address of a server: it begins with http:// or https://"
            )
        request = urllib.request.Request(url, json.dumps(page).encode(), headers)
        for k in range(self.tries):
            time.sleep(self.wait * 2 ** (k - 1) if k else 0)
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                    return content(answer.read())
            except urllib.error.HTTPError as error:
                reason = f"{error.code} {error.reason}"
                if error.code not in AGAIN:
                    break
            except OSError as error:
                reason = str(getattr(error, "reason", error))
        raise ClonotateError(f"{url} gave no answer: {reason}")


@dataclass
class VisionAnnotator:
    """Works through one episode. A malformed answer is a click on nothing."""

    endpoint: Endpoint
    task: str  # in words
    seed: int
    before: list[tuple[Screen, Click]] = field(default_factory=list)

    def __call__(self, screen: Screen) -> Click:
        """The next click on `screen`, as the model says."""
        click = click_in(self.endpoint.ask(self.messages(screen), self.seed))
        kept = [*self.before, (screen, click)]
        self.before = kept[len(kept) + 1 - self.endpoint.shown :]
        return click

    def messages(self, screen: Screen) -> list[dict[str, Any]]:
        """What the model is told: the scaffold, then screens and clicks in turn."""
        height, width = screen.shape[:2]
        told = SCAFFOLD.format(task=self.task, width=width, height=height)
        messages: list[dict[str, Any]] = [{"role": "system", "content": told}]
        for seen, click in self.before:
            made = json.dumps({"x": click.x, "y": click.y})
            messages += [picture(seen), {"role": "assistant", "content": made}]
        return [*messages, picture(screen)]


def picture(screen: Screen) -> dict[str, Any]:
    """A screen as a message: PNG in a data URL."""
    _, png = cv2.imencode(".png", screen[..., ::-1])
    url = "data:image/png;base64," + base64.b64encode(png.tobytes()).decode()
    return {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}


def content(answer: bytes) -> str:
    """The text of an answer; empty where it has another form than the protocol's."""
    try:
        text = json.loads(answer)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError):
        return ""
    return text if isinstance(text, str) else ""


def click_in(text: str) -> Click:
    """The last click that an answer names, models like to think aloud; `NOWHERE` if there is none."""
    found = COORDINATES.findall(text)
    return Click(*(round(float(number)) for number in found[-1])) if found else NOWHERE


def in_words(task: str, level: str) -> str:
    """What a task is and when it is right, in the words of its own documentation."""
    made = task_named(task, level)
    whole = inspect.getdoc(sys.modules[type(made).__module__]) or ""
    return f"{whole} {inspect.getdoc(made.score) or ''}"
