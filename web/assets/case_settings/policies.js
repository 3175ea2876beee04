// Time limits: one set for each date since which it holds, with the rules that they come from.

import { field } from "../staff/fields.js";
import { data, el, icon, t } from "../staff/page.js";
import { dayText } from "./leave.js";

const DAYS = [
  "verify_days", "first_answer_days", ...data.classes.map((c) => `resolve_days.${c}`), "ppid_extension", "objection_days", "auto_close_days",
  "transfer_days", "complete_days",
];
const get = (policy, name) => (name.includes(".") ? policy.resolve_days[name.slice(name.indexOf(".") + 1)] : policy[name]);

export function policies(body, { touched }) {
  const list = el("div", {});
  const cards = () => [...list.children];
  const settle = () => cards().forEach((node, n) => {
    for (const control of node.querySelectorAll("[data-bare]")) control.dataset.field = `body.table.${n}.${control.dataset.bare}`;
    node.querySelector('[data-role="remove"]').hidden = cards().length < 2;
  });
  const put = (policy, fresh) => {
    const made = card(policy, fresh, () => {
      made.remove();
      settle();
      touched();
      add.focus();
    });
    if (fresh) list.prepend(made);
    else list.append(made);
    settle();
    return made;
  };
  const add = el("button", { class: "btn mb-3", type: "button", "data-role": "add-policy" }, icon("plus"), t("add_policy"));
  add.addEventListener("click", () => {
    put({ ...cards()[0].read(), since: data.today }, true).querySelector("input").focus();
    touched();
  });
  for (const policy of [...body.table].reverse()) put(policy, false); // the newest first: it is what holds
  return { node: el("div", {}, el("p", { class: "form-hint" }, t("own_help")), add, list), read: () => ({ table: cards().map((c) => c.read()) }) };
}

function card(policy, fresh, remove) {
  const text = (name, more) => {
    const made = field({ name, label: t(name), value: policy[name], ...more });
    made.querySelector("input").dataset.bare = name;
    return made;
  };
  const [since, source, ppid] = [text("since", { type: "date" }), text("source", { help: t("source_help"), more: { maxlength: 300 } }), text("ppid_source", { more: { maxlength: 300 } })];
  const duties = DAYS.map((name) => duty(policy, name));
  const head = el("tr", {}, ["duty", "days_column", "own"].map((word) => el("th", { scope: "col" }, t(word))));
  const made = el("section", { class: "card mb-3 case-policy", "data-policy": policy.since },
    el("div", { class: "card-header" }, el("h3", { class: "card-title me-auto" }, fresh ? t("new_policy") : t("since_title", { day: dayText(policy.since) })),
      el("button", { class: "btn btn-sm btn-outline-danger", type: "button", "data-role": "remove", onclick: remove }, icon("trash"), t("remove_policy"))),
    el("div", { class: "card-body" }, el("div", { class: "case-policy-head" }, since, source, ppid), el("table", { class: "table table-sm case-duties" }, el("thead", {}, head), el("tbody", {}, ...duties.map((d) => d.node)))));
  made.read = () => {
    const said = (box) => box.querySelector("input").value.trim();
    const read = { since: said(since), source: said(source), ppid_source: said(ppid), resolve_days: {}, own: duties.filter((d) => d.own()).map((d) => d.name) };
    for (const { name, days } of duties) {
      if (name.includes(".")) read.resolve_days[name.slice(name.indexOf(".") + 1)] = days();
      else read[name] = days();
    }
    return read;
  };
  return made;
}

function duty(policy, name) {
  const label = t(`day_${name}`);
  const made = field({ name, label, type: "number", value: get(policy, name), more: { min: 1, max: 1000, step: 1, "data-bare": name } });
  made.className = "field case-days";
  const input = made.querySelector("input");
  made.querySelector("label").className = "visually-hidden";
  const own = el("input", { class: "form-check-input", type: "checkbox", checked: policy.own.includes(name), "aria-label": t("own_for", { name: label }) });
  const node = el("tr", {}, el("th", { scope: "row", class: "fw-normal" }, label), el("td", {}, made), el("td", {}, own));
  return { name, node, own: () => own.checked, days: () => (input.value === "" ? null : Number(input.value)) };
}
