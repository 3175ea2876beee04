// Agencies to choose from, in a dialog that forwards one case or several.

import { api } from "../staff/api.js";
import { choices, field } from "../staff/fields.js";
import { el, t } from "../staff/page.js";

const MANY = 8;

/** Return all agencies. */
export const agencies = () => api("GET", "agencies");

/** Return fields that choose agencies and take a note. `without`: numbers of those that have it already. */
export function forwardFields(all, without = [], chosen = []) {
  const open = all.filter((a) => a.active && !a.outside && !without.includes(a.id));
  const options = open.map((a) => ({ value: a.id, text: a.short ? `${a.name} (${a.short})` : a.name }));
  const box = choices({ name: "agencies", label: t("agencies"), value: chosen, options });
  box.classList.add("case-choices");
  if (!open.length) box.append(el("p", { class: "text-secondary" }, t("no_agencies")));
  return [
    open.length > MANY ? finder(box) : null,
    box,
    field({ name: "note", label: t("forward_note"), type: "textarea", more: { maxlength: 2000 } }),
  ];
}

/** Return the data of the act that forwards. */
export function forwarded(given, all) {
  const names = new Map(all.map((a) => [a.id, a.name]));
  return { agencies: given.agencies.map((id) => ({ id, name: names.get(id) })), ...(given.note.trim() ? { note: given.note } : {}) };
}

function finder(box) {
  const found = field({ name: "", label: t("find_agency"), type: "search", more: { name: null, "data-field": null, autocomplete: "off" } });
  const input = found.querySelector("input");
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase();
    for (const label of box.querySelectorAll("label")) label.hidden = !label.textContent.toLowerCase().includes(words) && !label.querySelector("input").checked;
  });
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  return found;
}
