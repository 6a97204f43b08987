// The co-pilot on the page: a ghost where the policy would click next, drawn over the screen and never into it.
// Tab takes it, Tab held down or R lets it go on until its rule stops it, Escape takes over at once.
import { element, shape } from "./dom.js";
import { middle } from "./keyboard.js";

const PACE = 300; // ms that a step of a run is to be seen at the least
const BUTTONS = { place: "a place", canvas: "a place" };

export class Copilot {
  constructor(desk) {
    Object.assign(this, { desk, suggestion: null, running: false, held: false, timer: 0, shownAt: 0 });
    this.ghost = shape("g", { class: "ghost" });
    desk.screen.layer.append(this.ghost);
    const on = (type, act) => desk.link.addEventListener(type, ({ detail }) => act(detail));
    on("copilot", (hello) => this.greet(hello));
    on("suggestion", (suggestion) => this.suggest(suggestion));
    on("frame", (frame) => this.frame(frame));
    on("line", ({ up }) => up || this.stop());
    this.down = (event) => this.key(event);
    this.up = (event) => event.key === "Tab" && this.release();
    this.touched = (event) => { if (!this.panel?.contains(event.target)) this.touch(); };
    addEventListener("keydown", this.down, true);
    addEventListener("keyup", this.up, true);
    addEventListener("pointerdown", this.touched, true);
    addEventListener("blur", (this.away = () => this.release()));
  }

  close() {
    this.stop();
    removeEventListener("keydown", this.down, true);
    removeEventListener("keyup", this.up, true);
    removeEventListener("pointerdown", this.touched, true);
    removeEventListener("blur", this.away);
  }

  get wanted() { return localStorage.getItem("copilot") !== "off"; }
  get usable() { return this.wanted && this.suggestion && this.suggestion.seq === this.desk.frame?.seq && !this.desk.frame.done; }

  // The server has a policy that knows this task.
  greet({ rule }) {
    if (this.panel) return;
    const kept = sessionStorage.getItem("run until");
    this.told = element("p", { className: "told", role: "status" }, "thinking …");
    this.accept = element("button", { type: "button", onclick: () => this.take() }, "Accept ", element("kbd", {}, "Tab"));
    this.go = element("button", { type: "button", className: "run", "aria-pressed": "false", onclick: () => this.toggle() });
    this.bound = element("input", { type: "range", min: 0, max: 99, value: kept ?? Math.round(100 * rule.confidence),
      oninput: () => this.rebound(), "aria-label": "A run stops below this confidence" });
    this.reading = element("output", {});
    const helps = element("input", { type: "checkbox", checked: this.wanted, onchange: ({ target }) => this.want(target.checked) });
    this.panel = element("section", { className: "copilot", "aria-label": "Co-pilot" },
      element("label", { className: "helps" }, helps, "Co-pilot"), this.told,
      element("p", { className: "actions" }, this.accept, this.go),
      element("label", { className: "bound" }, element("span", {}, "Run while at least ", this.reading, " sure"), this.bound));
    this.desk.aside.insertBefore(this.panel, this.desk.keys);
    this.rebound();
    this.show();
  }

  want(on) {
    localStorage.setItem("copilot", on ? "on" : "off");
    if (!on) this.stop();
    this.show();
  }

  rebound() {
    sessionStorage.setItem("run until", this.bound.value);
    this.reading.textContent = `${this.bound.value} %`;
  }

  frame(frame) {
    this.shownAt = performance.now();
    if (this.suggestion && this.suggestion.seq !== frame.seq) this.suggestion = null;
    if (frame.done) this.stop();
    this.show();
  }

  suggest(suggestion) {
    if (suggestion.seq < (this.desk.frame?.seq ?? 0)) return;
    this.suggestion = suggestion;
    if (this.running && !suggestion.run) this.stop(suggestion.stopped);
    else if (this.running) this.next();
    this.show();
  }

