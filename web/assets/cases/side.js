// What is known of a case: where it stands, its duties with their reasons, who has it, whom it was given to.

import { data, el, icon, root, t } from "../staff/page.js";
import { onMap } from "../staff/town_map.js";
import { detail, dueShown, emergencyBadge, moment, person, pointText, source, statusBadge, visibilityBadge } from "./said.js";

const CLOCK = { berjalan: ["clock", "blue"], jeda: ["clock-pause", "yellow"], "tepat-waktu": ["circle-check", "green"], terlambat: ["alert-triangle", "red"], gugur: ["circle-x", "secondary"] };
const AGENCY = { menunggu: ["hourglass", "yellow"], diproses: ["progress", "cyan"], dijawab: ["circle-check", "green"], dikembalikan: ["arrow-back-up", "orange"] };
const role = (name) => document.querySelector(`[data-role="${name}"]`);
const may = (found, act) => data.may_act && found.allowed.includes(act);

/** Draw all of it; `act(name)` opens the form of an act. */
export function drawSide(found, act) {
  drawBadges(found);
  drawFacts(found, act);
  drawClocks(found);
  drawAgencies(found);
  drawTransfer(found, act);
}

function drawBadges(found) {
  role("badges").replaceChildren(...[statusBadge(found.status), emergencyBadge(found), visibilityBadge(found.visibility), source(found.source), el("span", { class: "tabular" }, t("arrived_at", { when: moment(found.arrived) }))].filter(Boolean));
}

function drawFacts(found, act) {
  const held = document.activeElement?.dataset?.fact;
  const change = (name, label) => may(found, name) && el("button", { class: "btn btn-sm", type: "button", "data-fact": name, onclick: () => act(name) }, t("change"), el("span", { class: "visually-hidden" }, ` ${label}`));
  const row = (label, value, name = "") => [el("dt", {}, label), el("dd", {}, el("span", {}, value), name && change(name, label))];
  role("facts").replaceChildren(...[
    row(t("class"), t(`class_${found.class}`), "diklasifikasi"),
    row(t("category"), found.category || t("none_given"), "dikategorikan"),
    row(t("kelurahan"), found.kelurahan || t("none_given"), "lokasi-dicatat"),
    found.latitude === null ? [] : row(t("point"), pointOf(found)),
    row(t("visibility"), t(`visibility_${found.visibility}`), "keterbukaan-diubah"),
    row(t("assigned"), found.assigned === null ? t("unassigned") : person(found.assigned), "ditugaskan"),
    row(t("due"), found.due ? dueShown({ ...found, due_clock: found.due_clock }) : t("due_none")),
    row(t("last_heard"), moment(found.heard)),
  ].flat());
  if (held) role("facts").querySelector(`[data-fact="${held}"]`)?.focus();
}

function pointOf({ latitude, longitude, kelurahan }) {
  const look = () => onMap({ fixed: true, point: { latitude, longitude }, kelurahan });
  return el("span", { class: "case-point" }, el("span", { class: "tabular" }, pointText(latitude, longitude)), data.map.version && el("button", { class: "btn btn-sm", type: "button", "data-fact": "map", onclick: look }, icon("map"), t("see_on_map")));
}

function drawClocks(found) {
  const open = new Set([...role("clocks").querySelectorAll("details[open]")].map((box) => box.dataset.clock));
  const nodes = found.clocks.map((clock, n) => {
    const key = `${clock.name} ${clock.agency ?? ""} ${n}`;
    const [sign, colour] = CLOCK[clock.late && !clock.ended ? "terlambat" : clock.state] ?? CLOCK.berjalan;
    const agency = clock.agency && found.agencies.find((a) => a.agency === clock.agency)?.name;
    const state = clock.late && !clock.ended ? t("clock_overdue") : t(`clock_state_${clock.state}`);
    return el("li", {},
      el("div", { class: "clock-what" }, el("strong", {}, detail({ indonesian: clock.label, english: clock.english }), agency && `: ${agency}`), el("span", { class: `badge case-badge bg-${colour}-lt` }, icon(sign), state)),
      el("div", { class: "text-secondary" }, clock.ended ? t("clock_ended", { when: moment(clock.ended) }) : t("clock_due", { when: moment(clock.due) })),
      clock.why.length > 0 && el("details", { "data-clock": key, open: open.has(key) }, el("summary", {}, t("why")), el("ol", {}, clock.why.map((step) => el("li", {}, detail(step))))));
  });
  role("clocks").replaceChildren(...(nodes.length ? nodes : [el("li", { class: "text-secondary" }, t("no_clocks"))]));
}

