// Shortcuts: a number chooses a channel, a letter orders; what changes the air is asked first. They can be turned off.

import { remember, remembered } from "../portal/memory.js";
import { ask } from "../staff/dialog.js";
import { data, el, t } from "../staff/page.js";

const REMEMBERED = "control.keys";
const ORDERS = { l: "skip", b: "insert", t: "play", i: "fill", e: "end-break-in" };
const SHOWN = ["l", "b", "t", "h", "i", "d", "e", "a"];

export class Keys {
  #cards;
  #alarms;
  #breakIns;
  #chosen = 0;
  #on = remembered(REMEMBERED, true);

  constructor(cards, alarms, breakIns) {
    this.#cards = cards;
    this.#alarms = alarms;
    this.#breakIns = breakIns;
    document.addEventListener("keydown", (event) => this.#pressed(event));
    document.querySelector('[data-role="keys"]').addEventListener("click", () => this.#help());
    this.#choose(0, false);
  }

  #pressed(event) {
    if (!this.#on || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return;
    if (document.querySelector("dialog[open]") || event.target.closest("input, textarea, select, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    const number = Number(key);
    if (number >= 1 && number <= this.#cards.length) this.#choose(number - 1);
    else if (key === "?") this.#help();
    else if (key === "s") this.#cards[this.#chosen].monitor.toggle();
    else if (!data.acts) return;
    else if (key === "d") this.#breakIns.open();
    else if (key === "a") this.#alarms.first();
    else if (key === "h") this.#order(this.#cards[this.#chosen].state?.held ? "resume" : "hold");
    else if (ORDERS[key]) this.#order(ORDERS[key]);
    else return;
    event.preventDefault();
  }

  /** As a click on the button, where that could be pressed. */
  #order(act) {
    const card = this.#cards[this.#chosen];
    if (!card.element.querySelector(`[data-order="${act}"]`)?.disabled) card.order(act, true);
  }

  #choose(n, look = true) {
    this.#chosen = n;
    for (const [i, card] of this.#cards.entries()) card.element.classList.toggle("ck-chosen", i === n);
    if (look) this.#cards[n].element.focus();
  }

  async #help() {
    const line = (key, text) => el("li", {}, el("kbd", {}, key.toUpperCase()), el("span", {}, text));
    const keys = [
      ...data.channels.map((c, n) => line(String(n + 1), t("key_digit", { channel: c.name }))),
      ...(data.acts ? SHOWN : []).map((key) => line(key, t(`key_${key}`))),
      line("s", t("key_s")),
      line("?", t("key_?")),
    ];
    const box = el("input", { class: "form-check-input", type: "checkbox", checked: this.#on });
    box.addEventListener("change", () => {
      this.#on = box.checked;
      remember(REMEMBERED, this.#on);
    });
    const toggle = el("label", { class: "form-check mt-3 mb-0" }, box, el("span", { class: "form-check-label" }, t("keys_on")));
    await ask(t("keys"), [el("p", {}, t("keys_help")), el("ul", { class: "ck-keys" }, ...keys), toggle], [{ text: t("close"), value: "", class: "btn-primary" }]);
  }
}
