// Shortcuts of one letter, for people who work at the desk all day. They can be turned off; ? shows them.

import { remember, remembered } from "../portal/memory.js";
import { ask } from "../staff/dialog.js";
import { el, t } from "../staff/page.js";

const REMEMBERED = "aduan.keys";
let on = remembered(REMEMBERED, true);

/**
 * Listen to `table`: [{keys, shown, text, run}]. `keys` as of KeyboardEvent.key; `run(event)` returns false where it
 * does nothing. `button` opens the list of them, too. `always`: keys that every list knows, on or off.
 */
export function shortcuts(table, button, always = []) {
  const help = () => show(table);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.target.closest?.('input:not([type="checkbox"]), textarea, select, [contenteditable]')) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (on && key === "?") {
      event.preventDefault();
      return void help();
    }
    const found = [...always, ...(on ? table : [])].find((each) => each.keys.includes(key));
    if (found && found.run(event) !== false) event.preventDefault();
  });
  button.addEventListener("click", help);
}

async function show(table) {
  const lines = [...table, { shown: "?", text: t("key_help") }].map((each) => el("li", {}, el("kbd", {}, each.shown), el("span", {}, each.text)));
  const box = el("input", { class: "form-check-input", type: "checkbox", checked: on });
  box.addEventListener("change", () => remember(REMEMBERED, (on = box.checked)));
  const toggle = el("label", { class: "form-check mt-3 mb-0" }, box, el("span", { class: "form-check-label" }, t("keys_on")));
  await ask(t("shortcuts"), [el("ul", { class: "case-keys" }, lines), toggle], [{ text: t("close"), value: "", class: "btn-primary" }]);
}
