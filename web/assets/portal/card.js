// One channel on the page: joins its player, its programme and its part of the document.

import { remember, remembered } from "./memory.js";
import { Player } from "./player.js";
import { permille } from "./programme.js";
import { share } from "./share.js";

const STEP_MS = 30000;
/** Sliding closer to now than this means live. */
const LIVE_S = 15;
/** A slider of a young channel spans at least this. */
const SPAN_S = 60;
/** In full screen the controls hide after this long without a movement. */
const HIDE_MS = 3000;

/** The playlist of a channel: live or what was recorded, all of it or the sound alone. */
function playlist(dvr, saver) {
  if (dvr) return saver ? "dvr-audio" : "dvr";
  return saver ? "audio" : "master";
}

export class Card {
  #root;
  #info;
  #with;
  #player;
  #shown = {};
  #sliding = false;
  #newsMs = 0;

  /** `context`: {programme, clock, words, station, began(card)}. */
  constructor(root, info, context) {
    this.#root = root;
    this.#info = info;
    this.#with = context;
    this.#newsMs = context.clock.now();
    this.#player = new Player(this.#role("media"), {
      address: ({ dvr, saver }) => `hls/${encodeURIComponent(info.id)}/${playlist(dvr, saver)}.m3u8`,
      onStatus: () => this.#showStatus(),
    });
    this.#bindPlayer();
    this.#bindSound();
    this.#bindQuality();
    this.#bindLinks();
  }

  get id() {
    return this.#info.id;
  }

  #role(name) {
    return this.#root.querySelector(`[data-role="${name}"]`);
  }

  #on(name, event, then) {
    this.#role(name)?.addEventListener(event, then);
  }

  // ---- what the viewer does

  #begin(act) {
    this.#with.began(this);
    act();
    this.tick();
  }

  #bindPlayer() {
    const player = this.#player;
    this.#on("big-play", "click", () => {
      this.#begin(() => player.play());
      this.#role("play").focus({ preventScroll: true }); // the big button goes away: keep the keyboard's place
    });
    this.#on("play", "click", () => (player.wanted && player.status !== "blocked" ? player.pause() : this.#begin(() => player.play())));
    this.#on("live", "click", () => this.#begin(() => player.goTo(null)));
    this.#on("back", "click", () => this.#step(-STEP_MS));
    this.#on("forward", "click", () => this.#step(STEP_MS));
    this.#on("timeline", "input", () => {
      this.#sliding = true;
      this.#showPosition();
    });
    this.#on("timeline", "change", (event) => {
      this.#sliding = false;
      const behind = -Number(event.target.value);
      this.#begin(() => player.goTo(behind < LIVE_S ? null : this.#with.clock.now() - behind * 1000));
    });
    this.#on("full", "click", () => this.#fullScreen());
    if (this.#role("full")) this.#bindHiding();
  }

  #step(by) {
    const now = this.#with.clock.now();
    const to = (this.#player.aimMs || now) + by; // steps add up, also while the first is under way
    this.#begin(() => this.#player.goTo(to > now - LIVE_S * 1000 ? null : to));
  }

  async #fullScreen() {
    const player = this.#role("player");
    const media = this.#role("media");
    if (document.fullscreenElement) await document.exitFullscreen();
    else if (player.requestFullscreen) await player.requestFullscreen();
    else media.webkitEnterFullscreen?.(); // phones that only show the video itself
  }

  /** In full screen the controls lie over the picture, and only while somebody reaches for them. */
  #bindHiding() {
    const player = this.#role("player");
    let timer = 0;
    const wake = () => {
      player.classList.add("is-awake");
      clearTimeout(timer);
      timer = setTimeout(() => player.classList.remove("is-awake"), HIDE_MS);
    };
    for (const event of ["pointermove", "pointerdown", "keydown", "fullscreenchange"]) player.addEventListener(event, wake);
  }

  #bindSound() {
    const media = this.#role("media");
    const slider = this.#role("volume");
    const level = Number(remembered("volume", 80));
    slider.value = level >= 0 && level <= 100 ? level : 80;
    media.volume = slider.value / 100;
    slider.addEventListener("input", () => {
      media.volume = slider.value / 100;
      media.muted = false;
      remember("volume", Number(slider.value));
    });
    this.#on("mute", "click", () => (media.muted = !media.muted));
    media.addEventListener("volumechange", () => this.#showSound());
    this.#showSound();
  }

  #bindQuality() {
    const select = this.#role("quality");
    const last = remembered(`quality.${this.id}`, "auto");
    if ([...select.options].some((o) => o.value === last)) select.value = last;
    const choose = () => {
      const named = this.#info.qualities.find((q) => q.name === select.value);
      const tv = this.#info.kind === "tv";
      this.#player.setQuality(named ?? select.value, tv && select.value === "saver");
      this.#showStage();
    };
    choose();
    select.addEventListener("change", () => {
      remember(`quality.${this.id}`, select.value);
      choose();
    });
  }

  /** An address of the moment that is heard, for others. */
  async #share() {
    const { clock, words, station } = this.#with;
    const seconds = Math.floor((this.#player.heardMs || clock.now()) / 1000);
    const url = new URL(`saat/${encodeURIComponent(this.id)}/${seconds}`, document.baseURI).href;
    const how = await share({ title: `${this.#shown.title || this.#info.name} · ${station}`, url });
    const shown = this.#role("share-link");
    shown.textContent = url;
    shown.hidden = how === "shared" || how === "cancelled";
    if (how === "copied") words.put(this.#role("share"), "shared");
    if (how === "shown") getSelection().selectAllChildren(shown);
  }

  #bindLinks() {
    this.#on("share", "click", () => this.#share());
    for (const code of this.#root.querySelectorAll('[data-role="address"]')) {
      code.textContent = new URL(code.dataset.path, document.baseURI).href;
    }
    for (const button of this.#root.querySelectorAll('[data-role="copy"]')) {
      button.addEventListener("click", async () => {
        const address = button.previousElementSibling;
        try {
          await navigator.clipboard.writeText(address.textContent);
          button.textContent = this.#with.words.text("copied");
        } catch {
          getSelection().selectAllChildren(address); // not allowed to copy: ready for the viewer to do it
        }
      });
    }
  }

  pause() {
    this.#player.pause();
  }

  /** What is counted of this card: `{channel, quality}` while it plays, else null. */
  get playing() {
    if (this.#player.status !== "playing") return null;
    const { height, bps } = this.#player.shown;
    const far = (q) => Math.abs((q.height ?? 0) - height) * 1e7 + Math.abs(q.bitrate_bps - bps);
    const nearest = this.#info.qualities.reduce((best, q) => (!best || far(q) < far(best) ? q : best), null);
    return { channel: this.id, quality: bps && nearest ? nearest.name : "auto" };
  }

  // ---- what is shown

  /** Take a message of the channel's programme. */
  news(message) {
    this.#with.programme.update(message);
    this.#newsMs = message.server_ms;
    this.tick();
  }

  /** True when news must have been lost. */
  get stale() {
    return this.#with.programme.stale(this.#newsMs, this.#with.clock.now());
  }

  /** Bring everything up to date; called twice a second. */
  tick() {
    this.#player.tick();
    this.#showHeard();
    this.#showPosition();
  }

  translate() {
    this.#shown = {};
    this.#showStatus();
    this.#showSound();
    this.tick();
  }

  /** What the listener hears: the item at the playing position, or on air while nothing plays. */
  #heard() {
    const { programme, clock, words } = this.#with;
    const playing = this.#player.heardMs;
    const ms = Number.isNaN(playing) ? clock.now() : playing;
    const item = programme.at(ms) ?? this.#player.named(ms);
    if (item) return { ms, item, title: item.kind === "off" ? words.text("off_air") : item.title };
    // Further back than anyone remembers: the time at least is certain.
    if (!this.#player.live) return { ms, item, title: words.text("replay_of", { time: words.clockZone(ms) }) };
    return { ms, item, title: words.text("no_now") };
  }

  #set(name, text) {
    if (this.#shown[name] === text) return false;
    this.#shown[name] = text;
    this.#role(name).textContent = text;
    return true;
  }

  #showHeard() {
    const { programme, words } = this.#with;
    const { ms, item, title } = this.#heard();
    const off = item?.kind === "off";
    const changed = this.#set("title", title);
    this.#set("artist", off ? "" : (item?.artist ?? ""));
    this.#set("programme", item?.programme ?? "");
    this.#set("start", item ? words.clock(item.start_ms) : "");
    this.#set("end", item ? words.clockZone(item.end_ms) : "");
    this.#set("fallback", ["ident", "slate"].includes(programme.fallback) && this.#player.live ? words.text("fallback") : "");
    this.#set("pill-text", words.text(off ? "off_air" : `on_air_${this.#info.kind}`));
    this.#role("pill").classList.toggle("is-off", off);
    this.#role("progress").value = item ? permille(item, ms) : 0;
    this.#showNext(ms);
    if (changed) this.#tellSystem();
  }

  #showNext(ms) {
    const { programme, words } = this.#with;
    const next = programme.after(ms);
    const key = JSON.stringify([words.language, next.map((i) => [i.start_ms, i.title, i.artist])]);
    if (this.#shown.next === key) return;
    this.#shown.next = key;
    const rows = next.map((item) => {
      const row = document.createElement("li");
      const time = document.createElement("time");
      time.textContent = words.clock(item.start_ms);
      const text = document.createElement("span");
      text.textContent = item.title;
      if (item.artist) {
        const by = document.createElement("span");
        by.className = "by";
        by.textContent = ` · ${item.artist}`;
        text.append(by);
      }
      row.append(time, " ", text);
      return row;
    });
    if (!rows.length) {
      const row = document.createElement("li");
      row.className = "empty";
      row.textContent = words.text("no_next");
      rows.push(row);
    }
    this.#role("next").replaceChildren(...rows);
  }

  #showStatus() {
    const { words } = this.#with;
    const { status, wanted } = this.#player;
    const name = this.#info.name;
    this.#root.dataset.status = status;
    const told = ["loading", "reconnecting", "blocked", "unsupported"].includes(status);
    words.put(this.#role("notice"), told ? status : "");
    const playing = wanted && status !== "blocked";
    const button = this.#role("play");
    button.dataset.tLabel = playing ? "pause" : "play";
    button.setAttribute("aria-label", words.text(button.dataset.tLabel, { name }));
    this.#role("big-play").setAttribute("aria-label", words.text("play", { name }));
    this.#root.classList.toggle("is-wanted", playing);
    // Only the channel that someone follows may speak up when its item changes.
    if (playing) this.#role("heard").setAttribute("aria-live", "polite");
    else this.#role("heard").removeAttribute("aria-live");
    this.#tellSystem();
  }

  /** Sound alone plays over the motif of the station, as on radio. */
  #showStage() {
    const soundOnly = this.#info.kind === "tv" && this.#role("quality").value === "saver";
    this.#root.classList.toggle("is-sound-only", soundOnly);
  }

  #showSound() {
    const media = this.#role("media");
    const silent = media.muted || media.volume === 0;
    const button = this.#role("mute");
    this.#root.classList.toggle("is-silent", silent);
    button.setAttribute("aria-pressed", String(silent));
  }

  #showPosition() {
    const slider = this.#role("timeline");
    if (!slider) return;
    const { clock, words } = this.#with;
    const now = clock.now();
    const { live, heardMs, wanted } = this.#player;
    const age = Math.max(SPAN_S, Math.ceil((now - this.#info.since_ms) / 1000));
    slider.min = -Math.min(this.#info.dvr_seconds, age);
    if (!this.#sliding) slider.value = live || !heardMs ? (live ? 0 : slider.value) : Math.round((heardMs - now) / 1000);
    const behind = -Number(slider.value);
    const text = behind < LIVE_S ? words.text("live") : words.text("behind", { time: words.length(behind) });
    slider.setAttribute("aria-valuetext", text);
    this.#set("position", behind < LIVE_S ? "\u00a0" : text);
    this.#role("live").disabled = live && wanted;
    this.#role("forward").disabled = live;
    this.#root.classList.toggle("is-live", live && wanted);
    this.#showStage();
  }

  /** Tell the phone's lock screen and the keyboard's media keys. */
  #tellSystem() {
    if (!("mediaSession" in navigator) || !this.#player.wanted) return;
    const { station } = this.#with;
    const [title, artist] = [this.#shown.title ?? "", this.#shown.artist || station];
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist, album: this.#info.name });
    navigator.mediaSession.setActionHandler("play", () => this.#begin(() => this.#player.play()));
    navigator.mediaSession.setActionHandler("pause", () => this.#player.pause());
    navigator.mediaSession.setActionHandler("stop", () => this.#player.pause());
  }
}
