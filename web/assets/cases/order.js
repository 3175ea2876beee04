// The order of the queue as it was last seen, so that a case knows its neighbours and the way back. It ends with the tab.

const KEY = "aduan.urutan";
const LOOKED_FOR = "aduan.cari";
const MOST = 2000;

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? { ids: [], query: "" };
  } catch {
    return { ids: [], query: "" };
  }
}

/** Keep the numbers of the cases that the queue shows, and its query. */
export function keepOrder(ids, query) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...read(), ids: ids.slice(0, MOST), query }));
  } catch {
    // a full store costs a convenience only
  }
}

/** Note which case is open, so that the queue returns to it. */
export function keepOpened(id) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...read(), opened: id }));
  } catch {
    // as above
  }
}

/** Return the case that was open last, once. */
export function takeOpened() {
  const { opened = null } = read();
  if (opened !== null) keepOpened(null);
  return opened;
}

/** Return {before, after, query}: the neighbours of a case, null where there is none. */
export function neighbours(id) {
  const { ids, query } = read();
  const at = ids.indexOf(id);
  return { before: at > 0 ? ids[at - 1] : null, after: at >= 0 ? ids[at + 1] ?? null : null, query };
}

/** Look for `words` when the queue opens next; what is personal stands in no address. */
export const lookFor = (words) => sessionStorage.setItem(LOOKED_FOR, words);

/** Return what is to be looked for, once. */
export function takeLookedFor() {
  const words = sessionStorage.getItem(LOOKED_FOR);
  sessionStorage.removeItem(LOOKED_FOR);
  return words;
}
