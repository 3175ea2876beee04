// Times as the control room writes them. Pure.

import { data } from "../staff/page.js";

/** Milliseconds as "05.09", from an hour on "1.05.09"; a second that has begun counts. */
export function span(ms) {
  const total = Math.max(0, Math.ceil(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  return h ? `${h}.${two(m)}.${two(s)}` : `${two(m)}.${two(s)}`;
}

const format = new Intl.DateTimeFormat("en-GB", { timeZone: data.zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** An instant (ms, or ISO 8601) as the station's time: "12.00.05". */
export const clock = (at) => format.format(new Date(at)).replaceAll(":", ".");

/** The next instant (ISO 8601) at which the station's clock shows "HH:MM". */
export function nextAt(text, nowMs) {
  const seconds = (words) => words.split(/[:.]/).reduce((sum, word, i) => sum + Number(word) * [3600, 60, 1][i], 0);
  let wait = seconds(text) - seconds(clock(nowMs));
  if (wait <= 0) wait += 86_400;
  return new Date(Math.floor(nowMs / 1000) * 1000 + wait * 1000).toISOString();
}
