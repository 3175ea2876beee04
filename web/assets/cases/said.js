// How values of cases are written: days until a duty, badges with a sign and a word, channels, moments of the station.

import { data, el, icon, language, t } from "../staff/page.js";

const STATUS = {
  baru: ["inbox", "blue"], tertunda: ["hourglass", "yellow"], diverifikasi: ["check", "blue"], diteruskan: ["send", "cyan"],
  diproses: ["progress", "cyan"], selesai: ["circle-check", "green"], ditolak: ["circle-x", "red"],
  dialihkan: ["corner-up-right", "orange"], digabung: ["git-merge", "secondary"], diarsipkan: ["archive", "secondary"],
};
const SOURCE = {
  telepon: "phone", catatan: "notes", web: "world", acara: "users-group", whatsapp: "brand-whatsapp", telegram: "brand-telegram",
  sms: "device-mobile-message", email: "mail", tabel: "table", aplikasi: "apps", open311: "api", messenger: "brand-messenger",
  instagram: "brand-instagram", x: "brand-x",
};
const VISIBILITY = { anonim: ["mask", "orange"], rahasia: ["lock", "red"] };
const DAY_MS = 86_400_000;
const locale = language === "en" ? "en-GB" : "id-ID";
const sameDay = new Intl.DateTimeFormat("en-CA", { timeZone: data.zone, year: "numeric", month: "2-digit", day: "2-digit" });
const clock = new Intl.DateTimeFormat(locale, { timeZone: data.zone, hour: "2-digit", minute: "2-digit" });
const date = new Intl.DateTimeFormat(locale, { timeZone: data.zone, day: "numeric", month: "short", year: "numeric" });
const fullDate = new Intl.DateTimeFormat(locale, { timeZone: data.zone, weekday: "long", day: "numeric", month: "long", year: "numeric" });
const skew = Date.parse(data.now) - Date.now(); // the desk's computers need not tell the right time

/** The service's clock, in milliseconds. */
export const now = () => Date.now() + skew;

const dayNumber = (when) => Date.parse(`${sameDay.format(when)}T00:00:00Z`) / DAY_MS;

/** Return how many midnights of the station lie between now and a moment; below 0 before today. */
export const daysUntil = (iso) => dayNumber(new Date(iso)) - dayNumber(now());

/** Write a moment: 22 Nov 2026, 10.05 WIB. */
export const moment = (iso) => (iso ? `${date.format(new Date(iso))}, ${clock.format(new Date(iso))} ${data.zone_name}` : "–");

/** Write a moment of today by its time alone. */
export const shortMoment = (iso) => (daysUntil(iso) === 0 ? `${clock.format(new Date(iso))} ${data.zone_name}` : moment(iso));

/** Write when a duty is due: lewat 2 hari, hari ini, 3 hari lagi. */
export function dueWords(due, late) {
  const days = daysUntil(due);
  if (late) return days === 0 ? t("due_late_today") : days === -1 ? t("due_late_one") : t("due_late", { n: -days });
  return days <= 0 ? t("due_today") : days === 1 ? t("due_tomorrow") : t("due_in", { n: days });
}

/** Return when a duty is due, with its date and the name of the duty in the title. */
export function dueShown(line) {
  if (!line.due) return el("span", { class: "case-due text-secondary" }, t("due_none"));
  const title = `${t(`clock_${line.due_clock}`)}: ${fullDate.format(new Date(line.due))}, ${clock.format(new Date(line.due))} ${data.zone_name}`;
  const kind = line.late ? "case-late" : daysUntil(line.due) <= 0 ? "case-today" : "";
  return el("span", { class: `case-due ${kind}`, title }, icon(line.late ? "alert-triangle" : "clock"), el("span", {}, dueWords(line.due, line.late)));
}

const badge = (sign, colour, text) => el("span", { class: `badge case-badge bg-${colour}-lt` }, icon(sign), text);

export function statusBadge(status) {
  const [sign, colour] = STATUS[status] ?? ["info-circle", "secondary"];
  return badge(sign, colour, t(`status_${status}`));
}

/** Return the badge of a case whose name, or all of it, the public may not see; null for others. */
export function visibilityBadge(visibility) {
  const found = VISIBILITY[visibility];
  return found ? badge(...found, t(`visibility_${visibility}`)) : null;
}

/** Return the badge of an emergency, given on or not; null for others. */
export function emergencyBadge(line) {
  if (!line.emergency) return null;
  return line.handed_over ? badge("ambulance", "green", t("handed_over")) : badge("urgent", "red", t("emergency"));
}

export const source = (name) => el("span", { class: "case-source" }, icon(SOURCE[name] ?? "message"), t(`source_${name}`));

/** Write a point as maps do: latitude, longitude. */
export const pointText = (latitude, longitude) => `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;

/** Return the name of somebody of the desk by the number of the account. */
export const person = (number) => data.people[number] ?? t("somebody");

export const detail = (both) => (language === "en" ? both.english : both.indonesian);
