// Questions in a <dialog>: modal, closed by Escape, the focus goes back to where it was.

import { el, t } from "./page.js";

/** Show `content` (nodes) under `title`; `buttons`: [{text, value, class}]. Resolve to the value, or null. */
export function ask(title, content, buttons) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const heading = el("h2", { class: "modal-title", id: "ask-title" }, title);
    const foot = buttons.map((b) => el("button", { class: `btn ${b.class ?? ""}`, value: b.value, type: "submit" }, b.text));
    const cancel = el("button", { class: "btn btn-link me-auto", type: "button", onclick: () => box.close("") }, t("cancel"));
    const form = el("form", { method: "dialog", novalidate: true }, el("div", { class: "modal-header" }, heading), el("div", { class: "modal-body" }, content), el("div", { class: "modal-footer" }, cancel, ...foot));
    const box = el("dialog", { class: "ask", "aria-labelledby": "ask-title" }, form);
    box.addEventListener("close", () => {
      box.remove();
      before?.focus?.();
      resolve(box.returnValue || null);
    });
    document.body.append(box);
    box.showModal();
  });
}

/** Ask for a yes; `danger` colours the button. */
export async function sure(text, yes, { danger = false, detail = "" } = {}) {
  const content = detail ? [el("p", { class: "text-secondary mb-0" }, detail)] : [];
  return (await ask(text, content, [{ text: yes, value: "yes", class: danger ? "btn-danger" : "btn-primary" }])) === "yes";
}
