// Notes as they are shown: the list of today, the newest code in large letters, emergencies in red.

import { data, el, icon, language, root, t } from "../staff/page.js";

const clockFormat = new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: data.zone });
const dayFormat = new Intl.DateTimeFormat(language === "en" ? "en-GB" : "id-ID", { day: "numeric", month: "short", timeZone: data.zone });

/** Write an instant as people say it: 19.05 WIB, on another day 21 Nov 19.05 WIB. */
export function clock(iso) {
  const at = new Date(iso);
  const day = dayFormat.format(at) === dayFormat.format(new Date()) ? "" : `${dayFormat.format(at)} `;
  return `${day}${clockFormat.format(at).replace(":", ".")} ${data.zone_name}`;
}

/** Tell whether it is of today. */
export const ofToday = (note) => dayFormat.format(new Date(note.made)) === dayFormat.format(new Date());

const STATES = { kept: ["check", "bg-green-lt"], waiting: ["clock", "bg-yellow-lt"], refused: ["alert-triangle", "bg-red-lt"] };
const LABELS = { text: "said", class: "class", phone: "phone_number", name: "name", where: "where", kelurahan: "kelurahan", visibility: "visibility", event: "event_name" };

/** Say why a note was refused, by the names that the form's fields have. */
function reasonOf(note) {
  const wrong = Object.entries(note.fields ?? {}).filter(([field]) => LABELS[field]);
  return wrong.map(([field, what]) => `${t(LABELS[field])}: ${what}`).join("; ") || note.reason;
}

const WORDS = { kept: "kept", waiting: "waits", refused: "refused" };

/** Return a note as an entry of the list. `begins`: its first words; `mend(note)`, `drop(note)`: what may be done. */
export function entry(note, begins, mend, drop) {
  const [sign, colour] = STATES[note.state];
  const hand = note.state === "refused" && el("span", { class: "btn-list" },
    el("button", { type: "button", class: "btn btn-sm", onclick: () => mend(note) }, icon("edit"), t("mend")),
    el("button", { type: "button", class: "btn btn-sm btn-outline-danger", onclick: () => drop(note) }, icon("trash"), t("drop")));
  return el("li", { class: "note-entry", "data-token": note.token, "data-state": note.state },
    el("span", { class: "tabular note-time" }, clock(note.made)),
    el("strong", { class: "note-small-code" }, note.code || "–"),
    el("span", { class: `badge ${colour}` }, icon(sign), " ", t(WORDS[note.state])),
    note.event && el("span", { class: "text-secondary" }, note.event),
    el("span", { class: "note-begins" }, begins),
    note.state === "refused" && el("span", { class: "text-danger note-reason" }, reasonOf(note)),
    hand);
}

/** Return what is shown of the newest note: its code, or that it comes. `words`: the key of what to do with it. */
export function codeOf(note, words) {
  const said = note.state === "kept" ? t(words) : note.state === "refused" ? `${t("refused")}: ${reasonOf(note)}` : t("code_soon");
  const code = note.state === "kept" && el("p", { class: "note-big", "data-role": "big-code" }, note.code);
  return el("section", { class: "card note-code", "aria-label": t("code_here"), "data-state": note.state },
    el("div", { class: "card-body" }, el("p", { class: "note-label" }, said), code));
}

/** Return the red block of a note that sounds like an emergency. `told()`: whoever said it was told. */
export function emergencyOf(note, words, told) {
  return el("div", { class: "note-urgent", role: "alert", "data-urgent": note.token },
    el("p", { class: "note-urgent-title" }, icon("alert-triangle"), t(words)),
    el("p", {}, t("urgent_help", { time: clock(note.made), code: note.code })),
    el("div", { class: "btn-list" },
      el("button", { type: "button", class: "btn btn-light", onclick: told }, icon("check"), t("urgent_told")),
      data.queue && el("a", { class: "btn btn-outline-light", href: `${root}kerja/aduan` }, t("urgent_queue"))));
}
