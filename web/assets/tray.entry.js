// The tray: what came and could not be read, why, and what may be done with it.

import "./notes/tray.css";

import { api, Refused, trying } from "./staff/api.js";
import { sure } from "./staff/dialog.js";
import { data, el, icon, language, root, t } from "./staff/page.js";
import { toast } from "./staff/toast.js";
import { clock } from "./notes/list.js";
import { reasonIn } from "./notes/reason.js";

const MOST = 100; // the service shows no more at once
const box = document.querySelector('[data-role="tray"]');

async function show() {
  const found = await trying(() => api("GET", "intake-tray"));
  if (!found) return;
  const parts = found.map(card);
  if (found.length >= MOST) parts.push(el("p", { class: "text-secondary" }, t("tray_most", { count: MOST })));
  box.replaceChildren(...(found.length ? parts : [el("p", { class: "text-secondary" }, t("tray_empty"))]));
}

function card(item) {
  const button = (sign, text, run, kind = "") => el("button", { type: "button", class: `btn ${kind}`, onclick: run }, icon(sign), text);
  const source = t(`source_${item.source}`);
  return el("section", { class: "card mb-3", "aria-label": `${source} ${clock(item.received)}`, "data-arrival": item.id },
    el("div", { class: "card-body" },
      el("div", { class: "tray-facts" },
        el("h2", { class: "card-title mb-0" }, source), el("span", { class: "tabular" }, clock(item.received)),
        el("span", { class: "font-monospace" }, item.code), el("span", { class: "text-secondary" }, t("attempts", { count: item.attempts })),
        el("span", { class: "text-secondary text-break" }, item.content_type)),
      el("p", { class: "tray-reason mt-2" }, reasonIn(language, item.outcome) || t("no_reason")),
      el("div", { class: "btn-list" },
        button("refresh", t("again"), () => clear(item, true)),
        data.personal && button("download", t("download"), () => download(item)),
        el("a", { class: "btn", href: `${root}kerja/catatan` }, icon("edit"), t("make_note")),
        button("check", t("done"), () => clear(item, false)))));
}

async function clear(item, again) {
  if (!again && !(await sure(t("done_sure"), t("done"), { detail: t("done_detail") }))) return;
  await trying(async () => {
    await api("POST", `intake-tray/${item.id}`, { again });
    toast(t(again ? "again_done" : "cleared"));
  });
  await show();
}

async function download(item) {
  if (!(await sure(t("download_sure"), t("download"), { detail: t("download_detail") }))) return;
  await trying(async () => {
    const response = await fetch(`${root}api/v1/intake-tray/${item.id}`, { credentials: "same-origin" });
    if (!response.ok) throw new Refused({ status: response.status, ...(await response.json().catch(() => ({}))) });
    const url = URL.createObjectURL(await response.blob());
    el("a", { href: url, download: `kiriman-${item.id}.bin` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  });
}

document.querySelector('[data-role="refresh"]').addEventListener("click", show);
show();
