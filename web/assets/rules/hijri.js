// The Hijri calendar: month starts as decided by the government, entered over the calculated ones.

import { api, trying } from "../staff/api.js";
import { data, el, icon, t } from "../staff/page.js";
import { longDay } from "../grid/said.js";

/** Draw the coming months into `place`. */
export async function showHijri(place) {
  const months = await trying(() => api("GET", "hijri?count=14"));
  if (!months) return;
  const heads = ["month", "month_first", "source"].map((key) => el("th", { scope: "col" }, t(key)));
  place.replaceChildren(el("div", { class: "card-body" }, el("h2", { class: "h3", id: "hijri-title" }, t("hijri")), el("p", { class: "text-secondary" }, t("hijri_help")),
    el("div", { class: "table-responsive", tabindex: "0", role: "region", "aria-labelledby": "hijri-title" },
      el("table", { class: "table table-sm" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...months.map((m) => row(m, place)))))));
}

function row(month, place) {
  const input = el("input", { class: "form-control form-control-sm", type: "date", value: month.first, "aria-label": `${t("month_first")}: ${month.name}` });
  const again = (work) => trying(async () => {
    await work();
    await showHijri(place);
  });
  const save = el("button", { class: "btn btn-sm", type: "button", hidden: true, onclick: () => again(() => api("PUT", `hijri/${month.month}`, { first: input.value })) }, t("save"), el("span", { class: "visually-hidden" }, ` ${month.name}`));
  input.addEventListener("input", () => { save.hidden = !input.value || input.value === month.first; });
  const clear = month.official && el("button", { class: "btn btn-sm btn-icon", type: "button", "aria-label": t("calculate_again", { month: month.name }), title: t("calculate_again", { month: month.name }), onclick: () => again(() => api("DELETE", `hijri/${month.month}`)) }, icon("refresh"));
  const first = data.may_plan ? el("div", { class: "d-flex gap-2" }, input, save, clear) : longDay(month.first);
  return el("tr", {}, el("th", { scope: "row" }, month.name), el("td", {}, first), el("td", {}, t(month.official ? "official" : "calculated"), month.source && `: ${month.source}`));
}
