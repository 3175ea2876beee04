// The short lists: categories, saved replies, keyword rules, and for how long personal data is kept.

import { api } from "../staff/api.js";
import { field, values } from "../staff/fields.js";
import { data, el, t } from "../staff/page.js";
import { rowsEditor, twice } from "./rows.js";

export function categories(body, { touched }) {
  const rows = rowsEditor({
    path: "body.names", whole: true, movable: true, touched, items: body.names.map((name) => ({ name })), blank: { name: "" },
    addText: t("add_category"), columns: [{ key: "name", label: t("category"), kind: "text", more: { maxlength: 80 } }],
  });
  return { node: rows.node, reveal: rows.reveal, read: () => ({ names: rows.read() }), wrong: ({ names }) => twice(names, (name) => name, (n) => `body.names.${n}`) };
}

export function replies(body, { touched }) {
  const rows = rowsEditor({
    path: "body.replies", movable: true, touched, items: body.replies, blank: { title: "", text: "" }, addText: t("add_reply"),
    columns: [
      { key: "title", label: t("reply_title"), kind: "text", more: { maxlength: 80 } },
      { key: "text", label: t("reply_text"), kind: "area", wide: true, more: { maxlength: 2000 } },
    ],
  });
  return { node: rows.node, reveal: rows.reveal, read: () => ({ replies: rows.read() }) };
}

export function rules(body, { touched }) {
  const classes = [{ value: "", text: t("any_class") }, ...data.classes.map((value) => ({ value, text: t(`class_${value}`) }))];
  const rows = rowsEditor({
    path: "body.rules", touched, items: body.rules, blank: { words: [], category: "", agency: "", case_class: "" }, addText: t("add_rule"),
    columns: [
      { key: "words", label: t("words"), kind: "words", wide: true },
      { key: "category", label: t("category"), kind: "text", list: "known-categories", more: { maxlength: 80 } },
      { key: "agency", label: t("agency"), kind: "text", list: "known-agencies", more: { maxlength: 160 } },
      { key: "case_class", label: t("case_class"), kind: "select", options: classes },
    ],
  });
  const known = ["known-categories", "known-agencies"].map((id) => el("datalist", { id }));
  offer(...known);
  return { node: el("div", {}, el("p", { class: "form-hint" }, t("words_help")), rows.node, ...known), reveal: rows.reveal, read: () => ({ rules: rows.read() }) };
}

/** Offer the names that there are; without them everything can still be typed. */
async function offer(ofCategories, ofAgencies) {
  const fill = (place, names) => place.replaceChildren(...names.map((value) => el("option", { value })));
  const [list, agencies] = await Promise.all([api("GET", "desk-lists/categories").catch(() => null), api("GET", "agencies").catch(() => null)]);
  fill(ofCategories, list?.body.names ?? []);
  fill(ofAgencies, (agencies ?? []).filter((a) => a.active).map((a) => a.name));
}

export function keeping(body) {
  const node = el("div", { class: "case-narrow" }, field({ name: "body.months", label: t("months"), type: "number", value: body.months, help: t("months_help"), more: { min: 0, max: 600, step: 1 } }));
  return { node, read: () => ({ months: values(node)["body.months"] }) };
}
