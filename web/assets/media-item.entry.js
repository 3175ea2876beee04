// One item: player with cue points, what staff know, where it is used, its file.

import "./media/media.css";

import { api, Refused, trying } from "./staff/api.js";
import { complain, formDialog, field } from "./staff/fields.js";
import { listen } from "./staff/live.js";
import { data, el, icon, language, root, t } from "./staff/page.js";
import { toast } from "./staff/toast.js";
import { comingText, intoBin, restore, useText } from "./media/acts.js";
import { cueFields, cueValues, setCues } from "./media/cues.js";
import { fieldsOf, read } from "./media/details.js";
import { mount } from "./media/player.js";
import { badge, bytes, length, moment, percent, standing } from "./media/shown.js";

const role = (name) => document.querySelector(`[data-role="${name}"]`);
const save = document.querySelector('[data-do="save"]');
const form = role("form");
const url = `media/${data.asset}`;
let item = null;
let played = null;
const CUES = ["cue_in_ms", "intro_ms", "outro_ms", "cue_out_ms"];

/** Return the fields that differ from what is kept. Raises Refused with what is wrong, by field. */
function changes() {
  const wanted = {};
  const wrong = [];
  for (const control of form.querySelectorAll("[data-field]")) {
    if (control.value === control.dataset.was && !control.validity.badInput) continue;
    try {
      wanted[control.name] = read(control);
    } catch (error) {
      wrong.push({ field: control.name, detail: error.message, english: error.message });
    }
  }
  const cues = cueValues();
  for (const [name, text] of Object.entries(cues.wrong)) wrong.push({ field: name, detail: text, english: text });
  for (const name of CUES) if (cues.values[name] !== item.details[name]) wanted[name] = cues.values[name];
  if (wrong.length) throw new Refused({ status: 422, detail: wrong[0].detail, english: wrong[0].english, errors: wrong });
  return wanted;
}

function dirty() {
  try {
    return Object.keys(changes()).length > 0;
  } catch {
    return true;
  }
}

const settle = () => save && (save.disabled = !dirty());

async function keep() {
  const main = document.querySelector("main");
  complain(main, {});
  save.disabled = true;
  form.inert = true; // what is typed meanwhile would be lost
  try {
    const wanted = changes();
    take(await api("PATCH", url, wanted));
    setCues(item.details);
    toast(t("saved"));
  } catch (error) {
    const left = error instanceof Refused && Object.keys(error.fields).length ? complain(main, error.fields) : error instanceof Refused ? error.message : t("connection_lost");
    if (left) toast(left, "danger");
    settle();
  } finally {
    form.inert = false;
  }
}

/** Show what is kept. */
function take(told) {
  item = told;
  role("heading").textContent = item.title;
  document.title = document.title.replace(/^.*·/, `${item.title} ·`);
  role("under").replaceChildren(el("bdi", {}, [item.artist, item.album, item.year, item.genre].filter(Boolean).join(" · ")), " ", badge(standing(item)));
  form.replaceChildren(...fieldsOf(item));
  for (const control of form.querySelectorAll("[data-field]")) {
    control.dataset.was = control.value;
  }
  notices();
  channels();
  facts();
  settle();
}

function notices() {
  const found = [];
  if (item.removed) found.push(el("div", { class: "alert alert-warning d-flex gap-2 align-items-center", role: "status" }, icon("trash"), t("in_bin", { when: moment(item.removed) }), data.may_media && el("button", { class: "btn btn-sm ms-auto", type: "button", onclick: async () => (await restore([item.id])) && look() }, t("restore"))));
  const told = standing(item);
  if (told.detail) found.push(el("p", { class: "alert alert-danger", role: "status" }, told.detail));
  for (const note of item.facts?.notes ?? []) found.push(el("p", { class: "alert alert-info" }, note));
  role("notices").replaceChildren(...found);
  const bin = document.querySelector('[data-do="bin"]');
  if (bin) bin.hidden = Boolean(item.removed);
}

function channels() {
  const lines = item.channels.map((c) => {
    const said = standing({ ...item, channels: [c] });
    return el("li", { class: "d-flex gap-2 justify-content-between" }, el("span", {}, data.channels[c.channel]), el("span", {}, badge(said), c.state === "running" ? el("progress", { max: 1, value: c.progress, "aria-label": percent(c.progress) }) : ""));
  });
  const failed = item.channels.some((c) => c.state === "failed");
  const never = item.state === "ready" && item.channels.every((c) => !c.house && !c.state);
  const ask = async () => (await trying(() => api("POST", `${url}/again`))) && (toast(t("again_done")), look());
  const again = data.may_media && (failed || never) && el("button", { class: "btn btn-sm mt-2", type: "button", onclick: ask }, icon("refresh"), t(failed ? "again" : "prepare"));
  role("channels").replaceChildren(el("ul", { class: "media-plain" }, lines), again || "");
}

