// Uploads by tus: a queue of which three run at a time, each resumed after a lost line, a reload or a restart.

import * as tus from "tus-js-client";

import { api } from "../staff/api.js";
import { csrf, data, el, icon, language, root, t } from "../staff/page.js";
import { bytes, percent } from "./shown.js";

const AT_ONCE = 3;
const CHUNK = 32 * 1024 * 1024; // proxies in front of a station often refuse more in one request
const PAUSES = [0, 1000, 2000, 5000, 10_000, 20_000, 30_000, 30_000, 60_000, 60_000];
const HIDDEN = /(^|\/)(\.|~\$|thumbs\.db$|desktop\.ini$)/i;
const endpoint = new URL(`${root}api/v1/tus`, location.href).href;
const panel = document.querySelector('[data-role="uploads"]');
const list = document.querySelector('[data-role="upload-list"]');
const into = document.getElementById("into");
const jobs = new Map();
let changed = () => {};
let count = 0;

/** Call `handler` whenever an upload has come to an end. */
export function onEnd(handler) {
  changed = handler;
}

/** Take files: from a field, or {file, path} of what was dropped. */
export function take(files) {
  for (const each of files) {
    const file = each.file ?? each;
    const path = each.path || file.webkitRelativePath || file.name;
    if (!HIDDEN.test(path)) add(file, path);
  }
  next();
}

function add(file, path) {
  const key = (count += 1);
  // what broke off earlier goes on in the same line
  for (const [old, job] of jobs) if (job.state === "broken" && job.size === file.size && job.name.endsWith(path.split("/").pop())) forget(old);
  const job = { key, file, path, name: path, size: file.size, received: 0, state: "waiting", told: "" };
  jobs.set(key, job);
  job.upload = new tus.Upload(file, {
    endpoint,
    chunkSize: CHUNK,
    retryDelays: PAUSES,
    removeFingerprintOnSuccess: true,
    headers: { "X-CSRF-Token": csrf },
    metadata: { filename: file.name, relativePath: path, folder: into.value.trim() },
    onShouldRetry: (error) => {
      const status = error.originalResponse?.getStatus() ?? 0;
      const again = !status || status >= 500 || [409, 423, 429, 460].includes(status);
      if (again) set(job, { state: "again" });
      return again;
    },
    onProgress: (sent) => set(job, { state: "running", received: sent }),
    onUploadUrlAvailable: () => (job.id = job.upload.url.split("/").pop()),
    onSuccess: () => {
      set(job, { state: "checking", received: job.size });
      watch(job);
      next();
    },
    onError: (error) => {
      set(job, { state: "failed", told: reason(error) });
      next();
    },
  });
  draw(job);
}

function reason(error) {
  try {
    const problem = JSON.parse(error.originalResponse.getBody());
    return language === "en" ? problem.english : problem.detail;
  } catch {
    return t("connection_lost");
  }
}

async function next() {
  const running = [...jobs.values()].filter((j) => ["running", "again", "starting"].includes(j.state)).length;
  const turn = [...jobs.values()].filter((j) => j.state === "waiting").slice(0, Math.max(0, AT_ONCE - running));
  for (const job of turn) set(job, { state: "starting" }); // all of them before anything is waited for: none begins twice
  for (const job of turn) {
    const before = await job.upload.findPreviousUploads().catch(() => []);
    if (before.length) job.upload.resumeFromPreviousUpload(before[0]);
    job.upload.start();
  }
}

/** Ask what becomes of what has arrived, until it is known. */
async function watch(job) {
  for (let pause = 500; job.state === "checking"; pause = Math.min(5000, pause * 1.5)) {
    const told = (await api("GET", "uploads").catch(() => [])).find((u) => u.id === job.id);
    if (told && told.state === "done") set(job, { state: "done", name: told.path });
    else if (told && told.state === "refused") set(job, { state: "refused", told: language === "en" ? told.english : told.detail });
    else await new Promise((later) => setTimeout(later, pause));
  }
  changed();
}

function set(job, values) {
  Object.assign(job, values);
  draw(job);
}

function forget(key) {
  jobs.get(key)?.row?.remove();
  jobs.delete(key);
  panel.hidden = !list.children.length;
}

