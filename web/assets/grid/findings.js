// What is wrong with the grid, beside it: judged by the service after each change, and while a block is held.

import { api } from "../staff/api.js";
import { el, icon, language, t } from "../staff/page.js";
import { clock, dayOf, addDays, secondOf } from "./time.js";
import { shortDay } from "./said.js";
import { channelPath, state } from "./state.js";

const REST_MS = 600;
const HELD_MS = 350;
const SHOWN = { berat: 50, peringatan: 30, catatan: 8 };
const WORDS = { berat: ["severe", "alert-triangle"], peringatan: ["warning", "info-circle"], catatan: ["note", "bulb"] };
let timer = 0;
let asking = null;
let last = null;
let all = false;

/** Judge the grid soon; an earlier question that is still open is dropped. */
export function check(on) {
  ask({}, REST_MS, on, false);
}

/** Judge it as it would be with a block held elsewhere, on that one day. */
export function checkHeld(entry, change, on) {
  ask({ change: { entry, change: { scope: "sekali", ...change } } }, HELD_MS, on, true);
}

/** The block is let go: show again what holds for the grid itself. */
export function letGo(on) {
  clearTimeout(timer);
  asking?.abort();
  document.querySelector('[data-role="checking"]').textContent = "";
  if (last) draw(last, on, false);
}

function ask(more, rest, on, tentative) {
  clearTimeout(timer);
  asking?.abort();
  timer = setTimeout(() => run(more, on, tentative), rest);
}

async function run(more, on, tentative) {
  const status = document.querySelector('[data-role="checking"]');
  status.textContent = tentative ? t("tentative") : t("checking");
  asking = new AbortController();
  const body = { until: addDays(state.first, 6), ...more };
  if (state.version !== null) body.grid = state.grid;
  try {
    const found = await api("POST", channelPath("grid/check"), body, { signal: asking.signal });
    if (!tentative) last = found;
    draw(found, on, tentative);
    status.textContent = tentative ? t("tentative") : "";
  } catch (error) {
    if (error?.name !== "AbortError") status.textContent = t("check_failed");
  }
}

function draw(found, on, tentative) {
  const place = document.querySelector('[data-role="findings"]');
  const groups = ["berat", "peringatan", "catatan"].map((severity) => [severity, found.findings.filter((f) => f.severity === severity)]);
  const parts = groups.filter(([, those]) => those.length).map(([severity, those]) => group(severity, those, on));
  if (found.late.length) parts.push(late(found.late));
  place.classList.toggle("is-tentative", tentative);
  place.replaceChildren(...(parts.length ? parts : [el("p", { class: "text-secondary mb-0" }, icon("check"), " ", t("no_findings"))]));
}

function group(severity, those, on) {
  const [word, sign] = WORDS[severity];
  const most = all ? those.length : SHOWN[severity];
  const more = those.length > most && el("button", { class: "btn btn-sm", type: "button", onclick: () => { all = true; draw(last, on, false); } }, `${t("all_notes")} (${those.length})`);
  return el("section", { class: `findings findings-${severity}` },
    el("h3", { class: "h4" }, icon(sign), ` ${t(`count_${word}`, { n: those.length })}`),
    el("ul", { class: "finding-list" }, ...those.slice(0, most).map((f) => finding(f, on))), more);
}

/** Return a finding as a line of a list; `on.jump` leads to it where it has a place. */
export function finding(f, on = null) {
  const when = f.at && `${shortDay(dayOf(f.at))} ${clock(secondOf(f.at))}`;
  const jump = on && (f.at || f.entry);
  return el("li", { class: "finding" },
    el("p", {}, when && el("strong", { class: "tabular" }, `${when} `), language === "en" ? f.english : f.detail),
    f.remedy && language !== "en" && el("p", { class: "text-secondary" }, f.remedy),
    f.source && el("p", { class: "finding-source" }, `${t("source")}: ${f.source}`),
    jump && el("button", { class: "btn btn-sm", type: "button", onclick: () => on.jump(f) }, t("jump"), el("span", { class: "visually-hidden" }, `: ${language === "en" ? f.english : f.detail}`)));
}

/** Return what will be rendered too late, as a section. */
export function late(those) {
  const line = (x) => el("li", {}, t("late_line", { title: x.title, ready: said(x.ready), needed: said(x.needed) }));
  return el("section", { class: "findings" }, el("h3", { class: "h4" }, icon("clock"), ` ${t("late_title")}`), el("p", { class: "text-secondary" }, t("late_help")), el("ul", {}, ...those.slice(0, 20).map(line)));
}

const said = (moment) => `${shortDay(dayOf(moment))} ${clock(secondOf(moment))}`;
