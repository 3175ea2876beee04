// Two ways to play a live HLS channel behind one face: hls.js, and the browser's own.
//
// Both report through `on`: `sign()` something arrived, `ready()` it can play, `failed(kind)` it gave up
// ("network" or "media"). Times are air times in milliseconds; NaN while unknown.

import { later } from "../later.js";

/** True when the browser itself plays HLS. */
function native(media) {
  return media.canPlayType("application/vnd.apple.mpegurl") !== "";
}

/** Load what is needed and open `url`; resolves to an engine, or to null when nothing can play here. */
export async function openEngine(media, url, { atMs, quality, on }) {
  const Hls = await later("hls");
  if (Hls.isSupported()) return new HlsEngine(Hls, media, url, { atMs, quality, on });
  return native(media) ? new NativeEngine(media, url, { atMs, on }) : null;
}

class HlsEngine {
  #hls;
  #media;
  #atMs;
  #quality;
  #ranges = {};

  constructor(Hls, media, url, { atMs, quality, on }) {
    this.#media = media;
    this.#atMs = atMs;
    this.#quality = quality;
    // Without a worker no script from a blob: address is needed; fMP4 costs the main thread little.
    // Cues for text tracks, which nobody reads here, would need a data: address in the page's policy.
    const cues = { enableDateRangeMetadataCues: false, enableEmsgMetadataCues: false, enableID3MetadataCues: false };
    const hls = new Hls({ enableWorker: false, backBufferLength: 30, maxBufferLength: 20, capLevelToPlayerSize: true, ...cues });
    this.#hls = hls;
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      this.setQuality(this.#quality, true);
      on.ready();
    });
    hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => {
      this.#ranges = details.dateRanges ?? {};
      this.#seekAsAsked();
    });
    hls.on(Hls.Events.FRAG_LOADED, () => on.sign());
    hls.on(Hls.Events.FRAG_BUFFERED, () => {
      on.sign();
      this.#seekAsAsked();
    });
    hls.on(Hls.Events.ERROR, (_, error) => {
      if (error.fatal) on.failed(error.type === Hls.ErrorTypes.MEDIA_ERROR ? "media" : "network");
    });
    hls.attachMedia(media);
    hls.loadSource(url);
  }

  /** Go where the viewer asked as soon as the window of the recording is known. */
  #seekAsAsked() {
    if (this.#atMs !== null && this.#media.readyState > 0 && this.seek(this.#atMs)) this.#atMs = null;
  }

  get #details() {
    return this.#hls.latestLevelDetails ?? null;
  }

  /** The fragments whose air time is known. */
  get #dated() {
    return (this.#details?.fragments ?? []).filter((f) => f?.programDateTime);
  }

  get playingMs() {
    return this.#hls.playingDate?.getTime() ?? NaN;
  }

  /** The oldest air time that can be sought. */
  get oldestMs() {
    return this.#dated[0]?.programDateTime ?? NaN;
  }

  /** Seconds that the position lags behind where live playback would be. */
  get lag() {
    const live = this.#hls.liveSyncPosition;
    return live === null ? 0 : live - this.#media.currentTime;
  }

  /** The item at `ms` as the playlist itself tells it (EXT-X-DATERANGE), or null. */
  named(ms) {
    for (const { startDate, duration, attr } of Object.values(this.#ranges)) {
      const start_ms = startDate.getTime();
      const end_ms = start_ms + (duration ?? NaN) * 1000; // an item that has not ended yet has no length
      if (attr["X-TITLE"] && start_ms <= ms && ms < end_ms) {
        const { "X-TITLE": title, "X-ARTIST": artist = "", "X-PROGRAMME": programme = "", "X-KIND": kind = "item" } = attr;
        return { title, artist, programme, kind, start_ms, end_ms };
      }
    }
    return null;
  }

  /** Seek to air time `ms`, or the nearest that there is; false while the window is unknown. */
  seek(ms) {
    const dated = this.#dated;
    if (!dated.length) return false;
    const frag = dated.findLast?.((f) => f.programDateTime <= ms) ?? dated.filter((f) => f.programDateTime <= ms).pop();
    const target = frag ? frag.start + (ms - frag.programDateTime) / 1000 : dated[0].start + 0.5;
    const last = this.#hls.liveSyncPosition ?? target;
    this.#media.currentTime = Math.min(target, last);
    return true;
  }

  seekLive() {
    const live = this.#hls.liveSyncPosition;
    if (live !== null) this.#media.currentTime = live;
  }

  /** `quality`: "auto", "saver" or `{height, bitrate_bps}`; `first` while nothing is loaded yet. */
  setQuality(quality, first = false) {
    this.#quality = quality;
    const levels = this.#hls.levels ?? [];
    let index = -1;
    if (quality !== "auto" && levels.length) {
      const far = (l) => (quality === "saver" ? l.bitrate : Math.abs((l.height || 0) - (quality.height ?? 0)) * 1e6 + Math.abs(l.bitrate - quality.bitrate_bps));
      index = levels.reduce((best, level, i) => (far(level) < far(levels[best]) ? i : best), 0);
    }
    if (first && index >= 0) this.#hls.startLevel = index;
    if (first) this.#hls.loadLevel = index;
    else this.#hls.nextLevel = index;
  }

  /** The height of the picture that is shown, 0 for none. */
  get height() {
    return this.#hls.levels?.[this.#hls.currentLevel]?.height ?? 0;
  }

  /** The rate of what is shown, bit/s, 0 while unknown. */
  get bps() {
    return this.#hls.levels?.[this.#hls.currentLevel]?.bitrate ?? 0;
  }

  resumeLoading() {
    this.#hls.startLoad(-1);
  }

  stopLoading() {
    this.#hls.stopLoad();
  }

  recoverMedia() {
    this.#hls.recoverMediaError();
  }

  destroy() {
    this.#hls.destroy();
  }
}

