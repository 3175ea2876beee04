// The week by keyboard alone: arrows lead from block to block, with Alt they move one; + and - change its length.
//
// A move by keyboard is shown at once and kept when Alt is let go, a new length after a second without another key; Esc
// takes it back.

import { t } from "../staff/page.js";
import { focus, hold, keyOf, standing } from "./calendar.js";
import { met, towards } from "./overlap.js";
import { longDay } from "./said.js";
import { redo, seen, state, undo } from "./state.js";
import { clock, dayOf, endClock, moment, ms, secondOf } from "./time.js";

const STEP = 15 * 60_000;
const DAY = 24 * 60 * 60_000;
const IDLE_MS = 1200;
const MOVES = { ArrowUp: -STEP, ArrowDown: STEP, ArrowLeft: -DAY, ArrowRight: DAY };
let moving = null;
let timer = 0;

/**
 * Listen for keys at the blocks in `place`; while a block is drawn anew the page itself gets them.
 * `on`: opened, removed, duplicated (block), added(start), put(block, start, end, from), held(...).
 */
export function listenKeys(place, may, on) {
  const said = document.querySelector('[data-role="said"]');
  const here = (target) => {
    const node = target === document.body ? standing(place) : place.contains(target) && target.closest("[data-key]");
    return node && state.week.blocks.find((b) => keyOf(b) === node.dataset.key);
  };
  const to = (block) => focus(place, block.entry, block.occurrence, keyOf(block));

  const keep = async () => {
    clearTimeout(timer);
    if (!moving) return;
    const { block, start, end, from } = moving;
    moving = null;
    on.released();
    hold(block);
    await on.put(block, moment(start), moment(end), from);
  };
  const drop = () => {
    clearTimeout(timer);
    if (!moving) return;
    hold(moving.block);
    to(moving.block);
    moving = null;
    on.released();
  };
  const shift = (block, by, longer) => {
    moving ??= { block, start: ms(block.start), end: ms(block.end), from: seen() };
    if (keyOf(moving.block) !== keyOf(block)) return;
    const start = moving.start + by;
    const end = moving.end + by + longer;
    if (end - start < STEP || end - start > DAY || start < ms(`${state.first}T00:00:00`) || start >= ms(`${state.first}T00:00:00`) + 7 * DAY) return;
    moving = { ...moving, start, end };
    hold(block, moment(start), moment(end));
    to(block);
    said.textContent = told(block, moment(start), moment(end));
    on.held(block, moment(start), moment(end));
    clearTimeout(timer);
    if (longer) timer = setTimeout(keep, IDLE_MS);
  };

  document.addEventListener("keydown", (event) => {
    const block = here(event.target);
    if (!block) return;
    const done = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (event.altKey && MOVES[event.key] && may()) {
      done();
      return shift(block, MOVES[event.key], 0);
    }
    if (event.key === "Escape" && moving) { // also with Alt still held
      done();
      return drop();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (MOVES[event.key]) {
      done();
      const next = towards(state.week.blocks, block, event.key);
      if (next) to(next);
    } else if (event.key === "Enter" || event.key === " ") {
      done();
      if (moving) keep();
      else on.opened(block);
    } else if (!may()) {
      return;
    } else if (event.key === "+" || event.key === "=" || event.key === "-") {
      done();
      shift(block, 0, event.key === "-" ? -STEP : STEP);
    } else if (event.key === "Delete") {
      done();
      on.removed(block);
    } else if (event.key.toLowerCase() === "d") {
      done();
      on.duplicated(block);
    } else if (event.key.toLowerCase() === "n") {
      done();
      on.added(block.end);
    }
  }, true);
  document.addEventListener("keyup", (event) => {
    if (event.key === "Alt" && moving) {
      event.preventDefault();
      keep();
    }
  });
  window.addEventListener("blur", keep); // Alt is let go elsewhere
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, dialog");
    if (typing || !may() || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey) redo();
    else undo();
  });
}

/** Say where a block is held, and what it lies over there. */
export function told(block, start, end) {
  const over = met(state.week.blocks, `${block.entry}@${block.occurrence}`, start, end).map((b) => t("covers", { title: b.title }));
  const where = t("moving", { title: block.title, day: longDay(dayOf(start)), start: clock(secondOf(start)), end: endClock(start, end) });
  return [where, ...over].join(" ");
}
