// The page of a channel's rules: fixed events, breaks, crossfades, graphics; and the Hijri calendar below.

import "./grid/grid.css";

import { api, trying } from "./staff/api.js";
import { data, el, icon, t } from "./staff/page.js";
import { toast } from "./staff/toast.js";
import { pathField, pathInput } from "./grid/content.js";
import { check, failed, field, over, text, Wrong } from "./grid/form.js";
import { breakForm, eventForm } from "./rules/parts.js";
import { showHijri } from "./rules/hijri.js";

const form = document.querySelector('[data-role="rules"]');
const path = `channels/${encodeURIComponent(data.channel)}/rules`;
const radio = data.channels.find((c) => c.id === data.channel).kind === "radio";
let changed = false;

function draw(rules) {
  const events = el("div", {}, ...rules.fixed.events.map((e) => eventForm(e).node));
  const breaks = el("div", {}, ...rules.breaks.map((b) => breakForm(b).node));
  const separation = text(String(rules.separation_minutes), { type: "number", min: "0", max: "240" });
  const fades = data.categories.map(([value, said]) => [value, text(String(rules.fades_s[value] ?? 0), { type: "number", min: "0", max: "10", step: "0.1" }), said]);
  const logo = pathInput(rules.logo ?? "", "files");
  const labels = check(t("labels"), rules.labels);
  const logoField = pathField(t("logo"), logo, "logo", t("logo_help"));
  const add = (place, made) => () => {
    place.append(made.node);
    made.node.querySelector("select, input").focus();
    touched();
  };
  const usual = async () => {
    const found = await trying(() => api("GET", `channels/${encodeURIComponent(data.channel)}/usual-events`));
    if (!found) return;
    const there = new Set([...events.children].map((node) => node.dataset.id));
    events.append(...found.events.filter((e) => !there.has(e.id)).map((e) => eventForm(e).node));
    touched();
  };
  const section = (word, help, ...content) => el("section", { class: "card mb-3" }, el("div", { class: "card-body" }, el("h2", { class: "h3" }, t(word)), help && el("p", { class: "text-secondary" }, t(help)), ...content));
  const unsaved = el("span", { class: "text-secondary", role: "status", "data-role": "unsaved" });
  const save = data.may_plan && el("div", { class: "save-bar" }, el("button", { class: "btn btn-primary", type: "submit" }, t("save")), unsaved);
  form.replaceChildren(el("div", { "data-role": "wrong" }), el("fieldset", { class: "form-read", disabled: !data.may_plan },
    section("fixed_events", "fixed_help", events, el("div", { class: "btn-list" },
      el("button", { class: "btn", type: "button", onclick: () => add(events, eventForm({ kind: "jam", id: "", items: [], days: [0, 1, 2, 3, 4, 5, 6], times: [], hard: true, season: "selalu", category: "iklan", title: "", folder: "" }))() }, icon("plus"), t("add_event")),
      el("button", { class: "btn", type: "button", onclick: usual }, t("use_usual")))),
    section("breaks", "breaks_help", breaks, el("button", { class: "btn mb-3", type: "button", onclick: () => add(breaks, breakForm({ minutes: [15, 45], start: "06.00", until: "22.00", longest_s: 120, days: [0, 1, 2, 3, 4, 5, 6] }))() }, icon("plus"), t("add_break")),
      el("div", { class: "form-grid" }, field(t("separation"), separation, { name: "separation_minutes" }))),
    radio && section("fades", "fades_help", el("div", { class: "form-grid" }, ...fades.map(([value, input, said]) => field(said, input, { name: `fades_s.${value}` })))),
    !radio && section("graphics", "", logoField, labels)), ...(save ? [save] : []));

  form.onsubmit = async (event) => {
    event.preventDefault();
    try {
      const number = (input, name) => {
        if (input.value.trim() === "") throw new Wrong({ [name]: t("fill_in") });
        return Number(input.value);
      };
      const body = {
        id: data.channel,
        fixed: { events: [...events.children].map((node, n) => node.read(`fixed.events.${n}`, taken(events, n))) },
        breaks: [...breaks.children].map((node, n) => node.read(`breaks.${n}`)),
        separation_minutes: number(separation, "separation_minutes"),
        fades_s: radio ? Object.fromEntries(fades.map(([value, input]) => [value, number(input, `fades_s.${value}`)]).filter(([, s]) => s)) : rules.fades_s,
        logo: radio ? rules.logo : logo.input.value.trim() || null, labels: radio ? rules.labels : labels.querySelector("input").checked,
      };
      const kept = await over(rules.revision, (revision) => api("PUT", path, { ...body, revision }));
      changed = false;
      toast(t("rules_saved"));
      draw(kept);
    } catch (error) {
      // what is wrong is said inside: open it first
      for (const name of Object.keys(error.fields ?? {})) for (const node of form.querySelectorAll("details[data-field]")) node.open ||= `${name}.`.startsWith(`${node.dataset.field}.`);
      failed(form, error);
    }
  };
}

const taken = (events, n) => new Set([...events.children].filter((_, m) => m !== n).map((node) => node.dataset.id).filter(Boolean));

function touched() {
  changed = true;
  const place = form.querySelector('[data-role="unsaved"]');
  if (place) place.textContent = t("unsaved");
}

form.addEventListener("input", touched);
form.addEventListener("change", touched);
addEventListener("beforeunload", (event) => changed && event.preventDefault());
trying(() => api("GET", path)).then((rules) => rules && draw(rules));
showHijri(document.querySelector('[data-role="hijri"]'));
