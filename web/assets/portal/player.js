// One channel's player. It never gives up: whatever breaks, it waits a little, looks whether the station
// answers, and plays again, live or at the moment the viewer had gone back to.

import { openEngine } from "./engine.js";
import { Watch, backoff } from "./supervision.js";

const PROBE_MS = 5000;
/** After a pause this long a listener of the live channel is taken back to live. */
const LONG_PAUSE_MS = 20000;
/** A live listener further behind than this was held up: jump to live. */
const LIVE_LAG_S = 25;
/** Moving this long ends trouble. */
const HEALTHY_MS = 5000;
/** Playing so near to where the viewer went means being there. */
const ARRIVED_MS = 5000;

export class Player {
  /** "idle", "loading", "playing", "reconnecting", "paused", "blocked" or "unsupported". */
  status = "idle";
  #media;
  #address;
  #on;
  #engine = null;
  #wanted = false;
  #atMs = null; // air time that was gone back to; null: live
  #quality = "auto";
  #saver = false;
  #watch = new Watch();
  #generation = 0;
  #played = false; // something was heard since the viewer pressed play
  #trouble = false;
  #tries = 0;
  #nextTry = Infinity;
  #healthySince = 0;
  #mediaErrors = 0;
  #pausedAt = 0;
  #askedMs = NaN; // air time that was gone to and is not reached yet

