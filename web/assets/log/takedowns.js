// Taking spans of the past down, each with a reason, and lifting them.

import { api, trying } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { field, formDialog, moment } from "../staff/fields.js";
import { data, el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { table } from "../report/table.js";
import { chosen } from "./state.js";

const when = (iso) => moment(iso, data.zone);

/** Return what a datetime-local field holds of an instant, in the station's zone. */
function local(iso) {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: data.zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(new Date(iso));
  return parts.replace(" ", "T");
}

/** Return the instant that a datetime-local field means in the station's zone; what cannot be read is left as it is. */
function instant(text) {
  const plain = new Date(`${text}Z`);
  if (Number.isNaN(plain.getTime())) return text;
  const off = new Date(`${local(plain.toISOString())}Z`).getTime() - plain.getTime();
  return new Date(plain.getTime() - off).toISOString();
}

/** Ask for a reason and take [start, end) of a channel down; `done` is called when it is. */
export async function takeDown(channel, start, end, done) {
  const begin = local(start);
  const finish = local(end);
  const content = [
    el("p", {}, t("take_down_help")),
    field({ name: "start", label: t("from"), type: "datetime-local", value: begin, more: { step: 1, required: true } }),
    field({ name: "end", label: t("until"), type: "datetime-local", value: finish, more: { step: 1, required: true } }),
    field({ name: "reason", label: t("reason"), type: "textarea", help: t("reason_help"), more: { required: true, maxlength: 1000 } }),
  ];
  // what was not touched keeps its parts of a second
  const asked = (given) => ({ start: given.start === begin ? start : instant(given.start), end: given.end === finish ? end : instant(given.end), reason: given.reason });
  const made = await formDialog(t("take_down_title"), content, t("take_down"), (given) => api("POST", `channels/${channel}/takedowns`, asked(given)));
  if (!made) return;
  toast(t("taken_down"));
  await trying(done);
}

/** List what was taken down. */
export async function load(place, summary, signal) {
  const { channel } = chosen();
  const found = await api("GET", `takedowns?limit=1000${channel ? `&channel=${channel}` : ""}`, undefined, { signal });
  summary.textContent = found.length ? t("lines", { n: found.length }) : t("no_takedowns");
  const names = Object.fromEntries(data.channels.map((c) => [c.id, c.name]));
  const columns = [{ text: t("from") }, { text: t("until") }, { text: t("channel") }, { text: t("reason"), wide: true }, { text: t("by") }, { text: t("made") }, { text: t("state") }];
  const state = (one) => {
    if (one.lifted) return t("lifted", { when: when(one.lifted) });
    if (!data.may_take_down) return t("in_force");
    return el("button", { type: "button", class: "btn btn-sm", onclick: () => lift(one, place, summary) }, icon("restore"), t("lift"));
  };
  const rows = found.map((one) => [when(one.start), when(one.end), names[one.channel] ?? one.channel, one.reason, one.author, when(one.made), state(one)]);
  place.replaceChildren(...(rows.length ? [table(t("tab_takedowns"), columns, rows)] : []));
}

async function lift(one, place, summary) {
  if (!(await sure(t("lift_sure"), t("lift"), { detail: `${t("lift_help")} ${one.reason}` }))) return;
  await trying(async () => {
    await api("POST", `takedowns/${one.number}/lift`);
    toast(t("saved"));
    await load(place, summary);
  });
}
