// Effort: what annotations cost people, alone and with the co-pilot; and learning from what was recorded.
import { element, shape } from "./dom.js";
import { ask, tell } from "./server.js";

const COLUMNS = [["seconds", "seconds"], ["own", "own clicks"], ["corrections", "corrections"], ["accepted", "accepted"], ["policy", "by runs"], ["interventions", "interventions"]];

export async function effort(place) {
  const { sessions } = await ask("effort");
  const learning = element("section", { className: "learning" });
  place.replaceChildren(element("h1", {}, "Effort"), costs(sessions), learning);
  const show = async () => learning.replaceChildren(...lessons(await ask("finetune"), show));
  await show();
  const timer = setInterval(() => show().catch(() => {}), 2000);
  return () => clearInterval(timer);
}

function costs(sessions) {
  const done = sessions.filter((session) => session.done);
  if (!done.length) return element("p", { className: "lead" }, "No finished work yet.");
  const groups = new Map();
  for (const session of done) {
    const key = `${session.task}, ${session.policy + session.accepted + session.corrections ? "with the co-pilot" : "alone"}`;
    groups.set(key, [...(groups.get(key) || []), session]);
  }
  const cell = (text, kind = "number") => element("td", { className: kind }, text);
  const mean = (rows, column) => rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
  const rows = [...groups].sort().map(([key, group]) => {
    const known = group.filter(({ success }) => success !== null);
    const right = known.length ? `${known.filter(({ success }) => success).length} of ${known.length}` : "–";
    return element("tr", {}, element("th", { scope: "row" }, key), cell(group.length), ...COLUMNS.map(([column]) => cell(mean(group, column).toFixed(1))), cell(right));
  });
  const heads = ["Finished work, means a session", "sessions", ...COLUMNS.map(([, words]) => words), "all right"];
  return element("table", { className: "times effort-table" },
    element("thead", {}, element("tr", {}, ...heads.map((text, i) => element("th", { scope: "col", className: i ? "number" : null }, text)))),
    element("tbody", {}, ...rows));
}

function lessons(state, show) {
  const trying = (path) => async () => {
    try { await tell(path); } catch (error) { document.getElementById("connection").textContent = error.message; }
    await show();
  };
  const button = (text, path, kind) => element("button", { type: "button", className: kind, onclick: trying(path) }, text);
  const title = element("h2", {}, "Learn from it");
  const lead = element("p", { className: "lead" }, "The policy learns from people's clicks, corrections above all, while its old tasks are replayed. Some sessions are held out; they decide which weights are kept.");
  if (!state.begun) return [title, lead, element("p", { className: "actions" }, button("Fine-tune on what was recorded", "finetune", "main"))];
  const progress = element("progress", { max: state.steps, value: state.step, "aria-label": "Steps made" });
  const words = state.running ? `step ${state.step} of ${state.steps} at most` : state.words || (state.checkpoint ? `finished; kept in ${state.checkpoint}` : "stopped");
  const acts = state.running ? [button("Stop", "finetune/stop")] : [state.checkpoint && button("Use it from the next session on", "finetune/use", "main"), button("Fine-tune again", "finetune")];
  return [title, lead, element("p", { role: "status" }, progress, ` ${words}`), chart(state.curve || []), element("p", { className: "actions" }, ...acts.filter(Boolean))];
}

// Clicks a session on which the policy would do otherwise than the person, on the sessions held out.
function chart(curve) {
  if (!curve.length) return element("p", { className: "soft" }, "looking at the held-out sessions …");
  const [width, height, top] = [320, 90, Math.max(...curve.map(({ differing }) => differing), 1)];
  const last = Math.max(curve.at(-1).step, 1);
  const points = curve.map(({ step, differing }) => `${8 + (step / last) * (width - 16)},${8 + (1 - differing / top) * (height - 16)}`);
  const line = shape("polyline", { points: points.join(" ") });
  const [first, now] = [curve[0], curve.at(-1)].map(({ differing }) => differing.toFixed(1));
  return element("figure", { className: "curve" }, shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Differing clicks by step" }, line),
    element("figcaption", { className: "soft" }, `On held-out sessions the policy differs from the person in ${now} clicks a session; before, in ${first}.`));
}
