// Whole weeks and whole grids: copying a week, the filler, files in and out, the channel's schedule file.

import { api, trying } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { el, root, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { dialog, field, text, Wrong } from "./form.js";
import { longDay } from "./said.js";
import { change, channelPath, load, put, state } from "./state.js";
import { addDays, monday } from "./time.js";

/** Copy the week that is shown, or another, over a later one. */
export async function copyWeek() {
  const source = text(state.first, { type: "date" });
  const target = text(addDays(state.first, 7), { type: "date" });
  const snap = (input) => () => { if (input.value) input.value = monday(input.value); };
  for (const input of [source, target]) input.addEventListener("change", snap(input));
  const send = (revision) => api("POST", channelPath("draft/week-copies"), { revision, source: source.value, target: target.value });
  const done = await dialog(t("copy_week"), [el("p", {}, t("copy_help")), el("div", { class: "form-grid" }, field(t("copy_source"), source, { name: "source" }), field(t("copy_target"), target, { name: "target" }))],
    () => {
      for (const [name, input] of [["source", source], ["target", target]]) if (!input.value) throw new Wrong({ [name]: t("fill_in") });
      return change(t("label_copy"), send, null);
    }, { yes: t("copy_week") });
  if (!done) return null;
  toast(t("copied", { day: longDay(target.value) }));
  return target.value;
}

/** Set what closes gaps. */
export function filler() {
  const lines = el("textarea", { class: "form-control", rows: "4", maxlength: "8000", spellcheck: "false" }, state.grid.filler.join("\n"));
  const wanted = () => lines.value.split("\n").map((l) => l.trim()).filter(Boolean);
  return dialog(t("filler"), [field(t("filler"), lines, { name: "grid.filler", help: t("filler_help"), wide: true })],
    () => put(t("label_filler"), { ...state.grid, filler: wanted() }));
}

/** Replace the draft by a file. */
export async function importFile() {
  const file = el("input", { class: "form-control", type: "file", accept: ".toml,text/plain,application/toml" });
  const done = await dialog(t("import_file"), [el("p", {}, t("import_help")), field(t("grid_file"), file, { name: "text", wide: true })], async () => {
    if (!file.files[0]) throw new Wrong({ text: t("fill_in") });
    const body = { revision: state.revision, text: await file.files[0].text(), source: file.files[0].name.slice(0, 200) };
    return api("POST", channelPath("draft/file"), body);
  }, { yes: t("import_file") });
  if (done) await taken(done);
}

/** Replace the draft by the channel's schedule file. */
export async function importSchedule() {
  const empty = !state.grid.entries.length;
  if (!empty && !(await sure(t("import_sure"), t("import_schedule"), { detail: t("import_help") }))) return;
  const done = await trying(() => api("POST", channelPath("draft/schedule"), { revision: state.revision }));
  if (done) await taken(done);
}

async function taken(done) {
  toast(t("imported", { n: done.entries }));
  // names of programmes that came along are in the page's data
  if (done.documents.length) location.reload();
  else await trying(load);
}

/** Save what is shown as a file. */
export function exportFile() {
  const query = state.version === null ? "" : `?version=${state.version}`;
  location.assign(`${root}api/v1/${channelPath(`grid/file${query}`)}`);
}
