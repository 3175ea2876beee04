// Until the station is set up, its administrators find the checklist at the head of every page.

import { el, icon, root, t } from "./page.js";

const KEY = "setup";
const STEPS = { stasiun: "setup_station", kanal: "setup_channels", materi: "setup_material", minggu: "setup_week", contoh: "setup_demo" };

/** Show what is left to do, where the reader is one who can do it. */
export async function remindOfSetup() {
  const inMenu = document.querySelector('.navbar-vertical a[href$="kerja/pengaturan"]');
  if (!inMenu || location.pathname.endsWith("/kerja/mulai") || sessionStorage.getItem(KEY) === "done") return;
  let setup;
  try {
    const response = await fetch(`${root}api/v1/setup`, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!response.ok) return;
    setup = await response.json();
  } catch {
    return; // the page says itself when the service cannot be reached
  }
  if (setup.complete) return void sessionStorage.setItem(KEY, "done");
  const steps = setup.steps.map((s) => el("li", { class: "list-inline-item" }, icon(s.done ? "check" : "clock"), " ", t(STEPS[s.step]), el("span", { class: "visually-hidden" }, s.done ? ` (${t("yes")})` : ` (${t("no")})`)));
  const box = el("section", { class: "alert alert-info d-flex flex-wrap gap-2 align-items-center d-print-none", "data-role": "setup", "aria-label": t("setup_open") },
    el("strong", {}, t("setup_open")), el("ul", { class: "list-inline mb-0 me-auto" }, ...steps), el("a", { class: "btn btn-primary", href: `${root}kerja/mulai` }, icon("rocket"), t("setup_go")));
  document.querySelector("main .container-xl")?.prepend(box);
}
