// What differs between before and after of a change, place by place.

import assert from "node:assert/strict";
import { test } from "node:test";

import { differences } from "../../../../web/assets/audit/differences.js";

const told = (before, after) => differences(before, after).map((d) => [d.path, d.kind, d.before, d.after]);

test("what is the same is left out, what differs is named by its place", () => {
  assert.deepEqual(told({ title: "A", age: "SU", hours: [1, 2] }, { title: "B", age: "SU", hours: [1, 3, 4] }), [
    ["title", "changed", "A", "B"], ["hours.1", "changed", "2", "3"], ["hours.2", "added", undefined, "4"],
  ]);
});

test("what came or went as a whole is told part by part", () => {
  assert.deepEqual(told(null, { a: 1, b: { c: "x" } }), [["a", "added", undefined, "1"], ["b.c", "added", undefined, "x"]]);
  assert.deepEqual(told({ a: [1] }, null), [["a.0", "removed", "1", undefined]]);
  assert.deepEqual(told(null, null), []);
});

test("values of another kind, and empty ones", () => {
  assert.deepEqual(told({ a: [] }, { a: {} }), [["a", "changed", "[]", "{}"]]);
  assert.deepEqual(told("lama", "baru"), [["", "changed", "lama", "baru"]]);
  assert.deepEqual(told({ a: null }, { a: "x" }), [["a", "changed", "null", "x"]]);
});

test("a change of thousands of places is cut", () => {
  const many = Object.fromEntries([...Array(2000).keys()].map((n) => [`k${n}`, n]));
  assert.equal(differences(null, many).length, 500);
});
