// Picture and sound of a channel as its streams carry them: the leanest rendition, silent until somebody wants to hear.

import { Player } from "../portal/player.js";
import { el, icon, root, t } from "../staff/page.js";

const LOOK_MS = 500;

export class Monitor {
  #media;
  #button;
  #player;
  #heard = false;

  constructor(channel, media, button) {
    this.#media = media;
    this.#button = button;
    media.muted = true;
    this.#player = new Player(media, {
      address: () => `${root}hls/${encodeURIComponent(channel.id)}/master.m3u8`,
      onStatus: () => this.#show(),
    });
    this.#player.setQuality(channel.height ? { height: channel.height, bitrate_bps: 0 } : "saver", false);
    button.addEventListener("click", () => this.toggle());
    if (channel.kind === "tv") this.#player.play();
    setInterval(() => this.#player.tick(), LOOK_MS);
    this.#show();
  }

  /** Hear it, or do not. A channel without a picture is not fetched while nobody hears it. */
  toggle() {
    this.#heard = !this.#heard;
    this.#media.muted = !this.#heard;
    if (this.#heard) this.#player.play();
    else if (this.#media.tagName === "AUDIO") this.#player.pause();
    this.#show();
  }

  #show() {
    const blocked = this.#player.status === "blocked";
    const text = blocked ? t("play_here") : t(this.#heard ? "mute" : "hear");
    this.#button.replaceChildren(icon(blocked ? "player-play" : this.#heard ? "volume" : "volume-off"), el("span", {}, text));
    this.#button.setAttribute("aria-pressed", String(this.#heard));
    this.#media.dataset.status = this.#player.status;
  }
}
