// The list of lines: only what is in view is in the page, so that a day of tens of thousands of lines scrolls freely.
// A grid for assistive technology: one row has the focus, the arrow keys move it.

import { data, el, icon, t } from "../staff/page.js";
import { Places } from "./places.js";
import { clock, length, localClock } from "./times.js";

const SPARE = 12;

export class List {
  /** `act(what, line, extra)` is called for what somebody wants done: open, insert, move-to... */
  constructor(box, day, mayEdit, act) {
    Object.assign(this, { box, day, mayEdit, act, rows: new Map(), focused: 1, places: new Places(0, []), flash: 0, dragged: null });
    addEventListener("scroll", () => this.soon(), { passive: true });
    addEventListener("resize", () => this.measure());
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("focusin", (event) => this.came(event.target));
    box.addEventListener("dragover", (event) => this.over(event));
    box.addEventListener("drop", (event) => this.dropped(event));
    this.measure();
  }

  measure() {
    this.height = parseFloat(getComputedStyle(this.box).getPropertyValue("--rd-row")) || 48;
    this.renew();
  }

  /** Show the day as it is now known. */
  renew() {
    const { told } = this.day;
    if (told) this.places = new Places(told.total, told.headings);
    this.box.style.height = `${this.places.count * this.height}px`;
    this.box.setAttribute("aria-rowcount", String(this.places.count));
    this.focused = Math.min(Math.max(1, this.focused), Math.max(1, this.places.total));
    for (const row of this.rows.values()) row.stale = true;
    this.draw();
  }

