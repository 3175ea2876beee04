// Tells the station, every half minute while something plays, that somebody listens; nothing of who.
//
// The page's name is random and lives as long as the page: no cookie, nothing stored. See web/audience/beacon.py.

const EVERY_MS = 30000;

function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

export class Beacon {
  #url;
  #name = randomName();
  #said = null; // {channel, quality, at}: what was told last, while something plays

  constructor(url) {
    this.#url = url;
    // A phone may end a hidden page without a word: what it heard is told as soon as it is hidden.
    addEventListener("pagehide", () => this.#end());
    document.addEventListener("visibilitychange", () => document.hidden && this.#said && this.#tell(this.#said));
  }

  /** Look at what plays: `{channel, quality}`, or null. Call it about twice a second. */
  look(playing, now = Date.now()) {
    if (!playing) {
      this.#end(now);
      return;
    }
    const before = this.#said;
    if (!before || before.channel !== playing.channel) {
      this.#end(now);
      this.#said = { ...playing, at: now };
      this.#send(this.#said, 0);
    } else if (before.quality !== playing.quality || now - before.at >= EVERY_MS) {
      this.#tell(before, now);
      before.quality = playing.quality;
    }
  }

  #tell(said, now = Date.now()) {
    this.#send(said, (now - said.at) / 1000);
    said.at = now;
  }

  #end(now = Date.now()) {
    if (!this.#said) return;
    this.#send(this.#said, (now - this.#said.at) / 1000, true);
    this.#said = null;
  }

  #send({ channel, quality }, seconds, over = false) {
    const body = JSON.stringify({ p: this.#name, c: channel, q: quality, s: Math.max(0, Math.min(86400, Math.round(seconds))), x: over });
    try {
      // text/plain needs no question first, and sendBeacon outlives the page
      if (!navigator.sendBeacon?.(this.#url, body)) fetch(this.#url, { method: "POST", body, keepalive: true }).catch(() => {});
    } catch {
      // Counting must never disturb what plays.
    }
  }
}
