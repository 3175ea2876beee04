// Who said it: masked, until somebody opens it with a reason, which is put on record. It stays open for this visit only.
// What is theirs can be erased for good, here and in whatever case of theirs.

import { api } from "../staff/api.js";
import { field, formDialog } from "../staff/fields.js";
import { data, el, icon, root, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { lookFor } from "./order.js";
import { reload, shown, take } from "./standing.js";

const place = document.querySelector('[data-role="reporter"]');
const FACTS = ["name", "phone", "email", "address", "nik", "handle"];

/** Draw it. */
export function drawReporter(found) {
  const { reporter } = found;
  if (!reporter) return place.replaceChildren(el("p", { class: "text-secondary mb-0" }, t("no_reporter")));
  if (reporter.erased) return place.replaceChildren(el("p", { class: "mb-0" }, icon("user-off"), " ", t("erased")), others(reporter));
  const opened = shown.opened?.reporter;
  const facts = opened ?? { name: reporter.name, phone: reporter.phone, email: reporter.email, nik: reporter.nik_end && `…${reporter.nik_end}` };
  const rows = FACTS.filter((name) => facts[name]).flatMap((name) => [el("dt", {}, t(`reporter_${name}`)), el("dd", {}, facts[name])]);
  const button = el("button", { class: "btn btn-sm", type: "button", onclick: open }, icon("eye"), t("open_data"));
  place.replaceChildren(
    rows.length ? el("dl", { class: "case-facts" }, rows) : el("p", {}, t("anonymous")),
    opened ? el("p", { class: "case-opened" }, icon("eye"), t("opened_help")) : data.may_personal ? el("div", {}, button, el("p", { class: "form-hint mb-0" }, t("open_help"))) : "",
    others(reporter),
    data.may_act && data.may_personal ? el("button", { class: "btn btn-sm text-danger mt-2", type: "button", onclick: erase }, icon("trash"), t("erase")) : "");
}

/** Return how many other cases the same reporter has; once the number is known, a way to them. */
function others(reporter) {
  if (!reporter.cases) return el("p", { class: "text-secondary mb-0 mt-2" }, t("no_others"));
  const text = reporter.cases === 1 ? t("others_one") : t("others", { n: reporter.cases });
  const known = shown.opened?.reporter.phone || shown.opened?.reporter.email;
  if (!known) return el("p", { class: "mb-0 mt-2" }, text, el("span", { class: "text-secondary" }, data.may_personal && !reporter.erased ? ` ${t("others_help")}` : ""));
  return el("p", { class: "mb-0 mt-2" }, el("a", { href: `${root}kerja/aduan`, onclick: () => lookFor(known) }, text));
}

/** Ask for a reason, and open it. */
export async function open() {
  if (!data.may_personal || shown.opened || !shown.now.reporter || shown.now.reporter.erased) return;
  const reason = field({ name: "reason", label: t("open_reason"), help: t("open_reason_help"), more: { maxlength: 500, required: true } });
  const told = await formDialog(t("open_data"), [el("p", {}, t("open_help")), reason], t("open_data"), (given) => api("POST", `cases/${shown.now.id}/unmask`, given));
  if (!told) return;
  shown.opened = told;
  take(shown.now);
}

/** Say what will be destroyed, ask for a reason, and have it erased. */
async function erase() {
  const count = shown.now.reporter.cases + 1;
  const reason = field({ name: "reason", label: t("erase_reason"), help: t("erase_reason_help"), more: { maxlength: 500, required: true } });
  const lost = [t("erase_facts"), t("erase_words"), count === 1 ? t("erase_cases_one") : t("erase_cases", { n: count })];
  const content = [
    el("p", { class: "mb-1" }, t("erase_lost")),
    el("ul", {}, lost.map((each) => el("li", {}, each))),
    el("p", {}, t("erase_stays")),
    el("p", { class: "fw-bold" }, t("erase_for_good")),
    reason,
  ];
  const done = await formDialog(t("erase"), content, t("erase_yes"), (given) => api("POST", `cases/${shown.now.id}/erase`, given), { danger: true });
  if (!done) return;
  shown.opened = null;
  toast(t("erase_done"));
  await reload().catch(() => {}); // it is done; news, or the next look, shows it
  place.tabIndex = -1;
  place.focus();
}

// a browser may keep the page as it is and show it again to whoever goes back
addEventListener("pagehide", () => {
  if (!shown.opened) return;
  shown.opened = null;
  take(shown.now);
});