async function drop(job) {
  if (job.upload) await job.upload.abort(Boolean(job.id)).catch(() => {});
  else await fetch(`${endpoint}/${job.id}`, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0", "X-CSRF-Token": csrf }, credentials: "same-origin" }).catch(() => {});
  forget(job.key);
  next();
}

const WORDS = { waiting: "up_waiting", starting: "up_waiting", running: "up_running", again: "up_again", checking: "up_checking", done: "up_done", refused: "up_refused", failed: "up_failed", broken: "up_broken" };
const SIGNS = { done: "check", refused: "ban", failed: "alert-triangle", broken: "alert-triangle", again: "refresh" };

function draw(job) {
  if (!jobs.has(job.key)) return;
  panel.hidden = false;
  if (!job.row) {
    const [bar, text, sign] = [el("progress", { max: 1, "aria-label": job.name }), el("small", { class: "text-secondary", "data-role": "said" }), el("span", { class: "media-up-sign" })];
    const give = el("button", { class: "btn btn-sm btn-icon", type: "button", "aria-label": t("up_drop", { name: job.name }), onclick: () => drop(job) }, icon("x"));
    job.parts = { bar, text, sign, give, name: el("bdi", {}, job.name) };
    job.row = el("li", { class: "list-group-item media-up", "data-state": job.state }, sign, el("div", { class: "media-up-what" }, job.parts.name, bar, text), give);
    list.append(job.row);
  }
  const share = job.size ? job.received / job.size : 1;
  const { bar, text, sign, give, name } = job.parts;
  job.row.dataset.state = job.state;
  bar.value = share;
  bar.hidden = ["done", "refused", "failed"].includes(job.state);
  name.textContent = job.name;
  text.textContent = [t(WORDS[job.state]), job.told, bar.hidden ? "" : `${percent(share)} · ${bytes(job.size)}`].filter(Boolean).join(" · ");
  sign.replaceChildren(icon(SIGNS[job.state] ?? "upload"));
  give.hidden = ["done", "checking"].includes(job.state);
}

/** Show what broke off before this page was opened. */
async function earlier() {
  const mine = await api("GET", "uploads").catch(() => []);
  for (const up of mine) {
    const known = [...jobs.values()].some((j) => j.id === up.id);
    if (known || !["receiving", "checking"].includes(up.state)) continue;
    const key = (count += 1);
    const job = { key, id: up.id, name: up.path, size: up.size, received: up.received, state: up.received < up.size ? "broken" : "checking", told: "" };
    jobs.set(key, job);
    draw(job);
    if (job.state === "checking") watch(job);
  }
}

async function walk(entry, path = "") {
  if (entry.isFile) return [{ file: await new Promise((done, no) => entry.file(done, no)), path: path + entry.name }];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, no) => reader.readEntries(done, no)); // at most 100 at a time
    if (!some.length) return found;
    for (const each of some) found.push(...(await walk(each, `${path}${entry.name}/`)));
  }
}

function listenForDrops() {
  const place = document.querySelector('[data-role="drop"]');
  let inside = 0;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (event) => carriesFiles(event) && (inside += 1) && (place.hidden = false));
  addEventListener("dragleave", (event) => carriesFiles(event) && (inside -= 1) <= 0 && (place.hidden = true));
  addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    inside = 0;
    place.hidden = true;
    const entries = [...event.dataTransfer.items].map((i) => i.webkitGetAsEntry?.()).filter(Boolean);
    const plain = [...event.dataTransfer.files];
    take(entries.length ? (await Promise.all(entries.map((e) => walk(e)))).flat() : plain);
  });
}

/** Begin: buttons, drops, what broke off before. */
export function begin() {
  if (!data.may_media) return;
  for (const role of ["files", "folder"]) {
    const input = document.querySelector(`[data-role="${role}"]`);
    document.querySelector(`[data-do="${role}"]`).addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      take([...input.files]);
      input.value = "";
    });
  }
  document.querySelector('[data-do="clear"]').addEventListener("click", () => {
    for (const [key, job] of [...jobs]) if (["done", "refused", "failed"].includes(job.state)) forget(key);
  });
  addEventListener("online", () => {
    for (const job of jobs.values()) if (job.state === "failed" && job.upload && !job.told.includes("\n")) set(job, { state: "waiting", told: "" });
    next();
  });
  addEventListener("beforeunload", (event) => {
    if ([...jobs.values()].some((j) => ["running", "again"].includes(j.state))) event.preventDefault();
  });
  listenForDrops();
  earlier();
}
