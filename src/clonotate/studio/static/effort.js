// Effort: what annotations cost people, alone and with the co-pilot; and learning from what was recorded.
import { element, shape } from "./dom.js";
import { day, instance } from "./home.js";
import { ask, tell } from "./server.js";

const COLUMNS = { seconds: "seconds", own: "own clicks", corrections: "corrections", accepted: "accepted", policy: "by runs", interventions: "interventions" };
const LISTED = 100;

export async function effort(place) {
  const { sessions } = await ask("effort");
  const learning = element("section", { className: "learning" });
  place.replaceChildren(element("h1", {}, "Effort"), ...means(sessions), learning, ...single(sessions));
  document.title = "Effort · clonotate studio";
  const show = () => ask("finetune").then((state) => renew(learning, state, show));
  await show();
  const timer = setInterval(() => show().catch(() => {}), 2000);
  return () => clearInterval(timer);
}

function means(sessions) {
  if (!sessions.length) return [element("p", { className: "lead" }, "No finished work yet. What it costs will stand here: seconds, clicks, interventions and how good it became.")];
  const groups = Map.groupBy(sessions, ({ title, together }) => `${title}, ${together ? "with the co-pilot" : "alone"}`);
  return [
    element("p", { className: "lead" }, "Finished work. A pause counts as half a minute at most; an intervention is a stretch of clicks by one's own hand."),
    table(["Means a session", "sessions"], [...groups].sort().map(([name, rows]) => line(name, rows, [rows.length]))),
  ];
}

function single(sessions) {
  if (!sessions.length) return [];
  const caption = sessions.length > LISTED ? `The latest ${LISTED} of ${sessions.length} sessions` : "Session by session";
  return [element("h2", {}, caption), table(["Session"], sessions.slice(0, LISTED).map((session) => line(link(session), [session], [])))];
}

function table(heads, rows) {
  const all = [...heads, ...Object.values(COLUMNS), "score", "all right"];
  const head = all.map((text, i) => element("th", { scope: "col", className: i ? "number" : null }, text));
  return element("table", { className: "times costs" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
}

function line(name, rows, first) {
  const mean = (column) => rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
  const single = rows.length === 1 && !first.length;
  const numbers = Object.keys(COLUMNS).map((column) => mean(column).toFixed(single && column !== "seconds" ? 0 : 1));
  const cells = [...first, ...numbers, ...quality(rows, single)];
  return element("tr", {}, element("th", { scope: "row" }, name), ...cells.map((text) => element("td", { className: "number" }, text)));
}

// The mean score of those whose truth somebody knows, and how many are all right.
function quality(rows, single) {
  const known = rows.filter(({ success }) => success !== null);
  if (!known.length) return ["–", "–"];
  const right = known.filter(({ success }) => success).length;
  const score = known.reduce((sum, row) => sum + row.score, 0) / known.length;
  return [`${Math.round(100 * score)} %`, single ? (right ? "yes" : "no") : `${right} of ${known.length}`];
}

function link(session) {
  const facts = [instance(session), `by ${session.annotator}`, day(session.at)];
  return [element("a", { href: `#/replay/${session.id}` }, session.title), element("small", {}, facts.join(" · "))];
}

// Drawn anew only where something has changed; who was at a button stays there.
function renew(learning, state, show) {
  const said = JSON.stringify(state);
  if (learning.said === said) return;
  learning.said = said;
  const held = learning.contains(document.activeElement) && document.activeElement.textContent;
  learning.replaceChildren(...lessons(state, show));
  if (held) [...learning.querySelectorAll("button")].find(({ textContent }) => textContent === held)?.focus();
}

function lessons(state, show) {
  const title = element("h2", {}, "Learn from it");
  const lead = element("p", { className: "lead" }, "The policy learns from people's clicks, corrections above all, while its old tasks are replayed. Some sessions are held out; they decide which weights are kept.");
  return [title, lead, ...(state.begun ? progress(state) : []), element("p", { className: "actions" }, ...acts(state, show))];
}

function acts(state, show) {
  const act = (text, path, kind) => {
    const onclick = async ({ target }) => {
      target.disabled = true;
      try { await tell(path); } catch (error) { document.getElementById("connection").textContent = error.message; }
      target.disabled = false;
      await show();
    };
    return element("button", { type: "button", className: kind, onclick }, text);
  };
  if (state.running) return state.stopping ? [] : [act("Stop", "finetune/stop")];
  if (!state.begun) return [act("Fine-tune on what was recorded", "finetune", "main")];
  const use = state.checkpoint && state.checkpoint !== state.policy;
  return [...(use ? [act("Use it from the next session on", "finetune/use", "main")] : []), act("Fine-tune again", "finetune")];
}

function progress(state) {
  const bar = element("progress", { max: state.steps, value: state.step, "aria-label": "Steps made" });
  return [element("p", { role: "status" }, ...(state.running ? [bar, " "] : []), words(state)), ...chart(state)];
}

function words({ running, stopping, step, steps, words: trouble, checkpoint, best, policy }) {
  if (stopping) return "stopping after this step …";
  if (running) return `step ${step} of ${steps} at most`;
  if (trouble) return trouble;
  if (!checkpoint) return "Ended. Nothing was learnt that helps on the held-out sessions, so the policy stays as it is.";
  return `Ended; the weights after ${best.step} steps are the best, kept in ${checkpoint}${checkpoint === policy ? ", and in use" : ""}.`;
}

// How well the sessions held out are foretold: nats a click, the fewer the better.
function chart({ curve, best, running }) {
  if (!curve.length) return running ? [element("p", { className: "soft" }, "looking at the held-out sessions …")] : [];
  const [width, height] = [320, 90];
  const [top, last] = [Math.max(...curve.map(({ nats }) => nats)), Math.max(curve.at(-1).step, 1)];
  const points = curve.map(({ step, nats }) => [8 + (step / last) * (width - 16), 8 + (1 - nats / top) * (height - 16)]);
  const dots = points.map(([cx, cy], i) => shape("circle", { cx, cy, r: curve[i].step === best.step ? 4 : 2.5 }));
  const drawing = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Nats a click by step: ${curve.map(({ step, nats }) => `${nats.toFixed(2)} after ${step}`).join(", ")}` },
    shape("polyline", { points: points.join(" ") }), ...dots);
  const told = (look) => `${look.nats.toFixed(2)} nats a click, ${look.differing.toFixed(1)} clicks a session otherwise than the person's`;
  return [element("figure", { className: "curve" }, drawing,
    element("figcaption", { className: "soft" }, `On the sessions held out, before: ${told(curve[0])}. The best so far, after ${best.step} steps: ${told(best)}.`))];
}
