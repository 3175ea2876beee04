// What is done to items: into the bin and back, the bin emptied; each says first what hangs on it.

import { api, trying } from "../staff/api.js";
import { ask, sure } from "../staff/dialog.js";
import { data, el, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { moment } from "./shown.js";

/** Say a use in one line: Daftar putar: Pagi. */
export function useText(use) {
  const channel = use.channel ? `${data.channels[use.channel] ?? use.channel}: ` : "";
  const title = use.title || use.name;
  return `${channel}${t(`place_${use.place}`)}${title ? ` – ${title}` : ""}`;
}

export const comingText = (c) => `${moment(c.start)} ${data.channels[c.channel] ?? c.channel}${c.programme ? ` – ${c.programme}` : ""}`;

/** Return what is to be said of a warning, as nodes. */
export function warned(found) {
  const listed = (title, lines) => (lines.length ? [el("p", { class: "mb-1 mt-3" }, title), el("ul", { class: "media-plain" }, lines.slice(0, 8).map((line) => el("li", {}, line)))] : []);
  return [...listed(t("bin_used"), found.uses.map(useText)), ...listed(t("bin_coming"), found.coming.map(comingText))];
}

/** Put items into the bin after a warning; tell whether it was done. */
export async function intoBin(assets) {
  const found = await trying(() => api("POST", "media-warnings", { assets }));
  if (!found) return false;
  const content = [el("p", { class: "text-secondary mb-0" }, t("bin_detail")), ...warned(found)];
  const yes = [{ text: t("to_bin"), value: "yes", class: "btn-danger" }];
  if ((await ask(t("bin_sure", { n: assets.length }), content, yes)) !== "yes") return false;
  const done = await trying(() => api("POST", "media-bin", { assets }));
  if (!done) return false;
  toast(t("binned", { n: done.count }), "success", { text: t("undo"), run: () => restore(assets) });
  return true;
}

/** Take items out of the bin; tell whether it was done. */
export async function restore(assets) {
  const done = await trying(() => api("POST", "media-bin/restore", { assets }));
  if (done) toast(t("restored", { n: done.count }));
  return Boolean(done);
}

/** Empty the bin after a question; tell whether it was done. */
export async function emptyBin(count, assets = []) {
  if (!(await sure(t("empty_sure", { n: count }), t("delete"), { danger: true, detail: t("empty_detail") }))) return false;
  const done = await trying(() => api("POST", "media-bin/empty", { assets }));
  if (done) toast(t("emptied", { n: done.count }));
  return Boolean(done);
}
