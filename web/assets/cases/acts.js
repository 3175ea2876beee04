// What may be done with the case: the buttons, the dialogs, and what is said afterwards.

import { Refused, trying } from "../staff/api.js";
import { choices, field, formDialog } from "../staff/fields.js";
import { data, el, icon, root, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { FORMS } from "./forms.js";
import { moment } from "./said.js";
import { sending, shown } from "./standing.js";
import { handOver, notUrgent } from "./urgent_forms.js";

const SIGN = {
  diverifikasi: "check", "minta-dilengkapi": "message-question", diteruskan: "send", dijawab: "message", selesai: "circle-check",
  dialihkan: "corner-up-right", "kabar-penerima": "news", ditolak: "circle-x", diarsipkan: "archive", "dibuka-kembali": "restore",
  darurat: "urgent", "diserahkan-darurat": "ambulance", "bukan-darurat": "x", diproses: "progress", dikembalikan: "arrow-back-up",
  diperpanjang: "clock", keberatan: "flag", merge: "git-merge", split: "arrows-split", ditugaskan: "user-check",
};
const FIRST = ["diverifikasi", "minta-dilengkapi", "diteruskan", "dijawab", "selesai", "dibuka-kembali"];
const OTHERS = ["ditugaskan", "dialihkan", "kabar-penerima", "merge", "split", "ditolak", "diarsipkan", "diproses", "dikembalikan", "diperpanjang", "keberatan", "darurat"];
const bar = document.querySelector('[data-role="acts"]');

/** Tell whether an act may be done with the case as it stands. */
export function may(act) {
  const found = shown.now;
  if (!data.may_act) return false;
  if (act === "merge") return found.allowed.includes("selesai"); // both need a case that is still the desk's
  if (act === "split") return found.status !== "digabung" && found.words.length > 1;
  return found.allowed.includes(act);
}

/** Draw the buttons; the likeliest next one stands out. */
export function drawActs() {
  if (!data.may_act) return;
  const held = document.activeElement?.dataset?.act;
  const open = bar.querySelector("details")?.open;
  const first = FIRST.filter(may);
  const given = ["diteruskan", "diproses"].includes(shown.now.status);
  const main = given ? "dijawab" : first.find((act) => act !== "minta-dilengkapi");
  const button = (act, look) => el("button", { class: `btn ${look}`, type: "button", "data-act": act, onclick: () => run(act) }, icon(SIGN[act]), t(`do_${act}`));
  const others = OTHERS.filter(may);
  const menu = el("details", { class: "case-more", open: open || null }, el("summary", { class: "btn", "data-act": "more" }, icon("dots-vertical"), t("more_acts")), el("ul", { class: "case-menu" }, others.map((act) => el("li", {}, button(act, "btn-ghost")))));
  bar.replaceChildren(...first.map((act) => button(act, act === main ? "btn-primary" : "")), ...(others.length ? [menu] : []));
  if (held) bar.querySelector(`[data-act="${held}"]`)?.focus();
}

/** Begin to do something; `given`: what to fill in. Returns false where it may not be done. */
export function run(act, given = {}) {
  if (!may(act)) return false;
  const menu = bar.querySelector("details");
  if (menu) menu.open = false;
  if (act === "merge") merge(given.into ?? "");
  else if (act === "split") split();
  else if (act === "diserahkan-darurat") told(act, handOver(sent(act)));
  else if (act === "bukan-darurat") told(act, notUrgent(sent(act)));
  else if (FORMS[act]) form(act, given);
  else told(act, trying(() => sent(act)(act, {})));
  return true;
}

function sent(act) {
  const send = sending();
  return (_act, given) => send("acts", { act, data: given });
}

async function told(act, work) {
  if (await work) toast(t(`act_${act}`));
}

async function form(act, given) {
  const { prepare, fields, data: dataOf } = FORMS[act];
  const send = sending(); // for the case as it is seen now, however long the writing takes
  const all = prepare ? await trying(prepare) : null;
  if (prepare && !all) return;
  const content = await fields(shown.now, given, all);
  await told(act, formDialog(t(`do_${act}`), content.filter(Boolean), t(`do_${act}`), (values) => send("acts", { act, data: dataOf(values, all) })));
}

async function merge(code) {
  const into = field({ name: "into", label: t("merge_into"), value: code, help: t("merge_help"), more: { maxlength: 12, autocomplete: "off", required: true } });
  const send = sending();
  const done = await formDialog(t("do_merge"), [into], t("do_merge"), (given) => send("merge", given));
  if (done) toast(t("merged"));
}

async function split() {
  const options = shown.now.words.map((word) => ({ value: word.id, text: `${moment(word.said)}: ${(word.text || t("no_text")).slice(0, 90)}` }));
  const words = choices({ name: "words", label: t("split_words"), options, help: t("split_help") });
  words.classList.add("case-choices");
  const send = sending();
  const made = await formDialog(t("do_split"), [words], t("do_split"), (given) => {
    if (!given.words.length) throw new Refused({ status: 422, detail: t("split_none"), english: t("split_none") });
    return send("split", given);
  });
  if (made) toast(t("split_done"), "success", { text: t("open_new"), run: () => location.assign(`${root}kerja/aduan/${made.id}`) });
}

document.addEventListener("click", (event) => {
  const menu = bar?.querySelector("details[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});
bar?.addEventListener("keydown", (event) => {
  const menu = bar.querySelector("details[open]");
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
