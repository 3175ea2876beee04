// What the server gave the page: data, words in the reader's language, and the way to the root of the station.

export const data = JSON.parse(document.getElementById("page-data")?.textContent || "{}");
export const root = data.root ?? "";
export const language = data.language ?? "id";
const words = data.words ?? {};
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
export const csrf = meta("csrf");
export const nonce = meta("nonce");

/** Return the text of a key; `{name}` in it becomes `values.name`. */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Return an element with attributes (`class`, `data-...`, listeners as `onclick`) and children: nodes or text. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return made;
}

/** Return an icon of web/assets/icons.txt; with a label it says something of its own. */
export function icon(name, label = "") {
  const sprite = document.querySelector("svg.icon use")?.getAttribute("href")?.replace(/#.*/, "") ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("focusable", "false");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
