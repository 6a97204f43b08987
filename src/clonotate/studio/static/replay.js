// Replay: scrub, play, branch off, look under another layout, compare two on one instance, export.
import { element } from "./dom.js";
import { instance } from "./home.js";
import { elsewhere } from "./keyboard.js";
import { Reel, summary } from "./reel.js";
import { ask, tell, who } from "./server.js";

const EVEN = 500; // ms a click at even speed

export async function replay(place, session, other) {
  const layout = sessionStorage.getItem("replay layout") || "";
  const query = layout ? `?layout=${encodeURIComponent(layout)}` : "";
  const sessions = await Promise.all([session, other].filter(Boolean).map((id) => ask(`sessions/${id}${query}`)));
  const { layouts } = await ask("layouts");
  if (!place.isConnected) return undefined;
  const player = new Player(sessions, layout, layouts);
  place.replaceChildren(player.root);
  document.title = `${sessions[0].title}, replay · clonotate studio`;
  document.getElementById("trail").replaceChildren(element("b", {}, sessions[0].title), ` ${instance(sessions[0])} · ${told(sessions)}`);
  player.spread();
  player.go(0);
  return () => player.close();
}

function told([first, second]) {
  return second ? "side by side" : `by ${first.annotator} · ${summary(first)}`;
}

class Player {
  constructor(sessions, layout, layouts) {
    this.reels = sessions.map((about) => new Reel(about, layout || about.layout));
    Object.assign(this, { main: sessions[0], others: sessions[0].others, layouts, at: 0, timer: 0 });
    this.root = element("div", { className: `replay of-${sessions.length}` },
      element("div", { className: "reels" }, ...this.reels.map(({ root }) => root)), this.controls(), this.tools());
    this.listen = (event) => this.key(event);
    addEventListener("keydown", this.listen);
  }

  close() {
    this.pause();
    removeEventListener("keydown", this.listen);
    this.reels.forEach(({ screen }) => screen.watch.disconnect());
  }

  get real() { return this.pace.value === "real"; }
  get length() { return Math.max(...this.reels.map(({ length, duration }) => (this.real ? duration : length))); }

  controls() {
    const button = (text, label, onclick) => element("button", { type: "button", "aria-label": label, onclick }, text);
    this.toggle = button("Play", "Play", () => (this.timer ? this.pause() : this.play()));
    this.scrub = element("input", { type: "range", min: 0, step: 1, value: 0, "aria-label": "Where in the session", oninput: () => this.jump(Number(this.scrub.value)) });
    this.pace = element("select", { "aria-label": "Pace", onchange: () => this.repace() },
      element("option", { value: "even" }, "even pace"), element("option", { value: "real" }, "as it was"));
    this.speed = element("select", { "aria-label": "Speed" },
      ...["0.5", "1", "2", "4", "8"].map((value) => element("option", { value, selected: value === "1" }, `${value} ×`)));
    this.count = element("output", { className: "count" });
    this.tracks = this.reels.map(({ steps }) => element("div", { className: "track", "aria-hidden": "true" }, ...steps.map(tick)));
    return element("div", { className: "controls" },
      element("div", { className: "timeline" }, element("div", { className: "tracks" }, ...this.tracks), this.scrub),
      this.toggle, button("‹", "One click back", () => this.step(-1)), button("›", "One click on", () => this.step(1)),
      this.count, this.pace, this.speed);
  }

  tools() {
    const { id, layout } = this.main;
    const shown = this.reels[0].layout;
    const query = `?layout=${encodeURIComponent(shown)}`;
    const layouts = element("select", { onchange: ({ target }) => this.dress(target.value) },
      ...[...new Set([layout, shown, ...this.layouts])].map((value) => element("option", { value, selected: value === shown }, value)));
    const others = element("select", { onchange: ({ target }) => { location.hash = `#/replay/${id}${target.value}`; } },
      element("option", { value: "" }, "nobody"),
      ...this.others.map((other) => element("option", { value: `/${other.id}`, selected: other.id === this.reels[1]?.about.id }, `${other.annotator} (${other.purpose})`)));
    this.turn = element("button", { type: "button", onclick: () => this.policy() }, "Let the policy try");
    return element("div", { className: "tools" },
      element("button", { type: "button", className: "main", onclick: () => this.branch() }, "Go on from here"),
      element("label", {}, "Layout", layouts),
      element("label", {}, "Beside", others), this.turn,
      element("a", { className: "button", href: `/api/sessions/${id}/session.gif${query}`, download: "" }, "GIF"),
      element("a", { className: "button", href: `/api/sessions/${id}/session.html`, download: "" }, "HTML page"),
      (this.words = element("span", { className: "soft", role: "status" })), this.legend());
  }

