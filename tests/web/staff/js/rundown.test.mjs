// Rundown's pure parts: where lines and headings stand, times as people write them, where a moved line begins.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Places } from "../../../../web/assets/rundown/places.js";
import { clock, length, localClock, momentOf, msOf, placeAfter, placeBefore, secondsOf } from "../../../../web/assets/rundown/times.js";

test("headings and lines share one list of places", () => {
  const places = new Places(5, [{ number: 1, slot: "a" }, { number: 4, slot: "b" }]);
  assert.equal(places.count, 7);
  const shown = [...Array(7).keys()].map((p) => places.what(p).heading?.slot ?? places.what(p).number);
  assert.deepEqual(shown, ["a", 1, 2, 3, "b", 4, 5]);
  for (let number = 1; number <= 5; number += 1) assert.equal(places.what(places.of(number)).number, number);
});

test("every line of a long day is found where it stands", () => {
  const headings = Array.from({ length: 700 }, (_, k) => ({ number: 1 + k * 40, slot: `s${k}` }));
  const places = new Places(28_000, headings);
  for (const number of [1, 39, 40, 41, 13_999, 28_000]) assert.equal(places.what(places.of(number)).number, number);
  assert.deepEqual(places.what(places.of(41) - 1), { heading: headings[1] });
});

test("a day without headings", () => {
  assert.equal(new Places(3, []).of(2), 1);
  assert.deepEqual(new Places(0, []).count, 0);
});

test("times", () => {
  assert.equal(length(3725.4), "01.02.05");
  assert.equal(length(-65), "01.05");
  assert.equal(clock("06.15.30,640"), "06.15.30");
  assert.equal(msOf("06.15.30,64"), 22_530_640);
  assert.equal(momentOf(22_530_640), "06.15.30,640");
  assert.equal(momentOf(-5), "00.00.00");
  assert.equal(momentOf(99_999_999), "24.00.00");
  assert.equal(localClock("2026-11-22T15:00:00Z", "Asia/Jakarta"), "22.00");
});

test("lengths that people write", () => {
  const said = { "1.30": 90, "90": 90, "01.02.03,5": 3723.5, "1:05": 65, " 2.00 ": 120 };
  for (const [text, seconds] of Object.entries(said)) assert.equal(secondsOf(text), seconds, text);
  for (const text of ["", "satu", "1.2.3.4", "-5"]) assert.ok(Number.isNaN(secondsOf(text)), text);
});

test("a moved line begins where the line it displaces will be", () => {
  const line = { clock: "10.00.00", seconds: 120 };
  assert.equal(placeBefore(line, { clock: "09.00.00" }), "09.00.00");
  assert.equal(placeBefore(line, { clock: "11.00.00,320" }), "10.58.00,320");
  assert.equal(placeAfter(line, { seconds: 60.16 }), "10.01.00,160");
});
