// Says something for a moment at the foot of the page; `kind`: success, info, warning, danger (stays until closed).

import { el, icon, t } from "./page.js";

export function toast(text, kind = "success", action = null) {
  const place = document.querySelector('[data-role="toasts"]');
  const close = el("button", { type: "button", class: "btn-close", "aria-label": t("close"), onclick: () => made.remove() });
  const act = action && el("button", { type: "button", class: "btn btn-sm", onclick: () => { made.remove(); action.run(); } }, action.text);
  const sign = { success: "check", info: "info-circle", warning: "alert-triangle", danger: "alert-triangle" }[kind];
  const made = el("div", { class: `toast-line toast-${kind}`, role: kind === "danger" ? "alert" : null }, icon(sign), el("span", {}, text), act, close);
  place.append(made);
  while (place.children.length > 4) place.firstElementChild.remove();
  if (kind !== "danger") setTimeout(() => made.remove(), action ? 10_000 : 4_000);
  return made;
}
