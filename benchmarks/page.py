"""The page that a browser would have to show in our screens' place: the same panel, buttons and canvas.

`markup` is what is loaded once, `state` what a script is told for every screen.
"""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clonotate.screens.arrangement import arrange
from clonotate.screens.layout import Layout
from clonotate.screens.widgets import Mark, Path, Plot, Readout, Status, View

STYLE = """
body { margin: 0; background: #15181e; color: #e8ecf3; font: 10px sans-serif; overflow: hidden; }
body > * { position: absolute; box-sizing: border-box; }
button { background: #3a414f; color: inherit; border: 1px solid #4e5768; border-radius: 4px; }
button { font: inherit; padding: 0; }
button.lit { background: #2f74d6; } button:disabled { color: #626a79; }
#panel { background: #242831; } #title { background: #1d2129; padding: 3px 6px; }
.status { display: flex; justify-content: space-between; }
.status i { width: 4px; height: 7px; background: #3e4553; }
.status i.filled { background: #4aa880; } .status i.present { outline: 1px solid #fff; }
"""
SCRIPT = """
const pen = document.querySelector("canvas").getContext("2d");
const slices = [];
function load(width, height, channels, text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const picture = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) picture.data[4 * i + c] = bytes[channels * i + (channels === 3 ? c : 0)];
    picture.data[4 * i + 3] = 255;
  }
  slices.push(picture);
}
function show(state) {
  pen.putImageData(slices[state.slice], 0, 0);
  pen.lineWidth = 1.5;
  for (const [x, y, radius, color] of state.marks) {
    pen.strokeStyle = color;
    pen.beginPath();
    pen.arc(x + 0.5, y + 0.5, radius, 0, 2 * Math.PI);
    pen.stroke();
  }
  for (const [points, closed, color] of state.paths) {
    pen.strokeStyle = color;
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x + 0.5, y + 0.5);
    if (closed) pen.closePath();
    pen.stroke();
  }
  for (const [name, lit, enabled] of state.buttons) {
    const button = document.getElementById(name);
    button.className = lit ? "lit" : "";
    button.disabled = !enabled;
  }
  state.status.forEach((item, i) => { document.getElementById("status" + i).innerHTML = item; });
}
"""


def markup(view: View, layout: Layout) -> str:
    """The page of a task, every widget where our layout has it."""
    places = arrange(view.groups, view.status, layout)
    panel = "".join(f'<div id="panel" style="{style(rect)}"></div>' for rect in places.panels)
    buttons = "".join(
        f'<button id="{button.name}" style="{style(places.buttons[button.name])}">{button.text}</button>'
        for button in view.buttons
    )
    status = "".join(
        f'<div class="status" id="status{i}" style="{style(rect)}"></div>'
        for i, rect in enumerate(places.status)
    )
    canvas = f'<canvas width="256" height="256" style="{style(places.canvas)}"></canvas>'
    title = f'<div id="title" style="{style(places.title)}">{view.title}</div>'
    body = f"{title}{panel}{canvas}{status}{buttons}<script>{SCRIPT}</script>"
    return f"<!doctype html><style>{STYLE}</style><body>{body}"


def style(rect: Any) -> str:
    """Where an element lies."""
    return f"left:{rect.left}px;top:{rect.top}px;width:{rect.width}px;height:{rect.height}px"


def picture(image: NDArray[np.uint8]) -> list[Any]:
    """A canvas picture as the arguments of `load`."""
    channels = 3 if image.ndim == 3 else 1
    return [image.shape[1], image.shape[0], channels, base64.b64encode(image.tobytes()).decode("ascii")]


def state(view: View, number: int) -> dict[str, Any]:
    """What `show` is told: the number of the loaded picture, what is drawn over it, buttons and status."""
    overlay = view.canvas.overlay
    return {
        "slice": number,
        "marks": [[*it.at, it.radius, html(it.color)] for it in overlay if isinstance(it, Mark)],
        "paths": [[it.points, it.closed, html(it.color)] for it in overlay if isinstance(it, Path)],
        "buttons": [[button.name, button.lit, button.enabled] for button in view.buttons],
        "status": [line(item) for item in view.status],
    }


def html(color: tuple[int, int, int]) -> str:
    """A colour as a page writes it."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def line(item: Status) -> str:
    """The inside of one item of the status."""
    if isinstance(item, Readout):
        return f"<span>{item.caption}</span><b>{item.value}</b>"
    if isinstance(item, Plot):
        least, most = min(item.values), max(item.values)
        heights = (20 - 20 * (value - least) / (most - least or 1.0) for value in item.values)
        points = " ".join(f"{3 * i},{height}" for i, height in enumerate(heights))
        here = f'<path d="M{3 * item.present} 0v20" stroke="#fff"/>'
        return f'<svg><polyline points="{points}" fill="none" stroke="#4aa880"/>{here}</svg>'
    ticks = (f"{'filled ' * full}{'present' * (i == item.present)}" for i, full in enumerate(item.filled))
    return "".join(f'<i class="{tick}"></i>' for tick in ticks)
