import assert from "node:assert/strict";
import { test } from "node:test";

import { HOPELESS_MS, SLOW_MS, STUCK_MS, Watch, backoff } from "../../../../web/assets/portal/supervision.js";

test("waits double from half a second to five", () => {
  const plain = [0, 1, 2, 3, 4, 5, 1000].map((tries) => backoff(tries, () => 0.5));
  assert.deepEqual(plain, [500, 1000, 2000, 4000, 5000, 5000, 5000]);
});

test("chance spreads the waits of a whole audience", () => {
  assert.equal(backoff(1, () => 0), 750);
  assert.equal(backoff(1, () => 1), 1250);
  assert.equal(backoff(50, () => 1), 5000);
  assert.equal(backoff(50, () => 0), 3750);
});

function looks(watch, from, to, position, every = 500) {
  let last = null;
  for (let now = from; now <= to; now += every) last = watch.look(now, typeof position === "function" ? position(now) : position);
  return last;
}

test("a position that moves is moving", () => {
  const watch = new Watch();
  watch.reset(0);
  assert.equal(looks(watch, 0, 60000, (now) => now), "moving");
});

test("one that stands still is slow, then stuck", () => {
  const watch = new Watch();
  watch.reset(0);
  assert.equal(looks(watch, 0, SLOW_MS, 7), "still");
  assert.equal(looks(watch, SLOW_MS + 500, STUCK_MS, 7), "slow");
  assert.equal(looks(watch, STUCK_MS + 500, STUCK_MS + 500, 7), "stuck");
  assert.equal(watch.look(STUCK_MS + 1000, 8), "moving");
});

test("on a slow line what arrives keeps hope, but not for ever", () => {
  const watch = new Watch();
  watch.reset(0);
  let state;
  for (let now = 0; now <= HOPELESS_MS; now += 500) {
    watch.sign(now);
    state = watch.look(now, 7);
    assert.notEqual(state, "stuck");
  }
  watch.sign(HOPELESS_MS + 500);
  assert.equal(watch.look(HOPELESS_MS + 500, 7), "stuck");
});

test("a computer that slept gets a fresh chance", () => {
  const watch = new Watch();
  watch.reset(0);
  looks(watch, 0, 1000, 7);
  assert.equal(watch.look(8 * 3600 * 1000, 7), "still");
});
