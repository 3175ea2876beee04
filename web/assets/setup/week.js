// The first week of each channel: which folders fill what, what that looks like, and putting it on the air.

import { Refused, api, trying } from "../staff/api.js";
import { ask } from "../staff/dialog.js";
import { field, values } from "../staff/fields.js";
import { data, el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";

/** Return what the step shows; `done` is called once every channel airs its week. */
export function weekStep(done) {
  const published = new Set();
  const parts = data.settings.channels.map((channel) => one(channel, () => {
    published.add(channel.id);
    if (published.size === data.settings.channels.length) done();
  }));
  return [el("p", {}, t("week_help")), ...parts, el("button", { class: "btn btn-link", type: "button", onclick: done }, t("skip"))];
}

function one(channel, published) {
  const suits = (f) => (channel.kind === "tv" ? f.pictures : f.sounds) > 0;
  const folders = data.material.folders.filter(suits);
  const form = el("form", { novalidate: true });
  const shown = el("div", { "data-role": "week" });
  const box = el("section", { class: "mb-4", "data-week": channel.id }, el("h3", {}, channel.name), form, shown);
  fill(channel, folders, form, shown, published);
  return box;
}

async function fill(channel, folders, form, shown, published) {
  const proposal = await trying(() => api("GET", `setup/weeks/${channel.id}`));
  if (!proposal) return;
  const groups = data.parts.map((part) => {
    const chosen = proposal.parts[part] ?? [];
    const boxes = folders.map((f) => el("label", { class: "form-check mb-0" }, el("input", { class: "form-check-input", type: "checkbox", name: part, value: f.path, checked: chosen.includes(f.path), "data-many": "" }), el("span", { class: "form-check-label" }, f.path, f.demo ? ` (${t("demo_sign")})` : "")));
    return el("fieldset", { class: "col-sm-6 col-lg-4" }, el("legend", { class: "form-label" }, t(`part_${part}`)), el("div", { class: "part-folders" }, ...(boxes.length ? boxes : ["–"])));
  });
  const look = el("button", { class: "btn btn-primary", type: "submit", "data-role": "look" }, icon("calendar-week"), t("look"));
  form.append(el("details", { class: "mb-3" }, el("summary", {}, `${t("content")}: ${t("folder")}`), el("div", { class: "row g-3 mt-0 mb-2" }, ...groups)), field({ name: "relay", label: t("relay"), more: { maxlength: 200 } }), look);
  const given = () => {
    const { relay, ...parts } = values(form);
    return { relay, parts };
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const week = await trying(() => api("POST", `setup/weeks/${channel.id}/preview`, given()));
    if (week) shown.replaceChildren(...preview(channel, week, given, shown, published));
  });
}

function preview(channel, week, given, shown, published) {
  const rows = week.hours.map((h) => el("tr", {}, el("td", { class: "tabular text-nowrap" }, `${h.start}–${h.end}`), el("td", {}, h.title), el("td", {}, h.days), el("td", { class: "text-break text-secondary" }, h.folders.join(", "))));
  const heads = [t("time"), t("title"), t("weekday"), t("content")].map((text) => el("th", {}, text));
  const draft = el("button", { class: "btn btn-primary", type: "button", "data-role": "draft", onclick: () => keep(channel, given, shown, published) }, t("make_draft"));
  const lacks = week.lacks.length ? [el("p", { class: "mb-1" }, `${t("lacks")}:`), el("ul", {}, ...week.lacks.map((said) => el("li", {}, said)))] : [];
  return [
    el("div", { class: "table-responsive week-table my-3", tabindex: 0, role: "region", "aria-label": channel.name }, el("table", { class: "table table-sm" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows))),
    ...lacks, draft,
  ];
}

async function keep(channel, given, shown, published) {
  const made = await trying(() => api("PUT", `setup/weeks/${channel.id}`, given()));
  if (!made) return;
  toast(t("draft_made"));
  const button = el("button", { class: "btn btn-primary", type: "button", "data-role": "publish", onclick: () => publish(channel, made.revision, shown, published, "") }, icon("broadcast"), `${t("publish_all")}: ${channel.name}`);
  shown.replaceChildren(el("p", { class: "alert alert-info mt-3" }, t("draft_made")), button);
  button.focus();
}

async function publish(channel, revision, shown, published, reason) {
  let done;
  try {
    done = await api("POST", `channels/${channel.id}/draft/publish`, { revision, reason });
  } catch (error) {
    if (error instanceof Refused && error.problem.findings) return overrule(channel, revision, shown, published, error.problem.findings);
    return trying(() => Promise.reject(error));
  }
  const told = done.findings.filter((f) => f.severity !== "catatan");
  const found = told.length ? [el("details", {}, el("summary", {}, `${t("findings")}: ${told.length}`), el("ul", {}, ...told.map((f) => el("li", {}, said(f)))))] : [];
  shown.replaceChildren(el("p", { class: "alert alert-success mt-3", role: "status", "data-role": "published" }, icon("check"), " ", t("published", { channel: channel.name })), ...found);
  return published();
}

const said = (f) => (document.documentElement.lang === "en" ? f.english : f.detail);

async function overrule(channel, revision, shown, published, findings) {
  const box = field({ name: "reason", label: t("publish_reason"), more: { maxlength: 1000 } });
  const answer = await ask(t("findings"), [el("ul", {}, ...findings.map((f) => el("li", {}, said(f)))), box], [{ text: t("publish_all"), value: "yes", class: "btn-primary" }]);
  const reason = box.querySelector("input").value.trim();
  if (answer && reason) await publish(channel, revision, shown, published, reason);
}
