// Level meters: the station tells how loud the next two seconds are, and the bars move when they air.

import { api } from "../staff/api.js";
import { t } from "../staff/page.js";

const ASK_MS = 1000;
const QUANTUM_MS = 320;
const FLOOR_DB = -60;
/** So much the bars fall in a second, as meters do. */
const FALL_DB_S = 20;
const LOUD_DB = -9;

const part = (db) => Math.min(1, Math.max(0, 1 - db / FLOOR_DB));

export class Meters {
  #room;
  #cards;
  #values = new Map();
  #shown = new Map();
  #at = 0;

  constructor(room, cards) {
    this.#room = room;
    this.#cards = cards.map((card) => ({ id: card.channel.id, place: card.element.querySelector('[data-role="meters"]') }));
    this.#ask();
    requestAnimationFrame((at) => this.#draw(at));
  }

  async #ask() {
    const asked = Date.now();
    try {
      if (!document.hidden && !this.#room.lost) {
        const told = await api("GET", "control/levels");
        for (const [id, values] of Object.entries(told.channels)) {
          const past = (this.#values.get(id) ?? []).filter((v) => v.at > this.#room.now - 2000 && v.at < (values[0]?.at ?? 0));
          this.#values.set(id, [...past, ...values]);
        }
      }
    } catch {
      // whether the line holds is seen to by the room; without news the bars fall
    }
    setTimeout(() => this.#ask(), Math.max(200, ASK_MS - (Date.now() - asked)));
  }

  #draw(at) {
    const fall = (FALL_DB_S * Math.min(1000, at - this.#at)) / 1000;
    this.#at = at;
    const now = this.#room.now;
    for (const { id, place } of this.#cards) {
      const value = this.#values.get(id)?.find((v) => v.at <= now && now < v.at + QUANTUM_MS);
      const before = this.#shown.get(id) ?? { rms: [FLOOR_DB, FLOOR_DB], peak: [FLOOR_DB, FLOOR_DB] };
      const to = (kind) => [0, 1].map((side) => Math.max(value?.[kind]?.[side] ?? FLOOR_DB, before[kind][side] - fall, FLOOR_DB));
      const shown = { rms: to("rms"), peak: to("peak"), known: Boolean(value?.rms) };
      this.#shown.set(id, shown);
      this.#paint(place, shown);
    }
    requestAnimationFrame((next) => this.#draw(next));
  }

  #paint(place, { rms, peak, known }) {
    for (const [side, meter] of [...place.children].entries()) {
      const [cover, mark] = meter.children;
      cover.style.transform = `scaleX(${(1 - part(rms[side])).toFixed(3)})`;
      mark.style.left = `${(part(peak[side]) * 100).toFixed(1)}%`;
      mark.classList.toggle("ck-loud", peak[side] > LOUD_DB);
    }
    const text = known && Math.max(...rms) > FLOOR_DB + 5 ? t("sound_level") : t("quiet");
    if (place.getAttribute("aria-label") !== text) place.setAttribute("aria-label", text);
  }
}
