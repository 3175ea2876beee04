// The station's own table over the national holidays, and those holidays beside it.

import { moment } from "../staff/fields.js";
import { data, el, t } from "../staff/page.js";
import { rowsEditor, twice } from "./rows.js";

export function leave(body, { touched }) {
  const rows = rowsEditor({
    path: "body.days", touched, items: [...body.days].sort((a, b) => a.day.localeCompare(b.day)).map((d) => ({ ...d, free: String(d.free) })),
    blank: { day: "", name: "", free: "true" }, addText: t("add_leave"),
    columns: [
      { key: "day", label: t("day"), kind: "date" },
      { key: "name", label: t("leave_name"), kind: "text", wide: true, more: { maxlength: 80 } },
      { key: "free", label: t("kind"), kind: "select", options: ["true", "false"].map((value) => ({ value, text: t(`free_${value}`) })) },
    ],
  });
  const work = (holiday) => rows.add({ day: holiday.day, name: holiday.name.slice(0, 80), free: "false" }).querySelector("input").focus();
  return {
    node: el("div", {}, rows.node, holidays(work)), reveal: rows.reveal,
    read: () => ({ days: rows.read().map((d) => ({ ...d, free: d.free === "true" })) }),
    wrong: ({ days }) => twice(days, (d) => d.day, (n) => `body.days.${n}.day`),
  };
}

function holidays(work) {
  const years = Object.keys(data.holidays);
  const table = el("ul", { class: "list-group case-holidays" });
  const heading = el("h3", { class: "h3 mb-0" });
  const choose = el("select", { class: "form-select w-auto", name: "find", "aria-label": t("year") }, ...years.map((y) => el("option", { value: y, selected: y === data.today.slice(0, 4) }, y)));
  const draw = () => {
    heading.textContent = t("holidays_of", { year: choose.value });
    table.replaceChildren(...data.holidays[choose.value].map((holiday) => el("li", { class: "list-group-item" },
      el("span", { class: "tabular case-day" }, dayText(holiday.day)), el("span", { class: "me-auto" }, holiday.name),
      el("button", { class: "btn btn-sm", type: "button", "aria-label": t("work_on", { name: holiday.name }), onclick: () => work(holiday) }, t("work_then")))));
  };
  choose.addEventListener("change", draw);
  draw();
  return el("section", { class: "mb-3" }, el("div", { class: "d-flex align-items-center gap-2 mb-1" }, heading, choose), el("p", { class: "text-secondary" }, t("holidays_help")), table);
}

/** Write a date as people do: 17 Agustus 2026. */
export function dayText(day) {
  const language = document.documentElement.lang === "en" ? "en-GB" : "id-ID";
  return day ? new Date(`${day}T00:00:00Z`).toLocaleDateString(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }) : moment("");
}
