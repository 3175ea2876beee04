// Pengaturan: what the station is set to, and how its machine is.

import { api, trying } from "../staff/api.js";
import { field, formOf } from "../staff/fields.js";
import { data, el, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { channelsForm, stationForm, waiting } from "./station.js";

const at = (role) => document.querySelector(`[data-role="${role}"]`);
const SIGNS = { ok: "bg-green-lt", warn: "bg-yellow-lt", fail: "bg-red-lt" };

export function showSettings() {
  at("station").append(stationForm(t("save"), saved));
  at("channels").append(channelsForm(t("save"), saved));
  at("service").append(service());
  at("examine").addEventListener("click", examine);
  notice();
}

function notice() {
  at("waiting").replaceChildren(...[waiting(() => location.reload())].filter(Boolean));
}

async function saved() {
  toast(t("saved"));
  notice();
}

function service() {
  const s = data.settings;
  const locked = (key) => s.locked[key] ?? "";
  const ladders = [...(s.ladder ? [] : [{ value: "", text: t("ladder_own") }]), ...["penuh", "hemat", "ringan"].map((value) => ({ value, text: t(`ladder_${value}`) }))];
  return formOf([
    field({ name: "public_url", label: t("public_url"), type: "url", value: s.public_url, help: t("public_url_help"), locked: locked("public_url"), more: { maxlength: 300 } }),
    field({ name: "dvr_hours", label: t("dvr_hours"), type: "number", value: s.dvr_hours, locked: locked("dvr_hours"), more: { step: "any", min: 0.05, max: 24 } }),
    field({ name: "min_free_gb", label: t("min_free_gb"), type: "number", value: s.min_free_gb, locked: locked("min_free_gb"), more: { step: "any", min: 0 } }),
    field({ name: "ladder", label: t("ladder"), value: s.ladder, options: ladders, help: t("ladder_help"), locked: locked("ladder") }),
    field({ name: "lean_audio", label: t("lean_audio"), type: "checkbox", value: s.lean_audio, locked: locked("lean_audio") }),
  ], t("save"), async (given) => {
    if (!given.ladder) delete given.ladder;
    data.settings = await api("PATCH", "settings", given);
    await saved();
  });
}

async function examine() {
  const box = at("health");
  box.replaceChildren(el("p", { class: "card-body mb-0" }, t("examining")));
  const found = await trying(() => api("GET", "doctor"));
  const said = (both) => both.split(" / ")[document.documentElement.lang === "en" ? 1 : 0] ?? both;
  box.replaceChildren(el("ul", { class: "list-group list-group-flush" }, ...(found ?? []).map((c) => el("li", { class: "list-group-item check-row" },
    el("span", {}, el("span", { class: `badge ${SIGNS[c.state]}` }, t(`state_${c.state}`))), el("strong", {}, c.name),
    el("span", {}, said(c.detail), c.remedy ? el("div", { class: "text-secondary" }, said(c.remedy)) : null)))));
}
