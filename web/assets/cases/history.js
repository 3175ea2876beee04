// What was done with a case, newest first, in plain words; and the notes that staff left each other.

import { el, root, t } from "../staff/page.js";
import { textsOf } from "./conversation.js";
import { byItself } from "./meanwhile.js";
import { detail, moment, person, pointText } from "./said.js";

const history = document.querySelector('[data-role="history"]');
const notes = document.querySelector('[data-role="notes"]');

/** Draw both. */
export function drawHistory(found) {
  history.replaceChildren(...[...found.events].reverse().map((event) => lineOf(found, event)));
  const kept = found.events.filter((event) => event.act === "catatan").reverse();
  notes.replaceChildren(...kept.map((event) => el("li", {}, by(event), el("p", { class: "word-text" }, textsOf(event).text))));
  document.querySelector('[data-role="no-notes"]').hidden = kept.length > 0;
}

const by = (event) => el("div", { class: "word-by" }, el("strong", {}, event.by || t(byItself(event.act))), el("span", { class: "tabular" }, moment(event.at)));

function lineOf(found, event) {
  const said = facts(found, event, textsOf(event)).filter(Boolean);
  return el("li", { "data-act": event.act },
    el("div", { class: "history-what" }, el("strong", {}, detail({ indonesian: event.label, english: event.english })), el("span", {}, event.by || t(byItself(event.act))), el("span", { class: "tabular text-secondary" }, moment(event.at))),
    said.length > 0 && el("div", { class: "history-said" }, said));
}

/** Return what an event says beside its name, as nodes. */
function facts(found, event, said) {
  const line = (key, value) => value && el("div", {}, `${t(key)}: `, value);
  const agency = (number) => found.agencies.find((a) => a.agency === number)?.name ?? named(found, number);
  const other = said.case && el("a", { href: `${root}kerja/aduan/${said.case}` }, found.others[said.case] ?? `#${said.case}`);
  return [
    said.class && line("class", t(`class_${said.class}`)),
    line("category", said.category),
    line("kelurahan", said.kelurahan),
    line("point", typeof said.latitude === "number" && pointText(said.latitude, said.longitude)),
    said.visibility && line("visibility", t(`visibility_${said.visibility}`)),
    "account" in said && line("assigned", said.account === null ? t("unassigned") : person(said.account)),
    line("agencies", said.agencies?.map((a) => a.name).join(", ")),
    said.agency && line("agency", agency(said.agency)),
    line("receiver", said.receiver),
    line("handed_to", said.to),
    line("ticket", said.ticket),
    line("other_case", other),
    said.final && el("div", {}, t("final_news")),
    ...[said.missing].flat().filter(Boolean).map((text) => el("p", {}, text)),
    ...["text", "reason", "note"].map((key) => said[key] && el("p", {}, said[key])),
  ];
}

/** Return the name of an agency that does not have the case any more, by an event that gave it. */
function named(found, number) {
  for (const event of found.events) for (const a of event.data.agencies ?? []) if (a.id === number) return a.name;
  return `#${number}`;
}
