// What each act asks for before it is done: fields of a dialog, and the data that go to the service.

import { api } from "../staff/api.js";
import { choices, field } from "../staff/fields.js";
import { data, el, icon, t } from "../staff/page.js";
import { onMap } from "../staff/town_map.js";
import { agencies, forwarded, forwardFields } from "./agencies.js";
import { pointText } from "./said.js";

const LONG = { maxlength: 4000 };
const MISSING = ["what", "where", "when", "who", "photo"];
let replies = null;

async function saved() {
  replies ??= api("GET", "desk-lists/replies").then((told) => told.body.replies ?? []).catch(() => {
    replies = null;
    return [];
  });
  return replies;
}

/** Return a text with the saved replies beneath it; a reply is added to what stands there. */
async function text(name, label, help = "") {
  const box = field({ name, label, type: "textarea", help, more: { ...LONG, rows: 5 } });
  const known = await saved();
  if (!known.length) return [box];
  const pick = field({ name: "", label: t("saved_reply"), options: [{ value: "", text: t("choose") }, ...known.map((each, n) => ({ value: n, text: each.title }))], more: { name: null, "data-field": null } });
  pick.querySelector("select").addEventListener("change", (event) => {
    const chosen = known[event.target.value];
    const area = box.querySelector("textarea");
    if (chosen) area.value = area.value.trim() ? `${area.value.trim()}\n\n${chosen.text}` : chosen.text;
    event.target.value = "";
    area.focus();
  });
  return [box, pick];
}

