// Listening to or watching an item before it airs: its house set by HLS, with the outline of its sound.

import Hls from "hls.js";
import WaveSurfer from "wavesurfer.js";

import { el, icon, nonce, t } from "../staff/page.js";
import { overlay } from "./cues.js";
import { length } from "./shown.js";

const POINTS = 4000;

/** Return the player of a house set; cue markers lie over its waveform. */
export function mount({ house, item, base }) {
  const picture = item.kind === "video" && house.includes(".tv-");
  const media = el(picture ? "video" : "audio", { preload: "metadata", playsinline: true, "aria-label": t(picture ? "watch" : "listen") });
  const wave = el("div", { class: "media-wave", "aria-label": t("wave"), role: "group" });
  const time = el("span", { class: "tabular" }, `0:00 / ${length(item.length_s)}`);
  const button = el("button", { class: "btn btn-primary", type: "button", onclick: () => (media.paused ? media.play() : media.pause()) }, icon("player-play"), el("span", {}, t("play")));
  const controls = el("div", { class: "d-flex gap-2 align-items-center" }, button, time);
  const side = el("div", {}, wave, controls);
  attach(media, `${base}/master.m3u8`);
  for (const kind of ["play", "pause"]) media.addEventListener(kind, () => button.replaceChildren(icon(media.paused ? "player-play" : "player-pause"), el("span", {}, t(media.paused ? "play" : "pause"))));
  media.addEventListener("timeupdate", () => (time.textContent = `${length(media.currentTime)} / ${length(item.length_s)}`));
  overlay(wave, item.length_s * 1000, {
    position: () => media.currentTime * 1000,
    play: (ms) => {
      media.currentTime = ms / 1000;
      media.play();
    },
  });
  draw(wave, media, `${base}/outline?points=${POINTS}`, item.length_s);
  return el("div", { class: picture ? "media-player with-picture" : "media-player" }, media, side);
}

function attach(media, url) {
  if (Hls.isSupported()) {
    const hls = new Hls({ autoStartLoad: false, maxBufferLength: 20 });
    hls.loadSource(url);
    hls.attachMedia(media);
    // nothing is fetched before somebody wants to hear it
    const start = () => hls.startLoad(media.currentTime);
    media.addEventListener("play", start, { once: true });
    media.addEventListener("seeking", start, { once: true });
  } else media.src = url;
}

async function draw(box, media, url, duration) {
  const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) {
    box.append(el("p", { class: "text-secondary" }, t("no_wave")));
    return;
  }
  const points = new Int8Array(await answer.arrayBuffer());
  const [low, high] = [new Float32Array(points.length / 2), new Float32Array(points.length / 2)];
  for (let n = 0; n < high.length; n += 1) {
    low[n] = points[2 * n] / 127;
    high[n] = points[2 * n + 1] / 127;
  }
  WaveSurfer.create({ container: box, media, peaks: [high, low], duration, height: 96, cspNonce: nonce, waveColor: "#8b92c9", progressColor: "#2d3478", cursorColor: "#8f1d1d", normalize: true });
}
