// The week as a list, day by day: a table on wide screens, cards on a phone; everything can be changed from here too.

import { el, icon, t } from "../staff/page.js";
import { hours, longDay, marks } from "./said.js";
import { editable, state } from "./state.js";
import { addDays, clock, dayOf, secondOf } from "./time.js";

/** Draw the list into `place`; `on`: opened(block), removed(block), duplicated(block), added(start). */
export function drawList(place, on) {
  const days = Array.from({ length: 7 }, (_, n) => addDays(state.first, n));
  place.replaceChildren(
    el("nav", { class: "day-links", "aria-label": t("days") }, ...days.map((day) => el("a", { class: "btn btn-sm", href: `#d-${day}` }, longDay(day).slice(0, 3), ` ${Number(day.slice(8))}`))),
    ...days.map((day) => section(day, on)),
  );
}

function section(day, on) {
  const blocks = state.week.blocks.filter((b) => dayOf(b.start) === day);
  const fixed = state.week.fixed.filter((f) => dayOf(f.at) === day);
  const rows = [...blocks.map((b) => [b.start, row(b, on)]), ...fixed.map((f) => [f.at, fixedRow(f)])].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const heads = ["time", "title", "begins", "days", "content"].map((key) => el("th", { scope: "col" }, t(key)));
  const body = rows.length ? rows.map(([, node]) => node) : [el("tr", {}, el("td", { colspan: 6, class: "text-secondary" }, t("free")))];
  return el("section", { class: "day-list", id: `d-${day}`, "aria-labelledby": `h-${day}` },
    el("div", { class: "day-list-head" }, el("h2", { class: "h3", id: `h-${day}` }, longDay(day)),
      editable() && el("button", { class: "btn btn-sm", type: "button", onclick: () => on.added(`${day}T${blocks.length ? blocks.at(-1).end.slice(11) : "06:00:00"}`) }, icon("plus"), t("add"))),
    el("table", { class: "table table-sm day-table" }, el("thead", {}, el("tr", {}, ...heads, el("th", { scope: "col" }, el("span", { class: "visually-hidden" }, t("more_actions"))))), el("tbody", {}, ...body)));
}

function row(block, on) {
  const can = editable();
  const act = (name, sign, run) => el("button", { class: "btn btn-icon btn-sm", type: "button", "aria-label": `${t(name)}: ${block.title} ${hours(block)}`, title: t(name), onclick: () => run(block) }, icon(sign));
  const dot = el("span", { class: "dot", "aria-hidden": "true" });
  dot.style.backgroundColor = block.colour;
  return el("tr", { class: "day-row", "data-entry": block.entry, "data-occurrence": block.occurrence },
    el("td", { class: "tabular day-time" }, hours(block)),
    el("td", { class: "day-title" }, dot, el("button", { class: "btn-plain", type: "button", onclick: () => on.opened(block) }, block.title)),
    el("td", { class: "day-marks" }, marks(block).join(" · ")),
    el("td", { class: "day-days" }, block.days),
    el("td", { class: "day-content" }, contentWords(block.content)),
    el("td", { class: "day-acts" }, can && el("div", { class: "btn-list flex-nowrap" }, act("change", "edit", on.opened), act("duplicate", "copy", on.duplicated), act("delete", "trash", on.removed))));
}

function fixedRow(fixed) {
  return el("tr", { class: "day-fixed" }, el("td", { class: "tabular day-time" }, clock(secondOf(fixed.at))), el("td", { colspan: 5 }, fixed.title));
}

function contentWords(said) {
  const [kind, ...rest] = said.split(" ");
  return [t(`content_${kind}`).split(":")[0], rest.join(" ")].filter(Boolean).join(": ");
}
