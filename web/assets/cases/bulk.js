// The same done with several cases; what came of each is told.

import { api, Refused, trying } from "../staff/api.js";
import { ask, sure } from "../staff/dialog.js";
import { formDialog } from "../staff/fields.js";
import { data, el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { agencies, forwarded, forwardFields } from "./agencies.js";
import { chooseAll, chosen, lineOf } from "./list.js";
import { sender } from "./meanwhile.js";

const MOST = 200; // of one request
const place = document.querySelector('[data-role="chosen"]');
let changed = async () => {};

/** Call `handler` after something was done; it loads the list anew. */
export function onDone(handler) {
  changed = handler;
}

/** Draw the bar of what may be done with what is chosen. */
export function bar() {
  place.hidden = !chosen.size;
  if (!chosen.size) return;
  const button = (sign, key, run, look = "") => el("button", { class: `btn btn-sm ${look}`, type: "button", onclick: run }, icon(sign), t(key));
  const said = chosen.size === 1 ? t("chosen_one") : t("chosen", { n: chosen.size });
  const buttons = [
    button("check", "do_diverifikasi", () => verify(lines()), "btn-primary"),
    button("user-check", "assign_me", () => assign(lines())),
    button("send", "do_diteruskan", () => forward(lines())),
    button("archive", "do_diarsipkan", () => archive(lines())),
  ];
  if (place.childElementCount) place.firstElementChild.textContent = said;
  else place.replaceChildren(el("strong", { role: "status" }, said), ...buttons, button("x", "unchoose", () => chooseAll(false), "btn-link ms-auto"));
}

const lines = () => [...chosen].map(lineOf).filter(Boolean);

export const verify = (cases) => run(cases, "diverifikasi", {});
export const assign = (cases) => run(cases, "ditugaskan", { account: data.me });

export async function forward(cases) {
  const all = await trying(agencies);
  if (!all || !cases.length) return;
  const one = cases.length === 1;
  const send = sender(cases[0].id, cases[0].seq, () => changed());
  let wanted = null;
  const yes = await formDialog(one ? t("forward_one", { code: cases[0].code }) : t("forward_many", { n: cases.length }), forwardFields(all), t("do_diteruskan"), async (given) => {
    wanted = forwarded(given, all);
    if (!wanted.agencies.length) throw new Refused({ status: 422, detail: t("no_agency_chosen"), english: t("no_agency_chosen") });
    if (one) await send("acts", { act: "diteruskan", data: wanted });
  });
  if (!yes) return;
  if (!one) return run(cases, "diteruskan", wanted);
  told(cases[0], "diteruskan");
  await changed();
}

async function archive(cases) {
  if (await sure(t("archive_sure", { n: cases.length }), t("do_diarsipkan"), { detail: t("archive_help") })) await run(cases, "diarsipkan", {});
}

const told = (line, act) => toast(`${line.code}: ${t(`act_${act}`)}`);

/** Do it with one or several, and tell what came of it. */
async function run(cases, act, given) {
  if (!cases.length) return;
  if (cases.length === 1) await runOne(cases[0], act, given);
  else await runAll(cases, act, given);
  await changed();
}

async function runOne(line, act, given) {
  const send = sender(line.id, line.seq);
  const done = await trying(async () => (await send("acts", { act, data: given }), true));
  if (done) told(line, act);
}

async function runAll(cases, act, given) {
  const came = { done: [], refused: {} };
  for (let n = 0; n < cases.length; n += MOST) {
    const some = cases.slice(n, n + MOST).map((line) => [line.id, line.seq]);
    const one = await trying(() => api("POST", "cases/bulk", { cases: some, act, data: given }));
    if (!one) break;
    came.done.push(...one.done);
    Object.assign(came.refused, one.refused);
  }
  const failed = Object.keys(came.refused).length;
  if (came.done.length || failed) await tellAll(cases, act, came, failed);
  if (came.done.length) chooseAll(false);
}

async function tellAll(cases, act, came, failed) {
  if (!failed) return toast(t("bulk_all", { n: came.done.length, act: t(`act_${act}`) }));
  const line = (each) => el("li", {}, icon(came.refused[each.id] ? "alert-triangle" : "check"), " ", el("strong", { class: "tabular" }, each.code), ` ${came.refused[each.id] ?? t(`act_${act}`)}`);
  const known = cases.filter((each) => came.refused[each.id] || came.done.includes(each.id));
  await ask(t("bulk_some", { n: came.done.length, failed }), [el("ul", { class: "case-plain" }, known.map(line))], [{ text: t("close"), value: "yes", class: "btn-primary" }]);
}
