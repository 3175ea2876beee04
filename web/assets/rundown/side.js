// Beside the list: what is on the air with its countdown, edits, findings, totals.

import { data, el, icon, language, t } from "../staff/page.js";
import { finding } from "./details.js";
import { clock, length, localClock } from "./times.js";

const part = (role) => document.querySelector(`[data-role="${role}"]`);
const body = (title, ...inside) => [el("div", { class: "card-header" }, el("h2", { class: "card-title" }, title)), el("div", { class: "card-body" }, ...inside)];

/** Show what airs, how long it still does, and the next exact start; called each second. */
export function showNow(day, go) {
  const box = part("now");
  const number = day.current();
  const line = number ? day.line(number) : null;
  box.hidden = !line;
  if (!line) return;
  const left = (Date.parse(line.start) + line.seconds * 1000 - day.now()) / 1000;
  const next = day.line(number + 1);
  if (box.dataset.line !== line.id) {
    box.dataset.line = line.id;
    box.replaceChildren(el("div", { class: "card-body" },
      el("div", { class: "rd-now-top" }, el("span", { class: "badge rd-live" }, t("airs_now")), el("span", { class: "tabular rd-left", "data-role": "left" })),
      el("p", { class: "rd-now-title" }, el("bdi", {}, line.title)),
      el("div", { class: "progress" }, el("div", { class: "progress-bar", "data-role": "bar" })),
      el("p", { class: "text-secondary mb-0", "data-role": "next" }),
      el("p", { class: "text-secondary mb-0", "data-role": "exact" })));
    box.onclick = () => go(number);
  }
  box.querySelector('[data-role="left"]').textContent = t("ends_in", { time: length(Math.max(0, left)) });
  box.querySelector('[data-role="bar"]').style.width = `${Math.min(100, Math.max(0, 100 - (left / line.seconds) * 100))}%`;
  box.querySelector('[data-role="next"]').textContent = next ? `${t("next_up")}: ${next.title}, ${clock(next.clock)}` : "";
  box.querySelector('[data-role="exact"]').textContent = exact(day, number);
}

function exact(day, number) {
  for (let n = number + 1; n < number + 200; n += 1) {
    const line = day.line(n);
    if (!line) return "";
    if (line.hard) return `${t("next_exact")}: ${line.title}, ${clock(line.clock)} (${length((Date.parse(line.start) - day.now()) / 1000)})`;
  }
  return "";
}

export function showEdits(day, withdraw) {
  const all = part("edits").querySelector("input")?.checked ?? false;
  const edits = day.told.edits.filter((e) => all || !e.withdrawn).reverse();
  const box = el("label", { class: "form-check" }, el("input", { class: "form-check-input", type: "checkbox", checked: all, onchange: () => showEdits(day, withdraw) }), el("span", { class: "form-check-label" }, t("show_withdrawn")));
  const row = (e) => el("li", { class: e.withdrawn ? "rd-back" : null },
    el("div", {}, el("span", {}, language === "en" ? e.english : e.said), el("small", { class: "text-secondary d-block" }, `${e.author} · ${localClock(e.made, data.zone)}${e.withdrawn ? ` · ${t("meets_back")}` : ""}`)),
    e.ordered ? el("span", { class: "badge" }, t("from_control")) : !e.withdrawn && data.mayEdit && el("button", { type: "button", class: "btn btn-sm", onclick: () => withdraw(e) }, icon("arrow-back-up"), t("withdraw")));
  part("edits").replaceChildren(...body(`${t("edits")} (${day.told.edits.filter((e) => !e.withdrawn).length})`, edits.length ? el("ul", { class: "rd-edits" }, ...edits.map(row)) : el("p", { class: "text-secondary" }, t("no_edits")), box));
}

export function showFindings(found, go) {
  const inside = found === null ? [el("p", { class: "text-secondary mb-0" }, t("findings_wait"))]
    : found.length ? [el("ul", { class: "rd-findings" }, ...found.map((f) => el("li", {}, f.number ? el("button", { type: "button", class: "rd-go", onclick: () => go(f.number) }, finding(f)) : finding(f))))]
      : [el("p", { class: "text-secondary mb-0" }, t("no_findings"))];
  part("findings").replaceChildren(...body(found?.length ? `${t("findings")} (${found.length})` : t("findings"), ...inside));
}

let shown = "category";

export function showTotals(day) {
  const { told } = day;
  const tabs = ["category", "programme", "hour"];
  const tab = (name) => el("button", { type: "button", class: `nav-link${shown === name ? " active" : ""}`, role: "tab", id: `rd-tab-${name}`, "aria-selected": String(shown === name), "aria-controls": "rd-total", tabindex: shown === name ? 0 : -1, onclick: () => { shown = name; showTotals(day); document.getElementById(`rd-tab-${name}`).focus(); } }, t(`by_${name}`));
  const list = el("div", { class: "nav nav-tabs rd-tabs", role: "tablist", "aria-label": t("totals") }, ...tabs.map(tab));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) list.children[(tabs.indexOf(shown) + step + tabs.length) % tabs.length].click();
  });
  const rows = { category: () => shares(told.categories, (p) => t(`cat_${p.name}`)), programme: () => shares(told.programmes, (p) => p.name), hour: () => hours(told.hours) }[shown]();
  const filler = el("p", { class: "text-secondary mb-0 mt-2" }, `${t("filler_total")}: ${length(told.filler_seconds)}`);
  part("totals").replaceChildren(...body(t("totals"), list, el("div", { id: "rd-total", role: "tabpanel", "aria-labelledby": `rd-tab-${shown}`, tabindex: 0 }, rows, filler)));
}

function shares(parts, name) {
  const bar = (p) => {
    const made = el("span", { class: "rd-bar", "aria-hidden": "true" });
    made.style.width = `${p.percent}%`;
    return made;
  };
  const percent = (n) => `${n.toLocaleString(language === "en" ? "en" : "id", { minimumFractionDigits: 1 })} %`;
  return el("table", { class: "table table-sm rd-shares" }, el("tbody", {}, ...parts.map((p) => el("tr", {}, el("th", { scope: "row" }, el("bdi", {}, name(p)), bar(p)), el("td", { class: "tabular" }, length(p.seconds)), el("td", { class: "tabular" }, percent(p.percent))))));
}

function hours(found) {
  const said = (h) => Object.entries(h.seconds).map(([c, n]) => `${t(`cat_${c}`)} ${length(n)}`).join(", ");
  return el("table", { class: "table table-sm rd-shares rd-hours" },
    el("thead", {}, el("tr", {}, ...["hour", "by_category", "kind_filler"].map((key) => el("th", { scope: "col" }, t(key))))),
    el("tbody", {}, ...found.map((h) => el("tr", {}, el("th", { scope: "row", class: "tabular" }, localClock(h.start, data.zone)), el("td", {}, said(h)), el("td", { class: "tabular" }, length(h.filler_seconds))))));
}
