// The settings of a channel in a dialog. A secret that is set reads *** and comes back as *** unless it was typed anew.

import { api } from "../staff/api.js";
import { copyButton, field, formDialog } from "../staff/fields.js";
import { el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { addressField, addressOf } from "./address.js";

const SECRET = "***";
const MADE_UP = new Set(["token", "verify_token", "webhook_secret", "secret", "api_key"]); // the station's own words, not the service's

/** Return the words of a key, of this channel before those of all; "" where there are none. */
function words(kind, source, name) {
  for (const key of [`${kind}_${source}_${name}`, `${kind}_${name}`]) if (t(key) !== key) return t(key);
  return "";
}

export const titleOf = (channel) => words("source", "", channel.source) || channel.source;
export const nameOf = (source, name) => words("set", source, name) || name;

/** Ask for the settings of a channel and keep them; resolve to the channel as it is then, or null. */
export async function setUp(channel) {
  const controls = channel.settings.map((s) => control(channel, s));
  const address = addressOf(channel);
  const about = address ? addressField(channel, address) : address === "" ? el("p", { class: "text-secondary" }, t("address_none")) : null;
  const content = [about, ...controls, field({ name: "active", label: t("active_label"), type: "checkbox", value: channel.active })];
  const kept = await formDialog(titleOf(channel), content, t("save"), ({ active, ...given }) => {
    const settings = Object.fromEntries(channel.settings.map((s) => [s.name, valueOf(s, given[`settings.${s.name}`])]));
    return api("PUT", `intake-channels/${channel.source}`, { active, settings });
  });
  if (kept) toast(t("saved"));
  return kept;
}

function valueOf(setting, given) {
  if (Array.isArray(setting.value)) return given.split("\n").map((line) => line.trim()).filter(Boolean);
  return given;
}

function control(channel, setting) {
  const plain = nameOf(channel.source, setting.name);
  const more = { name: `settings.${setting.name}`, label: setting.needed ? t("needed", { name: plain }) : plain, help: words("help", channel.source, setting.name), value: setting.value };
  if (setting.choices.length) return field({ ...more, options: setting.choices.map((value) => ({ value, text: words("choice", channel.source, value) || value })) });
  if (Array.isArray(setting.value)) return field({ ...more, type: "textarea", value: setting.value.join("\n") });
  if (setting.secret) return secret(setting, more, plain);
  if (typeof setting.value === "number") return field({ ...more, type: "number", more: { step: 1, inputmode: "numeric" } });
  return field({ ...more, more: { autocomplete: "off", autocapitalize: "none", spellcheck: "false" } });
}

function secret(setting, more, plain) {
  const help = [more.help, setting.value === SECRET ? t("secret_set") : ""].filter(Boolean).join(" ");
  const made = field({ ...more, help, type: "password", more: { autocomplete: "new-password", spellcheck: "false" } });
  const input = made.querySelector("input");
  // whoever types replaces all of it: nothing can be added to what is not shown
  input.addEventListener("focus", () => input.value === SECRET && input.select());
  if (!MADE_UP.has(setting.name)) return made;
  const random = el("button", { class: "btn", type: "button", "aria-label": t("random_for", { name: plain }) }, icon("dice-5"), t("random"));
  random.addEventListener("click", () => {
    input.value = unguessable();
    input.type = "text"; // it has to be entered in the other service, and is never shown again
    const copy = copyButton(input.value);
    copy.setAttribute("aria-label", t("copy_of", { name: plain }));
    random.parentNode.querySelector("[data-copy]")?.remove();
    copy.dataset.copy = "";
    random.before(copy);
    input.focus();
    input.select();
  });
  const group = el("div", { class: "input-group" });
  input.replaceWith(group);
  group.append(input, random);
  return made;
}

function unguessable() {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}