  // The next step of a run, when this screen has been seen for a moment.
  next() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!this.running || !this.usable || !this.suggestion.run) return;
      const { x, y } = this.suggestion;
      if (this.desk.link.act(x, y, "policy")) this.desk.screen.ripple(x, y, "policy");
    }, Math.max(PACE - (performance.now() - this.shownAt), 0));
  }

  take() {
    if (!this.usable || this.running) return;
    const { x, y } = this.suggestion;
    if (this.desk.link.act(x, y, "accepted")) this.desk.screen.ripple(x, y, "accepted");
  }

  toggle() { if (this.running) this.touch(); else this.start(); }

  start() {
    if (!this.panel || !this.wanted || this.desk.frame?.done) return;
    this.running = true;
    this.why = "";
    this.desk.link.send({ type: "steer", on: true, confidence: Number(this.bound.value) / 100 });
    this.show();
  }

  // A person does something: the run is over, at once.
  touch() { if (this.running) this.stop("you took over"); }

  stop(why = "") {
    clearTimeout(this.timer);
    if (!this.running) return;
    Object.assign(this, { running: false, why });
    this.desk.link.send({ type: "steer", on: false, confidence: 0 });
    this.show();
  }

  release() {
    if (this.held && this.running) this.stop("you let go");
    this.held = false;
  }

  key(event) {
    if (["Shift", "Control", "Alt", "Meta"].includes(event.key) || !this.panel) return;
    const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key === "Tab" && plain && this.wanted && !this.desk.frame?.done) return this.tab(event);
    if (event.key === "r" && plain && !typing(event)) return this.toggle();
    if (event.key === "Escape" && this.running) event.preventDefault();
    this.touch();
  }

  // Pressed, it takes one; held, it goes on until it is let go. Shift+Tab moves the focus, as ever.
  tab(event) {
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat && !this.running) {
      this.held = true;
      this.take();
    } else if (event.repeat && this.held && !this.running && !this.why) this.start();
    if (!event.repeat) this.why = "";
  }

  show() {
    this.desk.link.ghost = Boolean(this.usable);
    this.ghost.replaceChildren(...(this.usable ? this.marks() : []));
    if (this.ghost.parentNode.lastChild !== this.ghost) this.desk.screen.layer.append(this.ghost);
    if (!this.panel) return;
    this.told.textContent = this.words();
    this.panel.classList.toggle("off", !this.wanted);
    this.panel.dataset.state = this.running ? "running" : this.usable ? "ready" : "waiting";
    this.accept.disabled = !this.usable || this.running;
    this.go.disabled = !this.wanted || Boolean(this.desk.frame?.done);
    this.go.setAttribute("aria-pressed", String(this.running));
    this.go.replaceChildren(this.running ? "Take over " : "Run ", element("kbd", {}, this.running ? "Esc" : "R"));
  }

  words() {
    if (!this.wanted) return "switched off";
    if (this.desk.frame?.done) return "";
    const stopped = this.why && !this.running ? `Stopped: ${this.why}. ` : "";
    if (!this.usable) return this.running ? "at work …" : `${stopped}thinking …`;
    const { widget, confidence } = this.suggestion;
    const named = this.desk.frame.widgets.find(({ name }) => name === widget);
    const what = named ? named.text : BUTTONS[widget] || "nothing";
    return `${stopped}${this.running ? "At work: " : "Next: "}${what}, ${percent(confidence)} sure`;
  }

  marks() {
    const { x, y, confidence, others } = this.suggestion;
    return [...others.map((other) => this.mark(other, other.probability, "other")), this.mark({ x, y }, confidence, "first")];
  }

  // A frame round a button, a ring round a place; the surer, the more solid.
  mark({ x, y }, probability, kind) {
    const widget = this.desk.frame.widgets.find(({ rect: [left, top, width, height] }) =>
      x >= left && x < left + width && y >= top && y < top + height);
    const group = shape("g", { class: kind, opacity: (0.35 + 0.65 * probability).toFixed(2) });
    if (widget) {
      const [left, top, width, height] = widget.rect;
      group.append(shape("rect", { x: left - 1.5, y: top - 1.5, width: width + 3, height: height + 3, rx: 5 }));
      const [across] = middle(widget.rect);
      group.append(label(across, top - 3, probability));
    } else {
      group.append(shape("circle", { cx: x + 0.5, cy: y + 0.5, r: kind === "first" ? 7 : 5 }));
      if (kind === "first") group.append(shape("circle", { cx: x + 0.5, cy: y + 0.5, r: 1.2, class: "point" }));
      group.append(label(x + 0.5, y - 9, probability));
    }
    return group;
  }
}

function label(x, y, probability) {
  const text = shape("text", { x, y: Math.max(y, 7), "text-anchor": "middle" });
  text.textContent = percent(probability);
  return text;
}

function typing({ target }) { return target.matches('input:not([type="range"], [type="checkbox"]), select, textarea'); }

function percent(value) { return `${Math.round(100 * value)} %`; }
