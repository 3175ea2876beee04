// The form of an entry: a new one, or a block that is changed on one day, from a day on, or always.

import { api } from "../staff/api.js";
import { data, el, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { contentForm } from "./content.js";
import { daysForm } from "./days.js";
import { dialog, field, group, select, text, Wrong } from "./form.js";
import { add, alter, duplicate, recurs, remove } from "./moves.js";
import { longDay } from "./said.js";
import { editable, entryOf, seen, titleOf } from "./state.js";
import { clock, DAY_S, dayOf, ms, secondOf, seconds, weekday, WEEKDAYS } from "./time.js";

const BEGINS = [["tidak-sebelum", "begins_not_before"], ["tepat", "begins_hard"], ["mengalir", "begins_soft"]];
const NEW = "+";

/** Open the form of a new entry in [start, end) (moments); resolve to the API's answer, or null. */
export function addEntry(start, end = null) {
  const first = data.programmes[0];
  const given = end && ms(end) > ms(start) ? (ms(end) - ms(start)) / 1000 : null;
  const day = dayOf(start);
  const on = { first: day, rule: `FREQ=WEEKLY;BYDAY=${WEEKDAYS[weekday(day)]}` };
  const form = parts({ programme: "", start: secondOf(start), length_s: given ?? first?.length_s ?? 3600, begins: "tidak-sebelum", content: null, note: "", on }, given === null);
  return dialog(t("add_entry"), form.nodes, async () => {
    const entry = { ...form.simple(), content: form.content.read(), on: await form.days.read() };
    entry.programme = await form.programme();
    return add(entry, titleOf(entry.programme));
  });
}

/** Open the form of a block; resolve to the API's answer, or null. */
export async function editEntry(block) {
  const entry = entryOf(block.entry);
  const from = seen();
  if (!entry) return null;
  const form = parts({ ...entry, start: block.start_s }, false);
  const many = recurs(entry);
  const scopes = many ? [["semua", t("scope_all")], ["seterusnya", t("scope_onwards", { day: longDay(block.occurrence) })], ["sekali", t("scope_once", { day: longDay(block.occurrence) })]] : [["semua", ""]];
  const radios = scopes.map(([value, said]) => el("label", { class: "form-check" }, el("input", { class: "form-check-input", type: "radio", name: "scope", value, checked: value === "semua" }), el("span", { class: "form-check-label" }, said)));
  const scope = group(t("scope"), radios, { name: "scope" });
  scope.hidden = !many;
  const chosen = () => radios.map((r) => r.querySelector("input")).find((i) => i.checked).value;
  scope.addEventListener("change", () => { form.days.node.hidden = chosen() === "sekali"; });
  if (!editable()) {
    await dialog(block.title, [readOnly(form.nodes)], async () => null, { yes: t("close") });
    return null;
  }
  let other = null;
  const extra = [
    { text: t("delete"), class: "btn-outline-danger", run: async () => (other = await remove(block)) },
    { text: t("duplicate"), run: async () => (other = await duplicate(block)) },
  ];
  const saved = await dialog(`${t("edit_entry")}: ${block.title}`, [scope, ...form.nodes], async () => {
    const which = chosen();
    const fields = { scope: which, day: block.occurrence, ...form.simple(), content: form.content.read() };
    if (which !== "sekali" && form.days.touched()) fields.on = whole(await form.days.read(), which, block);
    fields.programme = await form.programme();
    return alter(block, fields, "label_edit", from);
  }, { extra });
  if (saved) toast(t("saved"));
  return saved ?? other;
}

/** From a day on, the rule begins on that day, unless somebody asks for a later one. */
function whole(on, scope, block) {
  return scope === "seterusnya" && on.first < block.occurrence ? { ...on, first: block.occurrence } : on;
}

function readOnly(nodes) {
  return el("fieldset", { disabled: true, class: "form-read" }, ...nodes);
}

function parts(entry, by_programme) {
  const programmes = data.programmes.map((p) => [p.id, p.title]);
  if (entry.programme && !programmes.some(([id]) => id === entry.programme)) programmes.push([entry.programme, entry.programme]);
  const programme = select([["", t("choose")], ...programmes, [NEW, `+ ${t("new_programme")}`]], entry.programme);
  const title = text("", { maxlength: 200 });
  const titleField = field(t("new_programme_title"), title, { name: "title" });
  const start = text(clock(entry.start), { inputmode: "decimal", maxlength: 8 });
  const end = text(clock(entry.start + entry.length_s), { inputmode: "decimal", maxlength: 8 });
  const begins = select(BEGINS.map(([value, word]) => [value, t(word)]), entry.begins);
  const note = el("textarea", { class: "form-control", rows: "2", maxlength: "4000" }, entry.note ?? "");
  const length = el("span", { class: "form-hint" });
  const days = daysForm(entry.on);
  const content = contentForm(entry.content);
  let typed = !by_programme;
  titleField.hidden = true;

  const time = (input, name) => {
    const found = seconds(input.value);
    if (found === null) throw new Wrong({ [name]: t("wrong_time") });
    return found;
  };
  const simple = () => {
    const from = time(start, "start");
    const to = time(end, "length_s");
    if (from >= DAY_S) throw new Wrong({ start: t("wrong_time") });
    return { start: from, length_s: to > from ? to - from : to - from + DAY_S, begins: begins.value, note: note.value };
  };
  const said = () => {
    try {
      length.textContent = ` ${Math.round(simple().length_s / 60)} ${t("minutes")}`;
    } catch {
      length.textContent = "";
    }
  };
  programme.addEventListener("change", () => {
    titleField.hidden = programme.value !== NEW;
    const known = data.programmes.find((p) => p.id === programme.value);
    const from = seconds(start.value);
    if (known && from !== null && !typed) end.value = clock(from + known.length_s);
    said();
  });
  end.addEventListener("input", () => { typed = true; });
  for (const input of [start, end]) input.addEventListener("input", said);
  said();
  const ends = field(t("ends"), end, { name: "length_s", help: t("ends_help") });
  ends.querySelector("label").append(length);
  const nodes = [
    el("div", { class: "form-grid" }, field(t("programme"), programme, { name: "programme" }), titleField,
      field(t("starts"), start, { name: "start", help: t("starts_help") }), ends, field(t("begins"), begins, { name: "begins", wide: true })),
    content.node, days.node, field(t("entry_note"), note, { name: "note", wide: true }),
  ];

  /** Return the chosen programme; a new one is made first. */
  async function made() {
    if (!programme.value) throw new Wrong({ programme: t("fill_in") });
    if (programme.value !== NEW) return programme.value;
    if (!title.value.trim()) throw new Wrong({ title: t("fill_in") });
    const kept = await api("POST", "programmes", { title: title.value, default_length_s: Math.max(60, simple().length_s) });
    data.programmes.push({ id: kept.id, title: kept.title, colour: kept.colour, length_s: kept.default_length_s });
    programme.append(el("option", { value: kept.id }, kept.title));
    programme.value = kept.id;
    titleField.hidden = true;
    return kept.id;
  }
  return { nodes, days, content, simple, programme: made };
}
