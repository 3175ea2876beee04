// The usual questions to the queue, each with how many there are.

import { api } from "../staff/api.js";
import { language } from "../staff/page.js";
import { asked, parameters } from "./query.js";

const MOST = 10_000;
const tabs = [...document.querySelectorAll("[data-tab]")];
const same = (query) => [...new URLSearchParams(query)].sort().join("&");

/** Begin; `open(query)` shows what a tab asks for. */
export function begin(open) {
  for (const tab of tabs) {
    tab.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(tab.dataset.tab);
    });
  }
}

/** Mark the tab that asks for what the form asks for. */
export function mark() {
  const now = same(asked().toString());
  for (const tab of tabs) {
    const here = same(tab.dataset.tab) === now;
    tab.classList.toggle("active", here);
    if (here) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}

/** Count them all anew. */
export async function count() {
  const counts = await Promise.all(tabs.map((tab) => api("GET", `cases/count?${parameters(tab.dataset.tab)}`).catch(() => null)));
  tabs.forEach((tab, n) => {
    if (!counts[n]) return;
    const many = counts[n].count > MOST;
    tab.querySelector(".badge").textContent = `${Math.min(counts[n].count, MOST).toLocaleString(language)}${many ? "+" : ""}`;
  });
}
