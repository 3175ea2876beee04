// Atur meja aduan: a panel for each list, opened by the address; what others change is told at once.

import "./case_settings/case_settings.css";

import { agencies } from "./case_settings/agencies.js";
import { leave } from "./case_settings/leave.js";
import { ListPanel } from "./case_settings/list_panel.js";
import { categories, keeping, replies, rules } from "./case_settings/lists.js";
import { map } from "./case_settings/map.js";
import { places } from "./case_settings/places.js";
import { policies } from "./case_settings/policies.js";
import { listen } from "./staff/live.js";

const EDITORS = { categories, replies, places, rules, leave, policies, keeping };
const OWN = { agencies, map }; // panels that keep each thing by itself
const sections = [...document.querySelectorAll("[data-panel]")];
const panels = new Map();

/** Return the panel of a section; it loads when it is first seen. */
function panelOf(section) {
  const { name } = section.dataset;
  if (!panels.has(name)) {
    const body = section.querySelector('[data-role="body"]');
    panels.set(name, OWN[name]?.(body) ?? new ListPanel(name, body, EDITORS[name]));
  }
  return panels.get(name);
}

function open(moved) {
  const asked = location.hash.slice(1);
  const section = sections.find((s) => s.dataset.panel === asked) ?? sections[0];
  for (const each of sections) each.hidden = each !== section;
  for (const tab of document.querySelectorAll("[data-tab]")) {
    const here = tab.dataset.tab === section.dataset.panel;
    tab.classList.toggle("active", here);
    if (here) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  panelOf(section).seen();
  if (moved) section.querySelector("h2").focus();
}

addEventListener("hashchange", () => open(true));
addEventListener("beforeunload", (event) => [...panels.values()].some((p) => p.unsaved()) && event.preventDefault());
listen("plan", ({ what = "", author = "" }) => what.startsWith("desk.") && panels.get(what.slice(5))?.changed(author));
listen("again", () => panels.forEach((panel) => panel.changed("")));
open(false);
