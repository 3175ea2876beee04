// Tables of reports: headings that say what they head, figures ranged right; on a phone each row is a small card.

import { el } from "../staff/page.js";

/**
 * Return a table. `columns`: [{text, figure, wide, screen}], `screen`: not on paper; `rows`: arrays of text or nodes, the first cell heads its row.
 * `caption` is read by screen readers; `foot`: a row of sums.
 */
export function table(caption, columns, rows, { foot = null, cards = true, rowAttributes = () => ({}) } = {}) {
  const styled = (c, more = "") => [c.figure && "text-end", c.screen && "d-print-none", more].filter(Boolean).join(" ") || null;
  const heads = columns.map((c) => el("th", { scope: "col", class: styled(c) }, c.text));
  const cell = (value, n, tag = "td") => el(tag, { scope: tag === "th" ? "row" : null, class: styled(columns[n], columns[n].figure ? "tabular" : columns[n].wide ? "text-break" : ""), "data-label": columns[n].text }, Array.isArray(value) ? el("div", {}, value) : value ?? "–");
  const row = (cells, attributes) => el("tr", attributes, cells.map((value, n) => cell(value, n, n ? "td" : "th")));
  return el("div", { class: "table-responsive" },
    el("table", { class: `table table-sm table-vcenter report ${cards ? "report-cards" : ""}` },
      el("caption", { class: "visually-hidden" }, caption),
      el("thead", {}, el("tr", {}, heads)),
      el("tbody", {}, rows.map((cells, n) => row(cells, rowAttributes(n)))),
      foot && el("tfoot", {}, row(foot, {}))));
}
