// The audit log: filters in the address, pages of a hundred, each change opened to what it was and became.

import "./report/report.css";

import { api, Refused, trying } from "./staff/api.js";
import { moment } from "./staff/fields.js";
import { data, el, root, t } from "./staff/page.js";
import { differences } from "./audit/differences.js";
import { table } from "./report/table.js";

const PAGE = 100;
const NAMES = { words: "cari", actor: "pelaku", action: "tindakan", first: "dari", last: "sampai" };
const form = document.querySelector('[data-role="choose"]');
const list = document.querySelector('[data-role="list"]');
const more = document.querySelector('[data-role="more"]');
const summary = document.querySelector('[data-role="summary"]');
const wrong = document.getElementById("last-error");
let next = null;
let under = null;
let waiting = null;

function chosen() {
  return [...form.elements].filter((c) => c.name && c.value).map((c) => [c.name, c.value]);
}

function restore() {
  const said = new URLSearchParams(location.search);
  for (const [name, word] of Object.entries(NAMES)) {
    const control = form.elements[name];
    const value = said.get(word) ?? "";
    if (value && control.tagName === "SELECT" && ![...control.options].some((o) => o.value === value)) control.append(el("option", { value }, value));
    control.value = value;
  }
}

async function load({ further = false } = {}) {
  under?.abort();
  under = new AbortController();
  const query = new URLSearchParams(chosen());
  history.replaceState(null, "", `?${new URLSearchParams(chosen().map(([n, v]) => [NAMES[n], v]))}`);
  document.querySelector('[data-role="file"]').href = `${root}api/v1/audit/file?${query}`;
  wrong.textContent = "";
  query.set("limit", PAGE);
  if (further && next) query.set("before", next);
  try {
    const found = await api("GET", `audit?${query}`, undefined, { signal: under.signal });
    const rows = found.events.map(row);
    if (further) list.append(...rows);
    else list.replaceChildren(...rows);
    next = found.next;
    more.hidden = !next;
    if (further) rows[0]?.querySelector("summary")?.focus();
    summary.textContent = list.children.length ? `${t("shown_changes", { n: list.children.length })}${next ? "" : ` · ${t("end_of_log")}`}` : t("nothing_fits");
  } catch (error) {
    if (error instanceof Refused && Object.keys(error.fields).length) wrong.textContent = Object.values(error.fields).join("; ");
    else await trying(() => { throw error; });
  }
}

/** Write an action such as grid.publish in words, as far as there are any. */
function inWords(action) {
  const [what, done] = action.split(".");
  const known = (key, other) => (t(key) === key ? other : t(key));
  return [known(`what_${what}`, what), done && known(`done_${done}`, done)].filter(Boolean).join(": ");
}

function row(event) {
  const told = [event.channel, event.object].filter(Boolean).join(" · ");
  const head = el("summary", {},
    el("span", { class: "text-secondary tabular" }, `${moment(event.at, data.zone)} · `), el("strong", {}, event.actor), " · ",
    el("span", { title: event.action }, inWords(event.action)), told ? ` · ${told}` : "");
  const details = el("details", {}, head);
  details.addEventListener("toggle", () => details.open && details.children.length === 1 && details.append(inside(event)));
  return el("li", { class: "list-group-item" }, details);
}

function inside(event) {
  const changes = differences(event.before, event.after);
  const kind = (c) => t({ added: "added_to", removed: "removed_from", changed: "changed_in" }[c.kind]);
  const columns = [{ text: t("field") }, { text: t("changes") }, { text: t("before"), wide: true }, { text: t("after"), wide: true }];
  const rows = changes.map((c) => [c.path || "–", kind(c), c.kind === "added" ? "–" : el("del", {}, c.before), c.kind === "removed" ? "–" : el("ins", {}, c.after)]);
  const body = rows.length ? table(t("changes_of", { n: event.number }), columns, rows) : el("p", { class: "mb-0" }, t("no_details"));
  body.classList.add("diff");
  return el("div", { class: "mt-2" }, body, event.address ? el("p", { class: "text-secondary mb-0" }, `${t("address")}: ${event.address}`) : null);
}

form.addEventListener("submit", (event) => event.preventDefault());
// what is typed is looked for at once; when the field is left, a list that somebody has just entered must stay
form.addEventListener("change", (event) => event.target.name !== "words" && load());
form.elements.words.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(load, 250);
});
more.addEventListener("click", () => load({ further: true }));

/** Offer what there is to filter by, beside what is chosen already. */
function offer(select, options) {
  const { value } = select;
  select.replaceChildren(select.options[0], ...options.map(([v, text]) => el("option", { value: v }, text)));
  if (value && select.value !== value) select.append(el("option", { value }, value));
  select.value = value;
}

restore();
load();
trying(async () => {
  const { actors, actions } = await api("GET", "audit/words");
  const kinds = [...new Set(actions.map((a) => a.split(".")[0]))];
  const below = (kind) => actions.filter((a) => a.startsWith(`${kind}.`)).map((a) => [a, `– ${inWords(a)}`]);
  offer(form.elements.actor, actors.map((a) => [a, a]));
  offer(form.elements.action, kinds.flatMap((kind) => [[kind, inWords(kind)], ...below(kind)]));
});
