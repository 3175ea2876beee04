// What becomes of a block that was moved, resized, duplicated or removed: which days are meant, then the API.

import { api, trying } from "../staff/api.js";
import { ask, sure } from "../staff/dialog.js";
import { t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { meant } from "./calendar.js";
import { longDay } from "./said.js";
import { change, channelPath, entryOf, seen } from "./state.js";
import { DAY_S } from "./time.js";

const entryPath = (id) => channelPath(`draft/entries/${encodeURIComponent(id)}`);
export const recurs = (entry) => Boolean(entry.on.rule) || (entry.on.added ?? []).length > 0;
/** Whether moving it to another day for ever would contradict its rule, so that only one day can go. */
const ruled = (entry) => !/^FREQ=WEEKLY(;|$)/.test(entry.on.rule) && !/BYDAY=[A-Z,]+$/.test(entry.on.rule);

/** Ask for which days a change holds; null when it is given up. Of what airs once: all of it. */
async function scopeOf(block, title, { other_day = false } = {}) {
  const entry = entryOf(block.entry);
  if (!entry || !recurs(entry)) return "semua";
  const day = longDay(block.occurrence);
  const fixed = other_day && ruled(entry);
  return ask(t(title, { title: block.title }), [], [
    { text: t("scope_once", { day }), value: "sekali", class: "btn-primary" },
    ...(fixed ? [] : [{ text: t("scope_onwards", { day }), value: "seterusnya" }, { text: t("scope_all"), value: "semua" }]),
  ]);
}

/** Send a change of a block's entry that began `from` there; resolve to the answer, or undefined when it was refused or given up. */
export function alter(block, fields, label, from) {
  const { entry } = block;
  const mine = (grid) => api("POST", "grid-tries", { grid, entry, change: fields });
  return change(t(label, { title: block.title }), (revision) => api("PATCH", entryPath(entry), { revision, change: fields }), mine, from);
}

/** Put a block to [start, end), as it was dropped there; resolve to the answer, or undefined. */
export async function put(block, start, end, from) {
  const to = meant(block, start, end);
  const same_length = to.length_s === block.length_s;
  const other_day = to.to_day !== block.occurrence;
  if (same_length && !other_day && to.start === block.start_s) return undefined;
  const scope = await scopeOf(block, "scope_title", { other_day });
  if (!scope) return undefined;
  const fields = { scope, day: block.occurrence, ...(other_day ? { to_day: to.to_day } : {}), start: to.start, length_s: to.length_s };
  return trying(() => alter(block, fields, same_length ? "label_move" : "label_resize", from));
}

/** Remove a block's entry, or days of it. */
export async function remove(block) {
  const entry = entryOf(block.entry);
  const from = seen();
  if (!entry) return undefined;
  const scope = recurs(entry) ? await scopeOf(block, "scope_delete")
    : (await sure(t("delete_sure", { title: block.title }), t("delete"), { danger: true })) && "semua";
  if (!scope) return undefined;
  const fields = { scope, day: block.occurrence };
  const query = (revision) => `${entryPath(block.entry)}?revision=${revision}&scope=${scope}&day=${block.occurrence}`;
  const mine = (grid) => api("POST", "grid-tries", { grid, entry: block.entry, change: fields, remove: true });
  return trying(() => change(t("label_delete", { title: block.title }), (revision) => api("DELETE", query(revision)), mine, from));
}

/** Add an entry; resolve to the answer. Raises Refused for wrong fields. */
export function add(entry, title) {
  const send = (revision) => api("POST", channelPath("draft/entries"), { revision, entry });
  const mine = (grid) => ({ ...grid, entries: [...grid.entries, { ...entry, id: `${entry.programme.slice(0, 50)}-${Date.now().toString(36)}` }] });
  return change(t("label_add", { title }), send, mine);
}

/** Air the same again right after, on that day. */
export async function duplicate(block) {
  const entry = entryOf(block.entry);
  if (!entry) return undefined;
  const start = (block.start_s + block.length_s) % DAY_S;
  const { programme, length_s, begins, content, note } = entry;
  const on = { first: block.end.slice(0, 10), rule: "" };
  const answer = await trying(() => add({ programme, length_s, begins, content, note, start, on }, block.title));
  if (answer) toast(t("duplicated"), "success");
  return answer;
}
