// The town's areas as phones get them (lppl/cases/areas.py packs them): unpacked, and whose is a point. Pure.

const STEPS = 100_000; // of a degree

/** Return [{name, kecamatan, label: [latitude, longitude], rings: [[[latitude, longitude]]]}] of what was packed. */
export function unpacked(areas) {
  return areas.map((area) => ({ name: area.n, kecamatan: area.k, label: [area.l[1] / STEPS, area.l[0] / STEPS], rings: area.r.map(ring) }));
}

function ring(ways) {
  const points = [];
  let x = 0;
  let y = 0;
  for (let n = 0; n < ways.length; n += 2) {
    x += ways[n];
    y += ways[n + 1];
    points.push([y / STEPS, x / STEPS]);
  }
  return points;
}

/** Return the area that holds a point, or null: a line from it to the east leaves its rings an odd number of times. */
export function areaAt(areas, latitude, longitude) {
  return areas.find((area) => area.rings.reduce((sum, points) => sum + crossings(points, latitude, longitude), 0) % 2 === 1) ?? null;
}

function crossings(points, latitude, longitude) {
  let found = 0;
  points.forEach(([y1, x1], n) => {
    const [y0, x0] = points[(n || points.length) - 1];
    if (y0 > latitude !== y1 > latitude && longitude < x0 + ((latitude - y0) * (x1 - x0)) / (y1 - y0)) found += 1;
  });
  return found;
}
