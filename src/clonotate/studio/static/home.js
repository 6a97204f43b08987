// Home: what can be annotated, and what has been.
import { element } from "./dom.js";
import { ask, fetched, taste, tell, who } from "./server.js";

export async function home(place) {
  const { tasks, data, layouts, sessions } = await ask("home");
  place.replaceChildren(
    welcome(tasks, layouts),
    ...(data.length ? [shelf(data)] : []),
    ...(open(sessions).length ? [list("Go on", open(sessions), tasks)] : []),
    offers(tasks),
    ...(sessions.length ? [list("Recorded", sessions, tasks)] : []),
  );
  document.title = "clonotate studio";
}

async function start(wish) {
  const content = { level: taste.level, layout: taste.layout, annotator: who.name, ...wish };
  try {
    const { id } = await tell("sessions", content);
    location.hash = `#/annotate/${id}`;
  } catch (error) {
    document.getElementById("connection").textContent = error.message;
  }
}

function welcome(tasks, layouts) {
  const name = element("input", {
    id: "name", value: who.name, maxLength: 80, autocomplete: "name", spellcheck: false,
    onchange: ({ target }) => { who.name = target.value; target.value = who.name; },
  });
  return element(
    "section",
    { className: "welcome" },
    element("div", {}, element("h1", {}, "What shall we annotate?"),
      element("p", { className: "lead" }, "Every click is on disk before you see what it did. Stop whenever you like; you go on where you were.")),
    element("form", { className: "options", onsubmit: (event) => event.preventDefault() },
      element("label", {}, "Your name", name),
      choice("Level", tasks[0].levels, taste.level, (value) => { taste.level = value; }),
      choice("Layout", layouts, taste.layout, (value) => { taste.layout = value; })),
  );
}

function choice(caption, values, chosen, change) {
  const options = values.map((value) => element("option", { value, selected: value === chosen }, value));
  return element("label", {}, caption, element("select", { onchange: ({ target }) => change(target.value) }, ...options));
}

function offers(tasks) {
  return element("section", {}, element("h2", {}, "Tasks"), element("div", { className: "cards" }, ...tasks.map(card)));
}

function card({ task, title, hint }) {
  const begin = (purpose) => () => start({ task, purpose });
  return element(
    "article",
    { className: "card" },
    element("img", { src: `/api/tasks/${task}.png`, alt: "", loading: "lazy", width: 384, height: 288 }),
    element("h3", {}, title),
    element("p", {}, hint),
    element("p", { className: "actions" },
      element("button", { type: "button", className: "main", onclick: begin("work"), "aria-label": `Annotate ${title}` }, "Annotate"),
      element("button", { type: "button", onclick: () => start({ task, purpose: "practice", level: "easy" }), "aria-label": `Practise ${title}` }, "Practise")),
  );
}

function shelf(data) {
  return element("section", {}, element("h2", {}, "Your data"), element("ul", { className: "shelf" }, ...data.map(item)));
}

function item(name) {
  const ways = element("span", { className: "ways", role: "status" });
  const look = async ({ target }) => {
    target.disabled = true;
    ways.textContent = "reading …";
    const readers = await ask(`shelf/${encodeURI(name)}`);
    const open = ({ task, title }) => element("button", { type: "button", onclick: () => start({ task, data: name }) }, title);
    ways.replaceChildren(...(readers.length ? readers.map(open) : ["No task can read this."]));
  };
  return element("li", {}, element("b", {}, name), element("button", { type: "button", onclick: look }, "Open as …"), ways);
}

// What this person has begun and not finished, the latest few.
function open(sessions) {
  return sessions.filter((each) => !each.done && each.purpose === "work" && each.clicks && each.annotator === who.name).slice(0, 3);
}

function list(heading, sessions, tasks) {
  const rows = sessions.map((session) => row(session, tasks.find(({ task }) => task === session.task).exports));
  return element("section", {}, element("h2", {}, heading), element("ul", { className: "sessions" }, ...rows));
}

function row(session, exports) {
  const address = session.done || session.purpose === "policy" ? `#/replay/${session.id}` : `#/annotate/${session.id}`;
  const facts = [instance(session), `by ${session.annotator}`, day(session.at)];
  const effort = session.clicks ? `${session.clicks} clicks, ${duration(session.seconds)}` : "not begun";
  return element(
    "li",
    { className: "session" },
    element("a", { href: address, className: "thumb", tabIndex: -1, "aria-hidden": "true" },
      element("img", { src: `/api/sessions/${session.id}/last.png?${session.clicks}`, alt: "", loading: "lazy", width: 384, height: 288 })),
    element("div", {},
      element("a", { href: address }, session.title),
      session.purpose !== "work" && element("span", { className: "tag" }, session.purpose),
      session.parent && element("span", { className: "tag" }, "branch"),
      element("small", {}, facts.join(" · "))),
    element("span", { className: "effort" }, effort),
    outcome(session),
    element("span", { className: "actions" },
      !session.done && session.purpose !== "policy" && element("a", { className: "button", href: address }, "Go on"),
      session.clicks > 0 && element("a", { className: "button", href: `#/replay/${session.id}` }, "Replay"),
      session.done && taking(session, exports)),
  );
}

function taking({ id, title }, exports) {
  const words = element("small", { role: "status" });
  const take = (name) => async ({ target }) => {
    target.disabled = true;
    words.textContent = "writing …";
    words.textContent = await fetched(`sessions/${id}/exports/${name}`).catch((error) => error.message);
    target.disabled = false;
  };
  const ways = Object.entries(exports).map(([name, what]) => element("button", { type: "button", title: what, onclick: take(name) }, name));
  return element("details", { className: "menu" },
    element("summary", { className: "button", "aria-label": `Export ${title}` }, "Export"), element("div", {}, ...ways, words));
}

export function instance({ data, level, seed }) {
  return data ? `${data}, part ${seed + 1}` : `${level}, world ${seed.toLocaleString()}`;
}

function outcome({ done, score, progress }) {
  if (done && score) {
    const worst = Object.entries(score.parts).map(([name, value]) => `${name.replaceAll("_", " ")} ${Math.round(100 * value)} %`);
    return element("span", { className: `badge ${score.success ? "right" : "wrong"}`, title: worst.join(", ") }, score.success ? "all right" : "not all right");
  }
  if (done) return element("span", { className: "badge" }, "finished");
  if (progress === null) return element("span", { className: "badge soft" }, "open");
  const percent = Math.round(100 * progress);
  return element("span", { className: "badge soft" }, element("progress", { max: 100, value: percent }), ` ${percent} %`);
}

export function duration(seconds) {
  return seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

export function day(at) {
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
