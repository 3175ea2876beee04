// What a block would lie over where it is held, told at once, before the service has judged it. Pure.

/** Return the blocks of a week that [start, end) of an occurrence meets, itself left out. */
export function met(blocks, key, start, end) {
  return blocks.filter((b) => `${b.entry}@${b.occurrence}` !== key && b.start < end && b.end > start);
}

/** Return the block to which an arrow leads: up and down in its day, left and right to the nearest in the next days. */
export function towards(blocks, from, arrow) {
  const day = (b) => b.start.slice(0, 10);
  const clock = (b) => b.start.slice(11);
  if (arrow === "ArrowUp" || arrow === "ArrowDown") {
    const column = blocks.filter((b) => day(b) === day(from)).sort((a, b) => (a.start < b.start ? -1 : 1));
    return column[column.indexOf(from) + (arrow === "ArrowDown" ? 1 : -1)] ?? null;
  }
  const later = arrow === "ArrowRight";
  const days = [...new Set(blocks.map(day))].filter((d) => (later ? d > day(from) : d < day(from))).sort();
  const next = later ? days[0] : days.at(-1);
  if (!next) return null;
  const minutes = (b) => Number(clock(b).slice(0, 2)) * 60 + Number(clock(b).slice(3, 5));
  const gap = (b) => Math.abs(minutes(b) - minutes(from));
  return blocks.filter((b) => day(b) === next).reduce((best, b) => (gap(b) < gap(best) ? b : best));
}
