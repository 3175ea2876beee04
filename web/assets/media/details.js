// The fields of what staff know of an item, for one item and for many at once; and reading them.

import { field } from "../staff/fields.js";
import { data, language, t } from "../staff/page.js";

const yesNo = () => [{ value: "true", text: t("yes") }, { value: "false", text: t("no") }];

/** name -> how it is asked for; `many`: it makes sense for many items at once. */
const FIELDS = {
  title: { more: { maxlength: 300, required: true } },
  artist: { more: { maxlength: 300 } },
  album: { more: { maxlength: 300 } },
  category: { many: true, options: () => data.categories.map(([value, text]) => ({ value, text })) },
  age: { many: true, options: () => data.ages.map(([value, text]) => ({ value, text })) },
  language: { many: true, help: "language_help", more: { maxlength: 200 } },
  group: { many: true, help: "group_help", more: { maxlength: 200, list: "groups" } },
  local: { many: true, options: yesNo, tri: true },
  own: { many: true, options: yesNo, tri: true },
  speech: { many: true, options: yesNo },
  film: { many: true, options: yesNo },
  censored: { many: true, more: { maxlength: 200 } },
  labelled: { many: true, options: yesNo },
  weight: { many: true, type: "number", more: { min: 1, max: 100, step: 1 } },
  hours: { many: true, help: "hours_help", more: { maxlength: 400 } },
  first_day: { many: true, type: "date" },
  last_day: { many: true, type: "date" },
  catch_up: { many: true, options: yesNo },
  note: { many: true, type: "textarea", more: { maxlength: 4000 } },
};
const LABELS = { title: "title", language: "language" };

export const label = (name) => t(LABELS[name] ?? name);

/** Return the fields of one item, with its values. */
export function fieldsOf(item) {
  return Object.keys(FIELDS).map((name) => made(name, written(name, name in item.details ? item.details[name] : item[name]), "unset"));
}

/** Return empty fields for many items. */
export function fieldsForMany() {
  return Object.keys(FIELDS).filter((name) => FIELDS[name].many).map((name) => made(name, "", "no_change"));
}

function made(name, value, none) {
  const { options, help, type, more } = FIELDS[name];
  const needsNone = none === "no_change" || !["speech", "film", "labelled", "catch_up"].includes(name);
  const all = options && [...(needsNone ? [{ value: "", text: t(none) }] : []), ...options()];
  return field({ name, label: label(name), value, type, options: all ?? null, help: help ? t(help) : "", more: { ...more, disabled: !data.may_media } });
}

const two = (n) => String(n).padStart(2, "0");
const hour = (s) => `${two(Math.floor(s / 3600))}.${two(Math.floor(s / 60) % 60)}`;

function written(name, value) {
  if (name === "hours") return value.map(([a, b]) => `${hour(a)}-${hour(b)}`).join(", ");
  return value === null || value === undefined ? "" : String(value);
}

function readHours(text) {
  if (!text.trim()) return [];
  return text.split(",").map((part) => {
    const match = /^\s*(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})\s*$/.exec(part);
    if (!match || match[2] > 59 || match[4] > 59) throw new RangeError(t("bad_hours"));
    return [match[1] * 3600 + match[2] * 60, match[3] * 3600 + match[4] * 60];
  });
}

/** Return the value of a control as the API takes it. Raises RangeError with what is wrong. */
export function read(control) {
  const { name, value } = control;
  if (name === "hours") return readHours(value);
  if (value === "true" || value === "false") return value === "true";
  if (FIELDS[name].type === "number") {
    if (!/^\d{1,3}$/.test(value.trim())) throw new RangeError(`1–100`);
    return Number(value);
  }
  if (control.type === "date" && control.validity.badInput) throw new RangeError("?");
  if (value === "" && (FIELDS[name].options || FIELDS[name].type === "date")) return null;
  return value;
}

/** Say a change in one line: Kategori: Hiburan; Bobot rotasi: 2. */
export function said(fields) {
  return Object.entries(fields).map(([name, value]) => {
    const options = FIELDS[name]?.options?.();
    const text = name === "hours" ? written(name, value) : options?.find((o) => o.value === String(value))?.text ?? value ?? t("unset");
    return `${label(name)}: ${text}`;
  }).join(language === "en" ? "; " : "; ");
}