function drawAgencies(found) {
  const item = (a) => {
    const [sign, colour] = AGENCY[a.state] ?? AGENCY.menunggu;
    return el("li", {}, el("strong", {}, a.name), el("span", { class: `badge case-badge bg-${colour}-lt` }, icon(sign), t(`agency_${a.state}`)), el("span", { class: "text-secondary tabular" }, t("since", { when: moment(a.since) })));
  };
  role("agencies-card").hidden = !found.agencies.length;
  role("agencies").replaceChildren(...found.agencies.map(item));
}

function drawTransfer(found, act) {
  const { transfer } = found;
  role("transfer-card").hidden = !transfer;
  if (!transfer) return;
  const row = (label, value) => (value ? [el("dt", {}, label), el("dd", {}, value)] : []);
  const news = transfer.news && el("span", {}, transfer.news, transfer.final && el("strong", {}, ` (${t("final_news")})`));
  role("transfer").replaceChildren(...[
    row(t("receiver"), transfer.receiver), row(t("ticket"), transfer.ticket || t("no_ticket")), row(t("reason"), transfer.reason),
    row(t("since_label"), moment(transfer.since)), row(t("news"), news || t("no_news")),
  ].flat());
  const button = may(found, "kabar-penerima") && el("button", { class: "btn btn-sm", type: "button", onclick: () => act("kabar-penerima") }, t("do_kabar-penerima"));
  role("transfer-do").replaceChildren(...(button ? [button] : []));
}

/** Draw the emergency's banner with its own history; `act(name)` opens the form of an act. */
export function drawUrgent(found, act) {
  const place = role("urgent");
  const told = found.events.filter((e) => ["darurat", "diserahkan-darurat", "bukan-darurat"].includes(e.act) || (e.act === "masuk" && e.data.emergency));
  const waits = found.emergency && !found.handed_over;
  const says = JSON.stringify([told.length, waits, found.emergency, found.allowed]);
  if (place.dataset.says === says) return;
  place.dataset.says = says;
  place.hidden = !found.emergency;
  place.className = waits ? "urgent" : "urgent urgent-over";
  const button = (name, look, sign) => may(found, name) && el("button", { class: `btn ${look}`, type: "button", onclick: () => act(name) }, icon(sign), t(`do_${name}`));
  const line = (e) => el("li", {}, el("span", { class: "tabular" }, moment(e.at)), " ", e.act === "masuk" ? t("urgent_found") : `${detail({ indonesian: e.label, english: e.english })}${e.data.to ? `: ${e.data.to}` : ""}${e.by ? ` (${e.by})` : ""}`);
  place.replaceChildren(
    el("p", { class: "urgent-title", role: waits ? "alert" : null }, icon(waits ? "urgent" : "ambulance"), waits ? t("urgent_waits") : t("urgent_over")),
    waits ? el("p", {}, t("hand_over_help")) : "",
    el("ul", { class: "urgent-log" }, told.map(line)),
    waits ? el("div", { class: "btn-list" }, button("diserahkan-darurat", "btn-light", "ambulance"), button("bukan-darurat", "btn-outline-light", "x")) : "");
}

/** Return the link to a case that this one was merged into, or null. */
export function mergedInto(found) {
  const event = [...found.events].reverse().find((e) => e.act === "digabung");
  if (found.status !== "digabung" || !event) return null;
  return el("a", { class: "alert alert-info case-merged", href: `${root}kerja/aduan/${event.data.case}` }, icon("git-merge"), el("span", {}, t("merged_into", { code: found.others[event.data.case] ?? "" })));
}
