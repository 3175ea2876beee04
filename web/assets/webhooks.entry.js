// The page of webhooks: a list from the API, a form in a dialog, the secret shown once, what became of messages.

import { api, Refused, trying } from "./staff/api.js";
import { ask, sure } from "./staff/dialog.js";
import { data, el, icon, language, t } from "./staff/page.js";
import { toast } from "./staff/toast.js";

const list = document.querySelector('[data-role="list"]');
const when = (iso) => new Date(iso).toLocaleString(language === "en" ? "en-GB" : "id-ID", { dateStyle: "medium", timeStyle: "short" });

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

function fields(hook, kept, errors) {
  const url = el("input", { class: `form-control ${errors.url ? "is-invalid" : ""}`, id: "url", name: "url", type: "url", required: true, maxlength: 1000, value: kept?.url ?? hook?.url ?? "", "aria-describedby": "url-error" });
  const chosen = kept?.events ?? hook?.events ?? data.events;
  const events = data.events.map((e) => el("label", { class: "form-check" }, el("input", { class: "form-check-input", type: "checkbox", name: "events", value: e, checked: chosen.includes(e) }), el("span", { class: "form-check-label" }, t(`event_${e}`))));
  const active = el("label", { class: "form-check form-switch" }, el("input", { class: "form-check-input", type: "checkbox", name: "active", checked: kept?.active ?? hook?.active ?? true }), el("span", { class: "form-check-label" }, t("active")));
  const error = (name) => errors[name] && el("div", { class: "text-danger", id: `${name}-error`, role: "alert" }, errors[name]);
  return [
    el("div", { class: "mb-3" }, el("label", { class: "form-label", for: "url" }, t("url")), url, error("url")),
    el("fieldset", { class: "mb-3" }, el("legend", { class: "form-label" }, t("events")), ...events, error("events")),
    hook && active,
  ];
}

async function edit(hook, kept = null, errors = {}) {
  const content = el("div", {}, ...fields(hook, kept, errors).filter(Boolean));
  if ((await ask(hook ? hook.url : t("new_webhook"), [content], [{ text: t("save"), value: "save", class: "btn-primary" }])) !== "save") return;
  const said = {
    url: content.querySelector('[name="url"]').value,
    events: [...content.querySelectorAll('[name="events"]:checked')].map((b) => b.value),
    active: content.querySelector('[name="active"]')?.checked ?? true,
  };
  try {
    const made = hook ? await api("PUT", `webhooks/${hook.id}`, said) : await api("POST", "webhooks", said, { once: crypto.randomUUID?.() ?? String(Math.random()) });
    toast(t("saved"));
    await show();
    if (made.secret) await secret(made);
  } catch (error) {
    if (!(error instanceof Refused)) return toast(t("connection_lost"), "danger");
    if (error.status !== 422) toast(error.message, "danger");
    await edit(hook, said, error.fields);
  }
}

async function secret(made) {
  const field = el("input", { class: "form-control font-monospace", readonly: true, value: made.secret, "aria-label": t("secret_once") });
  const copy = el("button", { type: "button", class: "btn", onclick: async () => {
    field.select();
    await navigator.clipboard?.writeText(made.secret);
    toast(t("copied"));
  } }, t("copy"));
  await ask(made.url, [el("p", {}, t("secret_once")), el("div", { class: "input-group" }, field, copy)], []);
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
