// The week as a calendar: blocks to drag, resize and reach by keyboard; azan and the like behind them.

import { createCalendar, Interaction, TimeGrid } from "@event-calendar/core";

import { data, el, language } from "../staff/page.js";
import { hours, longDay, marks } from "./said.js";
import { editable, seen, state } from "./state.js";
import { at, clock, moment, ms, readable, secondOf, weekday } from "./time.js";

const SLOT_PX = 16;
const SHOWN_S = 600;
let calendar = null;
let wanted = null;

export const keyOf = (block) => `${block.entry}@${block.occurrence}@${block.start}`;
const utc = (date) => moment(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()));
const blockOf = (event) => event.extendedProps.block;

/** Mount the calendar. `on`: moved(block, start, end, from), held(block, start, end), picked(start, end), opened(block). */
export function mount(place, on) {
  let from = null;
  const dropped = (info) => {
    info.revert();
    on.moved(blockOf(info.event), utc(info.event.start), utc(info.event.end), from);
  };
  const begun = () => {
    from = seen();
    place.classList.add("is-dragging");
  };
  const ended = () => {
    place.classList.remove("is-dragging");
    on.released();
  };
  const held = (info) => {
    on.held(blockOf(info.event), utc(info.event.start), utc(info.event.end));
    return true;
  };
  calendar = createCalendar(place, [TimeGrid, Interaction], {
    view: "timeGridWeek", date: state.first, firstDay: 1, allDaySlot: false, headerToolbar: { start: "", center: "", end: "" },
    slotDuration: "00:15:00", slotLabelInterval: "01:00:00", slotHeight: SLOT_PX, scrollTime: "05:00:00", height: "100%",
    locale: language === "en" ? "en-GB" : "id", slotMinTime: "00:00:00", slotMaxTime: "24:00:00", nowIndicator: false, slotEventOverlap: false,
    highlightedDates: [data.today], longPressDelay: 400, eventDragMinDistance: 6,
    dayHeaderFormat: (date) => head(utc(date).slice(0, 10)), slotLabelFormat: (date) => clock(secondOf(utc(date))),
    eventTimeFormat: () => "", eventContent: ({ event }) => inside(event),
    eventDidMount: ({ el: node, event }) => dressed(node, event),
    editable: editable(), selectable: editable(), eventStartEditable: editable(), eventDurationEditable: editable(),
    dragConstraint: held, resizeConstraint: held, eventDrop: dropped, eventResize: dropped,
    eventDragStart: begun, eventDragStop: ended, eventResizeStart: begun, eventResizeStop: ended,
    eventClick: ({ event }) => event.display !== "background" && on.opened(blockOf(event)),
    select: ({ start, end }) => { calendar.unselect(); on.picked(utc(start), utc(end)); },
    eventAllUpdated: () => {
      plain(place);
      give(place);
      if (wanted) wanted.shown = true;
    },
    events: [],
  });
  follow(place);
}

/** Show the week of the state. */
export function draw() {
  if (!calendar) return;
  const mine = editable();
  for (const option of ["editable", "selectable", "eventStartEditable", "eventDurationEditable"]) calendar.setOption(option, mine);
  calendar.setOption("date", state.first);
  calendar.setOption("events", [...state.week.blocks.map(event), ...state.week.fixed.map(behind), ...state.week.covered.map(lost)]);
}

/** Show a block elsewhere for a moment, as while it is moved by keyboard; null shows it where it is. */
export function hold(block, start, end) {
  const shown = calendar.getEventById(keyOf(block));
  if (shown) calendar.updateEvent({ ...event(block), start: start ?? block.start, end: end ?? block.end });
}

const TABLE = ["table", "row", "rowgroup", "cell", "gridcell", "columnheader", "rowheader"].map((role) => `[role="${role}"]`).join(", ");
const PLACES = ["aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount", "aria-colspan", "aria-rowspan"];

/** Blocks are buttons, not cells: the calendar's table roles would only promise a table; the list is one. */
function plain(place) {
  for (const node of place.querySelectorAll(TABLE)) node.removeAttribute("role");
  for (const name of PLACES) for (const node of place.querySelectorAll(`[${name}]`)) node.removeAttribute(name);
  // an empty week is scrolled by keyboard, too
  const scrolled = place.querySelector(".ec-main");
  if (place.querySelector(".ec-event[data-entry]")) scrolled?.removeAttribute("tabindex");
  else scrolled?.setAttribute("tabindex", "0");
}

