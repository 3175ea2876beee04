// What differs between two JSON values, place by place: [{path, kind: added|removed|changed, before, after}]. Pure.

const MOST = 500;
const isObject = (value) => value !== null && typeof value === "object";
const text = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 1));

export function differences(before, after) {
  const found = [];
  walk("", before ?? undefined, after ?? undefined, found);
  return found;
}

function walk(path, before, after, found) {
  if (found.length >= MOST || same(before, after)) return;
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) return inside(path, before, after, found);
  // a whole thing that came or went is told part by part, so that it can be read
  if (before === undefined && isObject(after) && Object.keys(after).length) return inside(path, Array.isArray(after) ? [] : {}, after, found);
  if (after === undefined && isObject(before) && Object.keys(before).length) return inside(path, before, Array.isArray(before) ? [] : {}, found);
  const kind = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  found.push({ path, kind, before: text(before), after: text(after) });
}

function inside(path, before, after, found) {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const key of keys) walk(path ? `${path}.${key}` : key, before[key], after[key], found);
}

function same(a, b) {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
