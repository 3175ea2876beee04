// Forms in dialogs that stay open until what was typed is kept; what is wrong is said at its field.

import { Refused } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { el, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";

let numbered = 0;

/** Return a labelled field: `input` gets an id, and a place where what is wrong is said. `name` as the API calls it. */
export function field(label, input, { name = "", help = "", wide = false } = {}) {
  const id = input.id || `f-${++numbered}`;
  input.id = id;
  input.setAttribute("aria-describedby", `${id}-help`);
  return el("div", { class: `form-field${wide ? " form-field-wide" : ""}`, "data-field": name },
    el("label", { class: "form-label", for: id }, label), input, el("div", { class: "form-hint", id: `${id}-help` }, help));
}

/** Return a group of choices under a legend. */
export function group(legend, nodes, { name = "" } = {}) {
  return el("fieldset", { class: "form-field form-field-wide", "data-field": name }, el("legend", { class: "form-label" }, legend), ...nodes, el("div", { class: "form-hint" }));
}

export function text(value, more = {}) {
  return el("input", { class: "form-control", type: "text", autocomplete: "off", value, ...more });
}

export function select(options, value, more = {}) {
  const made = el("select", { class: "form-select", ...more }, ...options.map(([v, said]) => el("option", { value: v, selected: v === value }, said)));
  made.value = value;
  return made;
}

export function check(label, checked, more = {}) {
  return el("label", { class: "form-check" }, el("input", { class: "form-check-input", type: "checkbox", checked, ...more }), el("span", { class: "form-check-label" }, label));
}

/** What the form itself finds wrong: {field: sentence}. */
export class Wrong extends Error {
  constructor(fields) {
    super(t("wrong_fields"));
    this.fields = fields;
  }
}

/** Say what is wrong at the fields of a form; return the first. A name fits the field that begins it. */
export function show(form, fields) {
  for (const old of form.querySelectorAll(".is-invalid")) {
    old.classList.remove("is-invalid");
    old.removeAttribute("aria-invalid");
  }
  for (const old of form.querySelectorAll(".form-wrong")) old.remove();
  let first = null;
  const rest = [];
  for (const [name, sentence] of Object.entries(fields)) {
    const place = [...form.querySelectorAll("[data-field]")].filter((p) => p.dataset.field && p.offsetParent !== null && ` ${name}.`.includes(`${p.dataset.field}.`)).sort((a, b) => b.dataset.field.length - a.dataset.field.length)[0];
    if (!place) {
      rest.push(sentence);
      continue;
    }
    const input = place.querySelector("input, select, textarea");
    input?.classList.add("is-invalid");
    input?.setAttribute("aria-invalid", "true");
    place.querySelector(".form-hint").before(el("div", { class: "form-wrong", role: "alert" }, sentence));
    first ??= input;
  }
  if (rest.length) form.querySelector("[data-role=wrong]").append(el("p", { class: "form-wrong alert alert-danger", role: "alert" }, rest.join(" ")));
  first?.focus();
  return first;
}

/** Send what was written over the revision that was looked at; where somebody was faster, ask before theirs is replaced. */
export async function over(revision, send) {
  try {
    return await send(revision);
  } catch (error) {
    if (!(error instanceof Refused) || !error.problem.overtaken) throw error;
    if (!(await sure(error.message, t("save_mine"), { danger: true, detail: t("overtaken_help") }))) throw error;
    return send(null);
  }
}

/** Show errors of `error` at the form, or as a toast. */
export function failed(form, error) {
  const fields = error instanceof Wrong || error instanceof Refused ? error.fields : {};
  if (Object.keys(fields).length) return show(form, fields);
  toast(error instanceof Refused ? error.message : t("connection_lost"), "danger");
  if (!(error instanceof Refused) && !(error instanceof TypeError)) console.error(error);
}

/**
 * Open a form in a dialog. `save()` keeps it and may raise Wrong or Refused: the form stays, with what is wrong.
 * `extra`: [{text, run, class}], buttons at the left; `run` resolves to true to close. Resolves to save's result, or null.
 */
export function dialog(title, content, save, { yes = t("save"), extra = [] } = {}) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    let result = null;
    const ok = el("button", { class: "btn btn-primary", type: "submit" }, yes);
    const others = extra.map((b) => el("button", { class: `btn ${b.class ?? ""}`, type: "button", onclick: async () => (await b.run()) && box.close() }, b.text));
    const cancel = el("button", { class: "btn btn-link me-auto", type: "button", onclick: () => box.close() }, t("cancel"));
    const form = el("form", { novalidate: true, class: "form-dialog" },
      el("div", { class: "modal-header" }, el("h2", { class: "modal-title", id: "form-title" }, title)),
      el("div", { class: "modal-body" }, el("div", { "data-role": "wrong" }), ...content),
      el("div", { class: "modal-footer" }, cancel, ...others, ok));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      ok.disabled = true;
      try {
        result = await save();
        box.close();
      } catch (error) {
        failed(form, error);
      } finally {
        ok.disabled = false;
      }
    });
    const box = el("dialog", { class: "ask ask-wide", "aria-labelledby": "form-title" }, form);
    box.addEventListener("close", () => {
      box.remove();
      before?.focus?.();
      resolve(result);
    });
    document.body.append(box);
    box.showModal();
  });
}
