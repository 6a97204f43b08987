// The pages by address: #/, #/annotate/ID, #/replay/ID, #/replay/ID/OTHER, #/effort, #/review, #/status.
import { annotate } from "./annotate.js";
import { element } from "./dom.js";
import { effort } from "./effort.js";
import { home } from "./home.js";
import { replay } from "./replay.js";
import { review } from "./review.js";
import { status } from "./status.js";

const PAGES = { "": home, annotate, replay, effort, review, status };
let leave = () => {};

async function go() {
  leave();
  leave = () => {};
  document.getElementById("trail").replaceChildren();
  document.getElementById("connection").replaceChildren();
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  document.body.dataset.page = name || "home";
  const place = element("main", { tabIndex: -1 }); // a page that is still being made may go on in its own
  document.querySelector("main").replaceWith(place);
  try {
    const left = (await (PAGES[name] || home)(place, ...rest)) || (() => {});
    if (place.isConnected) leave = left;
    else left();
  } catch (error) {
    place.replaceChildren(element("p", { className: "trouble", role: "alert" }, error.message));
  }
}

// The token has done its work: the cookie knows it now, and it need not stay in sight.
if (location.search) history.replaceState(null, "", "/" + location.hash);
addEventListener("hashchange", go);
go();
