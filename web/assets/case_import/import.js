// A table of another system: read, its columns named, looked at, taken in while the page counts.

import { api, trying } from "../staff/api.js";
import { choices, field } from "../staff/fields.js";
import { data, el, icon, root, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { preview, result } from "./preview.js";

const POLL_MS = 600;
const at = (role) => document.querySelector(`[data-role="${role}"]`);
const letter = (n) => (n < 26 ? String.fromCharCode(65 + n) : String.fromCharCode(64 + Math.floor(n / 26)) + String.fromCharCode(65 + (n % 26)));
const state = { held: null, sheet: 0, table: null, own: [] };

export function showImport() {
  const file = field({ name: "file", label: t("file"), type: "file", help: t("file_help"), more: { accept: ".xlsx,.csv,.txt,.zip,text/csv" } });
  const input = file.querySelector("input");
  const form = el("form", { novalidate: true }, file, el("button", { class: "btn btn-primary", type: "submit", "data-role": "read" }, icon("table-import"), t("read")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    bring(input);
  });
  input.addEventListener("change", () => bring(input));
  at("file").append(form);
}

/** Run `work` with a button that says meanwhile what goes on. */
async function busy(button, text, work) {
  const before = [...button.childNodes];
  button.disabled = true;
  button.replaceChildren(el("span", { class: "spinner-border spinner-border-sm me-2", "aria-hidden": "true" }), text);
  try {
    return await trying(work);
  } finally {
    button.replaceChildren(...before);
    button.disabled = false;
  }
}

let bringing = false;

async function bring(input) {
  const file = input.files[0];
  if (!file) return input.focus();
  if (bringing) return undefined;
  if (file.size > data.largest) return toast(t("file_help"), "danger");
  bringing = true;
  at("mapping").hidden = at("result").hidden = true;
  const path = `case-imports?name=${encodeURIComponent(file.name.slice(0, 200))}`;
  const held = await busy(at("read"), t("reading"), () => api("POST", path, file));
  bringing = false;
  if (!held) return undefined;
  state.held = held;
  state.own = [];
  return held.sheets.length ? openSheet(0) : chat();
}

async function openSheet(number, header = null) {
  const query = header === null ? "" : `?header=${header}`;
  const table = await trying(() => api("GET", `case-imports/${state.held.id}/sheets/${number}${query}`));
  if (!table) return;
  Object.assign(state, { sheet: number, table });
  mapping();
}

function choice(name, label, value, options, changed) {
  const made = field({ name, label, value, options });
  made.querySelector("select").addEventListener("change", (event) => changed(Number(event.target.value)));
  return made;
}

function mapping() {
  at("result").hidden = true;
  const { table, held } = state;
  const now = table.mapping;
  const parts = [];
  if (held.sheets.length > 1) parts.push(choice("sheet", t("sheet"), state.sheet, held.sheets.map((s, n) => ({ value: n, text: s.name })), (n) => openSheet(n)));
  const heads = table.headings.map((text, n) => ({ value: n, text: t("row_n", { n: n + 1, text }) }));
  parts.push(choice("header", t("header"), now.header, heads, (n) => openSheet(state.sheet, n)));
  const system = field({ name: "system", label: t("system"), value: now.system, help: t("system_help"), more: { maxlength: 40, list: "systems", autocapitalize: "none", autocomplete: "off" } });
  system.querySelector("input").addEventListener("input", (event) => { now.system = event.target.value.trim().toLowerCase(); });
  parts.push(system);
  const known = el("datalist", { id: "systems" }, ...data.systems.map((value) => el("option", { value })));
  const look = el("button", { class: "btn btn-primary", type: "button", "data-role": "look", onclick: () => lookAt(look) }, icon("eye"), t("look"));
  const note = el("p", { class: "text-secondary", "data-role": "told" }, t(table.remembered ? "columns_remembered" : "columns_guessed"));
  const list = el("div", { class: "import-columns mb-3", tabindex: 0, role: "group", "aria-label": t("columns") }, ...table.columns.map(column));
  at("mapping").replaceChildren(el("div", { class: "card-body" }, el("div", { class: "row" }, ...parts.map((p) => el("div", { class: "col-md" }, p))), known, el("h2", { class: "h3" }, t("columns")), note, list, look));
  at("mapping").hidden = false;
}

/** Return a column of the table with what it may be. What another column was before, it is no longer. */
function column({ heading, example }, n) {
  const now = state.table.mapping.columns;
  const id = `column-${n}`;
  const options = [["", t("not_used")], ...data.columns.map((c) => [c, t(`column_${c}`)])];
  const mine = Object.keys(now).find((key) => now[key] === n) ?? "";
  const select = el("select", { class: "form-select form-select-sm", id, "data-column": n }, ...options.map(([value, text]) => el("option", { value, selected: value === mine }, text)));
  select.addEventListener("change", () => {
    for (const key of Object.keys(now)) if (now[key] === n) delete now[key];
    if (!select.value) return;
    const other = now[select.value];
    if (other !== undefined) document.getElementById(`column-${other}`).value = "";
    now[select.value] = n;
  });
  const label = el("label", { for: id, class: "text-break" }, el("span", { class: "visually-hidden" }, `${t("column_n", { letter: letter(n) })}: `), el("strong", {}, heading || t("no_heading")), example ? el("span", { class: "text-secondary d-block small" }, t("example", { text: example })) : null);
  return el("div", { class: "import-column" }, label, select);
}

/** Ask who in an exported chat the station is. */
function chat() {
  const names = Object.entries(state.held.senders).map(([name, n]) => ({ value: name, text: t("chat_sender", { name, n }) }));
  const own = choices({ name: "own", label: t("chat_own"), options: names, help: t("chat_help") });
  own.addEventListener("change", () => { state.own = [...own.querySelectorAll("input:checked")].map((box) => box.value); });
  const look = el("button", { class: "btn btn-primary", type: "button", "data-role": "look", onclick: () => lookAt(look) }, icon("eye"), t("look"));
  at("result").hidden = true;
  at("mapping").replaceChildren(el("div", { class: "card-body" }, own, look));
  at("mapping").hidden = false;
}

const isChat = () => !state.held.sheets.length;
const path = () => `case-imports/${state.held.id}/${isChat() ? "chat" : `sheets/${state.sheet}`}`;
const asked = () => (isChat() ? { own: state.own } : { mapping: state.table.mapping });

async function lookAt(button) {
  const found = await busy(button, t("looking"), () => api("POST", `${path()}/preview`, asked()));
  if (!found) return;
  const box = at("result");
  box.replaceChildren(preview(found, unread(), takeIn));
  box.hidden = false;
  box.scrollIntoView({ block: "start" });
}

const unread = () => (isChat() ? "" : `${root}api/v1/case-imports/${state.held.id}/unread`);

async function takeIn(button) {
  button.disabled = true;
  const mine = state.held.id;
  let told = await trying(() => api("POST", path(), asked()));
  if (!told) {
    button.disabled = false;
    return;
  }
  const box = at("result");
  const shown = result(box);
  shown(told, unread());
  while (!told.over && state.held.id === mine) {
    await new Promise((done) => setTimeout(done, POLL_MS));
    const next = await trying(() => api("GET", `case-imports/${mine}/progress`));
    if (next) told = next;
    if (state.held.id === mine) shown(told, unread());
  }
}
