// What the log shows: channel, day and filters, kept in the address so that it can be shared and comes back.

import { data } from "../staff/page.js";

const NAMES = { channel: "kanal", day: "hari", category: "kategori", kind: "jenis", words: "cari", outcome: "hasil", order: "pesanan", first: "dari", last: "sampai" };
const form = document.querySelector('[data-role="choose"]');

/** Fill the form from the address; what it does not say is today on the first channel. */
export function restore() {
  const said = new URLSearchParams(location.search);
  for (const control of form.elements) {
    const value = said.get(NAMES[control.name] ?? "");
    if (value !== null) control.value = value;
    if (control.tagName === "SELECT" && control.selectedIndex < 0) control.selectedIndex = 0;
  }
  if (form.elements.day && !form.elements.day.value) form.elements.day.value = data.today;
}

/** Return what is chosen, by name; empty choices are left out. */
export function chosen() {
  const found = {};
  for (const control of form.elements) if (control.name && control.value) found[control.name] = control.value;
  return found;
}

/** Write what is chosen into the address and into the links of the other parts. */
export function remember() {
  const all = Object.entries(chosen()).filter(([name]) => NAMES[name]);
  const query = new URLSearchParams(all.map(([name, value]) => [NAMES[name], value]));
  history.replaceState(null, "", `${location.pathname}?${query}`);
  const shared = new URLSearchParams(all.filter(([name]) => name === "channel" || name === "day").map(([name, value]) => [NAMES[name], value]));
  for (const link of document.querySelectorAll("[data-tab]")) link.search = String(shared);
}

/** Return a query of the API from what is chosen. */
export function query(names) {
  const now = chosen();
  return new URLSearchParams(names.filter((n) => now[n]).map((n) => [n, now[n]])).toString();
}

/** Point the download links at `path` (below api/v1, with its query). */
export function files(root, path) {
  for (const link of document.querySelectorAll("[data-file]")) {
    if (path) link.href = `${root}api/v1/${path}${path.includes("?") ? "&" : "?"}format=${link.dataset.file}`;
    else link.removeAttribute("href");
  }
}

export { form };
