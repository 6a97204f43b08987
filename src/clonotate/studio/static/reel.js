// One recorded session on the replay page: its screen after any number of clicks, and the click that comes next.
import { element, shape } from "./dom.js";
import { Screen } from "./screen.js";

const AHEAD = 6; // screens fetched before they are wanted
const LONGEST = 10_000; // a longer pause between two clicks, in ms, is shortened to this

export class Reel {
  constructor(about, layout) {
    Object.assign(this, { about, layout, pictures: new Map(), at: -1 });
    this.steps = about.steps;
    this.times = playing(this.steps);
    this.screen = new Screen(`Screen of ${about.title}, annotated by ${about.annotator}`);
    this.who = element("p", { className: "who" }, element("b", {}, about.annotator), ` ${summary(about)}`);
    this.root = element("figure", { className: "reel" }, this.who, this.screen.place);
  }

  get length() { return this.steps.length; }
  get duration() { return this.times.at(-1) || 0; }

  // How many clicks were made at a time.
  stepAt(ms) {
    const later = this.times.findIndex((time) => time > ms);
    return later < 0 ? this.length : later;
  }

  picture(step) {
    if (!this.pictures.has(step)) {
      const src = `/api/sessions/${this.about.id}/steps/${step}.png?layout=${encodeURIComponent(this.layout)}`;
      const image = Object.assign(new Image(), { src });
      this.pictures.set(step, image.decode().then(() => image));
    }
    return this.pictures.get(step);
  }

  async go(step) {
    this.wanted = Math.min(step, this.length);
    if (this.wanted === this.at) return;
    const shown = this.wanted;
    for (let next = shown + 1; next <= Math.min(shown + AHEAD, this.length); next++) this.picture(next).catch(() => {});
    const image = await this.picture(shown);
    if (shown !== this.wanted) return; // another was asked for meanwhile
    this.at = shown;
    this.screen.show(image);
    this.point(this.steps[shown]);
  }

  point(step) {
    this.screen.layer.replaceChildren();
    if (!step || step.x === null) return;
    const place = { cx: step.x + 0.5, cy: step.y + 0.5 };
    this.screen.layer.append(
      shape("circle", { ...place, r: 6, class: `coming ${step.by}` }),
      shape("circle", { ...place, r: 1.2, class: `dot ${step.by}` }),
    );
  }
}

// When each click is made while playing: as it was, but for long pauses.
function playing(steps) {
  let [total, before] = [0, 0];
  return steps.map(({ ms }) => {
    total += Math.min(ms - before, LONGEST);
    before = ms;
    return total;
  });
}

export function summary({ clicks, seconds, done, score }) {
  const ending = !done ? "not finished" : !score ? "finished" : score.success ? "all right" : "not all right";
  return `${clicks} clicks · ${Math.round(seconds)} s · ${ending}`;
}
