// The library's page: search, filters, the list, choosing many, the bin, uploads.

import "./media/media.css";

import { api, trying } from "./staff/api.js";
import { listen } from "./staff/live.js";
import { data, el, icon, language, t } from "./staff/page.js";
import { ask } from "./staff/dialog.js";
import { bar, chosen, clear as clearChosen, choose, onChange, setFound } from "./media/chosen.js";
import { emptyBin } from "./media/acts.js";
import { ageName, badge, categoryName, day, length, standing, thumb } from "./media/shown.js";
import { begin as beginImports } from "./media/server.js";
import { begin as beginUploads, onEnd } from "./media/uploads.js";

const PAGE = 50;
const WAIT_MS = 120;
const form = document.querySelector('[data-role="filter"]');
const list = document.querySelector('[data-role="list"]');
const role = (name) => document.querySelector(`[data-role="${name}"]`);
const act = (name) => document.querySelector(`[data-do="${name}"]`);
let offset = 0;
let total = 0;
let items = [];
let turn = 0;
let timer;

/** Return what the form asks for, as the API's parameters. */
function sought() {
  const said = Object.fromEntries(["words", "show", "kind", "category", "age", "group", "folder"].map((n) => [n, form.elements[n].value.trim()]).filter(([, v]) => v));
  const special = form.elements.special.value;
  if (special === "bare") said.bare = "true";
  if (special === "unused") said.unused = "true";
  if (special === "rights") said.rights_until = new Date(Date.parse(`${data.today}T12:00:00Z`) + 30 * 86_400_000).toISOString().slice(0, 10);
  if (form.elements.binned.checked) said.binned = "true";
  const sort = form.elements.sort.value;
  if (sort !== "judul") Object.assign(said, { sort, down: "true" });
  return said;
}

/** Keep what is asked for in the address, so that going back shows the same list. */
function remember() {
  const said = new URLSearchParams([...new FormData(form)].filter(([k, v]) => v && !(k === "sort" && v === "judul")));
  if (offset) said.set("mulai", offset);
  history.replaceState(null, "", `${location.pathname}${said.size ? `?${said}` : ""}`);
  sessionStorage.setItem("materi", location.search);
  const count = ["show", "kind", "category", "age", "group", "special", "folder"].filter((n) => form.elements[n].value).length;
  role("filter-count").hidden = !count;
  role("filter-count").textContent = count || "";
}

function recall() {
  const said = new URLSearchParams(location.search);
  for (const [name, value] of said) {
    const control = form.elements[name];
    if (control?.type === "checkbox") control.checked = value === "on";
    else if (control) control.value = value;
  }
  offset = Math.max(0, Number(said.get("mulai")) || 0);
  if (matchMedia("(min-width: 992px)").matches) role("filters").open = [...said.keys()].some((k) => !["words", "sort", "mulai", "binned"].includes(k));
}

async function load() {
  const mine = (turn += 1);
  remember();
  const asked = sought();
  const told = await trying(() => api("GET", `media?${new URLSearchParams({ ...asked, offset, limit: PAGE })}`));
  if (!told || mine !== turn) return;
  ({ items, total } = told);
  if (offset && offset >= total) {
    offset = Math.max(0, Math.floor((total - 1) / PAGE) * PAGE);
    return load();
  }
  setFound(asked, total, items);
  draw();
  follow();
}

function draw() {
  const binned = form.elements.binned.checked;
  const nothing = narrowed() ? "nothing_found" : binned ? "bin_empty" : "nothing_yet";
  role("count").textContent = total ? t("found", { n: total.toLocaleString(language) }) : t(nothing);
  list.replaceChildren(...(items.length ? [head(), ...items.map(row)] : []));
  role("place").textContent = total ? t("page_of", { from: offset + 1, to: offset + items.length, total: total.toLocaleString(language) }) : "";
  act("before").disabled = !offset;
  act("after").disabled = offset + PAGE >= total;
  act("empty").hidden = !(binned && total && data.may_media && !narrowed()); // it empties all of the bin
  bar();
}

/** Tell whether only some of the library, or of the bin, is asked for. */
function narrowed() {
  return Object.keys(sought()).some((name) => !["binned", "sort", "down"].includes(name));
}

function head() {
  const all = el("input", { class: "form-check-input", type: "checkbox", "aria-label": t("select_page"), checked: items.every((i) => chosen.has(i.id)) });
  all.addEventListener("change", () => {
    for (const i of items) choose(i.id, all.checked);
    draw();
  });
  return el("li", { class: "media-row media-head" }, data.may_media ? all : el("span"), el("span"), el("span", {}, t("title")), el("span", {}, t("duration")), el("span", {}, t("category")), el("span", {}, t("state")));
}

