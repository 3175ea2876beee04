// What the page knows of the grid: revision, entries, the week shown; changes one after the other; undo and redo.

import { api, Refused, trying } from "../staff/api.js";
import { data, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { conflict } from "./conflict.js";
import { applied, difference } from "./merge.js";

export const state = {
  channel: data.channel, first: data.first, version: data.version,
  revision: 0, number: null, kind: null, inForce: null, author: "", changed: null,
  grid: { entries: [], filler: [] }, week: { blocks: [], covered: [], fixed: [] },
};
const watchers = new Set();
const undoes = [];
const redoes = [];
const MOST = 100;
/** News of documents that blocks and fixed events are made of: titles and colours, azan, the days of Ramadan. */
const BESIDES = new Set(["programme", "channel", "hijri"]);
let queue = Promise.resolve();
let asked = 0;
let foreign = 0;

/** What a change begins from: where somebody else's change is shown meanwhile, it is still judged against this. */
export const seen = () => ({ revision: state.revision, grid: state.grid, foreign });
export const channelPath = (below) => `channels/${encodeURIComponent(state.channel)}/${below}`;
export const editable = () => data.may_plan && state.version === null;
export const canUndo = () => undoes.length > 0;
export const canRedo = () => redoes.length > 0;
export const entryOf = (id) => state.grid.entries.find((e) => e.id === id) ?? null;
export const titleOf = (programme) => data.programmes.find((p) => p.id === programme)?.title ?? programme;

/** Call `run("week" | "grid")` after anything that is shown has changed. */
export function watch(run) {
  watchers.add(run);
}

function tell(what) {
  for (const run of watchers) run(what);
}

function take(answer) {
  state.revision = answer.revision;
  state.number = answer.number;
  state.kind = answer.state;
  state.inForce = answer.in_force;
  state.author = answer.author;
  state.changed = answer.changed;
  state.grid = answer.grid;
}

const version = () => (state.version === null ? "" : `version=${state.version}`);

/** Fetch grid and week anew; an answer that another request has overtaken is left. */
export async function load() {
  const mine = ++asked;
  foreign += 1;
  const [grid, week] = await Promise.all([
    api("GET", channelPath(`grid?${version()}`)),
    api("GET", channelPath(`grid/week?first=${state.first}&${version()}`)),
  ]);
  if (mine !== asked) return;
  take(grid);
  state.week = week;
  tell("grid");
}

async function loadWeek() {
  const mine = ++asked;
  const week = await api("GET", channelPath(`grid/week?first=${state.first}&${version()}`));
  if (mine !== asked) return;
  state.week = week;
  tell("grid");
}

/** Show another week. */
export async function show(first) {
  state.first = first;
  const mine = ++asked;
  const week = await trying(() => api("GET", channelPath(`grid/week?first=${first}&${version()}`)));
  if (!week || mine !== asked) return;
  state.week = week;
  tell("week");
}

/** Show a version, or with null what staff work on. */
export async function showVersion(number) {
  state.version = number;
  await trying(load);
}

/**
 * Do a change that began from `from` (see seen()): `send(revision)` asks the API; `mine(grid)` returns that grid as I mean
 * it, which is needed only when somebody was faster; null where two such changes cannot be put together.
 * Resolves to the answer, or null when it was given up; raises Refused for wrong fields.
 */
export function change(label, send, mine, from = seen()) {
  const done = queue.then(() => once(label, send, mine, from));
  queue = done.catch(() => null);
  return done;
}

async function once(label, send, mine, from) {
  const base = from.foreign === foreign ? seen() : from; // my own changes before this one are no surprise
  let before = state.grid;
  let answer;
  try {
    answer = await send(base.revision);
  } catch (error) {
    if (!(error instanceof Refused) || !error.problem.conflict) throw error;
    const theirs = await api("GET", channelPath("grid"));
    const grid = mine && (await conflict(base.grid, await mine(base.grid), theirs.grid, error.problem.conflict.author || theirs.author));
    if (!grid) {
      await load();
      if (!mine) throw error;
      return null;
    }
    before = theirs.grid;
    answer = await api("PUT", channelPath("draft"), { revision: theirs.revision, grid });
  }
  remember(label, before, answer.grid);
  take(answer);
  await loadWeek();
  return answer;
}

function remember(label, before, now) {
  const what = difference(before, now);
  if (!Object.keys(what).length) return;
  undoes.push({ label, change: what, before: before.entries.map((e) => e.id), after: now.entries.map((e) => e.id) });
  if (undoes.length > MOST) undoes.shift();
  redoes.length = 0;
}

/** Keep a whole grid, as one change. */
export function put(label, grid) {
  return change(label, (revision) => api("PUT", channelPath("draft"), { revision, grid }), async () => grid);
}

export const undo = () => step(undoes, redoes, false);
export const redo = () => step(redoes, undoes, true);

function step(from, to, forward) {
  const done = queue.then(() => stepped(from, to, forward));
  queue = done.catch(() => null);
  return trying(() => done);
}

async function stepped(from, to, forward) {
  const last = from.pop();
  if (!last) return toast(t("nothing_undo"), "info");
  const grid = applied(state.grid, last.change, forward ? last.after : last.before, forward);
  if (!grid) {
    toast(t("undo_gone", { author: state.author }), "warning");
    return tell("grid");
  }
  try {
    take(await api("PUT", channelPath("draft"), { revision: state.revision, grid }));
  } catch (error) {
    from.push(last);
    if (error instanceof Refused && error.problem.conflict) await load();
    throw error;
  }
  to.push(last);
  await loadWeek();
  toast(t(forward ? "redone" : "undone", { label: last.label }), "info");
}

/** Look whether somebody else has changed the grid, or what its week shows besides; then show it as it is now. */
export async function refresh(news = null) {
  await queue;
  if (state.version !== null) return;
  const now = await trying(() => api("GET", channelPath("grid")));
  if (!now) return;
  if (now.revision === state.revision && now.state === state.kind) {
    if (BESIDES.has(news?.what)) await trying(loadWeek);
    return;
  }
  await trying(load);
  if (news?.author) toast(t("loaded_theirs", { author: news.author }), "info");
}
