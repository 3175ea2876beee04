// The channels as cards: what each is doing, a switch, a test; kept up to date while the page is open.

import { Refused, api, trying } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { moment } from "../staff/fields.js";
import { data, el, icon, language, root, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { addressField, addressOf, notHttps } from "./address.js";
import { nameOf, setUp, titleOf } from "./channel_form.js";

const ICONS = {
  telepon: "phone", catatan: "notes", web: "world", acara: "users-group", whatsapp: "brand-whatsapp", telegram: "brand-telegram",
  sms: "device-mobile-message", email: "mail", tabel: "table-import", aplikasi: "apps", open311: "api",
  messenger: "brand-messenger", instagram: "brand-instagram", x: "brand-x",
};
const AGAIN_MS = 30_000;
const tried = new Map(); // what a test said, by channel: it stays while the page is open
let place = null;
let shown = "";

export async function showChannels(where) {
  place = where;
  await load();
  setInterval(() => document.visibilityState === "visible" && !document.querySelector("dialog[open]") && refresh(), AGAIN_MS);
}

async function load() {
  const found = await trying(() => api("GET", "intake-channels"));
  if (found) draw(found);
}

/** Look again without a word; a card in which somebody is at work stays as it is. */
async function refresh() {
  const found = await api("GET", "intake-channels").catch(() => null);
  if (found && JSON.stringify(found) !== shown && !place.contains(document.activeElement)) draw(found);
}

function draw(found) {
  shown = JSON.stringify(found);
  const unsafe = found.some((c) => notHttps(c, addressOf(c)));
  const warning = el("div", { class: "col-12" }, el("div", { class: "alert alert-warning mb-0" }, icon("alert-triangle"), " ", t("not_https"), " ", el("a", { class: "text-decoration-underline", href: `${root}kerja/pengaturan` }, t("settings"))));
  place.replaceChildren(...(unsafe ? [warning] : []), ...found.map((c) => el("div", { class: "col-md-6 col-xl-4" }, card(c))));
}

const guideName = (file) => (file.endsWith(".md") ? t("guide") : t("sample", { file: file.split("/").at(-1) }));

/** Load again, and put the focus back where it was. */
async function again(channel, part) {
  await load();
  place.querySelector(`[data-channel="${channel.source}"] [data-part="${part}"]`)?.focus();
}

function card(channel) {
  const title = titleOf(channel);
  const id = `channel-${channel.source}`;
  const at = addressOf(channel);
  const act = (part, text, sign, run) => el("button", { class: "btn btn-sm", type: "button", "data-part": part, "aria-label": `${text}: ${title}`, onclick: run }, icon(sign), text);
  return el("section", { class: "card h-100", "data-channel": channel.source, "aria-labelledby": id },
    el("div", { class: "card-body" },
      el("div", { class: "d-flex align-items-start gap-2 mb-1" }, icon(ICONS[channel.source] ?? "inbox"), el("h2", { class: "card-title me-auto mb-0", id }, title), toggle(channel)),
      el("p", { class: "text-secondary mb-2" }, t(`about_${channel.source}`)),
      standing(channel), times(channel),
      at ? addressField(channel, at, { brief: true }) : null,
      outcome(channel)),
    el("div", { class: "card-footer btn-list" },
      channel.settings.length ? act("set", t("set_up"), "settings", async () => (await setUp(channel)) && again(channel, "set")) : null,
      act("try", t("try"), "send", (event) => test(channel, event.currentTarget)),
      ...(data.samples[channel.source] ?? []).map((s) => el("a", { class: "btn btn-sm btn-link px-1", href: `${root}kerja/kanal/contoh/${s.name}` }, icon("book"), guideName(s.file)))));
}

const lackingOf = (channel) => channel.lacking.map((name) => nameOf(channel.source, name)).join(", ");

/** Return what a channel is doing, in words and with a sign. */
function standing(channel) {
  const lacking = lackingOf(channel);
  const [state, colour, sign] = !channel.active ? ["state_off", "secondary", "power"]
    : lacking ? ["state_lacking", "yellow", "alert-triangle"]
      : channel.failure ? ["state_failed", "red", "circle-x"] : ["state_works", "green", "circle-check"];
  return el("p", { class: "mb-2", "data-role": "state" }, el("span", { class: `badge case-state bg-${colour}-lt` }, icon(sign), el("span", {}, t(state, { what: lacking }))));
}

function times(channel) {
  const when = (iso) => moment(iso, data.zone);
  const failed = channel.failed || channel.failure ? [el("dt", {}, t("failed")), el("dd", {}, channel.failed ? when(channel.failed) : "", channel.failure ? el("div", { class: "text-danger text-break" }, inWords(channel.failure)) : null)] : [];
  return el("dl", { class: "case-times" }, el("dt", {}, t("worked")), el("dd", {}, channel.worked ? when(channel.worked) : t("never_worked")), ...failed);
}

/** Say a failure in the reader's language, with what may help; what it was called stands behind. */
function inWords(failure) {
  const both = failure.split(" / ");
  if (both.length === 2) return both[language === "en" ? 1 : 0];
  const status = Number(/^HTTP (\d{3})$/.exec(failure)?.[1]);
  const key = [401, 403].includes(status) ? "why_401" : status >= 500 ? "why_500" : status ? `why_${status}` : /Timeout|Connect|Error$/.test(failure) ? "why_away" : "";
  const said = t(key);
  return key && said !== key ? `${said} (${failure})` : failure;
}

function toggle(channel) {
  const title = titleOf(channel);
  const box = el("input", { class: "form-check-input", type: "checkbox", role: "switch", checked: channel.active, "data-part": "switch", "aria-label": t("switch", { channel: title }) });
  box.addEventListener("change", async () => {
    const active = box.checked;
    if (!active && !(await sure(t("off_sure", { channel: title }), t("off_yes"), { detail: t("off_help") }))) {
      box.checked = true;
      return;
    }
    if (await trying(() => api("PUT", `intake-channels/${channel.source}`, { active, settings: {} }))) toast(t(active ? "switched_on" : "switched_off", { channel: title }));
    await again(channel, "switch");
  });
  return el("span", { class: "form-check form-switch m-0" }, box);
}

async function test(channel, button) {
  if (channel.lacking.length) { // there is nothing to ask the other side with
    const text = t("state_lacking", { what: lackingOf(channel) });
    tried.set(channel.source, { worked: false, indonesian: text, english: text });
    return again(channel, "try");
  }
  button.disabled = true;
  say(channel, t("trying"));
  try {
    const told = await api("POST", `intake-channels/${channel.source}/test`);
    tried.set(channel.source, told);
  } catch (error) {
    const text = error instanceof Refused ? (error.status === 404 ? t("try_missing") : error.message) : t("connection_lost");
    tried.set(channel.source, { worked: false, indonesian: text, english: text });
  }
  button.disabled = false;
  return again(channel, "try"); // a failure is put on record, too
}

function outcome(channel) {
  const box = el("p", { class: "case-tried", role: "status", "data-role": "tried" });
  const told = tried.get(channel.source);
  if (told) box.append(icon(told.worked ? "check" : "alert-triangle"), " ", language === "en" ? told.english : told.indonesian);
  if (told) box.classList.add(told.worked ? "text-success" : "text-danger");
  return box;
}

function say(channel, text) {
  const box = place.querySelector(`[data-channel="${channel.source}"] [data-role="tried"]`);
  box.className = "case-tried";
  box.replaceChildren(text);
}
