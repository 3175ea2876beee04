// A list of sessions, each of which can be ended.

import { moment } from "../staff/fields.js";
import { data, el, t } from "../staff/page.js";

/** Return "Firefox, Linux" of a browser's long name. */
export function browser(agent) {
  const name = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1] ?? "";
  const system = /(Android|iPhone|iPad|Windows|Mac OS|Linux)/.exec(agent)?.[1] ?? "";
  return [{ Edg: "Edge", OPR: "Opera" }[name] ?? name, system].filter(Boolean).join(", ") || agent.slice(0, 60) || "–";
}

/** Return rows of sessions; `end(session)` is called when one is to be ended. */
export function sessionRows(list, end) {
  if (!list.length) return [el("li", { class: "list-group-item text-secondary" }, t("no_sessions"))];
  return list.map((s) => el("li", { class: "list-group-item d-flex align-items-center gap-2 flex-wrap", "data-session": s.id },
    el("span", { class: "me-auto" }, el("strong", {}, browser(s.agent)), ` · ${s.address} · ${t("seen", { when: moment(s.seen, data.zone) })}`),
    s.this ? el("span", { class: "badge bg-green-lt" }, t("this_session")) : el("button", { class: "btn btn-sm", type: "button", onclick: () => end(s) }, t("end_session"))));
}
