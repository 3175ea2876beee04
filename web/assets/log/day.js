// What aired on a day: all of its lines, fetched in pages and filtered here while one types.

import { api } from "../staff/api.js";
import { data, el, icon, root, t } from "../staff/page.js";
import { clock, length, lengthInWords } from "../report/format.js";
import { table } from "../report/table.js";
import { chosen, files } from "./state.js";
import { takeDown } from "./takedowns.js";

const PAGE = 500;
const SHOWN = 300;
let loaded = null;
let room = SHOWN;

/** Fetch a day and show it; `signal` ends it when something else is chosen meanwhile. */
export async function load(place, summary, signal) {
  const { channel, day } = chosen();
  loaded = null; // filters must not bring the day before back
  files(root, `channels/${channel}/log/file?day=${day}`);
  const path = (offset) => `channels/${channel}/log?day=${day}&limit=${PAGE}&offset=${offset}`;
  const first = await api("GET", path(0), undefined, { signal });
  loaded = { ...first, channel };
  room = SHOWN;
  show(place, summary);
  while (loaded.lines.length < first.total) {
    const more = await api("GET", path(loaded.lines.length), undefined, { signal });
    if (!more.lines.length) break;
    loaded.lines.push(...more.lines);
    show(place, summary);
  }
}

/** Show what fits the filters. */
export function show(place, summary) {
  if (!loaded) return;
  const lines = fitting(loaded.lines);
  summary.textContent = told(lines.length);
  if (!lines.length) return place.replaceChildren(el("p", { class: "empty-title" }, t(loaded.total ? "nothing_fits" : "nothing_aired")));
  const columns = [{ text: t("time") }, { text: t("title"), wide: true }, { text: t("programme"), wide: true }, { text: t("category") }, { text: t("kind") }, { text: t("duration"), figure: true }, { text: t("why"), wide: true }, { text: t("actions"), screen: true }];
  const now = lines.slice(0, room);
  const more = lines.length > room && el("button", { type: "button", class: "btn d-print-none", onclick: () => { room += SHOWN; show(place, summary); } }, t("more"));
  place.replaceChildren(table(t("tab_aired"), columns, now.map((line) => row(line, place, summary)), { rowAttributes: (n) => ({ class: `row-${now[n].kind}` }) }), ...(more ? [more] : []));
}

/** Show every line, for paper. */
export function showAll(place, summary) {
  room = Infinity;
  show(place, summary);
}

function fitting(lines) {
  const { category, kind, words = "" } = chosen();
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter((line) => {
    if ((category && line.category !== category) || (kind && line.kind !== kind)) return false;
    const text = `${line.title} ${line.artist} ${line.programme}`.toLocaleLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

function told(count) {
  const { totals, total } = loaded;
  const parts = [count === total ? t("lines", { n: total }) : t("shown", { n: count, all: total }), t("aired_for", { aired: lengthInWords(totals.aired_seconds) })];
  if (totals.off_seconds) parts.push(t("off_for", { off: lengthInWords(totals.off_seconds) }));
  if (totals.unrecorded_seconds >= 1) parts.push(t("unrecorded_for", { length: lengthInWords(totals.unrecorded_seconds) }));
  return parts.join(" · ");
}

function row(line, place, summary) {
  const time = clock(line.start);
  const title = line.artist ? [line.title, el("div", { class: "text-secondary" }, line.artist)] : line.title;
  return [time, title, line.programme || "–", line.category ? t(`category_${line.category}`) : "–", t(`kind_${line.kind}`), length(line.seconds), line.why || "–", actions(line, time, place, summary)];
}

function actions(line, time, place, summary) {
  if (!line.span) return "–";
  const again = () => load(place, summary);
  const named = { title: line.title, time };
  const watch = line.withheld
    ? el("span", { class: "sign sign-some" }, icon("ban"), t("withheld"))
    : el("a", { class: "btn btn-sm", href: `${root}tonton/${loaded.channel}/${line.span}`, "aria-label": t("watch_of", named) }, icon("player-play"), t("watch"));
  const end = new Date(new Date(line.start).getTime() + line.seconds * 1000).toISOString();
  const down = data.may_take_down && !line.withheld && el("button", { type: "button", class: "btn btn-sm", "aria-label": t("take_down_of", named), onclick: () => takeDown(loaded.channel, line.start, end, again) }, t("take_down"));
  return el("div", { class: "btn-list d-print-none" }, watch, down);
}
