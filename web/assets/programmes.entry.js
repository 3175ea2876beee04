// The page of programmes (mata acara): search, a form with all that is known of one, removal.

import "./grid/grid.css";

import { api, trying } from "./staff/api.js";
import { sure } from "./staff/dialog.js";
import { listen } from "./staff/live.js";
import { data, el, icon, t } from "./staff/page.js";
import { toast } from "./staff/toast.js";
import { pathField, pathInput } from "./grid/content.js";
import { check, dialog, field, over, select, text, Wrong } from "./grid/form.js";

const role = (name) => document.querySelector(`[data-role="${name}"]`);
const SOON_MS = 250;
let after = "";
let shown = [];
let asked = 0;

const filters = () => ["words", "category", "age"].map((id) => [id, document.getElementById(id).value.trim()]).filter(([, value]) => value).map(([id, value]) => `&${id}=${encodeURIComponent(value)}`).join("");

async function load(more = false) {
  const mine = ++asked;
  const found = await trying(() => api("GET", `programmes?limit=60${filters()}${more ? `&after=${encodeURIComponent(after)}` : ""}`));
  if (!found || mine !== asked) return;
  shown = more ? [...shown, ...found.programmes] : found.programmes;
  after = found.next ?? "";
  role("count").textContent = t("found_n", { n: found.total });
  role("programmes").replaceChildren(...shown.map(card));
  document.querySelector('[data-do="more"]').hidden = !after;
}

function card(programme) {
  const category = data.categories.find(([c]) => c === programme.category)?.[1] ?? programme.category;
  const age = data.ages.find(([a]) => a === programme.age)?.[1] ?? programme.age;
  const body = el("div", { class: "card-body" },
    el("h2", { class: "h3 mb-0" }, programme.title),
    el("p", { class: "mb-0 text-secondary" }, [category, age, `${Math.round(programme.default_length_s / 60)} ${t("minutes")}`, programme.presenter].filter(Boolean).join(" · ")),
    el("p", { class: "mb-0" }, programme.description.slice(0, 140)),
    data.may_plan && el("div", { class: "btn-list mt-auto" },
      el("button", { class: "btn btn-sm", type: "button", onclick: () => edit(programme) }, icon("edit"), t("change"), el("span", { class: "visually-hidden" }, ` ${programme.title}`)),
      el("button", { class: "btn btn-sm", type: "button", onclick: () => remove(programme) }, icon("trash"), t("delete"), el("span", { class: "visually-hidden" }, ` ${programme.title}`))));
  body.style.borderLeftColor = programme.colour;
  return el("li", { class: "card", id: `p-${programme.id}` }, body);
}

async function edit(programme) {
  const is = programme ?? { title: "", description: "", category: "hiburan", age: "SU", language: "id", local: true, own: true, presenter: "", colour: "#206bc4", picture: "", audience: "", default_length_s: 3600, censored: "" };
  const title = text(is.title, { maxlength: 200, required: true });
  const description = el("textarea", { class: "form-control", rows: "3", maxlength: "4000" }, is.description);
  const category = select(data.categories, is.category);
  const age = select(data.ages, is.age);
  const minutes = text(String(Math.round(is.default_length_s / 60)), { type: "number", min: "1", max: "1440" });
  const colour = text(is.colour, { type: "color", class: "form-control form-control-color" });
  const presenter = text(is.presenter, { maxlength: 200 });
  const audience = text(is.audience, { maxlength: 200 });
  const language = text(is.language, { maxlength: 200 });
  const censored = text(is.censored, { maxlength: 200 });
  const picture = pathInput(is.picture, "files");
  const local = check(t("local"), is.local);
  const own = check(t("own"), is.own);
  const on = (box) => box.querySelector("input").checked;
  const read = () => {
    if (!title.value.trim()) throw new Wrong({ title: t("fill_in") });
    if (!(Number(minutes.value) >= 1 && Number(minutes.value) <= 1440)) throw new Wrong({ default_length_s: t("minutes_of_day") });
    return {
      title: title.value, description: description.value, category: category.value, age: age.value, language: language.value, local: on(local), own: on(own),
      presenter: presenter.value, colour: colour.value, picture: picture.input.value, audience: audience.value, default_length_s: Math.round(Number(minutes.value) * 60), censored: censored.value,
    };
  };
  const content = [el("div", { class: "form-grid" },
    field(t("title"), title, { name: "title", wide: true }), field(t("category"), category, { name: "category" }), field(t("age"), age, { name: "age" }),
    field(t("usual_minutes"), minutes, { name: "default_length_s" }), field(t("colour"), colour, { name: "colour" }),
    field(t("presenter"), presenter, { name: "presenter" }), field(t("audience"), audience, { name: "audience" }),
    field(t("programme_language"), language, { name: "language", help: t("programme_language_help") }), field(t("censored"), censored, { name: "censored" }),
    field(t("description"), description, { name: "description", wide: true }), pathField(t("picture"), picture, "picture", t("picture_help")), el("div", { class: "form-field" }, local), el("div", { class: "form-field" }, own))];
  const send = () => (programme ? over(programme.revision, (revision) => api("PUT", `programmes/${programme.id}`, { ...read(), revision })) : api("POST", "programmes", read()));
  const kept = await dialog(t(programme ? "edit_programme" : "new_programme"), content, send);
  if (!kept) return;
  toast(t("programme_saved", { title: kept.title }));
  await load();
  document.querySelector(`#p-${CSS.escape(kept.id)} button`)?.focus();
}

async function remove(programme) {
  if (!(await sure(t("programme_sure", { title: programme.title }), t("delete"), { danger: true }))) return;
  await trying(async () => {
    await api("DELETE", `programmes/${programme.id}`);
    toast(t("programme_removed", { title: programme.title }));
    await load();
  });
}

for (const [id, options] of [["category", data.categories], ["age", data.ages]]) {
  document.getElementById(id).append(...options.map(([value, said]) => el("option", { value }, said)));
  document.getElementById(id).addEventListener("change", () => load());
}
let timer = 0;
document.getElementById("words").addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => load(), SOON_MS);
});
role("filter").addEventListener("submit", (event) => event.preventDefault());
const fresh = document.querySelector('[data-do="new"]');
fresh.hidden = !data.may_plan;
fresh.addEventListener("click", () => edit(null));
document.querySelector('[data-do="more"]').addEventListener("click", () => load(true));
listen("plan", (news) => news?.what === "programme" && load());
load();
