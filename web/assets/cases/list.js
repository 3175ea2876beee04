// The list of the queue: rows by number, so that a change of one never moves the others or the cursor.

import { data, el, root, t } from "../staff/page.js";
import { dueShown, dueWords, emergencyBadge, person, source, statusBadge, visibilityBadge } from "./said.js";

const box = document.querySelector('[data-role="list"]');
const rows = new Map();
let lines = [];
let changed = () => {};
let last = null;

/** Cases that are chosen, by number. */
export const chosen = new Set();

/** Call `handler` when others are chosen. */
export function onChoose(handler) {
  changed = handler;
}

export const shownLines = () => lines;
export const lineOf = (id) => lines.find((line) => line.id === id);

/** Return the line whose row has the cursor, or null. */
export function current() {
  const row = document.activeElement?.closest?.("[data-case]");
  return (row && box.contains(row) && lineOf(Number(row.dataset.case))) || null;
}

/** Show `found`; rows that say the same stay as they are, and the cursor stays in its row. */
export function show(found) {
  const at = current();
  const index = at ? lines.indexOf(at) : -1;
  const inBox = document.activeElement?.matches?.('input[type="checkbox"]');
  lines = found;
  for (const id of [...chosen]) if (!lineOf(id)) chosen.delete(id);
  const kept = new Set(lines.map((line) => line.id));
  for (const [id, each] of rows) {
    if (kept.has(id)) continue;
    each.node.remove();
    rows.delete(id);
  }
  lines.forEach((line, n) => place(line, n));
  if (at && !current()) focus(lineOf(at.id) ?? lines[Math.min(index, lines.length - 1)], inBox);
  changed();
}

function place(line, n) {
  const says = JSON.stringify([line, line.due && dueWords(line.due, line.late)]);
  const old = rows.get(line.id);
  if (old?.says !== says) {
    const node = row(line);
    old?.node.replaceWith(node);
    rows.set(line.id, { says, node });
  }
  const { node } = rows.get(line.id);
  if (box.children[n] !== node) box.insertBefore(node, box.children[n] ?? null);
}

function row(line) {
  const tick = el("input", { class: "form-check-input", type: "checkbox", "aria-label": t("select_case", { code: line.code }), checked: chosen.has(line.id) });
  tick.addEventListener("click", (event) => choose(line.id, tick.checked, event.shiftKey));
  const under = [line.category, line.kelurahan].filter(Boolean).map((text) => el("span", {}, text));
  const who = line.assigned === null ? t("unassigned") : person(line.assigned);
  const looks = ["case-row", line.emergency && !line.handed_over && "case-urgent-row", chosen.has(line.id) && "case-chosen-row"];
  return el("li", { class: looks.filter(Boolean).join(" "), "data-case": line.id },
    data.may_act ? el("span", { class: "case-tick" }, tick) : el("span"),
    el("span", { class: "case-code tabular" }, line.code),
    el("div", { class: "case-what" },
      el("a", { class: "case-open", href: `${root}kerja/aduan/${line.id}` }, el("bdi", {}, line.title || t("no_title"))),
      el("small", {}, emergencyBadge(line), visibilityBadge(line.visibility), ...under, source(line.source))),
    el("span", { class: "case-class" }, t(`class_short_${line.class}`)),
    el("span", { class: "case-status" }, statusBadge(line.status)),
    dueShown(line),
    el("span", { class: `case-who${line.assigned === null ? " text-secondary" : ""}` }, el("span", { class: "visually-hidden" }, `${t("assigned")}: `), who));
}

/** Put the cursor into a row. */
export function focus(line, box = false) {
  const node = line && rows.get(line.id)?.node;
  if (!node) return false;
  const control = (box && node.querySelector('input[type="checkbox"]')) || node.querySelector(".case-open");
  control.focus({ preventScroll: true });
  node.scrollIntoView({ block: "nearest" });
  return true;
}

/** Move the cursor; `extend` chooses the rows that it passes. */
export function move(by, extend = false) {
  if (!lines.length) return false;
  const at = current();
  const to = at ? lines[Math.min(Math.max(0, lines.indexOf(at) + by), lines.length - 1)] : lines[0];
  if (extend && data.may_act) {
    if (at) mark(at.id, true);
    mark(to.id, true);
    changed();
  }
  return focus(to);
}

function mark(id, on) {
  if (on) chosen.add(id);
  else chosen.delete(id);
  const tick = rows.get(id)?.node.querySelector('input[type="checkbox"]');
  if (tick) tick.checked = on;
  rows.get(id)?.node.classList.toggle("case-chosen-row", on);
}

/** Choose a case or not; `through`: all from the one that was chosen last. */
export function choose(id, on, through = false) {
  const [from, to] = [lines.findIndex((line) => line.id === last), lines.findIndex((line) => line.id === id)];
  if (through && from >= 0) for (const line of lines.slice(Math.min(from, to), Math.max(from, to) + 1)) mark(line.id, on);
  else mark(id, on);
  last = id;
  changed();
}

/** Choose all that are shown, or none. */
export function chooseAll(on) {
  for (const line of lines) mark(line.id, on);
  changed();
}
