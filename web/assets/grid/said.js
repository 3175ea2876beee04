// Entries, blocks and days in words, in the reader's language.

import { data, language, t } from "../staff/page.js";
import { addDays, clock, endClock, secondOf, seconds, weekday, WEEKDAYS } from "./time.js";

const BEGINS = { tepat: "hard", "tidak-sebelum": "not_before", mengalir: "soft" };

/** Write a date: Selasa, 24 November 2026. */
export function longDay(day) {
  const [year, month, date] = day.split("-").map(Number);
  return `${data.days[weekday(day)]}, ${date} ${data.months[month - 1]} ${year}`;
}

export const shortDay = (day) => `${Number(day.slice(8))} ${data.months[Number(day.slice(5, 7)) - 1]}`;

/** Write seven days: 23 – 29 November 2026. */
export function span(first) {
  const last = addDays(first, 6);
  const head = first.slice(0, 7) === last.slice(0, 7) ? Number(first.slice(8)) : shortDay(first);
  return `${head} – ${shortDay(last)} ${last.slice(0, 4)}`;
}

/** Write a moment of the service's clock, given in UTC, in the station's zone. */
export function instant(iso) {
  return new Date(iso).toLocaleString(language === "en" ? "en-GB" : "id-ID", { timeZone: data.zone, dateStyle: "medium", timeStyle: "short" });
}

const beginsWord = (begins) => t(BEGINS[begins]);

/** Return the marks of a block in words: how it begins, and whether it recurs. */
export function marks(block) {
  const kind = block.once ? "once" : block.special ? "special" : "weekly";
  return [beginsWord(block.begins), t(kind), ...(block.goes_on ? [t("goes_on")] : []), ...(block.winner ? [t("loses")] : [])];
}

export const hours = (block) => `${clock(secondOf(block.start))}–${endClock(block.start, block.end)}`;

/** Say an entry in one line, as conflicts show it. */
export function described(entry) {
  if (Array.isArray(entry)) return entry.join(", ") || t("none");
  const start = typeof entry.start === "string" ? seconds(entry.start) : entry.start;
  const title = data.programmes.find((p) => p.id === entry.programme)?.title ?? entry.programme;
  return [title, days(entry.on), `${clock(start)}–${clock(start + entry.length_s)}`, beginsWord(entry.begins)].join(", ");
}

/** Say the days of a recurrence shortly; rules that are not said in words as they are. */
export function days(on) {
  if (!on.rule) return [on.first, ...(on.added ?? [])].map(shortDay).join(", ");
  if (on.rule === "FREQ=DAILY") return t("days_daily");
  const weekly = /^FREQ=WEEKLY;BYDAY=([A-Z,]+)$/.exec(on.rule);
  return weekly ? weekly[1].split(",").map((d) => data.days[WEEKDAYS.indexOf(d)]).join(", ") : on.rule;
}