const reason = (help = "") => field({ name: "reason", label: t("reason"), type: "textarea", help, more: LONG });
const filled = (given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
const listed = (values) => values.map((value) => el("option", { value }));

/** Return a field with a list of what is usual. */
function usual(name, label, values, value = "", help = "") {
  const id = `usual-${name}`;
  const box = field({ name, label, value, help, more: { list: id, maxlength: 160, autocomplete: "off" } });
  box.append(el("datalist", { id }, listed(values)));
  return box;
}

/** Return a choice among the agencies that have the case in one of `states`. */
function holders(found, states, none = "") {
  const those = found.agencies.filter((a) => states.includes(a.state));
  const options = those.map((a) => ({ value: a.agency, text: a.name }));
  return field({ name: "agency", label: t("agency"), options: none ? [{ value: "", text: none }, ...options] : options, value: none ? "" : those[0]?.agency });
}

/** Return the fields of a place: its kelurahan, and a point that is chosen on the map where there is one. */
function placed(found, given) {
  const kelurahan = usual("kelurahan", t("kelurahan"), data.kelurahan, given.kelurahan ?? found.kelurahan);
  if (!data.map.version) return [kelurahan];
  const [latitude, longitude] = ["latitude", "longitude"].map((name) => el("input", { type: "hidden", name, value: "" })); // sent only when chosen anew
  const told = el("span", { class: "tabular", role: "status" });
  let point = found.latitude === null ? null : { latitude: found.latitude, longitude: found.longitude };
  const show = () => { told.textContent = point ? pointText(point.latitude, point.longitude) : ""; };
  const choose = async () => {
    const input = kelurahan.querySelector("input");
    const chosen = await onMap({ point, kelurahan: input.value });
    if (!chosen) return;
    point = chosen;
    latitude.value = chosen.latitude.toFixed(6);
    longitude.value = chosen.longitude.toFixed(6);
    if (chosen.kelurahan) input.value = chosen.kelurahan;
    show();
  };
  show();
  return [kelurahan, el("div", { class: "mb-3 case-point" }, el("button", { class: "btn", type: "button", "data-role": "choose-on-map", onclick: choose }, icon("map-pin"), t("choose_on_map")), told, latitude, longitude)];
}

const number = (value) => (value ? Number(value) : null);
const HOLDING = ["menunggu", "diproses", "dijawab"];
const plain = (title) => ({ fields: async () => [field({ name: "reason", label: t(title), help: t("optional"), type: "textarea", more: LONG })], data: filled });
const withReason = { fields: async () => text("reason", t("reason")), data: (given) => given };

/** By act: `fields(case, given)` asks, `data(values)` is sent. `given`: what to fill in. An act without is done at once. */
export const FORMS = {
  "minta-dilengkapi": {
    fields: async () => [choices({ name: "kinds", label: t("missing"), options: MISSING.map((value) => ({ value: t(`missing_${value}`), text: t(`missing_${value}`) })) }), ...(await text("text", t("missing_text"), t("missing_help")))],
    data: (given) => ({ missing: [...given.kinds, given.text.trim()].filter(Boolean) }),
  },
  diteruskan: {
    prepare: agencies,
    fields: async (found, given, all) => forwardFields(all, found.agencies.filter((a) => ["menunggu", "diproses"].includes(a.state)).map((a) => a.agency), all.filter((a) => [String(a.id), a.name, a.short].includes(given.agency)).map((a) => a.id)),
    data: (given, all) => forwarded(given, all),
  },
  dijawab: {
    fields: async (found) => [...(await text("text", t("answer_text"), t("answer_help"))), found.agencies.length ? holders(found, HOLDING, t("the_desk")) : null],
    data: (given) => ({ text: given.text, agency: number(given.agency) }),
  },
  dialihkan: {
    prepare: agencies,
    fields: async (_found, _given, all) => [el("p", { class: "text-secondary" }, t("transfer_help")), usual("receiver", t("receiver"), all.filter((a) => a.outside && a.active).map((a) => a.name)), field({ name: "ticket", label: t("ticket"), help: t("ticket_help"), more: { maxlength: 80 } }), reason()],
    data: filled,
  },
  "kabar-penerima": {
    fields: async (found) => [field({ name: "text", label: t("news"), type: "textarea", more: LONG }), field({ name: "ticket", label: t("ticket"), value: found.transfer?.ticket ?? "", more: { maxlength: 80 } }), field({ name: "final", label: t("final_label"), type: "checkbox", help: t("final_help") })],
    data: filled,
  },
  diproses: { fields: async (found) => [holders(found, ["menunggu"])], data: (given) => ({ agency: number(given.agency) }) },
  dikembalikan: { fields: async (found) => [holders(found, HOLDING), reason()], data: (given) => ({ ...given, agency: number(given.agency) }) },
  ditolak: withReason,
  "dibuka-kembali": withReason,
  diperpanjang: withReason,
  keberatan: withReason,
  selesai: plain("closing_word"),
  diarsipkan: plain("reason"),
  darurat: plain("reason"),
  ditugaskan: {
    fields: async (found) => [field({ name: "account", label: t("assigned"), value: found.assigned ?? data.me, options: [{ value: "", text: t("unassigned") }, ...data.desk.map((value) => ({ value, text: data.people[value] }))] })],
    data: (given) => ({ account: number(given.account) }),
  },
  diklasifikasi: {
    fields: async (found, given) => [field({ name: "class", label: t("class"), value: given.class ?? found.class, help: t("class_help"), options: data.classes.map((value) => ({ value, text: t(`class_${value}`) })) })],
    data: (given) => given,
  },
  dikategorikan: { fields: async (found, given) => [usual("category", t("category"), data.categories, given.category ?? found.category)], data: (given) => given },
  "lokasi-dicatat": {
    fields: async (found, given) => [...placed(found, given), field({ name: "text", label: t("place_text"), help: t("optional"), more: { maxlength: 300 } })],
    data: ({ latitude, longitude, ...given }) => ({ ...filled(given), ...(latitude ? { latitude: Number(latitude), longitude: Number(longitude) } : {}) }),
  },
  "keterbukaan-diubah": {
    fields: async (found) => [field({ name: "visibility", label: t("visibility"), value: found.visibility, options: data.visibilities.map((value) => ({ value, text: t(`visibility_long_${value}`) })) })],
    data: (given) => given,
  },
  catatan: { fields: async () => [field({ name: "text", label: t("note"), type: "textarea", help: t("note_help"), more: LONG })], data: (given) => given },
};
