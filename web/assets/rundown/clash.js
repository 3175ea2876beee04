// The second of two people is told who did what to the same part, and chooses.

import { el, t } from "../staff/page.js";
import { clock, length } from "./times.js";

/** Show what was done meanwhile; resolve to "apply", "keep" (what is there), or "" to think it over. */
export function settle(problem, language) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const said = problem.theirs.map((e) => el("li", {}, el("strong", {}, e.author), ": ", language === "en" ? e.english : e.said, e.withdrawn ? ` (${t("meets_back")})` : ""));
    const button = (text, value, cls) => el("button", { class: `btn ${cls}`, type: "submit", value }, text);
    const inside = el("form", { method: "dialog" },
      el("div", { class: "modal-header" }, el("h2", { class: "modal-title", id: "rd-meets" }, t("meets_title"))),
      el("div", { class: "modal-body" },
        el("p", {}, t("meets_they")), el("ul", {}, ...said),
        el("details", { class: "rd-diff" }, el("summary", {}, t("meets_look")),
          el("div", { class: "rd-both" }, table(t("meets_now"), problem.now, problem.mine), table(t("meets_mine"), problem.mine, problem.now)))),
      el("div", { class: "modal-footer" }, button(t("meets_keep"), "keep", ""), button(t("meets_apply"), "apply", "btn-primary")));
    const box = el("dialog", { class: "ask rd-wide-ask", "aria-labelledby": "rd-meets" }, inside);
    box.addEventListener("close", () => {
      box.remove();
      before?.focus?.();
      resolve(box.returnValue);
    });
    document.body.append(box);
    box.showModal();
  });
}

/** Lines as they are or would be; what the other table does not have is marked. */
function table(title, lines, others) {
  const there = new Set(others.map((x) => `${x.clock}|${x.title}`));
  const row = (x) => {
    const other = !there.has(`${x.clock}|${x.title}`);
    return el("tr", { class: other ? "rd-other" : null }, el("td", { class: "tabular" }, clock(x.clock)), el("td", {}, other && el("span", { "aria-hidden": "true" }, "● "), el("bdi", {}, x.title)), el("td", { class: "tabular" }, length(x.seconds)));
  };
  return el("table", { class: "table table-sm" }, el("caption", {}, title), el("tbody", {}, ...lines.map(row)));
}
