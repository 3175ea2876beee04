// One fixed event, and one rule of breaks, as forms; each node has read(name, taken), which returns what the API wants.

import { data, el, icon, t } from "../staff/page.js";
import { pathField, pathInput } from "../grid/content.js";
import { check, field, group, select, text, Wrong } from "../grid/form.js";
import { clock, seconds } from "../grid/time.js";

const KINDS = ["salat", "lagu", "tanda-waktu", "ident", "jam"];
const EVERY_HOUR = 24;
const AZAN = ["subuh", "dzuhur", "ashar", "maghrib", "isya"];
const listed = (value) => value.split(",").map((p) => p.trim()).filter(Boolean);
const slug = (said) => said.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 50) || "acara";
const clocks = (value) => (Array.isArray(value) ? value : []).map((v) => (typeof v === "number" ? clock(v) : v)).join(", ");

function times(value, name) {
  const found = listed(value).map(seconds);
  if (!found.length || found.includes(null)) throw new Wrong({ [name]: t("wrong_time") });
  return found;
}

function numbers(value, name) {
  const found = listed(value).map(Number);
  if (found.some((n) => !Number.isInteger(n))) throw new Wrong({ [name]: t("fill_in") });
  return found;
}

/** Return the boxes of the days of a week, and a function that reads them. */
function dayBoxes(chosen) {
  const boxes = data.days.map((name, n) => check(name, chosen.includes(n), { value: String(n) }));
  return [el("div", { class: "check-row" }, ...boxes), () => boxes.map((b) => b.querySelector("input")).filter((i) => i.checked).map((i) => Number(i.value))];
}

/** Say a fixed event in a few words: its title, or Azan Magrib. */
function named(event) {
  if (event.title) return event.title;
  if (!event.id) return t("add_event");
  if (event.kind !== "salat") return t(`kind_${event.kind}`);
  const prayer = data.prayers.find(([value]) => value === event.prayer)?.[1] ?? event.prayer;
  return AZAN.includes(event.prayer) ? `Azan ${prayer}` : prayer;
}

