// Alarms: a red bar with the sentence, a tone until somebody has acknowledged, and what was lately.

import { remember, remembered } from "../portal/memory.js";
import { api, trying } from "../staff/api.js";
import { data, el, icon, language, t } from "../staff/page.js";
import { clock } from "./time.js";

const TONE_EVERY_MS = 2500;
const REMEMBERED = "control.tone";

/** An alarm's sentence in the reader's language; it holds both, and what it is about may hold a slash itself. */
export function said(detail) {
  const parts = detail.split(" / ");
  const half = Math.ceil(parts.length / 2);
  if (parts.length % 2) return detail;
  return (language === "en" ? parts.slice(half) : parts.slice(0, half)).join(" / ");
}

export class Alarms {
  #room;
  #bar = document.querySelector('[data-role="alarms"]');
  #lately = document.querySelector('[data-role="lately"]');
  #drawn = "";
  #button = document.querySelector('[data-role="tone"]');
  #sound = null;
  #wanted = remembered(REMEMBERED, false);

  constructor(room) {
    this.#room = room;
    room.on("state", () => this.#show());
    room.on("line", () => this.#line());
    this.#button.addEventListener("click", () => this.#want(!this.#wanted));
    // whoever wanted it yesterday gets it with the first press of anything
    document.addEventListener("pointerdown", () => this.#allow());
    document.addEventListener("keydown", () => this.#allow());
    setInterval(() => this.#beep(), TONE_EVERY_MS);
    this.#toneShown();
  }

  /** Acknowledge the first that waits for it. */
  async first() {
    const waiting = this.#waiting.find((a) => a.number !== null);
    if (waiting && data.acts) await this.#acknowledge(waiting);
  }

  get #waiting() {
    return this.#room.alarms.filter((a) => a.active && !a.acknowledged);
  }

  async #acknowledge(alarm) {
    await trying(() => api("POST", `alarms/${alarm.number}/acknowledge`));
    this.#room.soon(0);
  }

  #show() {
    const now = JSON.stringify(this.#room.alarms);
    if (now === this.#drawn) return;
    this.#drawn = now;
    const focused = document.activeElement?.dataset?.alarm;
    this.#bar.replaceChildren(...this.#room.alarms.filter((a) => a.active).map((a) => this.#line_of(a)));
    if (focused) this.#bar.querySelector(`[data-alarm="${focused}"]`)?.focus();
    const over = this.#room.alarms.filter((a) => !a.active);
    this.#lately.replaceChildren(...(over.length ? over.map((a) => this.#past(a)) : [el("li", { class: "list-group-item text-secondary" }, t("no_alarms"))]));
    this.#line();
    this.#beep();
  }

  #line_of(alarm) {
    const text = said(alarm.detail);
    let seen = null;
    if (alarm.acknowledged) seen = el("span", {}, t("acknowledged", { by: alarm.acknowledged_by, clock: clock(alarm.acknowledged) }));
    else if (alarm.number === null) seen = el("span", {}, t("unrecorded"));
    else if (data.acts) seen = el("button", { class: "btn", type: "button", "data-alarm": alarm.number, "aria-label": t("acknowledge_this", { detail: text }), onclick: () => this.#acknowledge(alarm) }, t("acknowledge"));
    return el("div", { class: `ck-alarm ${alarm.acknowledged ? "ck-seen" : ""}` }, icon("alert-triangle"), el("strong", {}, text), el("span", { class: "tabular" }, t("since", { clock: clock(alarm.began) })), seen);
  }

  #past(alarm) {
    const seen = alarm.acknowledged ? ` · ${t("acknowledged", { by: alarm.acknowledged_by, clock: clock(alarm.acknowledged) })}` : "";
    const over = alarm.ended ? ` · ${t("over", { clock: clock(alarm.ended) })}` : "";
    return el("li", { class: "list-group-item" }, el("span", { class: "tabular" }, clock(alarm.began)), " ", said(alarm.detail), el("small", { class: "text-secondary" }, over, seen));
  }

  #line() {
    document.querySelector('[data-role="lost"]').hidden = !this.#room.lost;
    for (const button of this.#bar.querySelectorAll("button")) button.disabled = this.#room.lost;
  }

  // ---- the tone ----

  #want(wanted) {
    this.#wanted = wanted;
    remember(REMEMBERED, wanted);
    this.#allow();
    this.#toneShown();
    if (wanted) this.#tone(0.15); // so that one hears that it can be heard
  }

  #allow() {
    if (!this.#wanted || !("AudioContext" in window)) return;
    this.#sound ??= new AudioContext();
    if (this.#sound.state !== "running") this.#sound.resume().then(() => this.#toneShown(), () => {});
  }

  #toneShown() {
    this.#button.setAttribute("aria-pressed", String(this.#wanted));
    this.#button.classList.toggle("btn-primary", this.#wanted);
    this.#button.replaceChildren(icon(this.#wanted ? "volume" : "volume-off"), el("span", {}, t(this.#wanted ? "tone_on" : "tone_off")));
    document.querySelector('[data-role="tone-help"]').hidden = this.#wanted && this.#sound?.state === "running";
  }

  #beep() {
    if (this.#waiting.length) this.#tone(0.45);
  }

  /** Two short tones, as alarms sound. */
  #tone(loud) {
    const sound = this.#sound;
    if (!this.#wanted || sound?.state !== "running") return;
    for (const [n, hertz] of [880, 660].entries()) {
      const tone = sound.createOscillator();
      const gain = sound.createGain();
      const start = sound.currentTime + n * 0.28;
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(loud, start + 0.02);
      gain.gain.setValueAtTime(loud, start + 0.22);
      gain.gain.linearRampToValueAtTime(0, start + 0.26);
      tone.connect(gain).connect(sound.destination);
      tone.start(start);
      tone.stop(start + 0.27);
    }
  }
}
