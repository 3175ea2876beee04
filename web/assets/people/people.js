// Everybody who works here: adding, changing, handing over links, second factors, sessions.

import { api, trying } from "../staff/api.js";
import { ask, sure } from "../staff/dialog.js";
import { copyButton, field, formDialog, moment } from "../staff/fields.js";
import { data, el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { sessionRows } from "./sessions.js";

const list = document.querySelector('[data-role="list"]');
const role = (value) => data.roles.find((r) => r.value === value)?.text ?? value;

export function showPeople() {
  document.querySelector('[data-role="add"]').addEventListener("click", add);
  show();
}

function show() {
  list.replaceChildren(...data.accounts.map(row));
}

function row(account) {
  const signs = [
    account.active ? null : el("span", { class: "badge bg-secondary-lt" }, t("inactive")),
    account.active && !account.has_password ? el("span", { class: "badge bg-yellow-lt" }, t("waiting")) : null,
    account.has_totp ? el("span", { class: "badge bg-green-lt" }, icon("shield-lock"), t("second_factor")) : null,
  ];
  const act = (text, sign, run) => el("button", { class: "btn btn-sm", type: "button", onclick: run, "aria-label": `${text}: ${account.name}` }, icon(sign), text);
  const last = `${t("last_login")}: ${account.last_login ? moment(account.last_login, data.zone) : t("never")}`;
  return el("li", { class: "list-group-item", "data-account": account.login },
    el("div", { class: "d-flex flex-wrap align-items-center gap-2" },
      el("div", { class: "me-auto" },
        el("div", {}, el("strong", {}, account.name), ` · ${account.login} `, ...signs),
        el("div", { class: "text-secondary" }, [role(account.role), account.agency, last].filter(Boolean).join(" · "))),
      el("div", { class: "btn-list" },
        act(t("change"), "edit", () => change(account)),
        act(t("new_link"), "key", () => newLink(account)),
        act(t("sessions"), "list", () => showSessions(account)),
        account.has_totp ? act(t("take_factor"), "shield-lock", () => takeFactor(account)) : null)));
}

function put(account) {
  const at = data.accounts.findIndex((a) => a.id === account.id);
  if (at < 0) data.accounts.push(account);
  else data.accounts[at] = account;
  show();
}

async function add() {
  const content = [
    field({ name: "name", label: t("person_name"), more: { autocomplete: "off", maxlength: 120 } }),
    field({ name: "login", label: t("login_name"), help: t("login_help"), more: { autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: 64 } }),
    field({ name: "role", label: t("role"), options: data.roles, value: "penata", help: t("role_help") }),
    field({ name: "agency", label: t("agency"), more: { maxlength: 120 } }),
  ];
  const added = await formDialog(t("add_person"), content, t("add"), (given) => api("POST", "accounts", given));
  if (!added) return;
  put(added.account);
  await handOver(added.account, added.link);
}

async function change(account) {
  const content = [
    field({ name: "name", label: t("person_name"), value: account.name, more: { maxlength: 120 } }),
    field({ name: "role", label: t("role"), options: data.roles, value: account.role, help: t("role_help") }),
    field({ name: "agency", label: t("agency"), value: account.agency, more: { maxlength: 120 } }),
    field({ name: "active", label: t("active"), type: "checkbox", value: account.active }),
  ];
  const changed = await formDialog(`${t("change")}: ${account.login}`, content, t("save"), (given) => api("PATCH", `accounts/${account.id}`, given));
  if (changed) {
    put(changed);
    toast(t("saved"));
  }
}

async function newLink(account) {
  if (!(await sure(t("hand_over", { name: account.name }), t("new_link"), { detail: t("new_link_help") }))) return;
  const link = await trying(() => api("POST", `accounts/${account.id}/link`));
  if (link) await handOver(account, link);
}

function handOver(account, link) {
  const box = el("input", { class: "form-control", readonly: true, value: link.url, "aria-label": t("new_link"), "data-role": "link", onfocus: (e) => e.target.select() });
  return ask(t("hand_over", { name: account.name }), [
    el("p", {}, t("hand_over_help", { when: moment(link.expires, data.zone) })),
    el("div", { class: "input-group mb-3" }, box, copyButton(link.url)),
    el("img", { class: "qr d-block mx-auto", src: link.qr, alt: t("qr"), width: 220, height: 220 }),
  ], [{ text: t("close"), value: "ok", class: "btn-primary" }]);
}

async function takeFactor(account) {
  if (!(await sure(t("take_factor_sure", { name: account.name }), t("take_factor"), { danger: true, detail: t("take_factor_help") }))) return;
  if ((await trying(async () => (await api("DELETE", `accounts/${account.id}/second-factor`)) ?? true))) {
    put({ ...account, has_totp: false });
    toast(t("saved"));
  }
}

async function showSessions(account) {
  const found = await trying(() => api("GET", `accounts/${account.id}/sessions`));
  if (!found) return;
  const rows = el("ul", { class: "list-group list-group-flush" });
  const draw = (some) => rows.replaceChildren(...sessionRows(some, end));
  async function end(session) {
    if (await trying(async () => (await api("DELETE", `accounts/${account.id}/sessions/${session.id}`)) ?? true)) {
      found.splice(found.indexOf(session), 1);
      draw(found);
    }
  }
  draw(found);
  const answer = await ask(`${t("sessions")}: ${account.name}`, [rows], found.length ? [{ text: t("end_all"), value: "all", class: "btn-danger" }] : []);
  if (answer === "all" && (await trying(async () => (await api("DELETE", `accounts/${account.id}/sessions`)) ?? true))) toast(t("saved"));
}
