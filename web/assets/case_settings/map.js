// The town's map: its areas out of a GeoJSON file, looked at before they are kept; and the tile server beneath.

import { api, trying } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { field, formOf } from "../staff/fields.js";
import { data, el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { onMap } from "../staff/town_map.js";

const OSM = { url: "https://tile.openstreetmap.org/{z}/{x}/{y}.png", attribution: "© OpenStreetMap" };

/** Show the map's settings in `place`; a panel as those of the lists are. */
export function map(place) {
  const panel = { now: null, file: null, tilesTouched: false };
  const stands = el("div", { "data-role": "map-now" });
  const read = el("div", { "data-role": "map-reading", "aria-live": "polite" });
  const tiles = el("div", { "data-role": "map-tiles" });
  const load = async () => {
    const found = await trying(() => api("GET", "case-map"));
    if (!found) return false;
    show(found);
    return true;
  };
  const show = (found) => {
    panel.now = found;
    stands.replaceChildren(...standing(found, load));
    if (!panel.tilesTouched) tiles.replaceChildren(...tilesOf(found, panel, show));
  };
  place.replaceChildren(stands, upload(panel, read, show), read, tiles);
  return { seen: load, changed: load, unsaved: () => panel.tilesTouched || panel.file !== null };
}

function standing(found, load) {
  if (!found.areas.length) return [el("p", { class: "text-secondary" }, t("map_none"))];
  const drop = async () => {
    if (!(await sure(t("map_drop_sure"), t("map_drop"), { danger: true }))) return;
    if ((await trying(() => api("DELETE", `case-map/areas?revision=${found.revision}`))) === undefined) return;
    toast(t("map_dropped"));
    await load();
  };
  return [
    el("p", {}, el("strong", {}, t("map_has", { n: found.areas.length, metres: found.metres })), " ", found.author && el("span", { class: "text-secondary" }, t("by_author", { author: found.author }))),
    compared(found, load),
    el("div", { class: "btn-list mb-3" },
      el("button", { class: "btn", type: "button", "data-role": "map-look", onclick: () => onMap({ fixed: true }, found.version) }, icon("map"), t("map_look")),
      el("button", { class: "btn", type: "button", "data-role": "map-drop", onclick: drop }, icon("trash"), t("map_drop"))),
  ];
}

/** Say which names the desk's list and the map do not share; `load`: offer to add to the list. */
function compared(found, load = null) {
  const strange = found.areas.filter((a) => !a.known);
  const addable = strange.filter((a) => a.kecamatan);
  if (!strange.length && !found.missing.length) return el("p", { class: "text-success" }, icon("check"), " ", t("map_all_known"));
  const names = (list) => list.slice(0, 40).join(", ") + (list.length > 40 ? "…" : "");
  const add = async (event) => {
    event.currentTarget.disabled = true;
    const added = await trying(() => takeOver(addable));
    if (added === undefined) return load();
    toast(t("map_added", { n: added }));
    return load();
  };
  return el("div", { class: "alert alert-warning d-block" },
    strange.length > 0 && el("p", { class: "mb-1" }, t("map_strange", { n: strange.length }), " ", el("span", {}, names(strange.map((a) => a.name)))),
    found.missing.length > 0 && el("p", { class: "mb-1" }, t("map_missing", { n: found.missing.length }), " ", el("span", {}, names(found.missing))),
    load && addable.length > 0 && el("button", { class: "btn", type: "button", "data-role": "map-add", onclick: add }, icon("plus"), t("map_add")));
}

/** Put areas into the desk's list of kelurahan; return how many. */
async function takeOver(areas) {
  const list = await api("GET", "desk-lists/places");
  const fresh = areas.map(({ name, kecamatan, latitude, longitude }) => ({ name, kecamatan, latitude, longitude }));
  await api("PUT", "desk-lists/places", { revision: list.revision, body: { kelurahan: [...list.body.kelurahan, ...fresh] } });
  return fresh.length;
}

function upload(panel, read, show) {
  const box = field({ name: "map-file", label: t("map_file"), type: "file", help: t("map_file_help"), more: { accept: ".geojson,.json,application/geo+json", "data-role": "map-file" } });
  const input = box.querySelector("input");
  input.addEventListener("change", () => {
    panel.file = input.files[0] ?? null;
    if (panel.file) look({});
    else read.replaceChildren();
  });
  const done = () => {
    panel.file = null;
    input.value = "";
    read.replaceChildren();
  };
  const look = async (named) => {
    read.replaceChildren(el("p", { class: "text-secondary", role: "status" }, t("map_reading")));
    const found = await trying(() => api("POST", `case-map/reading?${new URLSearchParams(named)}`, panel.file));
    if (!found) return done();
    return read.replaceChildren(reading(found));
  };
  const reading = (found) => {
    const options = (none) => [...(none ? [{ value: "", text: t("map_no_kecamatan") }] : []), ...found.properties.map((p) => ({ value: p.name, text: `${p.name}: ${p.examples.join(", ")}` }))];
    const names = [
      field({ name: "kelurahan", label: t("map_name_of"), value: found.kelurahan, options: options(false) }),
      field({ name: "kecamatan", label: t("map_kecamatan_of"), value: found.kecamatan, options: options(true) }),
    ];
    const chosen = () => Object.fromEntries(names.map((n) => n.querySelector("select")).map((s) => [s.name, s.value]));
    names[0].addEventListener("change", () => look({ kelurahan: chosen().kelurahan })); // what else it may be is told anew
    names[1].addEventListener("change", () => look(chosen()));
    const keep = async (event) => {
      const button = event.currentTarget;
      button.disabled = true;
      const kept = await trying(() => api("PUT", `case-map/areas?${new URLSearchParams({ ...chosen(), revision: panel.now.revision })}`, panel.file));
      button.disabled = false;
      if (!kept) return;
      done();
      show(kept);
      toast(t("saved"));
    };
    return el("div", { class: "card mb-3" }, el("div", { class: "card-body" },
      el("h3", { class: "card-title" }, t("map_found", { n: found.areas.length })),
      el("p", { class: "text-secondary" }, t("map_points", { before: found.before, after: found.after, metres: found.metres }), found.ignored ? ` ${t("map_ignored", { n: found.ignored })}` : ""),
      el("div", { class: "case-narrow" }, names), compared(found),
      el("details", { class: "mb-3" }, el("summary", {}, t("map_names")), el("ul", { class: "case-map-names" }, found.areas.map((a) => el("li", {}, a.kecamatan ? `${a.name} (${a.kecamatan})` : a.name)))),
      el("div", { class: "btn-list" },
        el("button", { class: "btn btn-primary", type: "button", "data-role": "map-keep", onclick: keep }, t("map_keep")),
        el("button", { class: "btn", type: "button", "data-role": "map-cancel", onclick: done }, t("cancel")))));
  };
  return box;
}

function tilesOf(found, panel, show) {
  const { tiles } = found;
  if (!data.may_admin) return [el("h3", {}, t("map_tiles")), el("p", { class: "text-secondary" }, tiles.url ? `${tiles.attribution}: ${tiles.url}` : t("map_tiles_none"), " ", t("map_tiles_admin"))];
  const content = [
    field({ name: "url", label: t("map_url"), value: tiles.url, help: t("map_url_help"), more: { maxlength: 400, autocomplete: "off", spellcheck: "false" } }),
    field({ name: "attribution", label: t("map_attribution"), value: tiles.attribution, help: t("map_attribution_help"), more: { maxlength: 200, autocomplete: "off" } }),
  ];
  const fill = () => {
    for (const box of content) {
      const input = box.querySelector("input");
      input.value = OSM[input.name];
    }
    panel.tilesTouched = true;
  };
  const form = formOf(content, t("save"), async (given) => {
    const kept = await api("PUT", "case-map/tiles", { ...given, revision: tiles.revision });
    panel.tilesTouched = false;
    show(kept);
    toast(t("saved"));
    location.reload(); // whose pictures this page may show is said when it is fetched
  }, el("button", { class: "btn", type: "button", "data-role": "map-osm", onclick: fill }, t("map_osm")));
  form.addEventListener("input", () => { panel.tilesTouched = true; });
  return [el("h3", {}, t("map_tiles")), el("p", { class: "text-secondary" }, t("map_tiles_help")), el("div", { class: "case-narrow" }, form)];
}
