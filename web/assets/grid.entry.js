// The page of the weekly grid: puts state, calendar, list, findings and forms together.

import "@event-calendar/core/index.css";
import "./grid/grid.css";

import { trying } from "./staff/api.js";
import { ask } from "./staff/dialog.js";
import { listen, moved } from "./staff/live.js";
import { data, el, root, t } from "./staff/page.js";
import { draw, focus, meant, mount } from "./grid/calendar.js";
import { addEntry, editEntry } from "./grid/entry.js";
import { check, checkHeld, letGo } from "./grid/findings.js";
import { listenKeys, told } from "./grid/keys.js";
import { drawList } from "./grid/list.js";
import { duplicate, put, remove } from "./grid/moves.js";
import { copyWeek, exportFile, filler, importFile, importSchedule } from "./grid/papers.js";
import { compare, discard, publish, versions } from "./grid/publish.js";
import { instant, span } from "./grid/said.js";
import { canRedo, canUndo, editable, load, redo, refresh, show, showVersion, state, undo, watch } from "./grid/state.js";
import { addDays, monday } from "./grid/time.js";

const role = (name) => document.querySelector(`[data-role="${name}"]`);
const week = document.getElementById("week");
const NARROW = "(max-width: 767px)";
let view = localStorage.getItem("grid-view") ?? (matchMedia(NARROW).matches ? "list" : "week");

/** Where the focus goes once a change is drawn. */
async function then(work, block = null) {
  const answer = await work;
  if (answer && view === "week") focus(week, answer.entry ?? block?.entry, null);
  return answer;
}

const on = {
  opened: (block) => then(editEntry(block), block),
  removed: (block) => then(remove(block)),
  duplicated: (block) => then(duplicate(block), block),
  added: (start) => then(addEntry(start)),
  picked: (start, end) => then(addEntry(start, end)),
  put: (block, start, end, from) => then(put(block, start, end, from), block),
  moved: (block, start, end, from) => then(put(block, start, end, from), block),
  released: () => letGo(on),
  held: (block, start, end) => {
    const to = meant(block, start, end);
    role("said").textContent = told(block, start, end);
    week.dataset.held = told(block, start, end);
    checkHeld(block.entry, { day: block.occurrence, ...(to.to_day === block.occurrence ? {} : { to_day: to.to_day }), start: to.start, length_s: to.length_s }, on);
  },
  jump: async (finding) => {
    const first = finding.at && monday(finding.at.slice(0, 10));
    if (first && first !== state.first) await go(first);
    const at = state.week.blocks.find((b) => (finding.entry ? b.entry === finding.entry && (!finding.at || b.end > finding.at) : finding.at && b.start <= finding.at && b.end > finding.at));
    if (!at) return;
    if (view === "week") focus(week, at.entry, at.occurrence);
    else document.querySelector(`.day-row[data-entry="${at.entry}"][data-occurrence="${at.occurrence}"] .btn-plain`)?.focus();
  },
};

function render() {
  role("loading").hidden = true;
  role("span").textContent = span(state.first);
  document.getElementById("week-of").value = state.first;
  role("empty").hidden = !(editable() && !state.grid.entries.length);
  renderState();
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  week.hidden = view !== "week";
  document.getElementById("list").hidden = view !== "list";
  if (view === "week") {
    if (!week.firstElementChild) mount(week, on);
    draw();
  } else drawList(document.getElementById("list"), on);
  const version = state.version === null ? "" : `&versi=${state.version}`;
  const query = `kanal=${encodeURIComponent(state.channel)}&minggu=${state.first}${version}`;
  history.replaceState(null, "", `?${query}`);
  role("print").href = `${root}kerja/pola/cetak?${query}`;
}

function renderState() {
  const draft = state.kind === "draft";
  const kind = state.version !== null ? t("state_old", { number: state.version }) : draft ? t("state_draft") : state.number ? t("state_published") : t("state_none");
  const by = state.number ? `${t("version_no", { number: state.number })}, ${t("changed_by", { author: state.author, at: instant(state.changed) })}` : "";
  const back = state.version !== null && el("button", { class: "btn btn-sm", type: "button", onclick: () => showVersion(null) }, t("back_to_draft"));
  role("state").replaceChildren(...[el("span", { class: `badge ${draft ? "badge-draft" : "badge-force"}` }, kind), by && ` ${by} `, back, !data.may_plan && ` ${t("read_only")}`].filter(Boolean));
  const button = (name) => document.querySelector(`[data-do="${name}"]`);
  button("undo").disabled = !(editable() && canUndo());
  button("redo").disabled = !(editable() && canRedo());
  button("add").hidden = !editable();
  button("publish").hidden = !(data.may_publish && draft && state.version === null);
  for (const node of document.querySelectorAll("[data-plan]")) node.hidden = !editable();
  button("discard").hidden = !(editable() && draft);
}

const go = (first) => show(first);

const doing = {
  undo, redo, publish, compare, versions, discard, filler, import: importFile, schedule: importSchedule, export: exportFile,
  add: () => then(addEntry(`${data.today >= state.first && data.today <= addDays(state.first, 6) ? data.today : state.first}T06:00:00`)),
  copy: async () => {
    const target = await copyWeek();
    if (target) await go(monday(target));
  },
  before: () => go(addDays(state.first, -7)),
  after: () => go(addDays(state.first, 7)),
  today: () => go(monday(data.today)),
  keys: () => ask(t("keys_title"), [el("p", {}, t("keys_help"))], []),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) doing[button.dataset.do]?.();
  const chosen = event.target.closest("[data-view]");
  if (!chosen) return;
  view = chosen.dataset.view;
  localStorage.setItem("grid-view", view);
  render();
});
document.getElementById("week-of")?.addEventListener("change", (event) => event.target.value && go(monday(event.target.value)));
document.querySelector("[data-print]")?.addEventListener("click", () => print());

if (week) {
  listenKeys(week, editable, on);
  watch(() => {
    render();
    check(on);
  });
  listen("plan", (news) => {
    if (!news?.channel || news.channel === state.channel) refresh(news);
  });
  listen("again", () => refresh());
  moved(`kerja/pola ${state.channel}`);
  trying(load);
}
