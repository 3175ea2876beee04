// What a channel airs, as seen by one page: pure values over air times in milliseconds since the epoch.

const KEEP_MS = 3 * 3600 * 1000;
const CLOCK_SAMPLES = 6;
/** News of a new item is at most this late on a line that works. */
const NEWS_LATE_MS = 30000;

/** The station's clock, estimated from the times in its messages. */
export class AirClock {
  #offsets = [];

  /** Take a message that carried `serverMs` and arrived at `arrivedMs` by the local clock. */
  sample(serverMs, arrivedMs) {
    this.#offsets.push(serverMs - arrivedMs);
    if (this.#offsets.length > CLOCK_SAMPLES) this.#offsets.shift();
  }

  /** The air time now; a message that was delayed makes the difference smaller, so the largest is best. */
  now(localMs = Date.now()) {
    return localMs + (this.#offsets.length ? Math.max(...this.#offsets) : 0);
  }
}

/** The items of one channel: what the station last said, and what it said before while the page was open. */
export class Programme {
  #items = new Map();
  fallback = null;

  /** Take a message. What it says of the future replaces what was said of the future before. */
  update({ items, fallback }) {
    this.fallback = fallback;
    if (!items.length) return;
    const from = items[0].start_ms;
    for (const [id, item] of this.#items) {
      if (item.end_ms > from || item.end_ms < from - KEEP_MS) this.#items.delete(id);
    }
    for (const item of items) this.#items.set(item.id, item);
  }

  /** The items in order. */
  get items() {
    return [...this.#items.values()].sort((a, b) => a.start_ms - b.start_ms);
  }

  /** What airs at `ms`, or null. */
  at(ms) {
    return this.items.find((i) => i.start_ms <= ms && ms < i.end_ms) ?? null;
  }

  /** True when an item began a while ago and the last news, at `newsMs`, is older: the line must be dead. */
  stale(newsMs, ms) {
    const item = this.at(ms);
    return item !== null && newsMs < item.start_ms && ms - item.start_ms > NEWS_LATE_MS;
  }

  /** At most `count` items that start after `ms`. */
  after(ms, count = 3) {
    return this.items.filter((i) => i.start_ms > ms).slice(0, count);
  }
}

/** How much of `item` is over at `ms`, 0 to 1000. */
export function permille(item, ms) {
  const share = (ms - item.start_ms) / Math.max(1, item.end_ms - item.start_ms);
  return Math.round(Math.min(1, Math.max(0, share)) * 1000);
}