/** Return {node} for a fixed event of any kind. */
export function eventForm(event) {
  const kind = select(KINDS.map((k) => [k, t(`kind_${k}`)]), event.kind);
  const title = text(event.title ?? "", { maxlength: 200 });
  const items = pathInput((event.items ?? []).join(", "), "files", { list: true });
  const folder = pathInput(event.folder ?? "", "folders");
  const hard = check(t("event_hard"), event.hard ?? true);
  const season = select(["selalu", "ramadan", "luar-ramadan"].map((s) => [s, t(`season_${s}`)]), event.season ?? "selalu");
  const category = select(data.categories, event.category ?? "iklan");
  const [days, readDays] = dayBoxes(event.days ?? [0, 1, 2, 3, 4, 5, 6]);
  const prayer = select(data.prayers, event.prayer ?? "maghrib");
  const offset = text(String((event.offset_s ?? 0) / 60), { type: "number", min: "-120", max: "120" });
  const opening = pathInput(event.opening ?? "", "files");
  const mode = select(["24-jam", "buka-tutup"].map((m) => [m, t(`mode_${m}`)]), event.mode ?? "24-jam");
  const opens = text(clock(event.opens ?? 6 * 3600), { maxlength: 8 });
  const closes = text(clock(event.closes ?? 86_400), { maxlength: 8 });
  const hours = text((event.hours ?? []).length === EVERY_HOUR ? "" : (event.hours ?? []).join(", "), { maxlength: 200 });
  const minutes = text((event.minutes ?? [0]).join(", "), { maxlength: 200 });
  const end = check(t("align_end"), event.align_end ?? true);
  const at = text(clocks(event.times), { maxlength: 2000 });
  const inside = el("fieldset", { class: "form-grid form-read" });
  const node = el("details", { class: "rule-item", open: !event.id });
  const parts = {
    salat: [field(t("prayer"), prayer), field(t("offset_minutes"), offset)],
    lagu: [pathField(t("opening"), opening, ""), field(t("anthem_mode"), mode), field(t("opens"), opens, { help: t("starts_help") }), field(t("closes"), closes)],
    "tanda-waktu": [el("div", { class: "form-field" }, end)],
    ident: [field(t("at_minutes"), minutes, { help: t("at_minutes_help") })],
    jam: [field(t("times"), at, { help: t("times_help") })],
  };
  const hoursField = field(t("hours"), hours, { help: t("hours_help") });
  const shown = () => {
    for (const [name, those] of Object.entries(parts)) for (const part of those) part.hidden = name !== kind.value;
    hoursField.hidden = !["tanda-waktu", "ident"].includes(kind.value);
  };
  kind.addEventListener("change", shown);
  const name = named(event);
  const gone = el("button", { class: "btn btn-sm btn-outline-danger", type: "button", onclick: () => { const { form } = node; node.remove(); form?.dispatchEvent(new Event("change")); } }, icon("trash"), t("remove_event", { title: name }));
  const material = (event.items ?? []).join(", ") || event.folder || "";
  node.append(el("summary", {}, el("strong", {}, name), el("span", { class: "text-secondary" }, ` ${material}`)), inside);
  inside.append(el("legend", { class: "visually-hidden" }, name), field(t("event_kind"), kind), field(t("event_title"), title), ...Object.values(parts).flat(), hoursField,
    pathField(t("event_items"), items, "", t("event_items_help")), pathField(t("event_folder"), folder, ""),
    field(t("season"), season), field(t("category"), category), group(t("event_days"), [days]), el("div", { class: "form-field" }, hard), el("div", { class: "form-field form-field-wide" }, gone));
  shown();
  node.dataset.id = event.id ?? "";
  const on = (box) => box.querySelector("input").checked;

  node.read = (place, taken) => {
    node.dataset.field = place;
    let id = node.dataset.id || slug(title.value || kind.value);
    for (let n = 2; taken.has(id); n += 1) id = `${slug(title.value || kind.value)}-${n}`;
    const paths = listed(items.input.value);
    const all = { kind: kind.value, id, title: title.value, items: paths, folder: paths.length ? "" : folder.input.value.trim(), hard: on(hard), season: season.value, days: readDays(), category: category.value };
    const those = hours.value.trim() ? numbers(hours.value, place) : Array.from({ length: EVERY_HOUR }, (_, n) => n);
    const own = {
      salat: () => ({ prayer: prayer.value, offset_s: Math.round(Number(offset.value) * 60) }),
      lagu: () => ({ opening: opening.input.value.trim(), mode: mode.value, opens: times(opens.value, place)[0], closes: times(closes.value, place)[0] }),
      "tanda-waktu": () => ({ hours: those, align_end: on(end) }),
      ident: () => ({ hours: those, minutes: numbers(minutes.value, place) }),
      jam: () => ({ times: times(at.value, place) }),
    };
    return { ...all, ...own[kind.value]() };
  };
  return { node };
}

/** Return {node} for a rule of breaks. */
export function breakForm(rule) {
  const minutes = text(rule.minutes.join(", "), { maxlength: 200 });
  const start = text(typeof rule.start === "number" ? clock(rule.start) : rule.start, { maxlength: 8 });
  const until = text(typeof rule.until === "number" ? clock(rule.until) : rule.until, { maxlength: 8 });
  const longest = text(String(rule.longest_s), { type: "number", min: "5", max: "1800" });
  const [days, readDays] = dayBoxes(rule.days);
  const node = el("fieldset", { class: "rule-item form-grid" });
  const gone = el("button", { class: "btn btn-sm btn-outline-danger", type: "button", onclick: () => { const { form } = node; node.remove(); form?.dispatchEvent(new Event("change")); } }, icon("trash"), t("remove_break"));
  node.append(el("legend", { class: "visually-hidden" }, t("breaks")), field(t("at_minutes"), minutes, { help: t("at_minutes_help") }), field(t("break_from"), start), field(t("break_until"), until), field(t("longest"), longest),
    group(t("event_days"), [days]), el("div", { class: "form-field form-field-wide" }, gone));
  node.read = (place) => {
    node.dataset.field = place;
    return { minutes: numbers(minutes.value, place), start: times(start.value, place)[0], until: times(until.value, place)[0], longest_s: Number(longest.value), days: readDays() };
  };
  return { node };
}
