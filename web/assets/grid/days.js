// The days of an entry as a form in plain words; what comes out is a recurrence by RFC 5545.

import { api } from "../staff/api.js";
import { data, el, t } from "../staff/page.js";
import { check, field, group, select, text, Wrong } from "./form.js";
import { longDay } from "./said.js";
import { weekday, WEEKDAYS } from "./time.js";

const KINDS = ["daily", "weekly", "once", "nth", "date", "words"];
const SOON_MS = 400;

/** Return how a recurrence is shown: {kind, days, every, nth, weekday, date, words}. */
function shape(on) {
  const usual = { days: [weekday(on.first)], every: 1, nth: "1", weekday: String(weekday(on.first)), date: String(Number(on.first.slice(8))), words: "" };
  const rule = on.rule ?? "";
  if (!rule) return { ...usual, kind: (on.added ?? []).length ? "words" : "once", words: [on.first, ...(on.added ?? [])].join(", ") };
  if (rule === "FREQ=DAILY") return { ...usual, kind: "daily" };
  const weekly = /^FREQ=WEEKLY(?:;INTERVAL=(\d+))?(?:;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*))?$/.exec(rule);
  if (weekly) return { ...usual, kind: "weekly", every: Number(weekly[1] ?? 1), days: weekly[2] ? weekly[2].split(",").map((d) => WEEKDAYS.indexOf(d)) : usual.days };
  const nth = /^FREQ=MONTHLY;BYDAY=(-1|[1-4])(MO|TU|WE|TH|FR|SA|SU)$/.exec(rule);
  if (nth) return { ...usual, kind: "nth", nth: nth[1], weekday: String(WEEKDAYS.indexOf(nth[2])) };
  const date = /^FREQ=MONTHLY;BYMONTHDAY=(-1|\d{1,2})$/.exec(rule);
  if (date) return { ...usual, kind: "date", date: date[1] };
  return { ...usual, kind: "words", words: rule };
}

/** Return {node, read(), touched()}; read resolves to the recurrence, or raises Wrong. */
export function daysForm(on) {
  const is = shape(on);
  const kind = select(KINDS.map((k) => [k, t(`days_${k}`)]), is.kind);
  const boxes = data.days.map((name, n) => check(name, is.days.includes(n), { value: String(n) }));
  const set = (those) => () => {
    for (const box of boxes) box.querySelector("input").checked = those.includes(Number(box.querySelector("input").value));
    soon();
  };
  const quick = el("div", { class: "btn-list" }, ...[["workdays", [0, 1, 2, 3, 4]], ["weekend", [5, 6]]].map(([word, those]) => el("button", { class: "btn btn-sm", type: "button", onclick: set(those) }, t(word))));
  const every = text(String(is.every), { type: "number", min: "1", max: "52" });
  const nth = select(["1", "2", "3", "4", "-1"].map((n) => [n, t(`nth_${n}`)]), is.nth);
  const day = select(data.days.map((name, n) => [String(n), name]), is.weekday);
  const date = text(is.date, { type: "number", min: "-1", max: "31" });
  const words = text(is.words, { maxlength: 400 });
  const first = text(on.first, { type: "date", min: "2000-01-01", max: "2100-12-31" });
  const last = text(on.last ?? "", { type: "date", min: "2000-01-01", max: "2100-12-31" });
  const season = select(["selalu", "ramadan", "luar-ramadan"].map((s) => [s, t(`season_${s}`)]), on.season ?? "selalu");
  const excluded = text((on.excluded ?? []).join(", "), { maxlength: 4000 });
  const preview = el("p", { class: "form-preview form-field-wide", role: "status", "aria-live": "polite" });
  const firstLabel = field(t("first_day"), first, { name: "on.first" });
  const parts = {
    weekly: [group(t("days"), [el("div", { class: "check-row" }, ...boxes), quick], { name: "on.rule" }), field(t("every_weeks"), every, { name: "on.every" })],
    nth: [field(t("which"), nth), field(t("weekday"), day)],
    date: [field(t("day_of_month"), date, { name: "on.date" })],
    words: [field(t("days_words"), words, { name: "words", help: t("days_words_help"), wide: true })],
  };
  const endless = [field(t("last_day"), last, { name: "on.last", help: t("last_day_help") }), field(t("season"), season), field(t("excluded"), excluded, { name: "on.excluded", help: t("excluded_help"), wide: true })];
  const node = el("fieldset", { class: "form-part", "data-field": "on" }, el("legend", { class: "form-label" }, t("days")), field(t("days_kind"), kind, { name: "on.kind" }), ...Object.values(parts).flat(), firstLabel, ...endless, preview, el("div", { class: "form-hint" }));

  const shown = () => {
    for (const [name, those] of Object.entries(parts)) for (const part of those) part.hidden = name !== kind.value;
    for (const part of endless) part.hidden = kind.value === "once";
    firstLabel.querySelector("label").textContent = t(kind.value === "once" ? "on_day" : "first_day");
  };

  const rule = () => {
    if (kind.value === "daily") return "FREQ=DAILY";
    if (kind.value === "nth") return `FREQ=MONTHLY;BYDAY=${nth.value}${WEEKDAYS[Number(day.value)]}`;
    if (kind.value === "date") return `FREQ=MONTHLY;BYMONTHDAY=${Number(date.value) || 0}`;
    if (kind.value !== "weekly") return "";
    const chosen = boxes.map((b) => b.querySelector("input")).filter((i) => i.checked).map((i) => WEEKDAYS[Number(i.value)]);
    if (!chosen.length) throw new Wrong({ "on.rule": t("fill_in") });
    const n = Number(every.value);
    if (!(n >= 1 && n <= 52)) throw new Wrong({ "on.every": t("fill_in") });
    return `FREQ=WEEKLY${n > 1 ? `;INTERVAL=${n}` : ""};BYDAY=${chosen.join(",")}`;
  };

  async function read() {
    if (!first.value) throw new Wrong({ "on.first": t("fill_in") });
    if (kind.value === "once") return { first: first.value, rule: "" };
    const more = { last: last.value || null, season: season.value, excluded: excluded.value.split(/[,;\s]+/).filter(Boolean) };
    if (kind.value !== "words") return { first: first.value, rule: rule(), ...more };
    const said = (await api("POST", "days", { words: words.value, first: first.value })).on;
    const off = [...new Set([...(said.excluded ?? []), ...more.excluded])];
    return { ...said, last: said.rule ? (more.last ?? said.last) : null, season: said.season === "selalu" ? more.season : said.season, excluded: off };
  }

  let timer = 0;
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(tell, SOON_MS);
  }
  async function tell() {
    try {
      const found = await api("POST", "days", { on: await read(), first: first.value < data.today ? data.today : first.value });
      const next = found.next.length ? t("next_days", { days: found.next.slice(0, 4).map(longDay).join("; ") }) : t("no_days");
      preview.textContent = `${found.words}. ${next}`;
    } catch {
      preview.textContent = ""; // what is wrong is said when it is kept
    }
  }
  let touched = false;
  for (const kind_of of ["input", "change", "click"]) node.addEventListener(kind_of, () => { touched = true; });
  node.addEventListener("input", soon);
  kind.addEventListener("change", shown);
  shown();
  tell();
  return { node, read, touched: () => touched };
}
