// The page of webhooks: a list from the API, a form in a dialog, the secret shown once, what became of messages.

import { api, trying } from "./staff/api.js";
import { ask, sure } from "./staff/dialog.js";
import { choices, copyButton, field, formDialog, moment } from "./staff/fields.js";
import { data, el, icon, t } from "./staff/page.js";
import { toast } from "./staff/toast.js";

const list = document.querySelector('[data-role="list"]');
const when = (iso) => moment(iso, data.zone);

async function show() {
  const hooks = await trying(() => api("GET", "webhooks"));
  if (!hooks) return;
  list.replaceChildren(...(hooks.length ? hooks.map(card) : [el("p", { class: "text-secondary" }, t("none"))]));
}

function card(hook) {
  const button = (text, sign, run, kind = "") => el("button", { type: "button", class: `btn btn-sm ${kind}`, onclick: run }, icon(sign), text);
  return el("section", { class: "card mb-3", "aria-label": hook.url },
    el("div", { class: "card-body" },
      el("h2", { class: "card-title text-break" }, hook.url, " ", el("span", { class: `badge ${hook.active ? "bg-green-lt" : "bg-secondary-lt"}` }, t(hook.active ? "active" : "inactive"))),
      el("p", {}, hook.events.map((e) => t(`event_${e}`)).join(" · ")),
      el("div", { class: "btn-list" },
        button(t("change"), "edit", () => edit(hook)),
        button(t("ping"), "send", () => trying(async () => {
          await api("POST", `webhooks/${hook.id}/ping`);
          toast(t("pinged"));
        })),
        button(t("messages"), "list", () => messages(hook)),
        button(t("delete"), "trash", () => remove(hook), "btn-outline-danger"))));
}

async function edit(hook) {
  const content = [
    field({ name: "url", label: t("url"), type: "url", value: hook?.url, more: { maxlength: 1000 } }),
    choices({ name: "events", label: t("events"), value: hook?.events ?? data.events, options: data.events.map((value) => ({ value, text: t(`event_${value}`) })) }),
    hook ? field({ name: "active", label: t("active"), type: "checkbox", value: hook.active }) : null,
  ];
  const once = crypto.randomUUID?.() ?? String(Math.random());
  const made = await formDialog(hook ? hook.url : t("new_webhook"), content, t("save"), (given) => (hook ? api("PUT", `webhooks/${hook.id}`, given) : api("POST", "webhooks", given, { once })));
  if (!made) return;
  toast(t("saved"));
  await show();
  if (made.secret) await secret(made);
}

function secret(made) {
  const box = el("input", { class: "form-control font-monospace", readonly: true, value: made.secret, "aria-label": t("secret_once"), onfocus: (e) => e.target.select() });
  return ask(made.url, [el("p", {}, t("secret_once")), el("div", { class: "input-group" }, box, copyButton(made.secret))], []);
}

async function messages(hook) {
  const found = await trying(() => api("GET", `webhooks/${hook.id}/messages`));
  if (!found) return;
  const state = (m) => (m.delivered ? t("delivered") : m.not_before === null ? t("given_up") : m.attempts ? t("retrying", { time: when(m.not_before) }) : t("waiting"));
  const rows = found.map((m) => el("tr", {}, el("td", { class: "tabular" }, when(m.made)), el("td", {}, t(`event_${m.event}`)), el("td", {}, state(m), m.outcome && !m.delivered ? el("div", { class: "text-secondary small text-break" }, m.outcome) : "")));
  const body = rows.length ? el("div", { class: "table-responsive", tabindex: "0" }, el("table", { class: "table table-sm" }, el("tbody", {}, ...rows))) : el("p", {}, t("no_messages"));
  await ask(t("messages"), [body], []);
}

async function remove(hook) {
  if (!(await sure(t("remove_sure"), t("delete"), { danger: true, detail: hook.url }))) return;
  await trying(() => api("DELETE", `webhooks/${hook.id}`));
  await show();
}

document.querySelector('[data-role="add"]').addEventListener("click", () => edit(null));
show();
