// Times and lengths as people here write them. Pure.

/** 3725.4 -> "01.02.05"; below an hour "02.05". */
export function length(seconds) {
  const total = Math.round(Math.abs(seconds));
  const parts = [Math.floor(total / 60) % 60, total % 60];
  if (total >= 3600) parts.unshift(Math.floor(total / 3600));
  return parts.map((n) => String(n).padStart(2, "0")).join(".");
}

/** A moment "06.15.30,640" without its fraction. */
export const clock = (moment) => moment.slice(0, 8);

/** Milliseconds after midnight of a moment. */
export function msOf(moment) {
  const [whole, part = "0"] = moment.split(",");
  const [h, m, s = 0] = whole.split(".").map(Number);
  return ((h * 60 + m) * 60 + s) * 1000 + Number(part.padEnd(3, "0"));
}

/** The moment so many milliseconds after midnight, within the day. */
export function momentOf(ms) {
  const inDay = Math.min(Math.max(0, Math.round(ms)), 86_400_000);
  const two = (n) => String(Math.floor(n)).padStart(2, "0");
  const part = inDay % 1000;
  const whole = `${two(inDay / 3_600_000)}.${two((inDay / 60_000) % 60)}.${two((inDay / 1000) % 60)}`;
  return part ? `${whole},${String(part).padStart(3, "0")}` : whole;
}

/** "1.30" or "90" or "01.02.03,5" as seconds; NaN for anything else. */
export function secondsOf(text) {
  const match = /^\s*(?:(?:(\d{1,2})[.:])?(\d{1,3})[.:])?(\d{1,5})(?:,(\d{1,3}))?\s*$/.exec(text);
  if (!match) return NaN;
  const [, h = 0, m = 0, s, part = "0"] = match;
  return Number(h) * 3600 + Number(m) * 60 + Number(s) + Number(`0.${part}`);
}

/** Where a line must begin so that it airs right before `target`, once it is taken from its own place. */
export function placeBefore(line, target) {
  const later = msOf(target.clock) > msOf(line.clock);
  return momentOf(msOf(target.clock) - (later ? line.seconds * 1000 : 0));
}

/** Where a line must begin so that it airs right after the one that follows it now. */
export const placeAfter = (line, next) => momentOf(msOf(line.clock) + next.seconds * 1000);

/** "22.00" of an instant in a time zone. */
export function localClock(iso, zone) {
  const parts = { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat("en-GB", parts).format(new Date(iso)).replace(":", ".");
}
