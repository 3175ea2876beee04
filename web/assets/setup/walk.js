// Mulai: five steps from the first login to a published week. Where somebody stopped, they go on.

import { api, trying } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { data, el, icon, language, t } from "../staff/page.js";
import { channelsForm, link, stationForm, waiting, again } from "./station.js";
import { weekStep } from "./week.js";

const STEPS = ["stasiun", "kanal", "materi", "minggu", "contoh"];
const at = (role) => document.querySelector(`[data-role="${role}"]`);
let open = "";

export function showWalk() {
  const asked = location.hash.slice(1);
  show(STEPS.includes(asked) ? asked : next());
  window.addEventListener("hashchange", () => STEPS.includes(location.hash.slice(1)) && show(location.hash.slice(1)));
}

const isDone = (step) => data.setup.steps.find((s) => s.step === step)?.done;
const next = () => STEPS.find((step) => !isDone(step)) ?? "";

function steps() {
  at("steps").replaceChildren(...STEPS.map((step) => el("li", { class: "list-group-item p-0", "aria-current": step === open ? "step" : null },
    el("button", { type: "button", "data-step": step, onclick: () => show(step) }, el("span", { class: "me-auto" }, t(`step_${step}`)),
      isDone(step) ? el("span", { class: "badge bg-green-lt" }, icon("check"), t("done")) : null))));
}

function show(step) {
  open = step;
  history.replaceState(null, "", step ? `#${step}` : location.pathname);
  steps();
  const body = el("div", { class: "card-body" });
  at("step").replaceChildren(el("div", { class: "card-header" }, el("h2", { class: "card-title" }, step ? t(`step_${step}`) : t("finished"))), body);
  const filled = { stasiun: station, kanal: channels, materi: material, minggu: week, contoh: demo }[step] ?? finished;
  body.append(...filled());
}

/** Note that a step is done, and open the one after it. */
async function done(step) {
  const setup = await trying(() => api("POST", `setup/steps/${step}`));
  if (!setup) return;
  data.setup = setup;
  show(STEPS[STEPS.indexOf(step) + 1] ?? next());
}

function station() {
  return [stationForm(t("next"), () => done("stasiun"))];
}

function channels() {
  return [channelsForm(t("next"), async () => {
    // the steps that follow work with the channels as they will be
    if (data.settings.waiting) {
      if (!(await again()) || !(await trying(() => api("POST", "setup/steps/kanal")))) return;
      location.hash = "materi";
      location.reload(); // names have changed everywhere
      return;
    }
    await done("kanal");
  })];
}

const length = (seconds) => {
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} ${language === "en" ? "min" : "menit"}` : `${(minutes / 60).toLocaleString(language, { maximumFractionDigits: 1 })} ${language === "en" ? "h" : "jam"}`;
};

function material() {
  const { folders } = data.material;
  const rows = folders.map((f) => el("tr", {}, el("td", { class: "text-break" }, f.path === "." ? "/" : f.path, " ", f.demo ? el("span", { class: "badge bg-yellow-lt" }, t("demo_sign")) : null), el("td", { class: "text-end tabular" }, f.pictures + f.sounds), el("td", { class: "text-end tabular" }, length(f.seconds))));
  const table = el("div", { class: "table-responsive week-table mb-3", tabindex: 0 }, el("table", { class: "table table-sm" }, el("thead", {}, el("tr", {}, el("th", {}, t("folder")), el("th", { class: "text-end" }, t("files")), el("th", { class: "text-end" }, t("hours")))), el("tbody", {}, ...rows)));
  const again_ = async () => {
    const found = await trying(() => api("GET", "setup/material"));
    if (!found) return;
    data.material = found;
    show("materi");
  };
  return [
    el("p", {}, t("material_help")),
    folders.length ? table : el("p", { class: "alert alert-info" }, t("no_material")),
    el("div", { class: "btn-list" },
      el("button", { class: "btn btn-primary", type: "button", "data-role": "go-on", onclick: () => done("materi") }, t("go_on")),
      el("a", { class: "btn", href: link("kerja/materi") }, icon("upload"), t("to_media")),
      el("button", { class: "btn", type: "button", onclick: again_ }, icon("refresh"), t("refresh"))),
  ];
}

function week() {
  return [waiting(() => show("minggu")), ...weekStep(() => done("minggu"))].filter(Boolean);
}

function demo() {
  if (!data.material.demo && !data.settings.demo) return [el("p", {}, t("demo_gone")), el("button", { class: "btn btn-primary", type: "button", onclick: () => done("contoh") }, t("go_on"))];
  const remove = async () => {
    if (!(await sure(t("demo_sure"), t("demo_remove"), { danger: true, detail: t("restart_help") }))) return;
    if (!(await trying(async () => (await api("POST", "setup/demo/remove")) ?? true))) return;
    if (await again()) await done("contoh");
  };
  return [
    el("p", {}, t("demo_help")),
    el("div", { class: "btn-list" },
      el("button", { class: "btn btn-danger", type: "button", "data-role": "remove-demo", onclick: remove }, icon("trash"), t("demo_remove")),
      el("button", { class: "btn", type: "button", onclick: () => done("contoh") }, t("demo_keep"))),
  ];
}

function finished() {
  const end = async () => {
    if (await trying(() => api("POST", "setup/close"))) location.assign(link("kerja/kendali"));
  };
  return [el("p", {}, t("walk_help")), el("button", { class: "btn btn-primary", type: "button", "data-role": "finish", onclick: end }, icon("rocket"), t("to_control"))];
}
