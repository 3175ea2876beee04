// Who did what within a day, on all channels, the newest first.

import { api } from "../staff/api.js";
import { data, el, language, t } from "../staff/page.js";
import { clock } from "./time.js";

const MOST = 40;

export class History {
  #place = document.querySelector('[data-role="history"]');
  #room;
  #seen = "";
  #timer = null;

  constructor(room) {
    this.#room = room;
    room.on("ordered", () => this.#soon(400));
    room.on("state", () => this.#changed());
  }

  /** Look again when the channels say that something happened: what airs changed, or is held. */
  #changed() {
    const now = [...this.#room.channels.values()].map((c) => [c.item?.id, c.held?.id, c.breaking_in?.id].join()).join();
    if (now === this.#seen) return;
    this.#seen = now;
    this.#soon(300);
  }

  #soon(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  async #look() {
    let told;
    try {
      told = await Promise.all(data.channels.map((c) => api("GET", `channels/${c.id}/control/history?count=${MOST}`)));
    } catch {
      this.#seen = ""; // asked again with the next state
      return;
    }
    const rows = told.flatMap((deeds, n) => deeds.map((deed) => ({ ...deed, channel: data.channels[n].name })));
    rows.sort((a, b) => b.made.localeCompare(a.made));
    const none = el("tr", {}, el("td", { colspan: 5, class: "text-secondary" }, t("no_history")));
    this.#place.replaceChildren(...(rows.length ? rows.slice(0, MOST).map(row) : [none]));
  }
}

function row(deed) {
  const said = language === "en" ? deed.english : deed.detail;
  const outcome = [t(`state_${deed.state}`), deed.at ? clock(deed.at) : "", deed.began && deed.began !== deed.title ? `→ ${deed.began}` : ""].filter(Boolean).join(" ");
  return el("tr", { "data-state": deed.state },
    el("td", { class: "tabular" }, clock(deed.made)),
    el("td", {}, deed.channel),
    el("td", {}, t(`act_${deed.act}`), deed.title ? el("div", { class: "text-secondary small" }, el("bdi", {}, deed.title)) : null),
    el("td", {}, el("bdi", {}, deed.by)),
    el("td", {}, outcome, said ? el("div", { class: "text-secondary small" }, said) : null));
}
