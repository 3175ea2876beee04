// What the page knows of its day: totals and slots at once, lines a page at a time as they come into view.

import { api } from "../staff/api.js";

export const PAGE = 100;

export class Day {
  constructor(channel, day) {
    this.path = `channels/${channel}/rundown/${day}`;
    this.told = null;
    this.findings = new Map();
    this.pages = new Map();
    this.asked = new Set();
    this.version = 0;
    this.ahead = 0;
  }

  /** The service's clock, in milliseconds. */
  now() {
    return Date.now() + this.ahead;
  }

  /** Read the day anew; lines that are shown stay until the new ones are there. */
  async read() {
    const began = Date.now();
    const told = await api("GET", this.path);
    this.ahead = Date.parse(told.now) - (began + Date.now()) / 2;
    this.told = told;
    this.version += 1;
    this.asked.clear();
    for (const page of this.pages.values()) page.old = true;
  }

  /** Return a line by its number, or undefined while it is not there. */
  line(number) {
    return this.pages.get(Math.floor((number - 1) / PAGE))?.lines[(number - 1) % PAGE];
  }

  /** See that lines [first, last] are there; call `come` when more have come. */
  want(first, last, come) {
    for (let n = Math.floor((first - 1) / PAGE); n <= Math.floor((last - 1) / PAGE); n += 1) {
      const page = this.pages.get(n);
      if ((page && !page.old) || this.asked.has(n)) continue;
      this.asked.add(n);
      this.fetch(n).then(come, () => this.asked.delete(n));
    }
  }

  async fetch(n) {
    const version = this.version;
    const told = await api("GET", `${this.path}/lines?first=${n * PAGE + 1}&count=${PAGE}`);
    if (version !== this.version) return;
    this.pages.set(n, { lines: told.lines, old: false });
    if (this.pages.size > 60) this.pages.delete(this.pages.keys().next().value);
  }

  /** The number of the line that airs now, as far as is known; 0 when nothing does. */
  current() {
    const { told } = this;
    const now = this.now();
    if (!told || now < Date.parse(told.start) || now >= Date.parse(told.end)) return 0;
    let number = told.current ?? 0;
    for (let line = this.line(number); line && Date.parse(line.start) + line.seconds * 1000 <= now; line = this.line(number)) {
      if (!this.line(number + 1)) break;
      number += 1;
    }
    return number;
  }

  /** Whether a line can still be changed. */
  open(line) {
    return !line.aired && Date.parse(line.start) >= Math.max(Date.parse(this.told.open_from), this.now());
  }

  slot(key) {
    return this.told.slots.find((s) => s.slot === key);
  }
}
