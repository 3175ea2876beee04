// The queue of the complaint desk: what is due first, emergencies above everything, all of it by keyboard.

import "./cases/cases.css";

import { api, trying } from "./staff/api.js";
import { listen } from "./staff/live.js";
import { data, t } from "./staff/page.js";
import { assign, bar, forward, onDone, verify } from "./cases/bulk.js";
import { showNotes } from "./cases/handover.js";
import { shortcuts } from "./cases/keys.js";
import { choose, chooseAll, chosen, current, focus, lineOf, move, onChoose, show, shownLines } from "./cases/list.js";
import { keepOrder, takeOpened } from "./cases/order.js";
import * as query from "./cases/query.js";
import * as tabs from "./cases/tabs.js";
import { showUrgent } from "./cases/urgent.js";
import * as views from "./cases/views.js";

const POLL_MS = 30_000;
const BURST_MS = 500; // changes come in bursts
const role = (name) => document.querySelector(`[data-role="${name}"]`);
const words = document.getElementById("words");
let pages = 1;
let after = "";
let turn = 0;
let fresh = 0;

/** Load as many pages as are shown; with `more` one further. */
async function load(more = false) {
  const mine = (turn += 1);
  const wanted = query.parameters(query.asked());
  const found = await trying(async () => {
    const lines = new Map();
    let next = "";
    for (let n = 0; n < pages + (more ? 1 : 0); n += 1) {
      if (next) wanted.set("after", next);
      const told = await api("GET", `cases?${wanted}`);
      for (const line of told.cases) lines.set(line.id, line); // one that moved meanwhile may be on two pages
      next = told.after;
      if (!next) break;
    }
    return { lines: [...lines.values()], next };
  });
  if (!found || mine !== turn) return;
  if (more) pages += 1;
  ({ next: after } = found);
  fresh = Date.now();
  show(found.lines);
  keepOrder(found.lines.map((line) => line.id), query.address());
  role("count").textContent = said(found.lines.length);
  role("more").hidden = !after;
  role("card").hidden = !found.lines.length;
}

function said(count) {
  if (!count) return t(query.asked().size ? "nothing_fits" : "nothing_open");
  return after ? t("shown_more", { n: count }) : count === 1 ? t("shown_one") : t("shown", { n: count });
}

const refresh = () => Promise.all([load(), showUrgent(refresh).catch(() => {}), tabs.count()]);

/** Show what is asked for now, from its beginning. */
function ask(step) {
  pages = 1;
  query.remember(step);
  tabs.mark();
  const count = query.filters();
  role("filter-count").hidden = !count;
  role("filter-count").textContent = count || "";
  return load();
}

function open(asked) {
  query.fill(asked);
  ask(true);
}

/** What a key acts on: what is chosen, else the row with the cursor. */
const meant = () => (chosen.size ? [...chosen].map(lineOf) : [current()]).filter(Boolean);
const acting = (run) => () => (data.may_act && meant().length ? void run(meant()) : false);
const inList = (run) => (event) => (current() ? run(event) : false);
const select = (event) => {
  const line = current();
  if (!line || !data.may_act || event.target.matches("input")) return false;
  choose(line.id, !chosen.has(line.id), event.shiftKey);
};

const KEYS = [
  { keys: ["j"], shown: "J / ↓", text: t("key_down"), run: (event) => move(1, event.shiftKey) },
  { keys: ["k"], shown: "K / ↑", text: t("key_up"), run: (event) => move(-1, event.shiftKey) },
  { keys: ["Enter"], shown: "Enter", text: t("key_open"), run: () => false },
  { keys: ["x"], shown: `X / ${t("key_space")}`, text: t("key_select"), run: select },
  { keys: ["/"], shown: "/", text: t("key_search"), run: () => words.focus() },
  ...(data.may_act ? [
    { keys: ["v"], shown: "V", text: t("key_verify"), run: acting(verify) },
    { keys: ["a"], shown: "A", text: t("key_assign"), run: acting(assign) },
    { keys: ["t"], shown: "T", text: t("key_forward"), run: acting(forward) },
  ] : []),
  { keys: ["r"], shown: "R", text: t("key_refresh"), run: () => void refresh() },
];
const SILENT = [
  { keys: ["ArrowDown"], run: inList((event) => move(1, event.shiftKey)) },
  { keys: ["ArrowUp"], run: inList((event) => move(-1, event.shiftKey)) },
  { keys: ["Space", " "], run: select },
];

let soon;
function later() {
  clearTimeout(soon);
  soon = setTimeout(refresh, BURST_MS);
}

function beginKeys() {
  shortcuts(KEYS, role("keys"), SILENT);
  words.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    focus(shownLines()[0]);
  });
}

async function begin() {
  query.recall();
  role("filters").open = matchMedia("(min-width: 992px)").matches && query.filters() > 0 && !document.querySelector("[data-tab].active");
  tabs.begin(open);
  views.begin(open);
  query.onAsk(ask);
  onChoose(bar);
  onDone(refresh);
  beginKeys();
  role("clear").addEventListener("click", () => open(""));
  role("more").addEventListener("click", async () => {
    const count = shownLines().length;
    await load(true);
    focus(shownLines()[count]);
  });
  role("all")?.addEventListener("click", () => chooseAll(chosen.size < shownLines().length));
  listen("case", later);
  listen("again", later);
  setInterval(() => document.visibilityState === "visible" && Date.now() - fresh > POLL_MS && (refresh(), showNotes()), POLL_MS / 3);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && later());
  await Promise.all([ask(false), showUrgent(refresh).catch(() => {}), tabs.count(), showNotes()]);
  const opened = takeOpened();
  if (opened) focus(lineOf(opened));
}

begin();
