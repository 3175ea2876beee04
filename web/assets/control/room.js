// What the air does, asked anew whenever something changed and every few seconds; and whether the line holds.
//
// on("state", f): all was read anew. on("line", f): the line was lost or is back. on("ordered", f): somebody here ordered. Orders go out by `order` and `send`.

import { api, Refused } from "../staff/api.js";
import { listen } from "../staff/live.js";
import { t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { clock } from "./time.js";

const EVERY_MS = 4000;
const LOST_EVERY_MS = 1500;
const PATIENCE_MS = 8000;
const TOGETHER_MS = 150;

/** A key under which an order is done only once. */
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

export class Room {
  channels = new Map();
  alarms = [];
  lost = false;
  known = false;
  #offset = 0;
  #handlers = { state: [], line: [], ordered: [] };
  #timer = null;
  #looking = false;
  #again = false;

  on(kind, handler) {
    this.#handlers[kind].push(handler);
  }

  /** The air's clock, ms since the epoch. */
  get now() {
    return Date.now() + this.#offset;
  }

  start() {
    for (const kind of ["item", "plan", "alarm", "again"]) listen(kind, () => this.soon());
    window.addEventListener("online", () => this.soon(0));
    window.addEventListener("offline", () => this.#line(true));
    this.soon(0);
  }

  /** Look again in a moment. */
  soon(ms = TOGETHER_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  /** Ask, one question at a time: what happens meanwhile is asked about afterwards. */
  async #look() {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    this.#again = false;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
    const asked = Date.now();
    let told = null;
    try {
      told = await api("GET", "control", undefined, { signal: stop.signal });
      this.#offset = told.now_ms - (asked + Date.now()) / 2;
      this.channels = new Map(told.channels.map((c) => [c.channel, c]));
      this.alarms = told.alarms;
      this.known = true;
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof TypeError) && error?.name !== "AbortError") console.error(error);
    } finally {
      clearTimeout(timer);
      this.#looking = false;
    }
    this.soon(this.#again ? TOGETHER_MS : told ? EVERY_MS : LOST_EVERY_MS);
    this.#line(!told);
    if (told) this.#tell("state");
  }

  #line(lost) {
    if (lost === this.lost) return;
    this.lost = lost;
    if (!lost) toast(t("connection_back"));
    this.#tell("line");
  }

  #tell(kind) {
    for (const handler of this.#handlers[kind]) handler();
  }

  /** Give an order to a channel and say when it begins; return it. `key`: what was asked under it is done only once. */
  async send(channel, act, body, label, key) {
    try {
      const done = await api("POST", `channels/${channel}/control/${act}`, body, { once: key });
      const text = done.state === "menunggu" ? "waiting" : done.at ? "done_at" : "done";
      toast(t(text, { act: label, clock: done.at ? clock(done.at) : "" }));
      if (done.at) setTimeout(() => this.soon(0), Math.max(0, Date.parse(done.at) - this.now) + 300);
      return done;
    } finally {
      this.soon(0);
      this.#tell("ordered");
    }
  }

  /** The same for what is pressed without a form: a refusal is shown. Return the order as taken, or null. */
  async order(channel, act, body, label, key = newKey()) {
    try {
      return await this.send(channel, act, body, label, key);
    } catch (error) {
      if (error instanceof Refused) toast(`${label}: ${error.message}`, "danger");
      else {
        const again = { text: t("try_again"), run: () => this.order(channel, act, body, label, key) };
        toast(t("unknown_outcome", { act: label }), "danger", again);
        if (!(error instanceof TypeError)) console.error(error);
      }
      return null;
    }
  }
}
