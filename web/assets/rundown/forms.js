// Dialogs in which a change is written. They stay open, with all that was typed, until the change was kept:
// what is wrong is said at its field, what somebody else did meanwhile in a dialog above.

import { api, Refused } from "../staff/api.js";
import { data, el, language, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { settle } from "./clash.js";

let made = 0;

/** A labelled field; `control` gets an id, `help` stands below it until an error does. */
export function field(name, label, control, help = "") {
  const id = `rd-f${(made += 1)}`;
  control.id = id;
  control.setAttribute("aria-describedby", `${id}-help`);
  const below = el("div", { class: "form-hint", id: `${id}-help` }, help);
  const box = el("div", { class: "mb-3", "data-field": name }, el("label", { class: "form-label", for: id }, label), control, below);
  box.wrong = (text) => {
    control.classList.toggle("is-invalid", Boolean(text));
    if (text) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    below.className = text ? "invalid-feedback d-block" : "form-hint";
    below.textContent = text || help;
  };
  return box;
}

export const time = (value = "") => el("input", { class: "form-control", value, inputmode: "decimal", autocomplete: "off", maxlength: 16, spellcheck: "false" });

export function choice(name, options, value) {
  return el("fieldset", { class: "mb-3" }, el("legend", { class: "form-label" }, t(name)), ...options.map(([key, text]) => el("label", { class: "form-check" }, el("input", { class: "form-check-input", type: "radio", name, value: key, checked: key === value }), el("span", { class: "form-check-label" }, text))));
}

export const chosen = (fieldset) => fieldset.querySelector("input:checked")?.value;

/**
 * Show a form. `read()` returns the change, or {wrong: {field: text}}; `seen`: the state that was looked at.
 * Resolve to what the service answered, or null when it was not wanted any more.
 */
export function form({ title, fields, submit, read, seen, danger = false }) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    let answer = null;
    let sent = {};
    const said = el("div", { class: "alert alert-danger", role: "alert", hidden: true });
    const go = el("button", { class: `btn ${danger ? "btn-danger" : "btn-primary"}`, type: "submit" }, submit);
    const cancel = el("button", { class: "btn btn-link me-auto", type: "button", onclick: () => box.close() }, t("cancel"));
    const inside = el("form", { novalidate: true }, el("div", { class: "modal-header" }, el("h2", { class: "modal-title", id: "rd-form-title" }, title)), el("div", { class: "modal-body" }, said, ...fields), el("div", { class: "modal-footer" }, cancel, go));
    const box = el("dialog", { class: "ask", "aria-labelledby": "rd-form-title" }, inside);
    const show = (text, wrong = {}) => {
      said.hidden = !text;
      said.textContent = text;
      let first = null;
      for (const each of inside.querySelectorAll("[data-field]")) {
        const text = wrong[each.dataset.field] ?? "";
        each.wrong(text);
        if (text) first ??= each.querySelector("input");
      }
      first?.focus();
    };
    inside.addEventListener("submit", async (event) => {
      event.preventDefault();
      const change = read();
      if (change.wrong) return show("", change.wrong);
      go.disabled = true;
      // the same again after a lost answer has the same key, so that it is not done twice
      const wish = JSON.stringify(change);
      if (sent.wish !== wish) sent = { wish, key: key() };
      try {
        const outcome = await kept({ seen, ...change }, sent.key);
        if (outcome === undefined) return;
        answer = outcome;
        box.close();
      } catch (error) {
        if (!(error instanceof Refused)) return show(t("lost_line"));
        const fields = Object.fromEntries(Object.entries(error.fields).map(([name, text]) => [name.split(".").pop(), text]));
        const known = Object.keys(fields).some((name) => inside.querySelector(`[data-field="${CSS.escape(name)}"]`));
        show(known ? "" : error.message, fields);
      } finally {
        go.disabled = false;
      }
    });
    box.addEventListener("close", () => {
      box.remove();
      before?.focus?.();
      resolve(answer);
    });
    document.body.append(box);
    box.showModal();
    (inside.querySelector("input:not([type=radio])") ?? go).focus();
  });
}

/** Return a key under which a change is kept only once. */
export const key = () => crypto.randomUUID?.() ?? String(Math.random());

/**
 * Keep a change; where somebody else was first, let the person choose. Return the answer; null when what is there is to
 * stay, undefined when the person goes back to what was typed. Raises Refused.
 */
export async function kept(change, once) {
  const path = `channels/${data.channel}/rundown/${data.day}/edits`;
  try {
    return await api("POST", path, change, { once });
  } catch (error) {
    if (!(error instanceof Refused) || !error.problem.theirs) throw error;
    const chosen = await settle(error.problem, language);
    if (chosen === "apply") return kept({ ...change, accepts: error.problem.state }, `${once}-o`);
    if (chosen !== "keep") return undefined;
    toast(t("meets_kept"), "info");
    return null;
  }
}
