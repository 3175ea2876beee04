// How reports write times, lengths, sizes and percent, in the station's zone and the reader's language.

import { data, language } from "../staff/page.js";

const locale = language === "en" ? "en-GB" : "id-ID";
const zone = data.zone;
const clockFormat = new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone });
const dayFormat = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const shortFormat = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
const momentFormat = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });

/** 22.05.31 of an instant. */
export const clock = (iso) => clockFormat.format(new Date(iso)).replaceAll(":", ".");
/** 22 Nov, 22.05 of an instant. */
export const moment = (iso) => momentFormat.format(new Date(iso)).replaceAll(":", ".");
/** Sunday, 22 November 2026 of a date such as 2026-11-22. */
export const longDay = (day) => dayFormat.format(new Date(`${day}T00:00:00Z`));
export const shortDay = (day) => shortFormat.format(new Date(`${day}T00:00:00Z`));

/** A date some days later. */
export function plusDays(day, days) {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** 01.02.03 of seconds; hours may pass 24. */
export function length(seconds) {
  const total = Math.round(seconds);
  const two = (n) => String(n).padStart(2, "0");
  return `${two(Math.floor(total / 3600))}.${two(Math.floor(total / 60) % 60)}.${two(total % 60)}`;
}

/** 2 jam 5 menit of seconds; from a day on with days. */
export function lengthInWords(seconds) {
  const units = language === "en" ? ["d", "h", "min", "s"] : ["hari", "jam", "mnt", "dtk"];
  const total = Math.round(seconds);
  const parts = [Math.floor(total / 86400), Math.floor(total / 3600) % 24, Math.floor(total / 60) % 60, total % 60];
  const first = parts.findIndex((n) => n > 0);
  if (first < 0) return `0 ${units[3]}`;
  return parts.slice(first, first + 2).map((n, i) => (n ? `${n} ${units[first + i]}` : "")).filter(Boolean).join(" ");
}

export function number(value, digits = 1) {
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** 33,4 % or a dash. */
export const percent = (value, digits = 1) => (value === null || value === undefined ? "–" : `${number(value, digits)} %`);

/** 1,5 TB of bytes. */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let at = 0;
  let n = bytes;
  while (n >= 1000 && at < units.length - 1) [n, at] = [n / 1000, at + 1];
  return `${number(n, at && n < 100 ? 1 : 0)} ${units[at]}`;
}