  soon() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = undefined;
      this.draw();
    });
  }

  range() {
    const top = -this.box.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / this.height) - SPARE);
    const last = Math.min(this.places.count - 1, Math.ceil((top + innerHeight) / this.height) + SPARE);
    return [first, last];
  }

  draw() {
    if (!this.day.told) return;
    const [first, last] = this.range();
    const focusPlace = this.places.of(this.focused);
    const numbers = [];
    for (const [place, row] of this.rows) {
      if ((place < first || place > last) && place !== focusPlace) {
        row.node.remove();
        this.rows.delete(place);
      }
    }
    const wanted = new Set([focusPlace]);
    for (let place = first; place <= last; place += 1) wanted.add(place);
    const current = this.day.current();
    for (const place of [...wanted].sort((a, b) => a - b)) {
      if (place < 0 || place >= this.places.count) continue;
      const what = this.places.what(place);
      const line = what.number && this.day.line(what.number);
      if (what.number) numbers.push(what.number);
      const mark = `${what.number ?? what.heading.slot}|${line?.id ?? ""}|${what.number === current}|${this.day.version}`;
      const known = this.rows.get(place);
      if (known && !known.stale && known.mark === mark) continue;
      const node = what.heading ? this.heading(what.heading) : this.row(what.number, line, what.number === current);
      node.style.transform = `translateY(${place * this.height}px)`;
      node.setAttribute("aria-rowindex", String(place + 1));
      if (known) {
        const had = known.node.contains(document.activeElement);
        known.node.replaceWith(node);
        if (had) node.focus({ preventScroll: true });
      } else this.insert(place, node);
      this.rows.set(place, { node, mark });
    }
    if (numbers.length) this.day.want(Math.min(...numbers), Math.max(...numbers), () => this.soon());
  }

  /** Rows stand in the page in their order, for those who read it aloud. */
  insert(place, node) {
    let after = null;
    for (const [other, row] of this.rows) if (other > place && (after === null || other < after)) after = other;
    this.box.insertBefore(node, after === null ? null : this.rows.get(after).node);
  }

  heading({ slot }) {
    const found = this.day.slot(slot);
    const name = found ? found.programme : t("unscheduled");
    const span = found ? `${at(found.start)}–${at(found.end)}` : "";
    const said = found ? comesOut(found) : [];
    return el("div", { class: "rd-slot", role: "row" },
      el("span", { role: "gridcell", "aria-colspan": 7, class: "rd-slot-in" },
        el("strong", { class: "text-truncate" }, name), el("span", { class: "text-secondary tabular" }, span),
        ...said.map(([text, kind]) => el("span", { class: `badge rd-out rd-${kind}` }, text))));
  }

  row(number, line, current) {
    const focus = number === this.focused;
    if (!line) {
      return el("div", { class: "rd-row rd-wait", role: "row", tabindex: focus ? 0 : -1, "data-number": number }, el("span", { role: "gridcell" }, t("loading")));
    }
    const editable = this.mayEdit && this.day.open(line);
    const kind = line.edit ? "edit" : line.order ? "order" : line.kind;
    const classes = ["rd-row", `rd-k-${kind}`, line.aired && !current && "rd-aired", current && "rd-current", this.flash && line.edit === this.flash && "rd-flash"];
    const findings = this.day.findings.get(number) ?? [];
    const handle = editable
      ? el("span", { class: "rd-handle", draggable: "true", title: t("drag"), ondragstart: (event) => this.drag(event, line) }, icon("grip-vertical"))
      : el("span", { class: "rd-handle" }, current && icon("player-play", t("airs_now")));
    const cell = (cls, ...inside) => el("span", { role: "gridcell", class: cls }, ...inside);
    const node = el("div", { class: classes.filter(Boolean).join(" "), role: "row", tabindex: focus ? 0 : -1, "data-number": number, "aria-current": current ? "true" : null },
      cell("rd-h", handle),
      cell("rd-time tabular", el("span", { class: "rd-from" }, clock(line.clock), line.hard && el("span", { class: "rd-exact", title: t("exact") }, icon("clock-pin", t("exact")))), el("span", { class: "rd-until" }, `–${endOf(line)}`)),
      cell("rd-title", el("span", { class: "rd-name" }, el("bdi", {}, line.title)), el("span", { class: "rd-sub" }, el("bdi", {}, [line.artist, line.programme].filter(Boolean).join(" · ")), narrow(line, kind))),
      cell("rd-kind rd-wide", el("span", { class: `badge rd-kind-${kind}` }, t(`kind_${kind}`))),
      cell("rd-num tabular", length(line.seconds)),
      cell("rd-state rd-wide", current ? el("strong", {}, t("airs_now")) : line.aired ? el("span", { class: "text-secondary" }, t("aired")) : stateOf(line.state)),
      cell("rd-act",
        findings.length ? el("span", { class: "rd-found", title: findings.map((f) => f.detail).join("\n") }, icon("alert-triangle", t("finding_here", { count: findings.length }))) : null,
        el("button", { type: "button", class: "btn btn-icon btn-ghost-secondary", tabindex: -1, "aria-label": t("actions_of", { title: line.title }), onclick: () => this.choose(number, "open") }, icon("dots-vertical"))));
    node.addEventListener("click", (event) => {
      if (!event.target.closest("button")) this.focus(number, { scroll: false }); // what is clicked stays under the pointer
    });
    node.addEventListener("dblclick", () => this.choose(number, "open"));
    return node;
  }

  // ---- focus and keys ----

  focus(number, { scroll = true } = {}) {
    const before = this.rows.get(this.places.of(this.focused));
    if (before) before.node.tabIndex = -1;
    this.focused = Math.min(Math.max(1, number), this.places.total);
    const place = this.places.of(this.focused);
    if (scroll) this.show(place);
    this.draw();
    const row = this.rows.get(place);
    if (!row) return;
    row.node.tabIndex = 0;
    row.node.focus({ preventScroll: true });
  }

  /** Give the focus back to its row, where a dialog has left it nowhere: rows are made anew as news come. */
  refocus() {
    if (document.activeElement === document.body) this.rows.get(this.places.of(this.focused))?.node.focus({ preventScroll: true });
  }

  /** Take a row for the focused one when it got the focus in any other way. */
  came(target) {
    const number = Number(target.closest(".rd-row")?.dataset.number);
    if (!number || number === this.focused) return;
    const before = this.rows.get(this.places.of(this.focused));
    if (before) before.node.tabIndex = -1;
    this.focused = number;
    target.closest(".rd-row").tabIndex = 0;
  }

  /** Scroll so that a place is in view, clear of what sticks to the top. */
  show(place, middle = false) {
    const top = this.box.getBoundingClientRect().top + scrollY + place * this.height;
    const head = 150;
    const to = (where) => scrollTo({ top: where, behavior: "instant" });
    if (middle) to(top - innerHeight / 3);
    else if (top < scrollY + head) to(top - head);
    else if (top + this.height > scrollY + innerHeight) to(top + this.height - innerHeight + 8);
  }

  go(number) {
    this.show(this.places.of(number), true);
    this.focus(number);
  }

  choose(number, what, extra) {
    const line = this.day.line(number);
    if (line) this.act(what, line, extra);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.target.closest("input, button")) return;
    const page = Math.max(1, Math.floor(innerHeight / this.height) - 4);
    const n = this.focused;
    if (event.altKey) {
      if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        event.preventDefault();
        this.choose(n, event.key === "ArrowUp" ? "up" : "down");
      }
      return;
    }
    const moves = { ArrowDown: n + 1, ArrowUp: n - 1, PageDown: n + page, PageUp: n - page, Home: 1, End: this.places.total };
    const acts = { Enter: "open", " ": "open", Insert: "insert", s: "insert", g: "replace", p: "move", c: "cut", t: "hold", Delete: "skip", x: "skip", "?": "keys", n: "now" };
    if (event.key in moves) {
      event.preventDefault();
      this.focus(moves[event.key]);
    } else if (event.key in acts) {
      event.preventDefault();
      this.choose(n, acts[event.key]);
    }
  }

  // ---- dragging ----

  drag(event, line) {
    this.dragged = line;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", line.title);
    event.dataTransfer.setDragImage(event.target.closest(".rd-row"), 20, 20);
    event.target.addEventListener("dragend", () => this.mark(null), { once: true });
  }

  target(event) {
    const row = event.target.closest?.(".rd-row");
    const line = row && this.day.line(Number(row.dataset.number));
    return line && this.dragged && line.id !== this.dragged.id && this.day.open(line) ? { row, line } : null;
  }

  over(event) {
    const found = this.target(event);
    this.mark(found?.row ?? null);
    if (found) event.preventDefault();
  }

  mark(row) {
    for (const other of this.box.querySelectorAll(".rd-target")) if (other !== row) other.classList.remove("rd-target");
    row?.classList.add("rd-target");
  }

  dropped(event) {
    const found = this.target(event);
    this.mark(null);
    if (!found) return;
    event.preventDefault();
    const line = this.dragged;
    this.dragged = null;
    this.act("move-before", line, found.line);
  }
}

