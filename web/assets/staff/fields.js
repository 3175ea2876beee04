// Fields of forms: label, help and what is wrong stand together, and what was typed is never lost.

import { Refused } from "./api.js";
import { el, icon, t } from "./page.js";
import { toast } from "./toast.js";

let count = 0;

/**
 * Return a labelled field. `options`: [{value, text}] makes a select; `type` as of <input>, or "textarea", "checkbox".
 * `locked`: where it is set instead; it cannot be changed here then. `more`: further attributes of the control.
 */
export function field({ name, label, type = "text", value = "", help = "", options = null, locked = "", more = {} }) {
  const id = `f${(count += 1)}`;
  const says = locked ? t("locked", { where: locked }) : help;
  const common = { id, name, "aria-describedby": `${id}-help`, disabled: Boolean(locked), "data-field": name, ...more };
  const hint = el("div", { class: "form-hint", id: `${id}-help`, "data-help": says }, locked ? icon("lock") : null, says);
  if (type === "checkbox") {
    const box = el("input", { ...common, type, class: "form-check-input", checked: Boolean(value) });
    return el("div", { class: "mb-3 field" }, el("label", { class: "form-check mb-0" }, box, el("span", { class: "form-check-label" }, label)), hint);
  }
  let control;
  if (options) {
    control = el("select", { ...common, class: "form-select" }, ...options.map((o) => el("option", { value: o.value, selected: String(o.value) === String(value) }, o.text)));
  } else if (type === "textarea") {
    control = el("textarea", { ...common, class: "form-control", rows: 3 });
    control.value = value;
  } else {
    control = el("input", { ...common, class: "form-control", type, value: value ?? "" });
  }
  return el("div", { class: "mb-3 field" }, el("label", { class: "form-label", for: id }, label), control, hint);
}

/** Return a group of checkboxes whose value is the list of those that are ticked. */
export function choices({ name, label, value = [], options, help = "" }) {
  const id = `f${(count += 1)}`;
  const boxes = options.map((o) => el("label", { class: "form-check form-check-inline" }, el("input", { class: "form-check-input", type: "checkbox", name, value: o.value, checked: value.includes(o.value), "data-many": "", "data-kind": typeof o.value }), el("span", { class: "form-check-label" }, o.text)));
  return el("fieldset", { class: "mb-3 field", "data-field": name }, el("legend", { class: "form-label" }, label), el("div", {}, boxes), el("div", { class: "form-hint", id: `${id}-help`, "data-help": help }, help));
}

/** Return what a form holds by name; numbers of number fields, null where one is empty; what is locked is left out. */
export function values(form) {
  const found = {};
  for (const control of form.querySelectorAll("[name]")) {
    if (control.disabled && !("many" in control.dataset)) continue;
    if ("many" in control.dataset) {
      found[control.name] ??= [];
      if (control.checked) found[control.name].push(control.dataset.kind === "number" ? Number(control.value) : control.value);
    } else if (control.type === "checkbox") found[control.name] = control.checked;
    else if (control.type === "number") found[control.name] = control.value === "" ? null : Number(control.value);
    else found[control.name] = control.value;
  }
  return found;
}

function settle(box, text) {
  const hint = box.querySelector("[data-help]");
  if (!hint) return;
  hint.className = text ? "invalid-feedback d-block" : "form-hint";
  if (text || hint.dataset.wrong) hint.textContent = text || hint.dataset.help;
  if (text) hint.dataset.wrong = "1";
  else delete hint.dataset.wrong;
}

/** Say what is wrong at the fields of a form; what belongs to none of them is returned as one sentence. */
export function complain(form, fields) {
  const left = { ...fields };
  let first = null;
  for (const control of form.querySelectorAll("[data-field]")) {
    const name = control.dataset.field;
    const key = Object.keys(left).find((k) => k === name || k.startsWith(`${name}.`));
    const box = control.closest(".field") ?? control;
    settle(box, key ? left[key] : "");
    control.classList.toggle("is-invalid", Boolean(key));
    if (key) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    if (key) {
      first ??= control;
      delete left[key];
    }
  }
  first?.focus?.();
  return Object.entries(left).map(([k, v]) => (k ? `${k}: ${v}` : v)).join("; ");
}

/** Run `work`; what is refused is said at the fields of `form`, or beneath. Return its result, or undefined. */
export async function sending(form, work) {
  const buttons = [...form.querySelectorAll("button")].filter((b) => !b.disabled);
  complain(form, {});
  form.querySelector(":scope > [data-refused]")?.remove();
  for (const b of buttons) b.disabled = true;
  try {
    return (await work()) ?? true;
  } catch (error) {
    const refused = error instanceof Refused;
    const left = refused && Object.keys(error.fields).length ? complain(form, error.fields) : refused ? error.message : t("connection_lost");
    if (left) form.append(el("p", { class: "alert alert-danger m-3", role: "alert", "data-refused": "" }, left));
    if (!refused && !(error instanceof TypeError)) console.error(error);
    return undefined;
  } finally {
    for (const b of buttons) b.disabled = false;
  }
}

/** Return a form that sends `work(values, form)`, what is refused said in it; `foot`: further buttons. */
export function formOf(content, text, work, ...foot) {
  const form = el("form", { novalidate: true }, ...content, el("div", { class: "btn-list" }, el("button", { class: "btn btn-primary", type: "submit" }, text), ...foot));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await sending(form, () => work(values(form), form));
  });
  return form;
}

/**
 * Show a form in a dialog until `work(values)` succeeds or it is given up; resolve to what `work` returned, or null.
 * `danger` colours the button.
 */
export function formDialog(title, content, yes, work, { danger = false } = {}) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    let result = null;
    const id = `f${(count += 1)}`;
    const cancel = el("button", { class: "btn btn-link me-auto", type: "button", onclick: () => box.close() }, t("cancel"));
    const form = el("form", { novalidate: true }, el("div", { class: "modal-header" }, el("h2", { class: "modal-title", id }, title)), el("div", { class: "modal-body" }, content), el("div", { class: "modal-footer" }, cancel, el("button", { class: `btn ${danger ? "btn-danger" : "btn-primary"}`, type: "submit" }, yes)));
    const box = el("dialog", { class: "ask", "aria-labelledby": id }, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const done = await sending(form, () => work(values(form)));
      if (done === undefined) return;
      result = done;
      box.close();
    });
    box.addEventListener("close", () => {
      box.remove();
      before?.focus?.();
      resolve(result);
    });
    document.body.append(box);
    box.showModal();
  });
}

/** Return a button that puts `text` into the clipboard. */
export function copyButton(text) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast(t("copied"));
    } catch {
      toast(t("copy_by_hand"), "warning");
    }
  };
  return el("button", { class: "btn", type: "button", onclick: copy }, icon("copy"), t("copy"));
}

/** Write a moment as people do: 22 Nov 2026 10.05. */
export function moment(text, zone) {
  if (!text) return "–";
  const when = new Date(text);
  const language = document.documentElement.lang === "en" ? "en-GB" : "id-ID";
  return when.toLocaleString(language, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: zone });
}
