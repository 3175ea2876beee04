// The questions that orders ask: which material, until when, and whether it is meant.

import { Refused } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { field, formDialog } from "../staff/fields.js";
import { el, t } from "../staff/page.js";
import { materialSearch } from "../rundown/search.js";
import { newKey } from "./room.js";
import { nextAt } from "./time.js";

export const skipDialog = (item) => sure(t("skip_sure", { title: item?.title ?? "" }), t("skip_now"), { danger: true });
export const holdDialog = (channel) => sure(t("hold_sure", { channel: channel.name }), t("hold"), { detail: t("hold_help") });
export const resumeDialog = (channel) => sure(t("resume_sure", { channel: channel.name }), t("resume"));
export const endDialog = (channel) => sure(t("end_sure", { channel: channel.name }), t("end_break_in"), { danger: true });

/** Something is wrong at a field of a form before anybody was asked. */
export const wrongAt = (name, text) => new Refused({ status: 422, detail: text, english: text, errors: [{ field: name, detail: text, english: text }] });

/** Return a function that gives the same key for the same body: what is sent again is not done again. */
export function keys() {
  const given = new Map();
  return (body) => {
    const said = JSON.stringify(body);
    if (!given.has(said)) given.set(said, newKey());
    return given.get(said);
  };
}

/** Ask for material and order it; `seen` goes with the order. */
export function materialDialog(room, channel, act, seen) {
  const search = materialSearch("asset", channel.id);
  search.box.classList.add("field");
  search.box.append(el("div", { class: "form-hint", "data-help": "" }));
  const label = t(act === "play" ? "play_now" : "insert_next");
  const key = keys();
  return formDialog(`${label} · ${channel.name}`, [el("p", { class: "text-secondary" }, t(`${act}_help`)), search.box], label, () => {
    const chosen = search.value();
    if (!chosen) {
      search.box.querySelector("input").focus();
      throw wrongAt("asset", t("choose_material"));
    }
    const body = { asset: chosen.asset, ...seen };
    return room.send(channel.id, act, body, label, key(body));
  });
}

/** Ask until when filler airs, and order it. */
export function fillDialog(room, channel) {
  const key = keys();
  const when = field({ name: "until", label: t("until"), type: "time", help: t("until_help"), more: { required: true } });
  return formDialog(`${t("fill")} · ${channel.name}`, [when], t("fill"), ({ until }) => {
    if (!until) throw wrongAt("until", t("choose_time"));
    const body = { until: nextAt(until, room.now) };
    return room.send(channel.id, "fill", body, t("fill"), key(body));
  });
}
