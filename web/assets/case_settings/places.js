// Kecamatan and kelurahan: names, other names, coordinates; from a spreadsheet, or an example to begin with.

import { formDialog, field } from "../staff/fields.js";
import { Refused } from "../staff/api.js";
import { data, el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { numberOf, rowsEditor, twice } from "./rows.js";

const BLANK = { name: "", kecamatan: "", aliases: [], everyday: [], latitude: null, longitude: null };
const key = (place) => `${place.name}|${place.kecamatan}`.toLocaleLowerCase();

export function places(body, { touched }) {
  const rows = rowsEditor({
    path: "body.kelurahan", touched, items: body.kelurahan, blank: BLANK, addText: t("add_place"),
    columns: [
      { key: "name", label: t("kelurahan"), kind: "text", more: { maxlength: 80 } },
      { key: "kecamatan", label: t("kecamatan"), kind: "text", list: "known-kecamatan", more: { maxlength: 80 } },
      { key: "aliases", label: t("aliases"), kind: "words" },
      { key: "everyday", label: t("everyday"), kind: "words" },
      { key: "latitude", label: t("latitude"), kind: "number" },
      { key: "longitude", label: t("longitude"), kind: "number" },
    ],
  });
  const kecamatan = el("datalist", { id: "known-kecamatan" }, [...new Set(body.kelurahan.map((k) => k.kecamatan))].sort().map((value) => el("option", { value })));
  const take = (found) => {
    const { added, changed } = takeOver(rows, found);
    toast(t("taken_over", { added, changed }), "info");
  };
  const buttons = el("div", { class: "btn-list mb-3" },
    el("button", { class: "btn", type: "button", "data-role": "paste", onclick: () => paste(take) }, icon("clipboard-text"), t("paste")),
    el("button", { class: "btn", type: "button", "data-role": "example", onclick: () => take(data.example) }, icon("map-pin"), t("use_example")));
  return {
    node: el("div", {}, buttons, el("p", { class: "form-hint" }, t("everyday_help")), rows.node, kecamatan),
    reveal: rows.reveal, read: () => ({ kelurahan: rows.read() }), wrong,
  };
}

function wrong({ kelurahan }) {
  const found = twice(kelurahan, (k) => (k.name ? key(k) : ""), (n) => `body.kelurahan.${n}.name`);
  kelurahan.forEach((k, n) => {
    if ((k.latitude === null) !== (k.longitude === null)) found[`body.kelurahan.${n}.${k.latitude === null ? "latitude" : "longitude"}`] = t("both_coordinates");
  });
  return found;
}

/** Put places into the rows; one that is there takes what is given anew and keeps the rest. */
function takeOver(rows, found) {
  rows.reveal();
  const there = new Map(rows.rows().map((row) => [key(row.read()), row]));
  let changed = 0;
  for (const place of found) {
    const old = there.get(key(place));
    const made = rows.put({ ...BLANK, ...(old ? old.read() : {}), ...place });
    if (old) {
      old.replaceWith(made);
      changed += 1;
    }
    there.set(key(place), made);
  }
  rows.moved();
  return { added: found.length - changed, changed };
}

function paste(take) {
  const content = [field({ name: "lines", label: t("paste_label"), type: "textarea", help: t("paste_help"), more: { rows: 10, class: "form-control font-monospace", placeholder: "Medono;Pekalongan Barat;Medono Kidul,Medono Lor;-6,8915;109,6640" } })];
  return formDialog(t("paste"), content, t("paste_yes"), ({ lines }) => {
    const { found, wrong: faults } = placesOf(lines);
    if (!found.length && !faults.length) faults.push(t("paste_empty"));
    if (faults.length) throw new Refused(refusal(faults));
    take(found);
    return found;
  });
}

const refusal = (faults) => ({ status: 422, errors: [{ field: "lines", detail: faults.slice(0, 5).join(" "), english: faults.slice(0, 5).join(" ") }] });

/** Return what lines of a spreadsheet hold: {found, wrong}. Cells stand between semicolons or tabs. */
export function placesOf(text) {
  const found = [];
  const wrong = [];
  text.split("\n").forEach((line, at) => {
    if (!line.trim()) return;
    const [name = "", kecamatan = "", aliases = "", latitude = "", longitude = ""] = line.split(line.includes("\t") ? "\t" : ";").map((cell) => cell.trim());
    const [lat, lon] = [numberOf(latitude), numberOf(longitude)];
    const why = !name || !kecamatan ? "paste_two" : [lat, lon].some((n) => typeof n === "string") || (lat === null) !== (lon === null) ? "paste_number" : "";
    if (why) return wrong.push(t("paste_line", { n: at + 1, why: t(why) }));
    const given = aliases.split(",").map((word) => word.trim()).filter(Boolean);
    found.push({ name, kecamatan, ...(given.length ? { aliases: given } : {}), ...(lat === null ? {} : { latitude: lat, longitude: lon }) });
  });
  return { found, wrong };
}
