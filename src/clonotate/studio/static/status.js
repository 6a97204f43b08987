// How fast it is, measured here and on the server.
import { element } from "./dom.js";
import { ask } from "./server.js";

const NAMES = { suggestion: "A suggestion, from the click before it", server: "On the server, from receipt to sending", browser: "In the browser, from press to drawn" };

export async function status(place) {
  const show = async () => place.replaceChildren(...view(await ask("status")));
  await show();
  document.title = "Status · clonotate studio";
  const timer = setInterval(() => show().catch(() => {}), 2000);
  return () => clearInterval(timer);
}

function view({ goal, goals, times }) {
  const rows = Object.entries(times).map(([name, time]) => row(NAMES[name] || name, time, goals[name] || goal));
  return [
    element("h1", {}, "Status"),
    element("p", { className: "lead" }, `From a click to its new frame, of the latest 2,000 clicks since the server started. The goal is ${goal} ms for 95 in 100, and ${goals.suggestion} ms for a suggestion.`),
    rows.length ? table(rows) : element("p", { className: "soft" }, "No click yet."),
  ];
}

function table(rows) {
  const heads = ["From click to frame", "clicks", "median", "p95", "worst"];
  const head = element("tr", {}, ...heads.map((text, i) => element("th", { scope: "col", className: i ? "number" : null }, text)));
  return element("table", { className: "times" }, element("thead", {}, head), element("tbody", {}, ...rows));
}

function row(name, { count, median, p95, worst }, goal) {
  const ms = (value, mood) => element("td", { className: `number ${mood || ""}` }, `${value.toFixed(1)} ms`);
  const cells = [element("td", { className: "number" }, count), ms(median), ms(p95, p95 <= goal ? "right" : "wrong"), ms(worst)];
  return element("tr", {}, element("th", { scope: "row" }, name), ...cells);
}
