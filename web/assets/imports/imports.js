// A table of another program: read, its columns named, looked at, kept.

import { api, trying } from "../staff/api.js";
import { field } from "../staff/fields.js";
import { data, el, icon, language, root, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";

const at = (role) => document.querySelector(`[data-role="${role}"]`);
const letter = (n) => (n < 26 ? String.fromCharCode(65 + n) : String.fromCharCode(64 + Math.floor(n / 26)) + String.fromCharCode(65 + (n % 26)));
const state = { what: location.hash === "#pesanan" ? "orders" : "grid", held: null, sheet: 0, table: null, mistakes: [] };

export function showImports() {
  const what = field({ name: "what", label: t("what"), value: state.what, options: [{ value: "grid", text: t("what_grid") }, { value: "orders", text: t("what_orders") }] });
  what.querySelector("select").addEventListener("change", (event) => {
    state.what = event.target.value;
    if (state.table) mapping();
  });
  const file = field({ name: "file", label: t("file"), type: "file", help: t("file_help"), more: { accept: ".xlsx,.csv,.txt,text/csv" } });
  const form = el("form", { novalidate: true }, el("div", { class: "row" }, el("div", { class: "col-md-5" }, what), el("div", { class: "col-md-7" }, file)), el("button", { class: "btn btn-primary", type: "submit", "data-role": "read" }, icon("table-import"), t("read")));
  const read = () => bring(file.querySelector("input"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    read();
  });
  file.querySelector("input").addEventListener("change", read);
  const samples = el("p", { class: "mt-3 mb-0" }, `${t("samples")}: `, ...data.samples.flatMap((name, n) => [n ? " · " : "", el("a", { href: `${root}api/v1/imports/samples/${name}`, download: name }, name)]));
  at("file").append(form, samples);
}

async function bring(input) {
  const file = input.files[0];
  if (!file) return input.focus();
  if (file.size > data.largest) return toast(t("file_help"), "danger");
  const held = await trying(() => api("POST", `imports?name=${encodeURIComponent(file.name.slice(0, 200))}`, file));
  if (!held) return undefined;
  state.held = held;
  return openSheet(0);
}

async function openSheet(number) {
  const table = await trying(() => api("GET", `imports/${state.held.id}/sheets/${number}`));
  if (!table) return;
  Object.assign(state, { sheet: number, table, mistakes: [] });
  mapping();
}

const columnsNow = () => state.table[state.what];

function mapping() {
  at("result").hidden = true;
  const box = at("mapping");
  box.hidden = false;
  const { rows } = state.table;
  const now = columnsNow();
  const body = el("div", { class: "card-body" });
  if (state.held.sheets.length > 1) body.append(choice("sheet", t("sheet"), state.sheet, state.held.sheets.map((s, n) => ({ value: n, text: s.name })), (value) => openSheet(value)));
  if (state.what === "grid") {
    body.append(choice("channel", t("channel"), state.channel ?? data.channels[0].id, data.channels.map((c) => ({ value: c.id, text: c.name })), (value) => { state.channel = value; }));
    body.append(choice("layout", t("layout"), now.layout, ["baris", "dinding"].map((value) => ({ value, text: t(`layout_${value}`) })), (value) => { now.layout = value; mapping(); }));
  } else {
    body.append(choice("channel", t("channel"), state.orderChannel ?? "", [{ value: "", text: t("all_channels") }, ...data.channels.map((c) => ({ value: c.id, text: c.name }))], (value) => { state.orderChannel = value; }));
  }
  body.append(choice("header", t("header"), now.header, rows.slice(0, 20).map((row, n) => ({ value: n, text: t("row_n", { n: n + 1, text: row.filter(Boolean).slice(0, 4).join(" · ").slice(0, 60) }) })), (value) => { now.header = Number(value); mapping(); }));
  const heads = rows[now.header] ?? [];
  const options = [{ value: "", text: t("no_column") }, ...(rows[0] ?? []).map((_, n) => ({ value: n, text: t("column_n", { letter: letter(n), text: heads[n] ?? "" }) }))];
  const set = (holder, key) => (value) => {
    if (value === "") delete holder[key];
    else holder[key] = Number(value);
  };
  const wall = state.what === "grid" && now.layout === "dinding";
  const keys = wall ? ["mulai"] : state.what === "grid" ? data.columns : data.order_columns;
  const picks = keys.map((key) => choice(`c-${key}`, t(`${state.what === "grid" ? "column" : "order"}_${key}`), now.columns[key] ?? "", options, set(now.columns, key)));
  if (wall) picks.push(...data.weekdays.map((name, day) => choice(`d-${day}`, name, now.days[day] ?? "", options, set(now.days, day))));
  body.append(el("fieldset", {}, el("legend", { class: "h3" }, t("columns")), el("p", { class: "text-secondary" }, t("columns_help")), el("div", { class: "row" }, ...picks.map((p) => el("div", { class: "col-sm-6 col-lg-3" }, p)))));
  body.append(raw(), el("button", { class: "btn btn-primary mt-3", type: "button", "data-role": "look", onclick: look }, icon("eye"), t("look")));
  box.replaceChildren(body);
}

function choice(name, label, value, options, changed) {
  const made = field({ name, label, value, options });
  made.querySelector("select").addEventListener("change", (event) => changed(event.target.value));
  return made;
}

function raw() {
  const { rows } = state.table;
  const now = columnsNow();
  const wrong = new Set(state.mistakes.map((m) => `${m.row}:${m.column ?? "x"}`));
  const head = el("tr", {}, el("th", {}, ""), ...(rows[0] ?? []).map((_, n) => el("th", { scope: "col" }, letter(n))));
  const body = rows.map((row, r) => el("tr", { class: r === now.header ? "heads" : null }, el("th", { scope: "row", class: wrong.has(`${r}:x`) ? "wrong" : null }, r + 1), ...row.map((cell, c) => el("td", { class: wrong.has(`${r}:${c}`) ? "wrong" : null, title: cell }, cell))));
  return el("div", { class: "table-responsive raw-table", tabindex: 0, role: "region", "aria-label": state.held.sheets[state.sheet].name }, el("table", { class: "table table-sm table-bordered" }, el("thead", {}, head), el("tbody", {}, ...body)));
}

const path = () => `imports/${state.held.id}/sheets/${state.sheet}/${state.what}`;
const asked = () => (state.what === "grid"
  ? { channel: state.channel ?? data.channels[0].id, columns: columnsNow() }
  : { channels: state.orderChannel ? [state.orderChannel] : [], columns: columnsNow() });

async function look() {
  const found = await trying(() => api("POST", `${path()}/preview`, asked()));
  if (!found) return;
  state.mistakes = found.mistakes;
  mapping();
  const count = state.what === "grid" ? found.programmes.length : found.orders.length;
  const keep = el("button", { class: "btn btn-primary", type: "button", disabled: !count, "data-role": "keep", onclick: keepIt }, icon("check"), t(state.what === "grid" ? "keep_grid" : "keep_orders"));
  const box = at("result");
  box.hidden = false;
  box.replaceChildren(el("div", { class: "card-body" },
    el("h2", { class: "h3" }, t("understood", { n: count }), found.fresh ? ` · ${t("fresh", { n: found.fresh })}` : ""),
    ...mistakes(found.mistakes), state.what === "grid" ? gridTable(found) : orderTable(found), el("div", { class: "mt-3" }, keep)));
  box.scrollIntoView({ block: "start" });
}

function mistakes(list) {
  if (!list.length) return [];
  const rows = list.map((m) => el("li", {}, el("strong", {}, m.column === null ? t("at_row", { n: m.row + 1 }) : t("at_cell", { n: m.row + 1, letter: letter(m.column) })), ": ", language === "en" ? m.english : m.detail, m.skipped ? ` (${t("row_skipped")})` : ""));
  return [el("div", { class: "alert alert-warning d-block" }, el("h3", {}, t("mistakes", { n: list.length })), el("ul", { class: "mistake-list mb-0" }, ...rows))];
}

const table = (heads, rows) => el("div", { class: "table-responsive result-table", tabindex: 0, role: "region", "aria-label": t("understood", { n: rows.length }) }, el("table", { class: "table table-sm" }, el("thead", {}, el("tr", {}, ...heads.map((h) => el("th", {}, h)))), el("tbody", {}, ...rows)));
const dayNames = (days) => (days.length === 7 ? t("all") : days.map((d) => data.weekdays[d].slice(0, 3)).join(", "));

function gridTable(found) {
  return table([t("title"), t("days"), t("time"), t("category"), t("content")], found.programmes.map((p) => el("tr", {}, el("td", {}, p.title), el("td", {}, dayNames(p.days)), el("td", { class: "tabular text-nowrap" }, `${p.start}–${p.end}`), el("td", {}, `${p.category}, ${p.age}`), el("td", { class: "text-break" }, p.content))));
}

function orderTable(found) {
  return table([t("order_pemasang"), t("order_materi"), t("date"), t("days"), t("order_kali")], found.orders.map(({ order: o }) => el("tr", {}, el("td", {}, `${o.advertiser} (${o.kind})`), el("td", { class: "text-break" }, o.assets.join(", ")), el("td", { class: "tabular" }, `${o.first} – ${o.last}`), el("td", {}, dayNames(o.days)), el("td", { class: "tabular" }, o.times_a_day))));
}

async function keepIt() {
  const done = await trying(() => api("POST", path(), asked()));
  if (!done) return;
  const grid = state.what === "grid";
  const said = grid ? t("kept_grid", { n: done.entries }) : t("kept_orders", { n: done.orders.length });
  at("result").replaceChildren(el("div", { class: "card-body" }, el("p", { class: "alert alert-success", role: "status", "data-role": "kept" }, said), el("a", { class: "btn btn-primary", href: `${root}kerja/${grid ? "pola" : "pesanan"}` }, t(grid ? "to_grid" : "to_orders"))));
}
