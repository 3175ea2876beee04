// The address that somebody enters in the other service so that it calls the station.

import { copyButton } from "../staff/fields.js";
import { data, el, icon, root, t } from "../staff/page.js";

const PATHS = {
  whatsapp: "masuk/whatsapp", telegram: "masuk/telegram", sms: "masuk/sms", aplikasi: "masuk/aplikasi", messenger: "masuk/messenger",
  instagram: "masuk/instagram", x: "masuk/x", open311: "open311/v2/", web: "lapor",
};
const CALLED = new Set(["whatsapp", "telegram", "messenger", "instagram", "x"]); // by services that want https
const FETCHED = new Set(["email"]); // the station asks, nobody calls

const setting = (channel, name) => channel.settings.find((s) => s.name === name)?.value;

/** Return a channel's absolute address, "" where the station itself fetches, null where there is nothing to say. */
export function addressOf(channel) {
  if (FETCHED.has(channel.source) || setting(channel, "way") === "polling") return "";
  const path = PATHS[channel.source];
  if (!path) return null;
  // below the public address, or where this page was found, behind whatever prefix a proxy has in front
  const base = data.public_url ? `${data.public_url.replace(/\/+$/, "")}/` : new URL(root || "./", location.href).href;
  return new URL(path, base).href;
}

/** Tell whether a channel's other side will not call its address, because that is not https. */
export const notHttps = (channel, address) => CALLED.has(channel.source) && Boolean(address) && !address.startsWith("https:");

/** Return the address in a field that is easily copied, with a warning where it is not safe; `brief`: one said in two words. */
export function addressField(channel, address, { brief = false } = {}) {
  const label = t(channel.source === "web" ? "address_web" : "address");
  const box = el("input", { class: "form-control form-control-sm font-monospace", readonly: true, value: address, "aria-label": label, "data-role": "address", onfocus: (e) => e.target.select() });
  const copy = copyButton(address);
  copy.classList.add("btn-sm");
  copy.setAttribute("aria-label", t("copy_of", { name: label }));
  const warning = notHttps(channel, address) ? el("p", { class: "text-warning small mb-0 mt-1", "data-role": "not-https" }, icon("alert-triangle"), " ", t(brief ? "not_https_brief" : "not_https")) : null;
  return el("div", { class: "mb-2" }, el("div", { class: "form-label mb-1" }, label), el("div", { class: "input-group" }, box, copy), warning);
}
