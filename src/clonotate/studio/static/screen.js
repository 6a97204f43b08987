// The simulator's own screen: pixel by pixel, enlarged by a whole number of device pixels, on whole device pixels.
import { element, shape } from "./dom.js";

// The place at or before this one that is whole in CSS pixels and in device pixels, if one is near.
function whole(place, sharp) {
  const before = Array.from({ length: 16 }, (_, i) => Math.floor(place) - i);
  return before.find((each) => Math.abs(each * sharp - Math.round(each * sharp)) < 1e-3) ?? before[0];
}

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
    const room = this.place.getBoundingClientRect();
    const sharp = devicePixelRatio;
    const scale = Math.max(Math.floor(Math.min((room.width * sharp) / width, (room.height * sharp) / height) + 1e-3), 1);
    const centred = (start, space, length) => whole(start + Math.max(space - length, 0) / 2, sharp) - start;
    const [across, down] = [(width * scale) / sharp, (height * scale) / sharp];
    Object.assign(this.root.style, {
      width: `${across}px`,
      height: `${down}px`,
      left: `${centred(room.left, room.width, across)}px`,
      top: `${centred(room.top, room.height, down)}px`,
    });
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

  // A mark at a place, until somebody takes it away.
  point(x, y, kind) {
    const mark = shape("circle", { cx: x + 0.5, cy: y + 0.5, r: 7, class: kind });
    this.layer.append(mark);
    return mark;
  }

  // A ring where something was clicked; it fades by itself.
  ripple(x, y, kind = "made") {
    const ring = shape("circle", { cx: x + 0.5, cy: y + 0.5, r: 5, class: `ripple ${kind}` });
    this.layer.append(ring);
    ring.addEventListener("animationend", () => ring.remove());
  }
}