function facts() {
  const f = item.facts;
  const level = item.levels.find((l) => l.lufs !== null);
  const number = (n) => String(n).replace(".", language === "en" ? "." : ",");
  const lines = [
    [t("duration"), item.length_s ? length(item.length_s) : "–"],
    [t("size"), bytes(item.size)],
    [t("added"), moment(item.added)],
    f && [t("format"), f.format],
    f?.video && [t("picture"), `${f.video.codec} ${f.video.width}×${f.video.height} ${number(f.video.fps)} fps`],
    f?.audio && [t("sound"), `${f.audio.codec} ${f.audio.channels} × ${f.audio.sample_rate} Hz`],
    level && [t("loudness"), `${number(level.lufs.toFixed(1))} LUFS (${level.gain_db >= 0 ? "+" : ""}${number(level.gain_db.toFixed(1))} dB)`],
  ].filter(Boolean);
  const files = item.paths.map((path) => el("li", {}, el("bdi", {}, path), data.may_media ? el("button", { class: "btn btn-sm btn-link", type: "button", onclick: () => move(path) }, t("move")) : ""));
  role("facts").replaceChildren(el("dl", { class: "media-facts" }, lines.flatMap(([k, v]) => [el("dt", {}, k), el("dd", {}, v)])), el("h3", { class: "h4 mt-3" }, t("file")), el("ul", { class: "media-plain" }, files.length ? files : el("li", {}, t("st_gone"))));
}

async function move(path) {
  const found = await trying(() => api("POST", "media-warnings", { assets: [item.id] }));
  const warning = found?.uses.length ? [el("p", { class: "mb-1" }, t("move_warn")), el("ul", { class: "media-plain" }, found.uses.slice(0, 8).map((u) => el("li", {}, useText(u))))] : [];
  const told = await formDialog(t("move"), [field({ name: "to", label: t("move_to"), value: path, more: { maxlength: 1000 } }), ...warning], t("save"), (given) => api("POST", `${url}/move`, { path, to: given.to || path }));
  if (told) {
    toast(t("moved", { path: told.path }));
    look();
  }
}

async function uses() {
  const told = await api("GET", `${url}/uses`).catch(() => null);
  if (!told) return;
  const part = (title, lines, none) => [el("h3", { class: "h4" }, title), lines.length ? el("ul", { class: "media-plain" }, lines.map((line) => el("li", {}, el("bdi", {}, line)))) : el("p", { class: "text-secondary" }, none)];
  const named = told.uses.length ? el("ul", { class: "media-plain mb-3" }, told.uses.map((u) => el("li", {}, el("bdi", {}, useText(u)), u.direct ? "" : el("small", { class: "text-secondary" }, ` (${t("by_folder")})`)))) : el("p", { class: "text-secondary" }, t("not_used"));
  role("uses").replaceChildren(named, ...part(t("comes"), told.coming.slice(0, 10).map(comingText), t("comes_not")), ...part(t("aired", { n: told.times_aired }), told.aired.slice(0, 10).map(comingText), t("aired_not")));
}

function player() {
  const rank = (c) => (item.kind === "video") === (c.channel === Object.keys(data.channels)[0]) ? 0 : 1;
  const house = [...item.channels].filter((c) => c.house).sort((a, b) => rank(a) - rank(b))[0]?.house;
  if (house === played && played) return;
  played = house ?? "";
  const readOnly = !data.may_media;
  role("player").replaceChildren(house ? mount({ house, item, base: `${root}kerja/pratinjau/${house}`, readOnly, onCue: settle }) : el("p", { class: "text-secondary" }, t("not_yet")), cueFields(item, { readOnly, onChange: settle }));
  setCues(item.details);
  settle();
}

async function look() {
  const told = await trying(() => api("GET", url));
  if (!told) return;
  const first = !item;
  if (first || !dirty()) take(told);
  else item = { ...told, details: item.details };
  player();
  uses();
}

save?.addEventListener("click", keep);
form.addEventListener("submit", (event) => (event.preventDefault(), keep()));
form.addEventListener("input", settle);
document.querySelector('[data-do="bin"]')?.addEventListener("click", async () => (await intoBin([data.asset])) && look());
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s" && save) {
    event.preventDefault();
    if (!save.disabled) keep();
  }
});
addEventListener("beforeunload", (event) => item && save && dirty() && event.preventDefault());
const back = sessionStorage.getItem("materi");
if (back) role("back").href += back;

look();
let soon;
const later = () => {
  clearTimeout(soon);
  soon = setTimeout(look, 800);
};
listen("library", later);
listen("again", later);
