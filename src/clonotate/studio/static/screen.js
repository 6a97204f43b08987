// The simulator's own screen: pixel by pixel, enlarged by a whole number of device pixels, never smoothed.
import { element, shape } from "./dom.js";

export class Screen {
  constructor(label) {
    this.canvas = element("canvas", { className: "pixels", role: "img", "aria-label": label });
    this.layer = shape("svg", { class: "layer", "aria-hidden": "true" }); // what is drawn over it, in screen pixels
    this.root = element("div", { className: "screen" }, this.canvas, this.layer);
    this.place = element("div", { className: "stage" }, this.root);
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this.place);
  }

  show(picture) {
    this.size(picture.width, picture.height);
    const pen = this.canvas.getContext("2d");
    if (picture instanceof ImageData) pen.putImageData(picture, 0, 0);
    else pen.drawImage(picture, 0, 0);
  }

  size(width, height) {
    if (this.canvas.width === width && this.canvas.height === height) return;
    Object.assign(this.canvas, { width, height });
    this.layer.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.fit();
  }

  fit() {
    const { width, height } = this.canvas;
    const { clientWidth, clientHeight } = this.place;
    const sharp = devicePixelRatio;
    const room = Math.min((clientWidth * sharp) / width, (clientHeight * sharp) / height);
    const scale = Math.max(Math.floor(room + 1e-3), 1);
    this.root.style.width = `${(width * scale) / sharp}px`;
    this.root.style.height = `${(height * scale) / sharp}px`;
  }

  // The screen pixel under the pointer.
  under(event) {
    const box = this.canvas.getBoundingClientRect();
    const along = (value, start, length, pixels) =>
      Math.min(Math.max(Math.floor(((value - start) / length) * pixels), 0), pixels - 1);
    return [
      along(event.clientX, box.left, box.width, this.canvas.width),
      along(event.clientY, box.top, box.height, this.canvas.height),
    ];
  }

  // A ring where something was clicked; it fades by itself.
  ripple(x, y, kind = "made") {
    const ring = shape("circle", { cx: x + 0.5, cy: y + 0.5, r: 5, class: `ripple ${kind}` });
    this.layer.append(ring);
    ring.addEventListener("animationend", () => ring.remove());
  }
}