const at = (iso) => localClock(iso, data.zone);

/** What a narrow screen has no columns for, where it says something. */
function narrow(line, kind) {
  const said = [kind !== "item" && t(`kind_${kind}`), line.state !== "siap" && !line.aired && t(`state_${line.state}`)].filter(Boolean);
  return said.length ? el("span", { class: "rd-narrow" }, ` · ${said.join(" · ")}`) : null;
}

function endOf(line) {
  const [h, m, s] = line.clock.slice(0, 8).split(".").map(Number);
  const part = Number((line.clock.split(",")[1] ?? "0").padEnd(3, "0")) / 1000;
  const total = (h * 3600 + m * 60 + s + part + line.seconds) % 86_400;
  return [total / 3600, (total / 60) % 60, total % 60].map((n) => String(Math.floor(n)).padStart(2, "0")).join(".");
}

function stateOf(state) {
  const sign = { siap: "check", dirender: "clock", hilang: "alert-triangle" }[state];
  return el("span", { class: `rd-s rd-s-${state}` }, icon(sign), t(`state_${state}`));
}

/** How a slot comes out, as [text, kind] pairs. */
function comesOut(slot) {
  if (!slot.airs) return [[t("slot_not"), "over"]];
  const said = [];
  if (Math.abs(slot.late_seconds) > 1) said.push([t(slot.late_seconds > 0 ? "slot_late" : "slot_early", { length: length(slot.late_seconds) }), "late"]);
  if (Math.abs(slot.over_seconds) <= 1) said.push([t("slot_on_time"), "even"]);
  else said.push([t(slot.over_seconds > 0 ? "slot_over" : "slot_under", { length: length(slot.over_seconds) }), slot.over_seconds > 0 ? "over" : "under"]);
  return said;
}