class NativeEngine {
  #media;
  #stop = new AbortController();

  constructor(media, url, { atMs, on }) {
    this.#media = media;
    const listen = (name, then) => media.addEventListener(name, then, { signal: this.#stop.signal });
    listen("loadedmetadata", () => {
      on.ready();
      if (atMs !== null) this.seek(atMs);
    });
    listen("progress", () => on.sign());
    listen("error", () => on.failed("network"));
    media.src = url;
    media.load();
  }

  /** The air time of position 0 (Safari reads it from PROGRAM-DATE-TIME). */
  get #zero() {
    return this.#media.getStartDate?.().getTime() ?? NaN;
  }

  get playingMs() {
    return this.#zero + this.#media.currentTime * 1000;
  }

  get oldestMs() {
    const { seekable } = this.#media;
    return seekable.length ? this.#zero + seekable.start(0) * 1000 : NaN;
  }

  get lag() {
    const { seekable, currentTime } = this.#media;
    return seekable.length ? seekable.end(seekable.length - 1) - currentTime - 15 : 0;
  }

  named() {
    return null;
  }

  seek(ms) {
    const { seekable } = this.#media;
    if (!seekable.length || Number.isNaN(this.#zero)) return false;
    this.#media.currentTime = Math.max(seekable.start(0), (ms - this.#zero) / 1000);
    return true;
  }

  seekLive() {
    const { seekable } = this.#media;
    if (seekable.length) this.#media.currentTime = seekable.end(seekable.length - 1) - 12;
  }

  /** The browser chooses by itself. */
  setQuality() {}

  get height() {
    return this.#media.videoHeight ?? 0;
  }

  /** The browser loads by itself; what it lost comes back when it is opened again. */
  resumeLoading() {}

  stopLoading() {}

  recoverMedia() {
    this.#media.load();
  }

  destroy() {
    this.#stop.abort();
    this.#media.removeAttribute("src");
    this.#media.load();
  }
}
