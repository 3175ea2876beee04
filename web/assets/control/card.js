// The card of one channel: what airs and what comes, counted down; its picture and sound; its orders.

import { data, el, icon, t } from "../staff/page.js";
import { endDialog, fillDialog, holdDialog, materialDialog, resumeDialog, skipDialog } from "./forms.js";
import { Monitor } from "./monitor.js";
import { clock, span } from "./time.js";

const TICK_MS = 200;

export class Card {
  #room;
  #part;
  #busy = new Set();
  #shown = undefined;

  constructor(room, channel) {
    this.#room = room;
    this.channel = channel;
    this.element = document.querySelector(`[data-channel="${CSS.escape(channel.id)}"]`);
    this.#part = (role) => this.element.querySelector(`[data-role="${role}"]`);
    this.monitor = new Monitor(channel, this.#part("media"), this.#part("hear"));
    for (const button of this.element.querySelectorAll("[data-order]")) {
      button.addEventListener("click", () => this.order(button.dataset.order));
    }
    room.on("state", () => this.show());
    room.on("line", () => this.show());
    setInterval(() => this.#tick(), TICK_MS);
  }

  get state() {
    return this.#room.channels.get(this.channel.id);
  }

  /** What airs now: what was said last, and what it said comes after that, by the clock. */
  get item() {
    const { item, coming = [] } = this.state ?? {};
    const now = this.#room.now;
    const since = coming.find((i) => i.start_ms <= now && now < i.end_ms);
    return since && item && now >= item.end_ms ? since : item;
  }

  /** Do what a button or a key says; `asked`: ask first also where a click does it at once. */
  async order(act, asked = false) {
    if (!data.acts || this.#room.lost || !this.state || this.#busy.has(act)) return;
    const { item, channel } = this;
    this.#busy.add(act);
    this.#buttons();
    const seen = { item: item?.id ?? "" };
    const give = (body, label) => this.#room.order(channel.id, act, body, label);
    try {
      if (act === "insert" || act === "play") await materialDialog(this.#room, channel, act, act === "play" ? seen : {});
      else if (act === "fill") await fillDialog(this.#room, channel);
      else if (act === "skip") (!asked || (await skipDialog(item))) && (await give(seen, t("skip_now")));
      else if (act === "hold") (!asked || (await holdDialog(channel))) && (await give(undefined, t("hold")));
      else if (act === "end-break-in") (!asked || (await endDialog(channel))) && (await give(undefined, t("end_break_in")));
      else if (act === "resume") (!asked || (await resumeDialog(channel))) && (await give(undefined, t("resume")));
    } finally {
      this.#busy.delete(act);
      this.#buttons();
    }
  }

  show() {
    const { state } = this;
    if (!state) return this.#buttons();
    this.#shown = this.item?.id;
    const breaking = state.breaking_in;
    this.element.classList.toggle("ck-is-breaking", Boolean(breaking));
    this.element.classList.toggle("ck-is-off", !state.item);
    this.#part("breaking").hidden = !breaking;
    this.#part("breaking-what").textContent = breaking ? `${breaking.title} · ${breaking.by}` : "";
    this.#said(this.#part("state"), ...this.#flag(state));
    const coming = this.#coming();
    const next = coming.length ? coming.map((i) => el("li", {}, el("span", { class: "tabular" }, clock(i.start_ms)), el("span", { class: "ck-next-title" }, el("bdi", {}, i.title), i.programme ? el("small", { class: "text-secondary" }, " ", el("bdi", {}, i.programme)) : null))) : [el("li", { class: "text-secondary" }, t("nothing_next"))];
    this.#part("next").replaceChildren(...next);
    const { hard } = state;
    this.#part("hard-what").textContent = hard ? t("hard_in", { clock: clock(hard.at_ms), title: hard.title }) : t("no_hard");
    this.#tick();
    this.#buttons();
  }

  #coming() {
    return this.state.coming.filter((i) => i.start_ms > this.#room.now);
  }

  #flag({ item, breaking_in: breaking, held, fallback }) {
    if (breaking) return ["ck-bad", "speakerphone", t("breaking")];
    if (!item) return ["ck-bad", "alert-triangle", t("off_air")];
    if (held?.act === "isi") return ["ck-held", "clock-pause", t("filled_by", { by: held.by, clock: held.until ? clock(held.until) : "–" })];
    if (held) return ["ck-held", "player-pause", t("held_by", { by: held.by })];
    if (fallback) return ["ck-warn", "alert-triangle", t(`fallback_${fallback}`)];
    return ["ck-good", "check", t(`now_${this.channel.kind}`)];
  }

  /** Say it once only: a status that is written again is read out again. */
  #said(place, kind, sign, text) {
    if (place.dataset.said === text) return;
    place.dataset.said = text;
    place.className = `ck-state ${kind}`;
    place.replaceChildren(icon(sign), el("span", {}, text));
  }

  #tick() {
    const { state, item } = this;
    if (!state) return;
    if (item?.id !== this.#shown) return this.show(); // what comes after it moved up, too
    const now = this.#room.now;
    const write = (role, text) => {
      const place = this.#part(role);
      if (place.textContent !== text) place.textContent = text;
    };
    write("title", item ? item.title || "–" : t("off_air"));
    write("programme", item ? [item.programme, item.artist].filter(Boolean).join(" · ") : "");
    const breaking = state.breaking_in;
    const since = breaking?.at ? now - Date.parse(breaking.at) : 0;
    write("left", breaking ? span(since) : item ? span(item.end_ms - now) : "–");
    write("left-label", breaking ? t("on_since") : item ? t("ends_in") : "");
    write("hard-left", state.hard ? span(state.hard.at_ms - now) : "");
    this.element.classList.toggle("ck-ending", Boolean(item) && !breaking && item.end_ms - now < 10_000);
    if (state.item && now > state.item.end_ms + 600 && item === state.item) this.#room.soon();
  }

  #buttons() {
    const { state } = this;
    const breaking = Boolean(state?.breaking_in);
    for (const button of this.element.querySelectorAll("[data-order]")) {
      const act = button.dataset.order;
      const fits = act === "end-break-in" ? breaking : !breaking && (act === "hold" ? !state?.held : act === "resume" ? Boolean(state?.held) : true);
      button.disabled = !state || this.#room.lost || this.#busy.has(act) || !fits;
    }
  }
}
