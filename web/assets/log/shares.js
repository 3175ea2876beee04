// Airtime by category of a day, 7 and 30 days up to it; advertising by day beside its limits; what the rules ask.

import { api } from "../staff/api.js";
import { el, icon, language, root, t } from "../staff/page.js";
import { bars, lines } from "../report/chart.js";
import { lengthInWords, longDay, percent, plusDays, shortDay } from "../report/format.js";
import { table } from "../report/table.js";
import { chosen, files } from "./state.js";

const SPANS = [["span_day", 0], ["span_week", 6], ["span_month", 29]];

export async function load(place, summary, signal) {
  const { channel, day } = chosen();
  const path = (back) => `channels/${channel}/log/shares?first=${plusDays(day, -back)}&last=${day}`;
  files(root, path(29).replace("/shares?", "/shares/file?"));
  const found = await Promise.all(SPANS.map(([, back]) => api("GET", path(back), undefined, { signal })));
  const month = found[2];
  summary.textContent = t("aired_for", { aired: lengthInWords(month.totals.aired_seconds) }) + ` (${t("span_month")})`;
  const names = month.totals.categories.map((c) => t(`category_${c.category}`));
  const short = names.map((name) => name.split(" ")[0]);
  const series = found.map((one, n) => ({ name: t(SPANS[n][0]), values: one.totals.categories.map((c) => c.percent) }));
  place.replaceChildren(
    el("div", { class: "row g-3" },
      card("col-xl-7", t("by_category"), bars(t("chart_categories"), short, series)),
      card("col-xl-5", `${t("category")} · ${t("percent")}`, categories(found, names)),
      card("col-12", `${t("rules")} (${t("span_month")})`, rules(month)),
      card("col-12", t("by_day"), advertising(month), el("details", { class: "numbers" }, el("summary", {}, t("each_day")), eachDay(month)))),
  );
}

function card(width, title, ...inside) {
  return el("section", { class: `col-12 ${width}` }, el("div", { class: "card h-100" }, el("div", { class: "card-body" }, el("h2", { class: "card-title" }, title), ...inside)));
}

function categories(found, names) {
  const columns = [{ text: t("category") }, ...SPANS.map(([key]) => ({ text: t(key), figure: true }))];
  const rows = names.map((name, n) => [name, ...found.map((one) => percent(one.totals.categories[n].percent))]);
  return table(t("by_category"), columns, rows, { foot: [t("on_air_for"), ...found.map((one) => lengthInWords(one.totals.aired_seconds))], cards: false });
}

function rules(month) {
  const columns = [{ text: t("rule"), wide: true }, { text: t("now_is"), figure: true }, { text: t("should_be") }, { text: t("result") }, { text: t("source"), wide: true }];
  const asked = (r) => (r.limit === null ? t("reported") : t(r.is_most ? "at_most" : "at_least", { n: r.limit }));
  const result = (r) => {
    if (r.kept === null) return r.percent === null ? t("no_data") : "–";
    return el("span", { class: `sign ${r.kept ? "sign-good" : "sign-bad"}` }, icon(r.kept ? "check" : "alert-triangle"), t(r.kept ? "kept" : "broken"));
  };
  return table(t("rules"), columns, month.rules.map((r) => [language === "en" ? r.english : r.indonesian, percent(r.percent), asked(r), result(r), r.source]));
}

function advertising(month) {
  const limit = (rule) => month.rules.find((r) => r.rule === rule)?.limit;
  const limits = [[limit("ad_share"), 0, t("commercial")], [limit("ilm_share"), 1, t("ilm")]]
    .filter(([value]) => value !== null && value !== undefined)
    .map(([value, series, name]) => ({ value, series, text: `${name}: ${t("limit_of", { n: value })}` }));
  const series = [{ name: t("commercial"), values: month.days.map((d) => d.commercial_percent) }, { name: t("ilm_of"), values: month.days.map((d) => d.ilm_percent) }];
  return lines(t("chart_days"), month.days.map((d) => shortDay(d.day)), series, { unit: "%", limits });
}

function eachDay(month) {
  const names = month.totals.categories.map((c) => t(`category_${c.category}`));
  const columns = [{ text: t("date") }, { text: t("on_air_for"), figure: true }, ...names.map((text) => ({ text, figure: true })), ...["commercial", "ilm", "local"].map((key) => ({ text: t(key), figure: true }))];
  const rows = month.days.map((d) => [longDay(d.day), lengthInWords(d.aired_seconds), ...month.totals.categories.map((c) => percent(d.percent[c.category])), percent(d.commercial_percent), percent(d.ilm_percent), percent(d.local_percent)]);
  return table(t("each_day"), columns, rows);
}
