// What the queue is asked for: the form, the page's address, and the API's parameters say the same.

import { data } from "../staff/page.js";
import { takeLookedFor } from "./order.js";

const PLAIN = ["status", "class", "category", "kelurahan", "source", "agency"];
const FLAGS = ["late", "emergency"];
const OTHERS = ["assigned", "which", "since", "until"];
const PERSONAL = /@|^[+\d][\d\s().-]{6,}$/;
const form = document.querySelector('[data-role="filter"]');
const control = (name) => form.elements[name];
const of = (name) => control(name).value.trim();

/** The day after a day, both as 2026-11-22. */
const next = (day) => new Date(Date.parse(`${day}T12:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** Return the API's parameters of a query as it stands in an address. */
export function parameters(query) {
  const given = new URLSearchParams(query);
  const asked = new URLSearchParams();
  for (const name of ["words", ...PLAIN]) for (const value of given.getAll(name)) if (value) asked.append(name, value);
  for (const name of FLAGS) if (given.get(name)) asked.set(name, "true");
  const assigned = given.get("assigned");
  if (assigned) asked.set("assigned", assigned === "saya" ? data.me : assigned);
  // whoever asks for a status means it, open or not
  const which = given.get("which") ?? "";
  if (which === "closed") asked.set("open", "false");
  else if (which !== "all" && !given.get("status")) asked.set("open", "true");
  if (given.get("since")) asked.set("since", `${given.get("since")}T00:00:00${data.offset}`);
  if (given.get("until")) asked.set("until", `${next(given.get("until"))}T00:00:00${data.offset}`);
  if (which) asked.set("order", "newest");
  return asked;
}

/** Return what the form asks for, as an address says it. */
export function asked() {
  const said = new URLSearchParams();
  for (const name of ["words", ...PLAIN, ...OTHERS]) if (of(name)) said.set(name, of(name));
  for (const name of FLAGS) if (control(name).checked) said.set(name, "1");
  return said;
}

/** Return the same for an address that is kept: a telephone number or an e-mail address is not part of it. */
export function address() {
  const said = asked();
  if (PERSONAL.test(said.get("words") ?? "")) said.delete("words");
  return said.toString();
}

/** Put a query into the form. */
export function fill(query) {
  const given = new URLSearchParams(query);
  for (const name of ["words", ...PLAIN, ...OTHERS]) {
    control(name).value = given.get(name) ?? "";
    if (control(name).value !== (given.get(name) ?? "")) control(name).value = "";
  }
  for (const name of FLAGS) control(name).checked = Boolean(given.get(name));
}

/** Put what the page's address asks for into the form; and what another page asked to be looked for. */
export function recall() {
  fill(location.search);
  const words = takeLookedFor();
  if (!words) return;
  control("words").value = words;
  control("which").value = "all";
}

/** Keep what is asked for in the address; `step`: going back leads to what was asked before. */
export function remember(step) {
  const query = address();
  const url = `${location.pathname}${query ? `?${query}` : ""}`;
  if (url === `${location.pathname}${location.search}`) return;
  if (step) history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}

/** Return how many filters are set, beside words. */
export function filters() {
  return [...asked().keys()].filter((name) => name !== "words").length;
}

export const clear = () => fill("");

/** Call `changed(step)` whenever the form asks for something else, and when one goes back or forth. */
export function onAsk(changed, wait = 200) {
  let typing;
  form.addEventListener("input", (event) => {
    clearTimeout(typing);
    const typed = ["search", "text"].includes(event.target.type);
    typing = setTimeout(() => changed(!typed), typed ? wait : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("popstate", () => {
    recall();
    changed(false);
  });
}
