// All that is known of a line, and what can be done with it; a sheet that fits a phone.

import { data, el, icon, root, t } from "../staff/page.js";
import { fillsTime } from "./acts.js";
import { clock, length } from "./times.js";

/** Show a line; resolve to what somebody chose to do with it, or null. */
export function details(line, { slot, edit, findings, editable }) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const close = el("button", { type: "button", class: "btn-close", "aria-label": t("close"), onclick: () => box.close("") });
    const inside = el("form", { method: "dialog" },
      el("div", { class: "modal-header" }, el("h2", { class: "modal-title", id: "rd-line-title" }, el("bdi", {}, line.title)), close),
      el("div", { class: "modal-body" }, ...findings.map(finding), facts(line, slot, edit), note(line, editable)),
      el("div", { class: "modal-footer rd-acts" }, ...(editable ? buttons(line) : [el("a", { class: "btn btn-primary", href: `${root}kerja/kendali` }, icon("broadcast"), t("to_control"))])));
    const box = el("dialog", { class: "ask", "aria-labelledby": "rd-line-title" }, inside);
    box.addEventListener("close", () => {
      box.remove();
      before?.focus?.();
      resolve(box.returnValue || null);
    });
    document.body.append(box);
    box.showModal();
  });
}

export function finding(f) {
  return el("p", { class: `rd-finding rd-f-${f.severity}` }, icon(f.severity === "catatan" ? "info-circle" : "alert-triangle", t(`severity_${f.severity}`)), el("span", {}, f.text, f.remedy && el("br"), f.remedy && el("em", {}, f.remedy)));
}

function facts(line, slot, edit) {
  const part = line.in_seconds > 0 || line.in_seconds + line.seconds < line.whole_seconds - 1;
  const from = edit ? t("from_edit", { number: edit.number, author: edit.author }) : line.order ? t("from_order", { order: line.order }) : slot ? t("from_grid", { entry: slot.entry }) : t("from_gap");
  const rows = [
    [t("column_start"), `${clock(line.clock)}${line.hard ? ` · ${t("exact")}` : ""}`],
    [t("column_length"), length(line.seconds)],
    part && [t("airs_part"), t("part_of", { from: length(line.in_seconds), to: length(line.in_seconds + line.seconds), whole: length(line.whole_seconds) })],
    line.artist && [t("artist"), line.artist],
    [t("programme"), line.programme],
    [t("why"), el("span", { lang: "id" }, line.why || "-")],
    [t("rule"), slot && !edit ? el("a", { href: `${root}kerja/pola?kanal=${data.channel}` }, from) : from],
    line.category && [t("category"), t(`cat_${line.category}`)],
    [t("material"), t(`state_${line.state}`)],
  ];
  return el("dl", { class: "rd-facts" }, ...rows.filter(Boolean).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

function note(line, editable) {
  if (!editable) return el("p", { class: "alert alert-info mb-0" }, data.mayEdit ? t("closed_line") : t("may_not_edit"));
  return fillsTime(line) ? el("p", { class: "text-secondary mb-0" }, t("filler_line")) : null;
}

function buttons(line) {
  const acts = [
    ["insert", "plus", "act_insert_before"], ["replace", "replace", "act_replace"], ["move", "arrows-move-vertical", "act_move"],
    ["cut", "scissors", "act_cut"], ["hold", "clock-pause", "act_hold"], ["fill", "playlist-add", "act_fill"], ["skip", "player-track-next", "act_skip"],
  ];
  const usable = fillsTime(line) ? acts.filter(([act]) => ["insert", "fill"].includes(act) || (act === "replace" && line.slot)) : acts;
  return usable.map(([act, sign, words]) => el("button", { class: `btn ${act === "skip" ? "btn-outline-danger" : ""}`, type: "submit", value: act }, icon(sign), t(words)));
}

/** Show which keys there are. */
export function keys() {
  const known = [
    ["↑ ↓ PgUp PgDn Home End", "key_move"], ["Enter", "key_open"], ["S / Insert", "key_insert"], ["G", "key_replace"],
    ["Alt ↑ ↓ / P", "key_move_line"], ["C", "key_cut"], ["T", "key_hold"], ["X / Del", "key_skip"], ["N", "key_now"], ["Ctrl Z", "key_undo"],
  ];
  const rows = known.map(([press, words]) => [el("dt", {}, el("kbd", {}, press)), el("dd", {}, t(words))]);
  const box = el("dialog", { class: "ask", "aria-labelledby": "rd-keys" }, el("form", { method: "dialog" }, el("div", { class: "modal-header" }, el("h2", { class: "modal-title", id: "rd-keys" }, t("keys"))), el("div", { class: "modal-body" }, el("dl", { class: "rd-facts" }, ...rows.flat())), el("div", { class: "modal-footer" }, el("button", { class: "btn btn-primary" }, t("close")))));
  const before = document.activeElement;
  box.addEventListener("close", () => { box.remove(); before?.focus?.(); });
  document.body.append(box);
  box.showModal();
}
