// One's own account: name, language, password, second factor, sessions, tokens.

import { api, trying } from "../staff/api.js";
import { ask, sure } from "../staff/dialog.js";
import { choices, copyButton, field, formDialog, formOf, moment } from "../staff/fields.js";
import { data, el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { sessionRows } from "./sessions.js";

const at = (role) => document.querySelector(`[data-role="${role}"]`);
const done = (work) => trying(async () => (await work()) ?? true);

export function showOwn() {
  at("details").append(details());
  at("password").append(password());
  showFactor();
  showSessions();
  showTokens();
  at("add-token").addEventListener("click", addToken);
}

function details() {
  const languages = [{ value: "id", text: "Bahasa Indonesia" }, { value: "en", text: "English" }];
  return formOf([
    field({ name: "name", label: t("person_name"), value: data.me.name, more: { autocomplete: "name", maxlength: 120 } }),
    field({ name: "language", label: t("language"), options: languages, value: data.me.language }),
  ], t("save"), async (given) => {
    await api("PATCH", "me", given);
    location.reload(); // menu and words change with it
  });
}

function password() {
  const user = el("input", { type: "text", autocomplete: "username", value: data.me.login, class: "visually-hidden", tabindex: -1, "aria-hidden": "true" });
  return formOf([
    user,
    field({ name: "old", label: t("old_password"), type: "password", more: { autocomplete: "current-password", maxlength: 128 } }),
    field({ name: "new", label: t("new_password"), type: "password", help: t("password_help"), more: { autocomplete: "new-password", maxlength: 128 } }),
  ], t("change_password"), async (given, form) => {
    await api("POST", "me/password", given);
    form.reset();
    toast(t("password_changed"));
    await reloadSessions();
  });
}

function showFactor() {
  const on = data.me.has_totp;
  at("factor").replaceChildren(
    el("p", {}, el("span", { class: `badge ${on ? "bg-green-lt" : "bg-secondary-lt"}` }, icon("shield-lock"), on ? t("on") : t("off"))),
    el("p", { class: "text-secondary" }, t("factor_help")),
    el("button", { class: "btn", type: "button", onclick: on ? factorOff : factorOn }, on ? t("factor_off") : t("factor_on")));
}

async function factorOn() {
  const fresh = await trying(() => api("POST", "me/second-factor/new"));
  if (!fresh) return;
  const content = [
    el("p", {}, t("factor_scan")),
    el("img", { class: "qr d-block mx-auto", src: fresh.qr, alt: t("qr"), width: 220, height: 220 }),
    el("p", { class: "text-center" }, el("code", { "data-role": "secret" }, fresh.secret.replace(/(.{4})/g, "$1 ").trim())),
    field({ name: "code", label: t("code"), more: { inputmode: "numeric", autocomplete: "one-time-code", maxlength: 8 } }),
  ];
  if (await formDialog(t("second_factor"), content, t("factor_on"), (given) => api("POST", "me/second-factor", { secret: fresh.secret, code: given.code }))) {
    data.me.has_totp = true;
    showFactor();
    await reloadSessions();
  }
}

async function factorOff() {
  const content = [field({ name: "password", label: t("old_password"), type: "password", more: { autocomplete: "current-password", maxlength: 128 } })];
  if (await formDialog(t("factor_off"), content, t("factor_off"), (given) => api("POST", "me/second-factor/off", given))) {
    data.me.has_totp = false;
    showFactor();
  }
}

async function reloadSessions() {
  const found = await trying(() => api("GET", "me/sessions"));
  if (found) {
    data.sessions = found;
    showSessions();
  }
}

function showSessions() {
  const rows = sessionRows(data.sessions, async (s) => {
    if (await done(() => api("DELETE", `me/sessions/${s.id}`))) await reloadSessions();
  });
  const others = data.sessions.some((s) => !s.this);
  const all = el("li", { class: "list-group-item" }, el("button", { class: "btn", type: "button", onclick: async () => {
    if (await done(() => api("DELETE", "me/sessions"))) await reloadSessions();
  } }, t("end_others")));
  at("sessions").replaceChildren(...rows, ...(others ? [all] : []));
}

function showTokens() {
  const rows = data.tokens.map((token) => {
    const ends = token.expires ? t("until", { when: moment(token.expires, data.zone) }) : t("no_end");
    const used = token.used ? t("seen", { when: moment(token.used, data.zone) }) : t("unused");
    return el("li", { class: "list-group-item d-flex flex-wrap align-items-center gap-2" },
      el("div", { class: "me-auto" }, el("strong", {}, token.name), el("div", { class: "text-secondary" }, [token.scopes.join(", "), ends, used].join(" · "))),
      token.revoked ? el("span", { class: "badge bg-secondary-lt" }, t("revoked")) : el("button", { class: "btn btn-sm", type: "button", "aria-label": `${t("revoke")}: ${token.name}`, onclick: () => revoke(token) }, t("revoke")));
  });
  at("tokens").replaceChildren(...(rows.length ? rows : [el("li", { class: "list-group-item text-secondary" }, t("none"))]));
}

async function reloadTokens() {
  const found = await trying(() => api("GET", "me/tokens"));
  if (found) {
    data.tokens = found;
    showTokens();
  }
}

async function addToken() {
  const content = [
    field({ name: "name", label: t("token_name"), more: { maxlength: 120 } }),
    choices({ name: "scopes", label: t("scopes"), options: data.rights.map((r) => ({ value: r, text: r })), value: ["lihat"].filter((r) => data.rights.includes(r)) }),
    field({ name: "days", label: t("days"), type: "number", value: 365, help: t("days_help"), more: { min: 1, max: 3650 } }),
  ];
  const made = await formDialog(t("add_token"), content, t("add_token"), (given) => api("POST", "me/tokens", given));
  if (!made) return;
  await reloadTokens();
  const box = el("input", { class: "form-control", readonly: true, value: made.token, "aria-label": t("tokens"), "data-role": "token", onfocus: (e) => e.target.select() });
  await ask(t("add_token"), [el("p", {}, t("token_once")), el("div", { class: "input-group" }, box, copyButton(made.token))], [{ text: t("close"), value: "ok", class: "btn-primary" }]);
}

async function revoke(token) {
  if (await sure(t("revoke_sure", { name: token.name }), t("revoke"), { danger: true })) {
    if (await done(() => api("DELETE", `me/tokens/${token.id}`))) await reloadTokens();
  }
}
