// The forms that both pages share: who broadcasts and where, and the channels; and starting the service anew.

import { Refused, api } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { field, formOf } from "../staff/fields.js";
import { data, el, icon, root, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";

const ZONES = { "Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB (Pontianak)", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT" };
const locked = (key) => data.settings.locked[key] ?? "";

export function stationForm(text, after, ...foot) {
  const s = data.settings.station;
  const towns = el("datalist", { id: "towns" }, ...data.towns.map((town) => el("option", { value: town[0] })));
  const zones = [...new Set([...Object.keys(ZONES), s.zone])].map((value) => ({ value, text: ZONES[value] ? `${ZONES[value]} · ${value}` : value }));
  const form = formOf([
    towns,
    field({ name: "station.name", label: t("station_name"), value: s.name, locked: locked("station.name"), more: { maxlength: 120 } }),
    field({ name: "station.place", label: t("place"), value: s.place, help: t("place_help"), locked: locked("station.place"), more: { list: "towns", maxlength: 120, autocomplete: "off" } }),
    field({ name: "station.zone", label: t("zone"), value: s.zone, options: zones, locked: locked("station.zone") }),
    el("div", { class: "row" },
      el("div", { class: "col-sm" }, field({ name: "station.latitude", label: t("latitude"), type: "number", value: s.latitude, help: t("coordinates_help"), locked: locked("station.latitude"), more: { step: "any", min: -90, max: 90 } })),
      el("div", { class: "col-sm" }, field({ name: "station.longitude", label: t("longitude"), type: "number", value: s.longitude, locked: locked("station.longitude"), more: { step: "any", min: -180, max: 180 } }))),
  ], text, async (given) => {
    const station = { ...s };
    for (const [name, value] of Object.entries(given)) station[name.split(".")[1]] = value;
    data.settings = await api("PATCH", "settings", { station });
    await after();
  }, ...foot);
  form.elements["station.place"].addEventListener("change", (event) => {
    const town = data.towns.find((each) => each[0].toLowerCase() === event.target.value.trim().toLowerCase());
    if (!town) return;
    for (const [name, value] of [["zone", town[1]], ["latitude", town[2]], ["longitude", town[3]]]) {
      const control = form.elements[`station.${name}`];
      if (!control.disabled) control.value = value;
    }
  });
  return form;
}

export function channelsForm(text, after, ...foot) {
  const where = locked("channels");
  const rows = el("div", { "data-role": "rows" });
  const fresh = el("button", { class: "btn", type: "button", disabled: Boolean(where), onclick: () => append({ id: "", name: "", kind: "radio", target_lufs: -16 }, true).querySelector("input").focus() }, icon("plus"), t("add_channel"));
  function append(channel, isNew = false) {
    const kinds = data.kinds.map((value) => ({ value, text: t(value) }));
    const row = el("fieldset", { class: "channel-row", "data-channel": channel.id }, el("legend", { class: "visually-hidden" }, channel.name || t("add_channel")),
      el("div", { class: "row g-2" },
        el("div", { class: "col-sm-4" }, field({ name: "name", label: t("channel_name"), value: channel.name, locked: where, more: { maxlength: 120 } })),
        el("div", { class: "col-sm-2" }, field({ name: "id", label: t("channel_id"), value: channel.id, help: isNew ? t("channel_id_help") : "", locked: where, more: { maxlength: 32, readonly: !isNew, autocapitalize: "none" } })),
        el("div", { class: "col-sm-2" }, field({ name: "kind", label: t("kind"), value: channel.kind, options: kinds, locked: where })),
        el("div", { class: "col-sm-3" }, field({ name: "target_lufs", label: t("loudness"), type: "number", value: channel.target_lufs, help: t("loudness_help"), locked: where, more: { step: "0.5", min: -36, max: -8 } })),
        el("div", { class: "col-sm-1 text-end" }, el("button", { class: "btn btn-icon", type: "button", disabled: Boolean(where), "aria-label": t("remove_channel", { name: channel.name }), onclick: () => { row.remove(); number(); } }, icon("trash")))));
    rows.append(row);
    number();
    return row;
  }
  // what is wrong is told as channels.0.name
  function number() {
    [...rows.children].forEach((row, n) => {
      for (const control of row.querySelectorAll("[name]")) {
        const bare = control.name.split(".").at(-1);
        control.name = control.dataset.field = `channels.${n}.${bare}`;
      }
    });
  }
  for (const channel of data.settings.channels) append(channel);
  return formOf([rows, el("p", {}, fresh)], text, async (given) => {
    if (!where) {
      const channels = [...rows.children].map((_, n) => Object.fromEntries(["name", "id", "kind", "target_lufs"].map((k) => [k, given[`channels.${n}.${k}`]])));
      data.settings = await api("PATCH", "settings", { channels });
    }
    await after();
  }, ...foot);
}

/** Start the service anew once a person agrees; resolve to whether it runs with the new settings. */
export async function restart() {
  if (!(await sure(t("restart_sure"), t("restart"), { detail: t("restart_help") }))) return false;
  return again();
}

const PATIENCE_MS = 180_000; // a slow computer that has much to do

/** Start the service anew and wait until it has. */
export async function again() {
  const before = data.settings.run;
  const busy = toast(t("restarting"), "danger");
  const refused = await ask();
  const until = Date.now() + PATIENCE_MS;
  while (!refused && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    try {
      const settings = await api("GET", "settings", undefined, { signal: AbortSignal.timeout(5000) });
      if (settings.run !== before) {
        data.settings = settings;
        busy.remove();
        toast(t("restarted"));
        return true;
      }
    } catch {
      continue; // it is on its way down or up
    }
  }
  busy.remove();
  toast(refused || t("connection_lost"), "danger");
  return false;
}

/** Ask for the start; return why it is refused. The service may be gone before its answer is: that is no refusal. */
async function ask() {
  try {
    await api("POST", "service/restart");
  } catch (error) {
    return error instanceof Refused ? error.message : "";
  }
  return "";
}

/** Return a notice that settings wait for a start, with the button for it; null when nothing waits. */
export function waiting(after) {
  if (!data.settings.waiting) return null;
  return el("div", { class: "alert alert-warning d-flex flex-wrap gap-2 align-items-center", role: "status" }, el("span", { class: "me-auto" }, t("waiting")),
    el("button", { class: "btn btn-primary", type: "button", "data-role": "restart", onclick: async () => { if (await restart()) after(); } }, icon("refresh"), t("restart")));
}

export const link = (path) => `${root}${path}`;
