// What the words suggest, each with its reasons: a button fills the form in, nothing is ever done by itself.

import { api } from "../staff/api.js";
import { el, icon, root, t } from "../staff/page.js";
import { may, run } from "./acts.js";
import { detail } from "./said.js";
import { shown } from "./standing.js";

const FIELDS = { class: "diklasifikasi", category: "dikategorikan", agency: "diteruskan" };
const card = document.querySelector('[data-role="advice-card"]');
const place = document.querySelector('[data-role="advice"]');
let told = null;
let words = "";

/** Ask for it when the words have changed; without an answer the card stays away. */
export async function lookForAdvice(found) {
  const now = JSON.stringify(found.words.map((word) => [word.id, word.text]));
  if (now !== words) {
    words = now;
    told = await api("GET", `cases/${found.id}/suggestions`).catch(() => null);
  }
  draw(shown.now);
}

function draw(found) {
  const nodes = told ? [...values(found), ...places(found), ...duplicates(found), ...marks(found)] : [];
  card.hidden = !nodes.length;
  place.replaceChildren(...nodes);
}

const use = (act, key, value, label) => may(act) && el("button", { class: "btn btn-sm", type: "button", onclick: () => run(act, { [key]: value }) }, t("use"), el("span", { class: "visually-hidden" }, ` ${label}`));
const item = (label, value, why, ...more) => el("li", {}, el("div", { class: "advice-what" }, el("span", { class: "text-secondary" }, label), el("strong", {}, value), ...more), why && el("p", { class: "advice-why" }, why));

function values(found) {
  return told.suggestions.filter((s) => FIELDS[s.field] && found[s.field] !== s.value && !found.agencies.some((a) => a.name === s.value)).map((s) => {
    const value = s.field === "class" ? t(`class_${s.value}`) : s.value;
    return item(t(s.field), value, detail(s), use(FIELDS[s.field], s.field, s.value, value));
  });
}

function places(found) {
  return told.places.filter((p) => p.kelurahan !== found.kelurahan).map((p) => item(t("kelurahan"), p.kelurahan, [p.kecamatan && t("in_kecamatan", { name: p.kecamatan }), p.by_point && t("by_point")].filter(Boolean).join(" · "), use("lokasi-dicatat", "kelurahan", p.kelurahan, p.kelurahan)));
}

function duplicates() {
  return told.duplicates.map((d) => {
    const link = el("a", { href: `${root}kerja/aduan/${d.id}` }, `${d.code} `, el("bdi", {}, d.title));
    const button = may("merge") && el("button", { class: "btn btn-sm", type: "button", onclick: () => run("merge", { into: d.code }) }, icon("git-merge"), t("merge_here"), el("span", { class: "visually-hidden" }, ` ${d.code}`));
    return item(t("duplicate"), link, detail(d), button);
  });
}

/** Say what in the text is personal, or rude, so that nobody answers or publishes it unseen. */
function marks(found) {
  const signs = Array.from(found.text); // places are counted in characters
  const quoted = (mark) => `“${signs.slice(mark.start, mark.end).join("")}”`;
  return [
    told.marks.length > 0 && item(t("personal_found"), told.marks.map(quoted).join(", "), t("personal_help")),
    told.rude.length > 0 && item(t("rude_found"), told.rude.map(quoted).join(", "), ""),
  ].filter(Boolean);
}
