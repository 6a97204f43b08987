// Annotating: the screen, and beside it what to do, the keys, and what was recorded.
import { Copilot } from "./copilot.js";
import { element } from "./dom.js";
import { instance } from "./home.js";
import { Keyboard, middle, spoken } from "./keyboard.js";
import { Link } from "./link.js";
import { Screen } from "./screen.js";
import { ask, tell, who } from "./server.js";

export async function annotate(place, session) {
  const [{ tasks }, about] = await Promise.all([ask("tasks"), ask(`sessions/${session}`)]);
  if (!place.isConnected) return undefined;
  const desk = new Desk(session, about, tasks.find(({ task }) => task === about.task));
  place.replaceChildren(desk.root);
  document.getElementById("trail").replaceChildren(trail(about));
  const copilot = new Copilot(desk);
  return () => {
    copilot.close();
    desk.close();
  };
}

function trail(about) {
  document.title = `${about.title} · clonotate studio`;
  return element("span", {}, element("b", {}, about.title), ` ${instance(about)} · by ${about.annotator}`);
}

// One session being annotated. Others may listen on `link` (frame, accepted, refused, fault, line), draw into
// `screen.layer`, and put panels of their own into `aside`.
export class Desk {
  constructor(session, about, task) {
    Object.assign(this, { session, about, task });
    this.screen = new Screen("The screen of the annotation tool");
    this.link = new Link(session);
    this.keyboard = new Keyboard(this.screen, (x, y, repeated) => this.press(x, y, repeated));
    this.note = element("p", { className: "note", role: "status" });
    this.state = element("p", { className: "state", role: "status" });
    this.keys = element("div", { className: "keys", role: "group", "aria-label": "Buttons and their keys" });
    this.verdict = element("section", { className: "verdict" });
    this.aside = element("aside", { className: "aside" }, this.introduction(), this.verdict, this.keys,
      element("p", { className: "soft small" }, "Shift with arrows moves a crosshair, Shift with Enter clicks there."), this.state);
    this.root = element("div", { className: "desk" }, this.screen.place, this.aside, this.note);
    this.screen.canvas.addEventListener("pointerdown", (event) => this.pointed(event));
    this.listen();
  }

  listen() {
    const on = (type, act) => this.link.addEventListener(type, ({ detail }) => act(detail));
    on("frame", (frame) => this.show(frame));
    on("refused", ({ words }) => this.refuse(words));
    on("fault", ({ words }) => this.refuse(words));
    on("line", ({ up }) => this.line(up));
  }

  close() {
    this.link.close();
    this.keyboard.close();
    this.screen.watch.disconnect();
  }

  introduction() {
    const practice = this.about.purpose === "practice";
    return element(
      "section",
      { className: "introduction" },
      practice && element("p", { className: "practice" }, "Practice: made up, with answers, kept apart from your work."),
      element("p", { className: "hint" }, this.task.hint),
      element("p", { className: "soft" }, this.task.right),
      practice && this.help(),
    );
  }

  // In practice somebody who knows may be asked.
  help() {
    const words = element("span", { className: "soft", role: "status" });
    const show = async () => {
      const { seq, x, y, words: told } = await ask(`sessions/${this.session}/advice`);
      if (seq !== this.frame.seq) return;
      words.textContent = told;
      this.told = words;
      this.screen.point(x, y, "advice");
    };
    return element("p", { className: "actions" }, element("button", { type: "button", onclick: show }, "Show me"), words);
  }

  pointed(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.press(...this.screen.under(event));
  }

  // Every click, by pointer, key or button, goes through here. A key held down waits for the screen.
  press(x, y, repeated = false) {
    if (this.frame?.done) return;
    if (this.link.act(x, y)) this.screen.ripple(x, y);
    else if (!repeated) this.refuse("The screen was about to change; this click was not made. Look again.");
  }

  show(frame) {
    this.frame = frame;
    this.screen.show(frame.picture);
    this.screen.layer.querySelector(".advice")?.remove();
    this.told?.replaceChildren();
    this.root.dataset.seq = frame.seq;
    this.keyboard.show(frame);
    this.screen.root.classList.toggle("done", frame.done);
    const told = frame.status.map(({ caption, value }) => `${caption} ${value}`).join(", ");
    this.screen.canvas.setAttribute("aria-label", `${frame.title}: ${told}`);
    this.state.textContent = `${frame.seq} ${frame.seq === 1 ? "click" : "clicks"} recorded`;
    this.list(frame.widgets);
    this.judge(frame);
  }

  // Real buttons for every widget: what the keys are, and a way in for screen readers.
  list(widgets) {
    const same = this.listed?.length === widgets.length && widgets.every(({ name }, i) => name === this.listed[i].name);
    this.listed = widgets;
    if (!same) this.keys.replaceChildren(...widgets.map((_, i) => this.key(i)));
    widgets.forEach(({ text, keys, lit, enabled }, i) => {
      const button = this.keys.children[i];
      button.setAttribute("aria-pressed", String(lit));
      button.setAttribute("aria-disabled", String(!enabled));
      button.replaceChildren(element("span", {}, text), ...keys.map((key) => element("kbd", {}, spoken(key))));
    });
  }

  key(i) {
    const click = () => this.listed[i].enabled && this.press(...middle(this.listed[i].rect));
    return element("button", { type: "button", onclick: click, onpointerdown: (event) => event.preventDefault() });
  }

  // In practice how it stands; at the end that it is recorded, and how good it is where somebody knows.
  judge({ feedback, done }) {
    const children = [];
    if (feedback && !done) {
      const words = feedback.in_error ? "Something placed is wrong. Undo it and look again." : "All right so far.";
      children.push(element("p", { className: feedback.in_error ? "wrong" : "right" }, words), parts(feedback));
    } else if (done) {
      const words = !feedback ? "Finished." : feedback.success ? "Finished, and all right." : "Finished, but not all right.";
      const mood = feedback && !feedback.success ? "wrong" : "right";
      children.push(element("p", { className: mood }, words), feedback && parts(feedback), this.onward());
    }
    this.verdict.replaceChildren(...children.filter(Boolean));
  }

  onward() {
    const { task, level, layout, purpose } = this.about;
    const data = this.about.item || "";
    const next = async () => {
      const { id } = await tell("sessions", { task, level, layout, purpose, data, annotator: who.name });
      location.hash = `#/annotate/${id}`;
    };
    return element(
      "p",
      { className: "actions" },
      element("button", { type: "button", className: "main", onclick: next }, "Next"),
      element("a", { className: "button", href: `#/replay/${this.session}` }, "Look at it"),
      this.about.parent && element("a", { className: "button", href: "#/review" }, "Review"),
      element("a", { className: "button", href: "#/" }, "Home"),
    );
  }

  refuse(words) {
    this.note.textContent = words;
    this.screen.root.classList.remove("refused");
    void this.screen.root.offsetWidth; // so that the flash begins anew
    this.screen.root.classList.add("refused");
    clearTimeout(this.forget);
    this.forget = setTimeout(() => this.note.replaceChildren(), 4000);
  }

  line(up) {
    const words = up ? "" : "No line to the server; trying again. Nothing that was recorded is lost.";
    document.getElementById("connection").textContent = words;
    this.root.classList.toggle("offline", !up);
  }
}

function parts(feedback) {
  const rows = Object.entries(feedback.parts).map(([name, value]) =>
    element("div", {}, element("dt", {}, name.replaceAll("_", " ")), element("dd", {}, `${Math.round(100 * value)} %`)),
  );
  return element("dl", { className: "parts" }, ...rows);
}
