// News of the service by server-sent events: what changed, who else is here, and whether the line still holds.
//
// listen("plan", handler) and the like; the browser connects again by itself, and "again" is told when it has.

import { api } from "./api.js";
import { el, root, t } from "./page.js";

const page = crypto.randomUUID?.() ?? String(Math.random());
const handlers = new Map();
const others = new Map();
let source = null;
let lost = 0;

/** Call `handler(data)` for each event of a kind: plan, library, item, alarm, case, presence, again. */
export function listen(kind, handler) {
  if (!handlers.has(kind)) handlers.set(kind, new Set());
  handlers.get(kind).add(handler);
  connect();
}

/** Tell that the page shows something else now, so that presence is about that. */
export function moved(where) {
  place = where;
  source?.close();
  source = null;
  others.clear();
  connect();
}

let place = location.pathname.replace(/^.*\/kerja/, "kerja");

function tell(kind, data) {
  for (const handler of handlers.get(kind) ?? []) handler(data);
}

function connect() {
  if (source) return;
  source = new EventSource(`${root}kerja/kabar?di=${encodeURIComponent(place)}&halaman=${page}`);
  source.addEventListener("open", () => {
    if (lost) tell("again", null);
    lost = 0;
    line(true);
  });
  source.addEventListener("error", () => {
    lost ||= Date.now();
    setTimeout(() => lost && line(false), 3000); // a restart of the service is over by then
    if (source.readyState === EventSource.CLOSED) {
      source = null;
      api("GET", "me").catch(() => {}); // whose session is over is sent to log in
      setTimeout(connect, 5000);
    }
  });
  for (const kind of ["plan", "library", "item", "alarm", "case"]) {
    source.addEventListener(kind, (event) => tell(kind, JSON.parse(event.data)));
  }
  source.addEventListener("presence", (event) => met(JSON.parse(event.data)));
}

function line(up) {
  let bar = document.querySelector('[data-role="line"]');
  if (up) return bar?.remove();
  if (!bar) document.body.prepend(bar = el("div", { class: "line-lost", "data-role": "line", role: "alert" }, t("connection_lost")));
}

function met(who) {
  if (who.here) others.set(who.page, { ...who, seen: Date.now() });
  else others.delete(who.page);
  show();
}

function show() {
  for (const [key, who] of others) if (Date.now() - who.seen > 45_000) others.delete(key);
  const names = [...new Set([...others.values()].map((who) => who.name))];
  const box = document.querySelector('[data-role="present"]');
  if (!box) return;
  const initials = (name) => name.split(/\s+/).slice(0, 2).map((w) => w[0]?.toUpperCase()).join("");
  box.replaceChildren(...names.map((name) => el("span", { class: "avatar avatar-sm rounded-circle", title: `${name} ${t("present")}` }, el("span", { "aria-hidden": "true" }, initials(name)), el("span", { class: "visually-hidden" }, `${name} ${t("present")}`))));
}

setInterval(show, 15_000);
