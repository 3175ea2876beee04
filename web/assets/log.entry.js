// The pages of the log: what is chosen is kept in the address, loaded anew when it changes, and kept when that fails.

import "./report/report.css";

import { Refused, trying } from "./staff/api.js";
import { data, el, t } from "./staff/page.js";
import { longDay, plusDays } from "./report/format.js";
import * as compared from "./log/compared.js";
import * as day from "./log/day.js";
import * as proof from "./log/proof.js";
import * as shares from "./log/shares.js";
import { chosen, form, remember, restore } from "./log/state.js";
import * as takedowns from "./log/takedowns.js";

const parts = { aired: day, shares, compared, proof, takedowns };
const part = parts[data.tab];
const FILTERS = ["category", "kind", "words", "outcome"];
const place = document.querySelector('[data-role="content"]');
const summary = document.querySelector('[data-role="summary"]');
let under = null;

async function load() {
  remember();
  if (form.elements.day && !form.elements.day.checkValidity()) return;
  const wrong = document.getElementById("last-error");
  if (wrong) wrong.textContent = "";
  if (form.elements.day) document.querySelector('[data-role="print-period"]').textContent = longDay(chosen().day);
  under?.abort();
  under = new AbortController();
  const { signal } = under;
  summary.textContent = t("loading");
  await trying(async () => {
    try {
      await part.load(place, summary, signal);
    } catch (error) {
      if (error?.name === "AbortError" || !(error instanceof Refused)) throw error;
      const { last, first } = error.fields;
      if (wrong && (last || first)) wrong.textContent = last ?? first;
      summary.textContent = "";
      place.replaceChildren(el("p", { class: "alert alert-warning", role: "alert" }, error.message));
    }
  });
}

function changed(event) {
  if (FILTERS.includes(event.target.name)) {
    remember();
    part.show?.(place, summary);
  } else load();
}

function step(days) {
  const field = form.elements.day;
  field.value = plusDays(field.value || data.today, days);
  load();
}

form.addEventListener("submit", (event) => event.preventDefault());
// what is typed is looked for at once; when the field is left, a list that somebody has just entered must stay
form.addEventListener("change", (event) => event.target.name !== "words" && changed(event));
form.addEventListener("input", (event) => event.target.name === "words" && changed(event));
document.querySelector('[data-role="earlier"]')?.addEventListener("click", () => step(-1));
document.querySelector('[data-role="later"]')?.addEventListener("click", () => step(1));
document.querySelector('[data-role="print"]')?.addEventListener("click", () => print());
window.addEventListener("beforeprint", () => data.tab === "aired" && day.showAll(place, summary));

restore();
load();