  // Whose clicks there are.
  legend() {
    const authors = [...new Set(this.reels.flatMap(({ steps }) => steps.map(({ by }) => by)))];
    return element("span", { className: "legend" }, ...authors.map((by) => element("span", {}, element("i", { className: by }), by)));
  }

  dress(layout) {
    sessionStorage.setItem("replay layout", layout === this.main.layout ? "" : layout);
    dispatchEvent(new HashChangeEvent("hashchange"));
  }

  async branch() {
    const step = this.reels[0].wanted; // as the count says: its picture may still be coming
    await this.trying(async () => {
      const { id } = await tell(`sessions/${this.main.id}/branch`, { step, layout: this.reels[0].layout, annotator: who.name });
      location.hash = `#/annotate/${id}`;
    });
  }

  async policy() {
    this.turn.disabled = true;
    this.words.textContent = "The policy is at work; you may go elsewhere meanwhile …";
    const here = location.hash;
    await this.trying(async () => {
      const { id } = await tell(`sessions/${this.main.id}/turn`);
      if (location.hash === here) location.hash = `#/replay/${this.main.id}/${id}`;
    });
    this.turn.disabled = false;
  }

  async trying(work) {
    try {
      await work();
    } catch (error) {
      this.words.textContent = error.message;
    }
  }

  key(event) {
    if (elsewhere(event)) return;
    const acts = { ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1), Home: () => this.jump(0),
      End: () => this.jump(this.length), " ": () => (this.timer ? this.pause() : this.play()) };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  step(by) {
    if (!this.real) return this.jump(this.at + by);
    const { times } = this.reels[0];
    const made = this.reels[0].stepAt(this.at) + by;
    return this.jump(made <= 0 ? 0 : times[Math.min(made, times.length) - 1]);
  }

  jump(to) {
    this.pause();
    this.go(Math.min(Math.max(to, 0), this.length));
  }

  // Marks lie where the slider is when their click has been made, on both tracks alike.
  spread() {
    this.reels.forEach(({ times }, i) => [...this.tracks[i].children].forEach((mark, at) => {
      const [from, to] = this.real ? [times[at - 1] || 0, times[at]] : [at, at + 1];
      mark.style.left = `${(100 * from) / this.length}%`;
      mark.style.width = `max(${(100 * (to - from)) / this.length}% - 1px, 1.5px)`;
    }));
  }

  repace() {
    const step = this.reels[0].wanted; // as the count says: its picture may still be coming
    this.pause();
    this.spread();
    this.go(this.real ? (step ? this.reels[0].times[step - 1] : 0) : step);
  }

  play() {
    if (this.at >= this.length) this.go(0);
    this.toggle.textContent = "Pause";
    let before = performance.now();
    const turn = (now) => {
      const passed = (now - before) * Number(this.speed.value);
      before = now;
      this.go(Math.min(this.at + (this.real ? passed : passed / EVEN), this.length));
      if (this.at >= this.length) this.pause();
      else this.timer = requestAnimationFrame(turn);
    };
    this.timer = requestAnimationFrame(turn);
  }

  pause() {
    cancelAnimationFrame(this.timer);
    this.timer = 0;
    this.toggle.textContent = "Play";
  }

  go(to) {
    this.at = to;
    const steps = this.reels.map((reel) => (this.real ? reel.stepAt(to) : Math.floor(to)));
    this.reels.forEach((reel, i) => reel.go(steps[i]).catch((error) => { this.words.textContent = error.message; }));
    const made = steps.map((step, i) => Math.min(step, this.reels[i].length));
    Object.assign(this.scrub, { max: this.length, value: to });
    this.count.textContent = made.map((step, i) => `${step} of ${this.reels[i].length}`).join(" · ");
    this.tracks.forEach((track, i) => [...track.children].forEach((mark, at) => mark.classList.toggle("past", at < made[i])));
  }
}

function tick({ by, widget, copied }) {
  const kind = widget === "canvas" ? "place" : widget === "undo" ? "undo" : "button";
  return element("i", { className: `${by} ${kind} ${copied ? "copied" : ""}`, title: `${widget || "nothing"}, ${by}` });
}
