// What people do to a line: each act asks for what it needs, and returns what the service answered (null: not done).

import { el, t } from "../staff/page.js";
import { chosen, choice, field, form, kept, key, time } from "./forms.js";
import { materialSearch } from "./search.js";
import { clock, length, placeAfter, placeBefore, secondsOf } from "./times.js";

const begins = () => choice("begins", [["tidak-sebelum", t("begins_wait")], ["tepat", t("begins_exact")]], "tidak-sebelum");

export function insert(seen, at) {
  const search = materialSearch("asset");
  const when = time(clock(at));
  const how = begins();
  return form({
    title: t("insert_title"), submit: t("act_insert"), seen,
    fields: [search.box, field("at", t("at_time"), when, t("time_help")), how],
    read: () => search.value() ? { act: "sisip", at: when.value === clock(at) ? at : when.value, asset: search.value().asset, begins: chosen(how) } : { wrong: { asset: t("choose_material") } },
  });
}

export function replace(seen, line) {
  const search = materialSearch("asset");
  return form({
    title: t("replace_title", { title: line.title }), submit: t("act_replace"), seen, fields: [search.box],
    read: () => search.value() ? { act: "ganti", line: line.id, asset: search.value().asset } : { wrong: { asset: t("choose_material") } },
  });
}

export function move(seen, line) {
  const when = time(clock(line.clock));
  const how = begins();
  return form({
    title: t("move_title", { title: line.title }), submit: t("act_move"), seen,
    fields: [field("to", t("new_time"), when, t("time_help")), how],
    read: () => ({ act: "pindah", line: line.id, to: when.value, begins: chosen(how) }),
  });
}

export const moveBefore = (seen, line, target) => kept({ act: "pindah", line: line.id, to: placeBefore(line, target), seen }, key());
export const moveAfter = (seen, line, next) => kept({ act: "pindah", line: line.id, to: placeAfter(line, next), seen }, key());

export function cut(seen, line) {
  const first = time(length(line.in_seconds));
  const last = time(length(line.in_seconds + line.seconds));
  return form({
    title: t("cut_title", { title: line.title }), submit: t("act_cut"), seen,
    fields: [
      field("in_seconds", t("in_time"), first, t("cut_help", { length: length(line.whole_seconds) })),
      field("out_seconds", t("out_time"), last),
    ],
    read: () => {
      const [from, to] = [secondsOf(first.value), secondsOf(last.value)];
      if (Number.isNaN(from)) return { wrong: { in_seconds: t("cut_wrong") } };
      if (Number.isNaN(to)) return { wrong: { out_seconds: t("cut_wrong") } };
      const end = last.value === length(line.in_seconds + line.seconds) ? line.in_seconds + line.seconds : to;
      return { act: "potong", line: line.id, in_seconds: from, out_seconds: end };
    },
  });
}

export function hold(seen, line) {
  const until = time("");
  return form({
    title: t("hold_title", { title: line.title }), submit: t("act_hold"), seen,
    fields: [field("until", t("until_time"), until, t("hold_help"))],
    read: () => ({ act: "tahan", line: line.id, until: until.value.trim() || null }),
  });
}

export function skip(seen, line) {
  return form({
    title: t("skip_title", { title: line.title }), submit: t("act_skip"), seen, danger: true,
    fields: [el("p", { class: "text-secondary mb-0" }, `${clock(line.clock)} · ${length(line.seconds)}. ${t("skip_help")}`)],
    read: () => ({ act: "lewati", line: line.id }),
  });
}

export function fill(seen, at) {
  const first = time(at ? clock(at) : "");
  const until = time("");
  return form({
    title: t("fill_title"), submit: t("act_fill"), seen,
    fields: [el("p", { class: "text-secondary" }, t("fill_help")), field("at", t("from_time"), first, t("time_help")), field("until", t("until_time"), until, t("time_help"))],
    read: () => ({ act: "isi", at: at && first.value === clock(at) ? at : first.value, until: until.value }),
  });
}

/** Whether filler of a line makes skipping it useless. */
export const fillsTime = (line) => !line.edit && ["ident", "slate"].includes(line.kind) || (!line.slot && !line.edit && line.kind !== "item");
