// Review: the steps that the policy finds most doubtful, one after another: look, fix by going on there, next.
import { element, shape } from "./dom.js";
import { elsewhere } from "./keyboard.js";
import { Screen } from "./screen.js";
import { ask, tell, who } from "./server.js";

const KEPT = "reviewed"; // what was looked at, in this browser
const looked = () => new Set(JSON.parse(localStorage.getItem(KEPT) || "[]"));
const name = ({ session, step }) => `${session}/${step}`;

export async function review(place) {
  place.replaceChildren(element("p", { className: "lead" }, "The policy is reading the sessions …"));
  const { steps } = await ask("review");
  const queue = new Queue(steps.filter((step) => !looked().has(name(step))));
  place.replaceChildren(queue.root);
  queue.show();
  return () => queue.close();
}

class Queue {
  constructor(steps) {
    Object.assign(this, { steps, at: 0 });
    this.screen = new Screen("The screen before a doubtful click");
    this.told = element("p", { className: "lead", role: "status" });
    const button = (text, key, onclick, kind) =>
      element("button", { type: "button", className: kind, onclick }, `${text} `, element("kbd", {}, key));
    this.acts = element("p", { className: "actions" }, button("All right, next", "N", () => this.next(), "main"), button("Fix it: go on from here", "F", () => this.fix()));
    this.root = element("div", { className: "review" }, element("h1", {}, "Review"), this.told, this.screen.place, this.acts);
    this.listen = (event) => this.key(event);
    addEventListener("keydown", this.listen);
  }

  close() {
    removeEventListener("keydown", this.listen);
    this.screen.watch.disconnect();
  }

  key(event) {
    if (elsewhere(event)) return;
    if (event.key === "n") this.next();
    if (event.key === "f") this.fix();
  }

  async show() {
    const step = this.steps[this.at];
    this.acts.hidden = !step;
    this.screen.layer.replaceChildren();
    if (!step) {
      this.told.textContent = "Nothing left to look at.";
      this.screen.root.hidden = true;
      return;
    }
    const left = this.steps.length - this.at;
    this.told.textContent = `${left} left · ${step.task}, click ${step.step + 1} by ${step.annotator} (${step.by}) · doubt ${Math.round(100 * step.score)} %. The ring is what was clicked, the dashes are what the policy would do.`;
    const image = Object.assign(new Image(), { src: `/api/sessions/${step.session}/steps/${step.step}.png` });
    await image.decode();
    if (this.steps[this.at] !== step) return;
    this.screen.show(image);
    const ring = ({ x, y }, r) => shape("circle", { cx: x + 0.5, cy: y + 0.5, r });
    this.screen.layer.append(ring(step, 6), shape("g", { class: "ghost" }, ring(step.own, 8)));
  }

  next() {
    const step = this.steps[this.at];
    if (!step) return;
    localStorage.setItem(KEPT, JSON.stringify([...looked(), name(step)].slice(-5000)));
    this.at += 1;
    this.show();
  }

  async fix() {
    const step = this.steps[this.at];
    if (!step) return;
    const { id } = await tell(`sessions/${step.session}/branch`, { step: step.step, annotator: who.name });
    this.next();
    location.hash = `#/annotate/${id}`;
  }
}