/** Remember which block has the focus: drawing makes its node anew, and the focus is nowhere until it is given back. */
function follow(place) {
  const elsewhere = (target) => !target.closest?.("dialog"); // what is asked about a block comes back to it
  document.addEventListener("focusin", ({ target }) => {
    const node = place.contains(target) && target.closest("[data-key]");
    if (node && node !== standing(place)) wanted = { ...node.dataset, shown: true };
    else if (!node && elsewhere(target)) wanted = null;
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (elsewhere(target)) wanted = null;
  }, true);
}

/** Give the block the focus, now and when it is drawn anew; `key` (see keyOf) means one part of an occurrence. */
export function focus(place, entry, occurrence = null, key = null) {
  wanted = { entry, occurrence, key, shown: false };
  give(place);
}

/** Return the node of the block that has the focus, or is about to get it back; null where none does. */
export function standing(place) {
  if (!wanted || place.hidden || document.querySelector("dialog[open]")) return null;
  const all = [...place.querySelectorAll("[data-key]")].filter((n) => n.dataset.entry === wanted.entry);
  return all.find((n) => n.dataset.key === wanted.key) ?? all.find((n) => n.dataset.occurrence === wanted.occurrence) ?? all[0] ?? null;
}

function give(place) {
  const node = standing(place);
  if (!node) return;
  if (!wanted.shown) node.scrollIntoView({ block: "nearest", inline: "nearest" });
  node.focus({ preventScroll: true });
}

function event(block) {
  return {
    id: keyOf(block), start: block.start, end: block.end, title: block.title, backgroundColor: block.colour,
    textColor: readable(block.colour), extendedProps: { block },
    classNames: ["block", `begins-${block.begins}`, ...(block.once ? ["once"] : []), ...(block.special ? ["special"] : []), ...(block.goes_on ? ["goes-on"] : []), ...(block.winner ? ["loses"] : [])],
  };
}

function behind(fixed) {
  return {
    id: `fixed@${fixed.series}@${fixed.at}`, display: "background", title: fixed.title, start: fixed.at,
    end: moment(ms(fixed.at) + SHOWN_S * 1000), classNames: ["fixed-event"], extendedProps: { fixed },
  };
}

function lost(covered) {
  return {
    id: `lost@${covered.entry}@${covered.start}`, display: "background", title: "", start: covered.start, end: covered.end,
    classNames: ["lost"], extendedProps: { covered },
  };
}

function inside(event) {
  if (event.display === "background") {
    const { fixed } = event.extendedProps;
    return { domNodes: fixed ? [el("span", { class: "fixed-name" }, `${fixed.title} ${clock(secondOf(fixed.at))}`)] : [] };
  }
  const block = blockOf(event);
  if (!block) return undefined;
  const start = utc(event.start);
  const shown = { ...block, start, end: utc(event.end) };
  const within = state.week.fixed.filter((f) => f.at >= start && f.at < shown.end).map((f) => `${f.title} ${clock(secondOf(f.at))}`);
  return {
    domNodes: [
      el("span", { class: "block-title" }, block.title),
      el("span", { class: "block-time" }, hours(shown)),
      el("span", { class: "block-marks" }, [...marks(block), ...within].join(" · ")),
      el("span", { class: "visually-hidden" }, longDay(start.slice(0, 10))),
    ],
  };
}

function dressed(node, event) {
  const block = event.extendedProps?.block;
  if (!block || !["auto", undefined].includes(event.display)) {
    node.setAttribute("aria-hidden", "true");
    return;
  }
  node.dataset.entry = block.entry;
  node.dataset.occurrence = block.occurrence;
  node.dataset.key = keyOf(block);
  node.setAttribute("role", "button");
  node.setAttribute("tabindex", "0");
  node.title = `${block.title}\n${hours(block)} · ${marks(block).join(" · ")}\n${block.days}\n${block.content}`;
}

function head(day) {
  const whole = data.days[weekday(day)];
  const name = matchMedia("(max-width: 767px)").matches ? whole.slice(0, 3) : whole;
  return { domNodes: [el("span", { class: "day-name" }, name), el("span", { class: "day-date" }, ` ${Number(day.slice(8))}/${Number(day.slice(5, 7))}`)] };
}

/** Return the occurrence's own start and length after its shown part went to [start, end). */
export function meant(block, start, end) {
  const shift = (ms(start) - ms(block.start)) / 1000;
  const longer = (ms(end) - ms(start) - (ms(block.end) - ms(block.start))) / 1000;
  const own = moment(ms(at(block.occurrence, block.start_s)) + shift * 1000);
  return { to_day: own.slice(0, 10), start: secondOf(own), length_s: Math.min(86_400, Math.max(300, block.length_s + longer)) };
}

