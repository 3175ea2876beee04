// Playlists and rotations: simple lists, their editors, and playlists of other programs.

import "./media/media.css";

import { api, trying } from "./staff/api.js";
import { field, formDialog } from "./staff/fields.js";
import { ask, sure } from "./staff/dialog.js";
import { listen } from "./staff/live.js";
import { data, el, icon, t } from "./staff/page.js";
import { toast } from "./staff/toast.js";
import { editPlaylist } from "./media/playlist.js";

const role = (name) => document.querySelector(`[data-role="${name}"]`);
const act = (name, run) => document.querySelector(`[data-do="${name}"]`)?.addEventListener("click", run);
const MOST = 700_000;
let playlists = [];

async function load() {
  const [lists, rotations] = await Promise.all([trying(() => api("GET", "playlists")), trying(() => api("GET", "rotations"))]);
  if (!lists || !rotations) return;
  playlists = lists;
  draw("playlists", lists, (l) => t("entries", { n: l.items.length }), open, "no_playlists");
  draw("rotations", rotations, (r) => r.folders.join(", "), rotation, "no_rotations");
}

function draw(kind, lists, under, edit, none) {
  const row = (l) => el("li", { class: "list-group-item d-flex gap-2 align-items-center" },
    el("div", { class: "media-what flex-fill" }, el("strong", {}, el("bdi", {}, l.title)), el("small", {}, el("bdi", {}, under(l)))),
    data.may_plan && el("button", { class: "btn btn-sm", type: "button", onclick: () => edit(l) }, icon("edit"), t("change"), el("span", { class: "visually-hidden" }, ` ${l.title}`)),
    data.may_plan && el("button", { class: "btn btn-sm btn-icon", type: "button", "aria-label": `${t("delete")} ${l.title}`, onclick: () => remove(kind, l) }, icon("trash")));
  role(kind).replaceChildren(...(lists.length ? lists.map(row) : [el("li", { class: "list-group-item text-secondary" }, t(none))]));
}

async function remove(kind, l) {
  if (!(await sure(t("remove_sure", { name: l.title }), t("delete"), { danger: true }))) return;
  const done = await trying(async () => (await api("DELETE", `${kind}/${l.id}`), true));
  if (done) toast(t("removed", { name: l.title }));
  load();
}

async function open(list = null) {
  if (await editPlaylist(role("editor"), list, playlists.filter((p) => p.id !== list?.id))) load();
}

const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

async function rotation(rules = null) {
  const number = (name, value) => field({ name, label: t(name), type: "number", value: rules?.[name] ?? value, help: t("zero_help"), more: { min: 0, max: 10080, step: 1 } });
  const content = [
    field({ name: "title", label: t("name"), value: rules?.title ?? "", more: { maxlength: 200, required: true } }),
    field({ name: "folders", label: t("folders"), type: "textarea", value: (rules?.folders ?? []).join("\n"), help: t("folders_help") }),
    el("div", { class: "media-form" }, number("artist_minutes", 60), number("title_minutes", 180), number("album_minutes", 0), number("again_hours", 0)),
    field({ name: "clock", label: t("clock"), type: "textarea", value: (rules?.clock ?? []).join("\n"), help: t("clock_help") }),
  ];
  const done = await formDialog(rules ? rules.title : t("new_rotation"), content, t("save"), (given) => {
    const body = { ...given, folders: lines(given.folders), clock: lines(given.clock) };
    for (const name of ["artist_minutes", "title_minutes", "album_minutes", "again_hours"]) body[name] ??= 0;
    return rules ? api("PUT", `rotations/${rules.id}`, body) : api("POST", "rotations", body);
  });
  if (done) {
    toast(t("saved"));
    load();
  }
}

async function importFolder() {
  const content = [field({ name: "folder", label: t("folder"), more: { list: "folders", maxlength: 500 } }), field({ name: "title", label: t("name"), more: { maxlength: 200, required: true } })];
  const made = await formDialog(t("import_folder"), content, t("new_playlist"), (given) => api("POST", "playlist-imports/folder", given));
  if (!made) return;
  toast(t("made_list", { name: made.title }));
  await load();
  open(made);
}

async function importFile(file) {
  if (file.size > MOST) return toast(t("too_large"), "danger");
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let n = 0; n < bytes.length; n += 8192) text += String.fromCharCode(...bytes.subarray(n, n + 8192));
  const told = await trying(() => api("POST", "playlist-imports/file", { content: btoa(text) }));
  if (!told) return;
  const row = (r, n) => el("tr", { class: r.path ? null : "text-secondary" }, el("td", { class: "tabular" }, String(n + 1)), el("td", {}, el("bdi", {}, r.title ? `${r.artist ? `${r.artist} – ` : ""}${r.title}` : r.said)), el("td", {}, icon(r.path ? "check" : "ban"), " ", t(`how_${r.how}`), r.path ? el("div", {}, el("small", {}, el("bdi", {}, r.path))) : ""));
  const table = el("div", { class: "table-responsive media-preview", tabindex: 0, role: "region", "aria-label": t("preview") }, el("table", { class: "table table-sm" }, el("thead", {}, el("tr", {}, [t("row"), t("title"), t("preview")].map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, told.rows.map(row))));
  const said = el("p", { role: "status" }, t("preview_count", { found: told.found, total: told.rows.length, format: told.format }));
  const yes = told.found ? [{ text: t("make_list"), value: "make", class: "btn-primary" }] : [];
  if ((await ask(file.name, [said, table], yes)) !== "make") return;
  open({ title: file.name.replace(/\.[^.]+$/, ""), items: told.rows.filter((r) => r.path).map((r) => r.path) });
}

async function folders() {
  const told = await api("GET", "media-facets").catch(() => null);
  document.getElementById("folders").replaceChildren(...Object.keys(told?.folders ?? {}).filter(Boolean).slice(0, 2000).map((f) => el("option", { value: f })));
}

act("playlist", () => open());
act("rotation", () => rotation());
act("folder", importFolder);
act("import", () => role("file").click());
role("file").addEventListener("change", (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (file) importFile(file);
});
load();
folders();
listen("plan", load);
listen("again", load);