  /** `address({dvr, saver})` gives the playlist; `onStatus` is called after `status` changed. */
  constructor(media, { address, onStatus }) {
    this.#media = media;
    this.#address = address;
    this.#on = onStatus;
    media.addEventListener("pause", () => this.#pausedByOthers());
    media.addEventListener("play", () => this.#playedByOthers());
    window.addEventListener("online", () => this.#trouble && this.#schedule(0));
  }

  get wanted() {
    return this.#wanted;
  }

  get live() {
    return this.#atMs === null;
  }

  /** The air time that is heard now, NaN when nothing is. */
  get heardMs() {
    return this.#engine && this.#played ? this.#engine.playingMs : NaN;
  }

  /** Where the viewer is, or is on the way to: what a further step counts from. */
  get aimMs() {
    return this.#askedMs || this.heardMs;
  }

  /** What is shown: `{height, bps}`, both 0 while unknown. */
  get shown() {
    return { height: this.#engine?.height ?? 0, bps: this.#engine?.bps ?? 0 };
  }

  get oldestMs() {
    return this.#engine?.oldestMs ?? NaN;
  }

  /** What the playlist says of the programme at `ms`, or null. */
  named(ms) {
    return this.#engine?.named(ms) ?? null;
  }

  play() {
    const away = this.#pausedAt && Date.now() - this.#pausedAt > LONG_PAUSE_MS;
    const wasWanted = this.#wanted;
    this.#wanted = true;
    this.#pausedAt = 0;
    if (!this.#engine || (away && this.live)) this.#open();
    else if (!wasWanted) {
      this.#watch.reset(Date.now());
      this.#engine.resumeLoading();
    }
    this.#start();
    this.tick();
  }

  pause() {
    if (!this.#wanted) return;
    this.#wanted = false;
    this.#calm();
    this.#pausedAt = Date.now();
    this.#media.pause();
    this.#engine?.stopLoading(); // a paused channel must not eat the data plan
    this.#set(this.#engine ? "paused" : "idle");
  }

  /** Play from air time `ms`; null: live. */
  goTo(ms) {
    const before = this.#atMs;
    this.#atMs = ms;
    this.#askedMs = ms ?? NaN;
    this.#wanted = true;
    this.#pausedAt = 0;
    if (ms !== null && before !== null && this.#engine?.seek(ms)) {
      this.#watch.reset(Date.now());
      this.#engine.resumeLoading();
    } else this.#open();
    this.#start();
    this.tick();
  }

  /** `quality`: "auto", "saver" or `{height, bitrate_bps}`; `saver` true when that is another playlist. */
  setQuality(quality, saver) {
    const reopen = this.#engine && saver !== this.#saver;
    this.#quality = quality;
    this.#saver = saver;
    if (reopen && this.#wanted) this.#open();
    else if (reopen) this.#close();
    else this.#engine?.setQuality(quality);
  }

  /** Look after it; call about twice a second. */
  tick(now = Date.now()) {
    if (!this.#wanted || this.status === "unsupported") return;
    const state = this.#watch.look(now, this.#media.currentTime);
    if (state === "moving") this.#moving(now);
    else {
      this.#healthySince = 0;
      if (state === "slow" || (this.#trouble && state === "still" && !this.#flowing)) this.#waiting();
      if (state === "stuck") this.#alarm(0);
      if (this.#media.paused && this.#engine && this.status !== "blocked") this.#start();
    }
    if (this.#trouble && now >= this.#nextTry) this.#attempt();
  }

  get #flowing() {
    return !this.#media.paused && this.#media.readyState > 2;
  }

  #moving(now) {
    if (this.#media.seeking || this.#media.readyState < 2) return;
    this.#played = true;
    this.#set("playing");
    this.#healthySince ||= now;
    if (now - this.#healthySince > HEALTHY_MS) {
      this.#mediaErrors = 0;
      if (!this.#trouble) this.#tries = 0;
    }
    const at = this.#engine?.playingMs;
    // what lies further back than the recording reaches is never met: then it is where it plays
    if (Math.abs(at - this.#askedMs) < ARRIVED_MS || now - this.#healthySince > HEALTHY_MS) this.#askedMs = NaN;
    if (this.#atMs !== null) this.#atMs = this.#askedMs || at || this.#atMs;
    else if (this.#engine && this.#engine.lag > LIVE_LAG_S) this.#engine.seekLive();
  }

  #waiting() {
    if (this.status === "blocked") return;
    this.#set(this.#played || this.#trouble ? "reconnecting" : "loading");
  }

  /** Open the playlist anew; what was open is closed. */
  async #open() {
    this.#close();
    const mine = this.#generation;
    this.#watch.reset(Date.now());
    if (this.status !== "reconnecting") this.#set("loading");
    const on = {
      ready: () => mine === this.#generation && this.#start(),
      sign: () => mine === this.#generation && this.#watch.sign(Date.now()),
      failed: (kind) => mine === this.#generation && this.#failed(kind),
    };
    const url = this.#address({ dvr: !this.live, saver: this.#saver });
    let engine = null;
    try {
      engine = await openEngine(this.#media, url, { atMs: this.#atMs, quality: this.#quality, on });
    } catch {
      // The player's own script could not be fetched: the same outage, the same cure.
      if (mine === this.#generation) this.#alarm(backoff(this.#tries));
      return;
    }
    if (mine !== this.#generation) engine?.destroy();
    else if (engine) this.#engine = engine;
    else {
      this.#wanted = false;
      this.#set("unsupported");
    }
  }

  #close() {
    this.#generation++;
    this.#engine?.destroy();
    this.#engine = null;
  }

  #start() {
    this.#media.play().catch((error) => {
      if (error.name === "NotAllowedError" && this.#wanted) this.#set("blocked");
      // Other refusals come from closing and opening; the watch sees what they lead to.
    });
  }

  #failed(kind) {
    if (kind === "media" && this.#mediaErrors++ === 0) {
      this.#engine?.recoverMedia();
      this.#start();
      return;
    }
    if (kind === "media") this.#close();
    this.#alarm(backoff(this.#tries));
  }

  #alarm(wait) {
    if (this.#trouble || !this.#wanted) return;
    this.#trouble = true;
    this.#schedule(wait);
  }

  #calm() {
    this.#trouble = false;
    this.#nextTry = Infinity;
  }

  #schedule(wait) {
    this.#nextTry = Date.now() + wait;
  }

  /** One try: does the station answer? Then load on while something still plays, else open anew. */
  async #attempt() {
    const mine = this.#generation;
    this.#nextTry = Infinity;
    this.#tries++;
    const answer = await probe(this.#address({ dvr: !this.live, saver: this.#saver }));
    if (!this.#wanted || mine !== this.#generation || !this.#trouble) return;
    if (answer === 404 && !this.live) this.#atMs = null; // the recording is gone: live is better than nothing
    else if (answer !== 200) {
      this.#schedule(backoff(this.#tries));
      return;
    }
    this.#calm();
    if (this.#engine && this.#flowing) this.#engine.resumeLoading();
    else this.#open();
  }

  // Events come late: only what the element still says counts.

  /** The system paused it (a call, unplugged headphones, a media key). */
  #pausedByOthers() {
    const { paused, ended, readyState } = this.#media;
    if (this.#wanted && this.#engine && paused && !ended && readyState > 2 && this.status === "playing") this.pause();
  }

  #playedByOthers() {
    if (!this.#wanted && this.#engine && !this.#media.paused) this.play();
  }

  #set(status) {
    if (this.status === status) return;
    this.status = status;
    this.#on();
  }
}

/** Ask for `url`; returns its HTTP status, 0 when nobody answers. */
async function probe(url) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PROBE_MS);
  try {
    const answer = await fetch(url, { cache: "no-store", signal: stop.signal });
    await answer.text();
    return answer.status;
  } catch {
    return 0;
  } finally {
    clearTimeout(timer);
  }
}
