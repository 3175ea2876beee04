// What fills an entry, as a form: each kind shows its own fields; folders and files are proposed as one types.

import { api } from "../staff/api.js";
import { data, el, t } from "../staff/page.js";
import { check, field, select, text, Wrong } from "./form.js";
import { state } from "./state.js";

const KINDS = ["rotation", "series", "playlist", "asset", "simulcast", "live"];
const SOON_MS = 200;
let numbered = 0;

/** Return {input, options}: an input that proposes paths of the media folder; `what`: folders or files; of a `list` for the last. */
export function pathInput(value, what, { list = false } = {}) {
  const options = el("datalist", { id: `paths-${++numbered}` });
  const input = text(value, { list: options.id, maxlength: 4000, spellcheck: "false", autocapitalize: "none" });
  let timer = 0;
  const propose = async () => {
    const typed = list ? input.value.split(",") : [input.value];
    const before = typed.slice(0, -1).map((p) => `${p.trim()}, `).join("");
    try {
      const found = await api("GET", `paths?words=${encodeURIComponent(typed.at(-1).trim().slice(0, 200))}`);
      options.replaceChildren(...found[what].map((path) => el("option", { value: before + path })));
    } catch {
      options.replaceChildren(); // proposals only help
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(propose, SOON_MS);
  });
  input.addEventListener("focus", propose, { once: true });
  return { input, options };
}

const listed = (value) => value.split(",").map((p) => p.trim()).filter(Boolean);

/** Return a labelled field of such an input. */
export function pathField(label, { input, options }, name, help = "") {
  const box = field(label, input, { name, help, wide: true });
  input.after(options);
  return box;
}

/** Return {node, read()}; read returns the content, or raises Wrong. */
export function contentForm(content) {
  const is = (kind) => (content?.kind === kind ? content : {});
  const kind = select(KINDS.map((k) => [k, t(`content_${k}`)]), content?.kind ?? "rotation");
  const none = [["", t("rotation_folders")]];
  const rotation = select([...none, ...known("rotations", is("rotation").rotation)], is("rotation").rotation ?? (data.rotations[0]?.id || ""));
  if (content?.kind === "rotation" && !content.rotation) rotation.value = "";
  const folders = pathInput((is("rotation").folders ?? []).join(", "), "folders", { list: true });
  const folder = pathInput(is("series").folder ?? (is("series").paths ?? []).join(", "), "folders");
  const count = text(String(is("series").count ?? 1), { type: "number", min: "1", max: "100" });
  const again = check(t("repeat"), is("series").repeat);
  const rerun = check(t("rerun"), is("series").rerun);
  const playlist = select([["", t("choose")], ...known("playlists", is("playlist").playlist)], is("playlist").playlist ?? "");
  const round = check(t("repeat"), is("playlist").repeat);
  const path = pathInput(is("asset").path ?? "", "files");
  const others = data.channels.filter((c) => c.id !== state.channel).map((c) => [c.id, c.name]);
  const channel = select(others, is("simulcast").channel ?? others[0]?.[0] ?? "");
  const source = text(is("live").source ?? "", { maxlength: 200 });
  const relay = check(t("relay"), is("live").relay);
  const folderField = pathField(t("folders"), folders, "content.folders", t("folders_help"));
  const flag = (box) => el("div", { class: "form-field" }, box);
  const parts = {
    rotation: [field(t("rotation"), rotation, { name: "content.rotation" }), folderField],
    series: [pathField(t("folder"), folder, "content.folder"), field(t("count"), count, { name: "content.count" }), flag(again), flag(rerun)],
    playlist: [field(t("playlist"), playlist, { name: "content.playlist" }), flag(round)],
    asset: [pathField(t("path"), path, "content.path")],
    simulcast: [field(t("other_channel"), channel, { name: "content.channel" })],
    live: [field(t("live_source"), source, { name: "content.source" }), flag(relay)],
  };
  const shown = () => {
    for (const [name, those] of Object.entries(parts)) for (const part of those) part.hidden = name !== kind.value;
    if (kind.value === "rotation") folderField.hidden = Boolean(rotation.value);
  };
  kind.addEventListener("change", shown);
  rotation.addEventListener("change", shown);
  shown();
  const on = (box) => box.querySelector("input").checked;
  const must = (value, name) => {
    if (!value.trim()) throw new Wrong({ [`content.${name}`]: t("fill_in") });
    return value.trim();
  };
  const reads = {
    rotation: () => (rotation.value ? { rotation: rotation.value } : { folders: listed(must(folders.input.value, "folders")) }),
    series: () => {
      const said = must(folder.input.value, "folder");
      const whole = /\.\w{2,4}(,|$)/.test(said) ? { paths: listed(said) } : { folder: said };
      return { ...whole, count: Number(count.value) || 0, repeat: on(again), rerun: on(rerun) };
    },
    playlist: () => ({ playlist: must(playlist.value, "playlist"), repeat: on(round) }),
    asset: () => ({ path: must(path.input.value, "path") }),
    simulcast: () => ({ channel: must(channel.value, "channel") }),
    live: () => ({ source: must(source.value, "source"), relay: on(relay) }),
  };
  const node = el("fieldset", { class: "form-part", "data-field": "content" }, el("legend", { class: "form-label" }, t("content")), field(t("content_kind"), kind, { name: "content.kind" }), ...Object.values(parts).flat(), el("div", { class: "form-hint" }));
  return { node, read: () => ({ kind: kind.value, ...reads[kind.value]() }) };
}

function known(what, present) {
  const options = data[what].map((x) => [x.id, x.title]);
  return present && !options.some(([id]) => id === present) ? [...options, [present, present]] : options;
}