function row(item) {
  const box = el("input", { class: "form-check-input", type: "checkbox", "aria-label": t("select", { title: item.title }), checked: chosen.has(item.id) });
  box.addEventListener("change", () => {
    choose(item.id, box.checked);
    bar();
  });
  const under = [item.artist, item.paths[0]].filter(Boolean).join(" · ");
  const rights = item.last_day && (item.last_day < data.today ? t("rights_over") : t("rights_until", { day: day(item.last_day) }));
  const more = [item.category && categoryName(item.category), item.age && ageName(item.age), item.group, rights].filter(Boolean);
  return el("li", { class: "media-row", "data-asset": item.id },
    data.may_media ? box : el("span"), thumb(item),
    el("div", { class: "media-what" }, el("a", { href: `materi/${item.id}` }, el("bdi", {}, item.title)), el("small", {}, el("bdi", {}, under))),
    el("span", { class: "tabular" }, item.length_s ? length(item.length_s) : "–"),
    el("span", { class: "media-more" }, more.join(" · ")),
    el("span", { class: "media-said" }, badge(standing(item))));
}

/** Follow what is being conformed on this page, as long as something is. */
function follow() {
  clearTimeout(timer);
  const busy = items.filter((i) => i.channels.some((c) => c.state === "running" || c.state === "queued"));
  if (!busy.length) return;
  timer = setTimeout(async () => {
    if (document.visibilityState === "visible") {
      const told = await api("GET", "media-progress").catch(() => null);
      for (const item of told ? busy : []) {
        if (!(item.id in told)) continue;
        for (const c of item.channels) if (c.state === "running" || (c.state === "queued" && told[item.id] > 0)) Object.assign(c, { state: "running", progress: told[item.id] });
        list.querySelector(`[data-asset="${item.id}"] .media-said`)?.replaceChildren(badge(standing(item)));
      }
    }
    follow();
  }, 3000);
}

async function facets() {
  const told = await api("GET", "media-facets").catch(() => null);
  if (!told) return;
  const group = form.elements.group;
  const wanted = new URLSearchParams(location.search).get("group") || group.value;
  group.replaceChildren(el("option", { value: "" }, t("all")), ...told.groups.map((g) => el("option", { value: g, selected: g === wanted }, g)));
  document.getElementById("folders").replaceChildren(...Object.entries(told.folders).filter(([f]) => f).slice(0, 2000).map(([f, n]) => el("option", { value: f }, `${f} (${n})`)));
  role("bin-label").textContent = told.binned ? t("bin_count", { n: told.binned }) : t("bin");
  act("refused").hidden = !told.refused;
  act("refused").textContent = t("refused_files_count", { n: told.refused });
}

async function showRefused() {
  const told = await trying(() => api("GET", "media-refused?limit=200"));
  if (!told) return;
  const lines = told.map((f) => el("li", {}, el("bdi", {}, f.path), el("div", { class: "text-secondary" }, language === "en" ? f.english : f.detail)));
  await ask(t("refused_files"), [el("ul", { class: "media-plain" }, lines)], []);
}

let typing;
form.addEventListener("input", (event) => {
  clearTimeout(typing);
  offset = 0;
  if (event.target.name === "binned") clearChosen();
  typing = setTimeout(load, ["words", "folder"].includes(event.target.name) ? WAIT_MS : 0);
});
form.addEventListener("submit", (event) => event.preventDefault());
act("all").addEventListener("click", () => {
  for (const control of form.elements) if (control.name && control.name !== "sort") control.type === "checkbox" ? (control.checked = false) : (control.value = "");
  offset = 0;
  load();
});
act("before").addEventListener("click", () => turnPage(-PAGE));
act("after").addEventListener("click", () => turnPage(PAGE));
act("refused").addEventListener("click", showRefused);
act("empty").addEventListener("click", async () => (await emptyBin(total)) && again());

async function turnPage(by) {
  offset = Math.max(0, offset + by);
  await load();
  list.querySelector("a")?.focus({ preventScroll: true });
  list.scrollIntoView({ block: "start" });
}

const again = () => Promise.all([load(), facets()]);
let soon;
const later = () => {
  clearTimeout(soon);
  soon = setTimeout(again, 700); // changes come in bursts
};

recall();
load();
facets();
onChange(again);
onEnd(later);
beginUploads();
beginImports(later);
listen("library", later);
listen("again", later);
