// A list of rows that are typed in place: a table on a desk, cards on a phone. Errors are said at the cell.

import { el, icon, t } from "../staff/page.js";

const MANY = 12; // from so many rows on there is a search
let numbered = 0;

/**
 * Return {node, read, reveal, rows, add, put, moved}; after several `put`, `moved` says that they are all there.
 * `path`: what the API calls the list, as body.names. `columns`: [{key, label, kind, options, list, more, wide}];
 * kinds: text, words (a list, by commas), number, date, area, select.
 * `whole`: the rows are the one column's values themselves. `blank`: a new row. `movable`: the order matters.
 */
export function rowsEditor({ path, columns, items, blank, addText, touched, whole = false, movable = false }) {
  const list = el("div", { class: "case-rows", role: "list" });
  const head = whole ? null : el("div", { class: "case-row case-head", "aria-hidden": "true" }, ...columns.map((c) => el("div", { class: `case-cell${c.wide ? " case-wide" : ""}` }, c.label)), el("div", { class: "case-acts" }));
  const none = el("p", { class: "text-secondary", "data-role": "none" }, t("none_yet"));
  const rows = () => [...list.children];
  const search = searchOf(rows);
  const settle = () => {
    number(rows(), columns, path, whole);
    none.hidden = list.children.length > 0;
    head?.toggleAttribute("hidden", !list.children.length);
    search.filter();
  };
  const moved = () => {
    settle();
    touched();
  };
  const put = (item) => list.appendChild(row(item, columns, movable, moved));
  const add = (item) => {
    const made = put(item);
    moved();
    return made;
  };
  const fresh = el("button", { class: "btn", type: "button", "data-role": "add-row" }, icon("plus"), addText);
  fresh.addEventListener("click", () => {
    search.reveal();
    add(structured(blank)).querySelector("input, select, textarea").focus();
  });
  for (const item of items) put(item);
  settle();
  const node = el("div", { class: `case-list${movable ? " case-movable" : ""}${whole ? " case-whole" : ""}` }, search.node, head, list, none, el("div", { class: "btn-list mb-3" }, fresh));
  return { node, read: () => rows().map((r) => r.read()).map((v) => (whole ? v[columns[0].key] : v)), add, put, moved, reveal: search.reveal, rows };
}

/** Return a search that hides the rows without what is sought; short lists have none. */
function searchOf(rows) {
  const find = el("input", { class: "form-control case-find", type: "search", name: "find", "aria-label": t("find"), placeholder: t("find"), autocomplete: "off" });
  const count = el("span", { class: "text-secondary", role: "status", "data-role": "count" });
  const has = (row, sought) => [...row.querySelectorAll("input, select, textarea")].some((c) => c.value.toLocaleLowerCase().includes(sought));
  const filter = () => {
    const sought = find.value.trim().toLocaleLowerCase();
    const all = rows();
    find.hidden = all.length < MANY && !find.value;
    for (const row of all) row.hidden = Boolean(sought) && !has(row, sought);
    count.textContent = sought ? t("shown", { shown: all.filter((r) => !r.hidden).length, all: all.length }) : "";
  };
  const reveal = () => {
    find.value = "";
    filter();
  };
  find.addEventListener("input", filter);
  return { node: el("div", { class: "case-bar" }, find, count), filter, reveal };
}

const structured = (item) => JSON.parse(JSON.stringify(item));

function row(item, columns, movable, moved) {
  const cells = columns.map((column) => cell(column, item[column.key]));
  const button = (role, sign, run) => el("button", { class: "btn btn-icon btn-sm", type: "button", "data-role": role, onclick: run }, icon(sign));
  const made = el("div", { class: "case-row", role: "listitem" }, ...cells.map((c) => c.node), el("div", { class: "case-acts" },
    movable ? button("up", "arrow-up", () => step(-1)) : null, movable ? button("down", "arrow-down", () => step(1)) : null,
    button("remove", "trash", remove)));
  function step(by) {
    const other = by < 0 ? made.previousElementSibling : made.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(made);
    else other.after(made);
    made.querySelector(`[data-role="${by < 0 ? "up" : "down"}"]`).focus();
    moved();
  }
  function remove() {
    const next = made.nextElementSibling ?? made.previousElementSibling;
    const add = made.closest(".case-list").querySelector('[data-role="add-row"]');
    made.remove();
    moved();
    (next?.querySelector('[data-role="remove"]') ?? add).focus();
  }
  // what the page does not show of a row is kept
  made.read = () => ({ ...item, ...Object.fromEntries(columns.map((c, n) => [c.key, cells[n].read()])) });
  return made;
}

/** Name the cells as the API does when it says what is wrong, and for people who hear the page. */
function number(rows, columns, path, whole) {
  rows.forEach((row, n) => {
    columns.forEach((column, m) => {
      const control = row.children[m].querySelector("[data-cell]");
      control.dataset.field = whole ? `${path}.${n}` : `${path}.${n}.${column.key}`;
      control.setAttribute("aria-label", t("row_of", { column: column.label, n: n + 1 }));
    });
    for (const [role, words] of [["up", "up_row"], ["down", "down_row"], ["remove", "remove_row"]]) row.querySelector(`[data-role="${role}"]`)?.setAttribute("aria-label", t(words, { n: n + 1 }));
  });
}

function cell(column, value) {
  const id = `cell-${(numbered += 1)}`;
  const common = { "data-cell": "", "aria-describedby": id, list: column.list, ...column.more };
  const control = controlOf(column, value, common);
  const node = el("div", { class: `case-cell field${column.wide ? " case-wide" : ""}` }, el("div", { class: "case-label", "aria-hidden": "true" }, column.label), control, el("div", { class: "form-hint", id, "data-help": "" }));
  return { node, read: () => readOf(column.kind, control.value) };
}

function controlOf(column, value, common) {
  if (column.kind === "select") return el("select", { ...common, class: "form-select" }, ...column.options.map((o) => el("option", { value: o.value, selected: o.value === String(value) }, o.text)));
  if (column.kind === "area") {
    const area = el("textarea", { ...common, class: "form-control", rows: 3 });
    area.value = value;
    return area;
  }
  const shown = column.kind === "words" ? value.join(", ") : value ?? "";
  const number = column.kind === "number" ? { inputmode: "decimal" } : {};
  return el("input", { ...number, autocomplete: "off", ...common, class: "form-control", type: column.kind === "date" ? "date" : "text", value: shown });
}

function readOf(kind, text) {
  if (kind === "words") return text.split(",").map((word) => word.trim()).filter(Boolean);
  if (kind === "number") return numberOf(text);
  return text.trim();
}

/** Return a number as people write it, with a comma or a point; null for nothing; what is none stays as it was typed. */
export function numberOf(text) {
  const written = text.trim();
  if (!written) return null;
  return /^-?\d+([.,]\d+)?$/.test(written) ? Number(written.replace(",", ".")) : written;
}

/** Return what is wrong where two rows have the same `key(row)`: {"body.names.3": sentence}. */
export function twice(rows, key, at) {
  const first = new Map();
  const wrong = {};
  rows.forEach((row, n) => {
    const is = key(row).toLocaleLowerCase();
    if (is && first.has(is)) wrong[at(n)] = t("twice", { n: first.get(is) + 1 });
    else first.set(is, n);
  });
  return wrong;
}
