// Two people's changes of one grid, put together entry by entry; and changes to undo. Pure.

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const byId = (grid) => new Map(grid.entries.map((e) => [e.id, e]));
const FILLER = "";

/** Return what differs: {id: [before, after]}, null where there is none; the filler under "". */
export function difference(before, after) {
  const old = byId(before);
  const now = byId(after);
  const found = {};
  for (const id of new Set([...old.keys(), ...now.keys()])) {
    if (!same(old.get(id) ?? null, now.get(id) ?? null)) found[id] = [old.get(id) ?? null, now.get(id) ?? null];
  }
  if (!same(before.filler, after.filler)) found[FILLER] = [before.filler, after.filler];
  return found;
}

/**
 * Return `grid` with a difference taken back (or, forward, done again), in the `order` of ids as far as it knows them;
 * null when somebody has changed one of its entries since.
 */
export function applied(grid, change, order, forward) {
  const from = forward ? 0 : 1;
  const entries = byId(grid);
  let filler = grid.filler;
  for (const [id, sides] of Object.entries(change)) {
    if (id === FILLER) {
      if (!same(filler, sides[from])) return null;
      filler = sides[1 - from];
      continue;
    }
    if (!same(entries.get(id) ?? null, sides[from])) return null;
    if (sides[1 - from]) entries.set(id, sides[1 - from]);
    else entries.delete(id);
  }
  const place = new Map(order.map((id, n) => [id, n]));
  const known = [...entries.values()].filter((e) => place.has(e.id)).sort((a, b) => place.get(a.id) - place.get(b.id));
  return { entries: [...known, ...[...entries.values()].filter((e) => !place.has(e.id))], filler };
}

/**
 * Put my change of `base` and theirs together. Return {grid, clashes}: in the grid, theirs stand where both changed the
 * same entry in different ways; those are the clashes: {id, mine, theirs}, null for what was removed.
 */
export function merged(base, mine, theirs) {
  const ours = difference(base, mine);
  const others = difference(base, theirs);
  const entries = byId(theirs);
  let filler = theirs.filler;
  const clashes = [];
  for (const [id, [, after]] of Object.entries(ours)) {
    const other = others[id];
    if (other && !same(other[1], after)) clashes.push({ id, mine: after, theirs: other[1] });
    else if (id === FILLER) filler = after;
    else if (after) entries.set(id, after);
    else entries.delete(id);
  }
  return { grid: { entries: [...entries.values()], filler }, clashes };
}

/** Return a merged grid with my side of the clashes whose ids are in `chosen`. */
export function settled(grid, clashes, chosen) {
  const entries = byId(grid);
  let filler = grid.filler;
  for (const { id, mine } of clashes.filter((c) => chosen.has(c.id))) {
    if (id === FILLER) filler = mine;
    else if (mine) entries.set(id, mine);
    else entries.delete(id);
  }
  return { entries: [...entries.values()], filler };
}
