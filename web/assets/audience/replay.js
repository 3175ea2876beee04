// The player of catch-up: the browser's own controls over hls.js, moments, and sharing the one that is shown.

import { later } from "../later.js";
import { share } from "../portal/share.js";

/** Sharing a moment begins a little before it: people press late. */
const BEFORE_MS = 2000;
const AGAIN_MS = 5000;

export class Replay {
  #box;
  #media;
  #hls = null;
  #opening = null;
  #into;
  #wanted = false;
  #recovered = false;

  /** `box`: the element that the server wrote; `into`: seconds at which to begin. */
  constructor(box, into) {
    this.#box = box;
    this.#media = box.querySelector("video, audio");
    this.#into = into;
    const start = box.querySelector('[data-role="start"]');
    if (this.#playsItself) {
      start.remove();
      this.#media.addEventListener("loadedmetadata", () => this.#begin(), { once: true });
    } else {
      // hls.js comes when somebody presses play: the page stays light for those who only look
      this.#media.removeAttribute("src");
      this.#media.controls = false;
      start.hidden = false;
      start.addEventListener("click", () => this.go(this.#into));
    }
  }

  get #playsItself() {
    // Safari; Chrome's own HLS (from 142 on) is passed over, hls.js behaves the same everywhere
    return !("MediaSource" in window) && !("ManagedMediaSource" in window);
  }

  get playing() {
    return !this.#media.paused && !this.#media.ended && this.#media.readyState > 2;
  }

  #say(text) {
    this.#box.querySelector('[data-role="told"]').textContent = text;
  }

  #open() {
    this.#opening ??= this.#load().catch(() => this.#again());
    return this.#opening;
  }

  /** Say that it failed, and try anew: the station, or the line, may be away for a moment only. */
  #again() {
    this.#say(this.#box.dataset.failed);
    this.#opening = null;
    setTimeout(() => this.#open(), AGAIN_MS);
  }

  async #load() {
    this.#say(this.#box.dataset.loading);
    const start = this.#box.querySelector('[data-role="start"]');
    this.#media.controls = true;
    if (start) {
      start.remove();
      this.#media.focus();
    }
    const Hls = await later("hls");
    if (!Hls.isSupported()) {
      this.#media.src = this.#box.dataset.src;
      this.#say("");
      return;
    }
    const cues = { enableDateRangeMetadataCues: false, enableEmsgMetadataCues: false, enableID3MetadataCues: false };
    const hls = new Hls({ enableWorker: false, maxBufferLength: 30, backBufferLength: 60, capLevelToPlayerSize: true, ...cues });
    this.#hls = hls;
    hls.once(Hls.Events.LEVEL_LOADED, () => this.#begin());
    hls.on(Hls.Events.FRAG_BUFFERED, () => this.#say(""));
    hls.on(Hls.Events.ERROR, (_, error) => error.fatal && this.#failed(Hls, error));
    hls.loadSource(this.#box.dataset.src);
    hls.attachMedia(this.#media);
  }

  #failed(Hls, error) {
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !this.#recovered) {
      this.#recovered = true;
      this.#hls.recoverMediaError();
      return;
    }
    this.#into = this.#media.currentTime;
    this.#hls.destroy();
    this.#again();
  }

  #begin() {
    if (this.#into > 0) this.#media.currentTime = this.#into;
    this.#into = 0;
    if (this.#wanted) this.#media.play().catch(() => {}); // not allowed without a press: the controls are there
  }

  /** Go to so many seconds after the beginning, and play. */
  async go(into) {
    this.#into = into;
    this.#wanted = true;
    if (this.#playsItself || this.#media.readyState > 0) this.#begin();
    else await this.#open();
  }

  /** The air time that is shown, milliseconds. */
  get shownMs() {
    const exact = this.#hls?.playingDate?.getTime() ?? this.#media.getStartDate?.().getTime() + this.#media.currentTime * 1000;
    return exact || Number(this.#box.dataset.startMs) + (this.#media.currentTime || this.#into) * 1000;
  }

  /** What is counted: catch-up has one name, whatever its quality. */
  get quality() {
    return "ulang";
  }

  /** Share the moment that is shown; returns how, and the address. */
  async share() {
    const { share: base, title } = this.#box.dataset;
    const url = `${base}${Math.max(0, Math.floor((this.shownMs - BEFORE_MS) / 1000))}`;
    return { how: await share({ title, url }), url };
  }
}
