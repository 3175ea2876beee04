// The pure parts of the weekly grid's script: two people's changes, undo, clock times, ways of the arrows.

import assert from "node:assert/strict";
import test from "node:test";

import { applied, difference, merged, settled } from "../../../../web/assets/grid/merge.js";
import { met, towards } from "../../../../web/assets/grid/overlap.js";
import { addDays, at, clock, endClock, monday, readable, seconds, weekday } from "../../../../web/assets/grid/time.js";

const grid = (entries, filler = []) => ({ entries: Object.entries(entries).map(([id, start]) => ({ id, start })), filler });
const starts = (g) => Object.fromEntries(g.entries.map((e) => [e.id, e.start]));

test("what does not meet is put together, what does is a clash", () => {
  const base = grid({ a: 1, b: 1, c: 1 });
  const mine = grid({ a: 2, b: 2, d: 1 }, ["folder:x"]);
  const theirs = grid({ a: 3, b: 1, c: 1, e: 1 });
  const found = merged(base, mine, theirs);
  assert.deepEqual(starts(found.grid), { a: 3, b: 2, e: 1, d: 1 });
  assert.deepEqual(found.grid.filler, ["folder:x"]);
  assert.deepEqual(found.clashes.map((c) => [c.id, c.mine.start, c.theirs.start]), [["a", 2, 3]]);
  assert.deepEqual(starts(settled(found.grid, found.clashes, new Set(["a"]))), { a: 2, b: 2, e: 1, d: 1 });
  assert.deepEqual(starts(settled(found.grid, found.clashes, new Set())), { a: 3, b: 2, e: 1, d: 1 });
});

test("the same change of both is none, and a removal clashes with a change", () => {
  const base = grid({ a: 1, b: 1 });
  assert.deepEqual(merged(base, grid({ a: 2, b: 1 }), grid({ a: 2, b: 1 })).clashes, []);
  const found = merged(base, grid({ b: 1 }), grid({ a: 2, b: 1 }));
  assert.deepEqual(found.clashes, [{ id: "a", mine: null, theirs: { id: "a", start: 2 } }]);
  assert.deepEqual(starts(settled(found.grid, found.clashes, new Set(["a"]))), { b: 1 });
});

test("a change is taken back over what others did elsewhere, never over what they did there", () => {
  const before = grid({ a: 1, b: 1, c: 1 });
  const after = grid({ a: 2, c: 1 });
  const change = difference(before, after);
  const order = ["a", "b", "c"];
  assert.deepEqual(applied(after, change, order, false), before);
  const others = grid({ a: 2, c: 9, z: 1 });
  assert.deepEqual(applied(others, change, order, false).entries.map((e) => e.id), ["a", "b", "c", "z"]);
  assert.equal(applied(grid({ a: 7, c: 1 }), change, order, false), null);
  assert.deepEqual(applied(before, change, ["a", "c"], true), after);
});

test("clock times and days", () => {
  const rows = [["06.00", 21_600], ["6:30", 23_400], ["24.00", 86_400], ["18.30.15", 66_615], ["7", 25_200], ["26.00", null], ["6.75", null], ["", null], ["x", null]];
  for (const [said, found] of rows) assert.equal(seconds(said), found, said);
  assert.deepEqual([0, 86_400, 90_000, 66_615].map(clock), ["00.00", "24.00", "01.00", "18.30.15"]);
  assert.equal(endClock("2026-11-23T22:00:00", "2026-11-24T00:00:00"), "24.00");
  assert.equal(addDays("2026-12-31", 1), "2027-01-01");
  assert.deepEqual([weekday("2026-11-23"), weekday("2026-11-29"), monday("2026-11-29")], [0, 6, "2026-11-23"]);
  assert.equal(at("2026-11-23", 90_000), "2026-11-24T01:00:00");
});

test("text on a colour is the one that is read better", () => {
  assert.deepEqual(["#ffffff", "#000000", "#206bc4", "#f59f00"].map(readable), ["#000000", "#ffffff", "#ffffff", "#000000"]);
});

test("arrows lead from block to block, and a held block knows what it lies over", () => {
  const block = (entry, start, end) => ({ entry, occurrence: start.slice(0, 10), start: `${start}:00`, end: `${end}:00` });
  const a = block("a", "2026-11-23T06:00", "2026-11-23T07:00");
  const b = block("b", "2026-11-23T09:00", "2026-11-23T10:00");
  const c = block("c", "2026-11-25T08:40", "2026-11-25T09:00");
  const d = block("d", "2026-11-25T05:00", "2026-11-25T06:00");
  const all = [b, c, a, d];
  assert.equal(towards(all, a, "ArrowDown"), b);
  assert.equal(towards(all, a, "ArrowUp"), null);
  assert.equal(towards(all, b, "ArrowRight"), c);
  assert.equal(towards(all, d, "ArrowLeft"), a);
  assert.equal(towards(all, c, "ArrowRight"), null);
  assert.deepEqual(met(all, "a@2026-11-23", "2026-11-23T08:30:00", "2026-11-23T09:30:00"), [b]);
  assert.deepEqual(met(all, "a@2026-11-23", "2026-11-23T06:00:00", "2026-11-23T09:00:00"), []);
});
