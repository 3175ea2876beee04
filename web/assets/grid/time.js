// Local dates, clock times and colours of the weekly grid. Pure: no page, no clock.
//
// A date is "2026-11-23", a time of day is seconds after midnight, a moment "2026-11-23T06:00:00", all local.

export const DAY_S = 86400;
const pad = (n) => String(n).padStart(2, "0");

/** Return the moment as milliseconds of a clock that knows no zone. */
export const ms = (moment) => Date.parse(`${moment}Z`);
export const moment = (millis) => new Date(millis).toISOString().slice(0, 19);
export const dayOf = (said) => said.slice(0, 10);
export const addDays = (day, n) => moment(ms(`${day}T00:00:00`) + n * 86_400_000).slice(0, 10);
/** Weekdays as RFC 5545 names them, from Monday on. */
export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
/** Return 0 for Monday to 6 for Sunday. */
export const weekday = (day) => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
export const monday = (day) => addDays(day, -weekday(day));
export const secondOf = (said) => (ms(said) - ms(`${dayOf(said)}T00:00:00`)) / 1000;
export const at = (day, second) => moment(ms(`${day}T00:00:00`) + second * 1000);

/** Write seconds after midnight as staff do: 06.00, 18.30.15; past midnight wraps, 24.00 stays. */
export function clock(second) {
  const s = second > DAY_S ? second - DAY_S : second;
  return `${pad(Math.floor(s / 3600))}.${pad(Math.floor(s / 60) % 60)}${s % 60 ? `.${pad(s % 60)}` : ""}`;
}

/** Return the seconds of "06.00", "6:30", "18.30.15", "24.00"; null for anything else. */
export function seconds(said) {
  const match = /^\s*(\d{1,2})(?:[.:](\d{2}))?(?:[.:](\d{2}))?\s*$/.exec(said);
  if (!match) return null;
  const [h, m, s] = match.slice(1).map((x) => Number(x ?? 0));
  const total = h * 3600 + m * 60 + s;
  return m < 60 && s < 60 && total <= DAY_S ? total : null;
}

/** Write the end of a block: midnight of the next day is 24.00. */
export const endClock = (start, end) => (secondOf(end) === 0 && end > start ? "24.00" : clock(secondOf(end)));

/** Return which of black and white is read better on a colour "#206bc4" (WCAG 2.1 contrast). */
export function readable(colour) {
  const channel = (i) => {
    const v = parseInt(colour.slice(i, i + 2), 16) / 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  const light = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return (light + 0.05) / 0.05 > 1.05 / (light + 0.05) ? "#000000" : "#ffffff";
}
