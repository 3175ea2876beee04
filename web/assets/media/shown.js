// How lengths, sizes, days and states of items are written.

import { data, el, icon, language, root, t } from "../staff/page.js";

const comma = language === "en" ? "." : ",";

/** Write seconds as 3:05 or 1:02:05. */
export function length(seconds) {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Write milliseconds as 1:05,25. */
export function clock(ms) {
  const minutes = Math.floor(ms / 60000);
  const rest = (ms / 1000 - minutes * 60).toFixed(3).replace(/0+$/, "").replace(/\.$/, "");
  const [whole, part] = rest.split(".");
  return `${minutes}:${whole.padStart(2, "0")}${part ? comma + part : ""}`;
}

/** Read what clock() wrote, also 65,25 and 1:02:05; null for rubbish. */
export function readClock(text) {
  const match = /^(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (!match) return null;
  const [, h = 0, m = 0, s, part = ""] = match;
  return ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000 + Number(part.padEnd(3, "0"));
}

export function bytes(count) {
  const [unit, size] = count >= 1e9 ? ["GB", 1e9] : count >= 1e6 ? ["MB", 1e6] : ["kB", 1e3];
  return `${(count / size).toFixed(count >= 1e7 && unit === "MB" ? 0 : 1).replace(".", comma)} ${unit}`;
}

export const percent = (share) => `${Math.floor(share * 100)}%`;

export function day(text) {
  return new Date(`${text}T12:00:00Z`).toLocaleDateString(language === "en" ? "en-GB" : "id-ID", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

export function moment(text) {
  return new Date(text).toLocaleString(language === "en" ? "en-GB" : "id-ID", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: data.zone });
}

/** Return {text, kind, icon} of how far an item is, over all channels; kind colours a badge. */
export function standing(item) {
  if (!item.paths.length && item.state !== "new") return { text: t("st_gone"), kind: "red", icon: "alert-triangle" };
  if (item.state === "refused") return { text: t("st_refused"), kind: "red", icon: "ban", detail: language === "en" ? item.english : item.detail };
  if (item.state === "new") return { text: t("st_new"), kind: "blue", icon: "clock" };
  const of = (state) => item.channels.filter((c) => c.state === state);
  const failed = of("failed")[0];
  if (failed) return { text: t("st_failed"), kind: "red", icon: "alert-triangle", detail: language === "en" ? failed.english : failed.detail };
  const running = of("running")[0];
  if (running) return { text: t("st_running", { part: percent(running.progress) }), kind: "blue", icon: "clock" };
  if (of("queued").length) return { text: t("st_queued"), kind: "blue", icon: "clock" };
  if (item.channels.some((c) => c.house)) return { text: t("st_ready"), kind: "green", icon: "check" };
  return { text: t("st_unwanted"), kind: "grey", icon: "info-circle" };
}

export function badge(said) {
  return el("span", { class: `media-badge media-${said.kind}`, title: said.detail || null }, icon(said.icon), said.text);
}

/** Return the picture of an item, or the sign of its kind where it has none. */
export function thumb(item) {
  const sign = () => el("span", { class: "media-thumb" }, icon(item.kind === "video" ? "movie" : "music"));
  if (item.state !== "ready") return sign();
  const picture = el("img", { class: "media-thumb", src: `${root}kerja/pratinjau/${item.id}/poster.jpg`, alt: "", loading: "lazy", width: 64, height: 40 });
  picture.addEventListener("error", () => picture.replaceWith(sign()));
  return picture;
}

export const categoryName = (value) => data.categories.find(([v]) => v === value)?.[1] ?? value;
export const ageName = (value) => data.ages.find(([v]) => v === value)?.[1] ?? value;
