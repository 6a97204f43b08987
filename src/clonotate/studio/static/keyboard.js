// Keys become clicks: those that the server names for the widgets of this screen, and a crosshair that
// Shift and the arrows move over the screen for whoever has no mouse. Shift+Enter clicks there.
import { shape } from "./dom.js";

const NAMES = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Enter: "Enter" };
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STRIDE = 6; // screen pixels; one with Alt

export function spoken(key) { return NAMES[key] || key.toUpperCase(); }

export function middle([left, top, width, height]) {
  return [left + Math.floor(width / 2), top + Math.floor(height / 2)];
}

// Typing into a field, or pressing a button that has the focus, is not a shortcut.
export function elsewhere(event) {
  const { tagName } = event.target;
  if (event.ctrlKey || event.metaKey || tagName === "INPUT" || tagName === "SELECT") return true;
  return (tagName === "BUTTON" || tagName === "A") && (event.key === "Enter" || event.key === " ");
}

export class Keyboard {
  // `press(x, y, repeated)` makes a click; `screen` shows the crosshair.
  constructor(screen, press) {
    Object.assign(this, { screen, press, widgets: [], canvas: null, at: null });
    this.listen = (event) => this.key(event);
    addEventListener("keydown", this.listen);
  }

  close() { removeEventListener("keydown", this.listen); }

  show(frame) { Object.assign(this, { widgets: frame.widgets, canvas: frame.canvas }); }

  key(event) {
    if (elsewhere(event) || !this.canvas) return;
    if (event.shiftKey && (event.key in WAYS || event.key === "Enter")) this.cross(event);
    else if (!event.altKey) this.shortcut(event);
  }

  shortcut(event) {
    const widget = this.widgets.find(({ keys }) => keys.includes(event.key));
    if (!widget) return;
    event.preventDefault();
    if (widget.enabled) this.press(...middle(widget.rect), event.repeat);
  }

  cross(event) {
    event.preventDefault();
    this.at = this.at || middle(this.canvas);
    if (event.key === "Enter") {
      this.press(...this.at, event.repeat);
      return;
    }
    const stride = event.altKey ? 1 : STRIDE;
    const { width, height } = this.screen.canvas;
    const [x, y] = [0, 1].map((axis) => this.at[axis] + WAYS[event.key][axis] * stride);
    this.at = [Math.min(Math.max(x, 0), width - 1), Math.min(Math.max(y, 0), height - 1)];
    this.draw();
  }

  draw() {
    this.mark?.remove();
    const [x, y] = this.at.map((value) => value + 0.5);
    this.mark = shape("path", { d: `M${x - 9} ${y}h6m6 0h6M${x} ${y - 9}v6m0 6v6`, class: "crosshair" });
    this.screen.layer.append(this.mark);
  }
}
