// The areas of the map as phones get them: unpacked, and whose is a point.

import assert from "node:assert/strict";
import { test } from "node:test";
import { areaAt, unpacked } from "../../../../web/assets/map/areas.js";

const PACKED = [
  { n: "Medono", k: "Pekalongan Barat", l: [10966500, -689500], r: [[10966000, -690000, 1000, 0, 0, 1000, -1000, 0], [10966400, -689600, 200, 0, 0, 200, -200, 0]] },
  { n: "Klego", k: "Pekalongan Timur", l: [10967500, -689500], r: [[10967000, -690000, 1000, 0, 0, 1000, -1000, 0]] },
];

test("rings are the ways from point to point, latitude first", () => {
  const [medono] = unpacked(PACKED);
  assert.deepEqual(medono.label, [-6.895, 109.665]);
  assert.deepEqual(medono.rings[0], [[-6.9, 109.66], [-6.9, 109.67], [-6.89, 109.67], [-6.89, 109.66]]);
});

test("a point is in one area, in none within a hole, and in none outside", () => {
  const areas = unpacked(PACKED);
  assert.equal(areaAt(areas, -6.8985, 109.662).name, "Medono");
  assert.equal(areaAt(areas, -6.895, 109.675).name, "Klego");
  assert.equal(areaAt(areas, -6.895, 109.665), null); // the hole
  assert.equal(areaAt(areas, -6.88, 109.665), null);
  assert.equal(areaAt([], -6.895, 109.665), null);
});
