// Items that are chosen, over all pages of a list, and what is done with them: details, bin, restore.

import { api, Refused, trying } from "../staff/api.js";
import { formDialog } from "../staff/fields.js";
import { data, el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { emptyBin, intoBin, restore } from "./acts.js";
import { fieldsForMany, read, said } from "./details.js";

export const chosen = new Set();
const place = document.querySelector('[data-role="chosen"]');
let found = { asked: {}, total: 0, items: [] };
let changed = () => {};

/** Call `handler` when chosen items were changed. */
export function onChange(handler) {
  changed = handler;
}

/** Note what the list shows. */
export function setFound(asked, total, items) {
  found = { asked, total, items };
}

export function choose(id, on) {
  if (on) chosen.add(id);
  else chosen.delete(id);
}

export function clear() {
  chosen.clear();
  bar();
}

/** Draw the bar of what can be done with what is chosen. */
export function bar() {
  place.hidden = !chosen.size;
  if (!chosen.size) return;
  const button = (sign, text, run, look = "btn-sm btn") => el("button", { class: look, type: "button", onclick: run }, icon(sign), text);
  const binned = found.asked.binned === "true";
  const acts = binned
    ? [button("restore", t("restore"), () => done(restore)), button("trash", t("empty_bin"), () => done((ids) => emptyBin(ids.length, ids)))]
    : [button("edit", t("bulk"), change, "btn btn-sm btn-primary"), button("trash", t("to_bin"), () => done(intoBin))];
  const all = found.total > found.items.length && chosen.size < found.total && button("list", t("select_all", { n: Math.min(found.total, 2000) }), chooseAll, "btn btn-sm btn-link");
  place.replaceChildren(el("strong", { role: "status" }, t("selected", { n: chosen.size })), ...acts, all || "", button("x", t("unselect"), () => { clear(); changed(); }, "btn btn-sm btn-link ms-auto"));
}

async function done(work) {
  if (await work([...chosen])) {
    clear();
    changed();
  }
}

async function chooseAll() {
  const { offset, limit, ...asked } = found.asked;
  const told = await trying(() => api("GET", `media-ids?${new URLSearchParams(asked)}`));
  for (const id of told?.assets ?? []) chosen.add(id);
  changed();
}

async function change() {
  const assets = [...chosen];
  const fields = el("div", { class: "media-form" }, el("p", { class: "wide text-secondary" }, t("bulk_help")), fieldsForMany());
  let summary = "";
  const told = await formDialog(t("bulk_title", { n: assets.length }), [fields], t("save"), async () => {
    const wanted = filled(fields);
    summary = said(wanted);
    return api("POST", "media-bulk", { assets, fields: wanted }).catch((error) => {
      for (const each of error.problem?.errors ?? []) each.field = each.field.replace(/^fields\./, "");
      throw error;
    });
  });
  if (!told) return;
  const undo = async () => (await trying(() => api("POST", "media-changes", told.undo))) && (toast(t("undone")), changed());
  toast(t("bulk_done", { n: told.changed, what: summary }), "success", { text: t("undo"), run: undo });
  clear();
  changed();
}

/** Return what was filled in. Raises Refused with what is wrong, by field. */
function filled(box) {
  const wanted = {};
  const wrong = [];
  for (const control of box.querySelectorAll("[data-field]")) {
    if (control.value === "" && !control.validity.badInput) continue;
    try {
      wanted[control.name] = read(control);
    } catch (error) {
      wrong.push({ field: control.name, detail: error.message, english: error.message });
    }
  }
  if (!wrong.length && !Object.keys(wanted).length) wrong.push({ field: "", detail: t("bulk_nothing"), english: t("bulk_nothing") });
  if (wrong.length) throw new Refused({ status: 422, detail: t("bulk_nothing"), english: t("bulk_nothing"), errors: wrong });
  return wanted;
}

if (!data.may_media) place.remove();
