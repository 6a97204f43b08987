// Review: the steps that the policy doubts most, one after another: look, fix by going on from there, next.
import { element, shape } from "./dom.js";
import { elsewhere } from "./keyboard.js";
import { Screen } from "./screen.js";
import { ask, tell, who } from "./server.js";

const KEPT = "reviewed"; // what was looked at, in this browser
const looked = () => new Set(JSON.parse(localStorage.getItem(KEPT) || "[]"));
const name = ({ session, step }) => `${session}/${step}`;

export async function review(place) {
  document.title = "Review · clonotate studio";
  const told = element("p", { className: "lead reading", role: "status" }, "The policy is reading the sessions …");
  place.replaceChildren(told);
  let found = await ask("review");
  while (found.unread && place.isConnected) {
    told.textContent = `The policy is reading the sessions; ${found.unread} to go …`;
    found = await ask("review");
  }
  if (!place.isConnected) return undefined;
  const queue = new Queue(found.steps.filter((step) => !looked().has(name(step))));
  place.replaceChildren(queue.root);
  queue.open();
  return () => queue.close();
}

class Queue {
  constructor(steps) {
    Object.assign(this, { steps, at: 0 });
    this.screen = new Screen("The screen before a doubtful click");
    this.told = element("p", { className: "lead", role: "status" });
    this.facts = element("dl", { className: "parts" });
    this.where = element("output", { className: "count" });
    const button = (text, key, onclick, kind) =>
      element("button", { type: "button", className: kind, onclick }, `${text} `, element("kbd", {}, key));
    const turn = (text, label, by) => element("button", { type: "button", "aria-label": label, onclick: () => this.turn(by) }, text);
    this.acts = element("div", { className: "judging" },
      button("All right, next", "N", () => this.next(), "main"),
      button("Fix it: go on from here", "F", () => this.fix()),
      element("p", { className: "turning" }, turn("‹", "One click back", -1), this.where, turn("›", "One click on", 1)),
      (this.whole = element("a", { className: "button" }, "Replay the session")));
    this.root = element("div", { className: "desk review" }, this.screen.place,
      element("aside", { className: "aside" }, element("h1", {}, "Review"), this.told, this.facts, this.acts,
        element("p", { className: "soft small state" }, "Doubt is how far the policy's wish for an Undo rises over a click. What you have looked at is remembered in this browser.")));
    this.listen = (event) => this.key(event);
    addEventListener("keydown", this.listen);
  }

  get step() { return this.steps[this.at]; }

  close() {
    removeEventListener("keydown", this.listen);
    this.screen.watch.disconnect();
  }

  key(event) {
    const acts = { n: () => this.next(), f: () => this.fix(), ArrowLeft: () => this.turn(-1), ArrowRight: () => this.turn(1) };
    if (elsewhere(event) || !this.step || !acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  // The next step of the queue, on the screen before its click.
  open() {
    const left = this.steps.length - this.at;
    this.told.textContent = left ? `${left} ${left === 1 ? "click" : "clicks"} to look at` : "Nothing left to look at.";
    this.facts.replaceChildren(...(left ? this.rows() : []));
    this.acts.hidden = this.screen.root.hidden = !left;
    if (!left) return;
    this.whole.setAttribute("href", `#/replay/${this.step.session}`);
    this.shown = this.step.step;
    this.show();
  }

  rows() {
    const { title, annotator, by, doubt, clicked, own } = this.step;
    const row = (key, value, sign) => element("div", {}, element("dt", {}, sign, key), element("dd", {}, value));
    const sign = (dashed) => shape("svg", { class: `sign ${dashed ? "ghost" : ""}`, viewBox: "0 0 16 16", "aria-hidden": "true" }, shape("circle", { cx: 8, cy: 8, r: 6 }));
    return [row("task", title), row("by", `${annotator} (${by})`), row("clicked", clicked.words, sign(false)),
      row("the policy would", own.words, sign(true)), row("doubt", `${Math.round(100 * doubt)} %`)];
  }

  // What came before and after.
  turn(by) {
    this.shown = Math.min(Math.max(this.shown + by, 0), this.step.clicks);
    this.show();
  }

  async show() {
    const { step, shown } = this;
    const away = shown - step.step;
    this.where.textContent = away ? `${Math.abs(away)} ${Math.abs(away) === 1 ? "click" : "clicks"} ${away < 0 ? "before" : "after"}` : `click ${shown + 1} of ${step.clicks}`;
    const image = Object.assign(new Image(), { src: `/api/sessions/${step.session}/steps/${shown}.png` });
    await image.decode();
    if (this.step !== step || this.shown !== shown) return;
    this.screen.show(image);
    const ring = ({ x, y }, r) => shape("circle", { cx: x + 0.5, cy: y + 0.5, r });
    this.screen.layer.replaceChildren(...(away ? [] : [ring(step.clicked, 6), shape("g", { class: "ghost" }, ring(step.own, 8))]));
  }

  next() {
    localStorage.setItem(KEPT, JSON.stringify([...looked(), name(this.step)].slice(-5000)));
    this.at += 1;
    this.open();
  }

  async fix() {
    const { session, step } = this.step;
    try {
      const { id } = await tell(`sessions/${session}/branch`, { step, annotator: who.name });
      this.next();
      location.hash = `#/annotate/${id}`;
    } catch (error) {
      this.told.textContent = error.message;
    }
  }
}
