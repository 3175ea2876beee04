// Saved views: a query under a name, one's own or for everybody at the desk.

import { api, trying } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { field, formDialog } from "../staff/fields.js";
import { el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { address } from "./query.js";

const box = document.querySelector('[data-role="views"]');
const list = box.querySelector("ul");
let opened = () => {};

async function show() {
  const views = await api("GET", "case-views").catch(() => null);
  if (!views) return;
  list.replaceChildren(...(views.length ? views.map(item) : [el("li", { class: "text-secondary" }, t("no_views"))]));
}

function item(view) {
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    box.open = false;
    opened(view.query);
  };
  return el("li", {},
    el("a", { href: `?${view.query}`, onclick: open }, view.name),
    view.shared && el("span", { class: "badge bg-secondary-lt" }, view.mine ? t("shared_mine") : t("shared")),
    view.mine && el("button", { class: "btn btn-sm btn-icon ms-auto", type: "button", "aria-label": t("drop_view", { name: view.name }), onclick: () => drop(view) }, icon("trash")));
}

async function drop(view) {
  if (!(await sure(t("drop_view_sure", { name: view.name }), t("delete"), { danger: true }))) return;
  await trying(() => api("DELETE", `case-views/${view.id}`));
  await show();
}

async function keep() {
  const query = address();
  const content = [
    el("p", { class: "text-secondary" }, t("keep_view_help")),
    field({ name: "name", label: t("name"), more: { maxlength: 80, required: true } }),
    field({ name: "shared", label: t("share_view"), type: "checkbox" }),
  ];
  if (!(await formDialog(t("keep_view"), content, t("save"), (given) => api("POST", "case-views", { ...given, query })))) return;
  toast(t("view_kept"));
  await show();
}

/** Begin; `open(query)` shows a view. */
export function begin(open) {
  opened = open;
  box.querySelector("button").addEventListener("click", keep);
  box.addEventListener("toggle", () => box.open && show());
  document.addEventListener("click", (event) => {
    if (!box.contains(event.target) && !event.target.closest("dialog")) box.open = false;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    box.open = false;
    box.querySelector("summary").focus();
  });
}
