import assert from "node:assert/strict";
import { test } from "node:test";

import { AirClock, Programme, permille } from "../../../../web/assets/portal/programme.js";

const item = (id, start, end, title = id) => ({ id, title, start_ms: start, end_ms: end });

test("what airs at a time, and what comes after it", () => {
  const programme = new Programme();
  programme.update({ items: [item("a", 0, 10), item("b", 10, 20), item("c", 20, 30)], fallback: null });
  assert.equal(programme.at(9).id, "a");
  assert.equal(programme.at(10).id, "b");
  assert.equal(programme.at(30), null);
  assert.deepEqual(programme.after(10).map((i) => i.id), ["c"]);
  assert.deepEqual(programme.after(-1, 2).map((i) => i.id), ["a", "b"]);
});

test("news replaces the future and keeps the past that was seen", () => {
  const programme = new Programme();
  programme.update({ items: [item("a", 0, 10), item("b", 10, 20), item("planned", 20, 30)], fallback: null });
  programme.update({ items: [item("b", 10, 15), item("emergency", 15, 40)], fallback: "slate" });
  assert.deepEqual(programme.items.map((i) => i.id), ["a", "b", "emergency"]);
  assert.equal(programme.at(16).id, "emergency");
  assert.equal(programme.fallback, "slate");
});

test("an empty message forgets nothing that was heard", () => {
  const programme = new Programme();
  programme.update({ items: [item("a", 0, 10)], fallback: null });
  programme.update({ items: [], fallback: "slate" });
  assert.equal(programme.at(5).id, "a");
});

test("the past is forgotten after three hours", () => {
  const programme = new Programme();
  programme.update({ items: [item("old", 0, 1000)], fallback: null });
  const later = 3 * 3600 * 1000 + 2000;
  programme.update({ items: [item("new", later, later + 1000)], fallback: null });
  assert.deepEqual(programme.items.map((i) => i.id), ["new"]);
});

test("progress stays between nothing and all", () => {
  const x = item("x", 100, 300);
  assert.deepEqual([0, 100, 150, 300, 999].map((ms) => permille(x, ms)), [0, 0, 250, 1000, 1000]);
  assert.equal(permille(item("empty", 5, 5), 5), 0);
});

test("the clock trusts the message that was delayed least", () => {
  const clock = new AirClock();
  assert.equal(clock.now(7), 7);
  clock.sample(1000, 500); // arrived at once: 500 ahead
  clock.sample(2000, 1900); // was 400 on its way
  assert.equal(clock.now(2000), 2500);
});

test("the clock follows when the local clock is set", () => {
  const clock = new AirClock();
  clock.sample(1000, 500);
  for (let i = 0; i < 6; i++) clock.sample(1000, 1000);
  assert.equal(clock.now(1000), 1000);
});

test("a new item without news means that the line is dead", () => {
  const programme = new Programme();
  programme.update({ items: [item("a", 0, 100000), item("b", 100000, 200000)], fallback: null });
  assert.equal(programme.stale(0, 99000), false); // still the item of the last news
  assert.equal(programme.stale(50000, 125000), false); // news may be a little late
  assert.equal(programme.stale(50000, 131000), true);
  assert.equal(programme.stale(100500, 131000), false);
  assert.equal(programme.stale(50000, 999000), false); // nothing is known: asking again would not help
});
