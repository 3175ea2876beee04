// The agencies: each kept by itself, as soon as it is added or changed.

import { api, trying } from "../staff/api.js";
import { field, formDialog } from "../staff/fields.js";
import { el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";

/** Show the agencies in `place`; a panel as those of the lists are. */
export function agencies(place) {
  const list = el("ul", { class: "list-group mb-3", "data-role": "agencies" });
  const fresh = el("button", { class: "btn btn-primary mb-3", type: "button", "data-role": "add-agency" }, icon("plus"), t("add_agency"));
  const load = async () => {
    const found = await trying(() => api("GET", "agencies"));
    if (!found) return false;
    const order = [...found].sort((a, b) => Number(b.active) - Number(a.active)); // by name already
    list.replaceChildren(...(order.length ? order.map((a) => row(a, load)) : [el("li", { class: "list-group-item text-secondary" }, t("none"))]));
    return true;
  };
  fresh.addEventListener("click", () => edit(null, load));
  place.replaceChildren(fresh, list);
  return { seen: load, changed: load, unsaved: () => false };
}

function row(agency, load) {
  const act = (part, text, sign, run) => el("button", { class: "btn btn-sm", type: "button", "data-part": part, "aria-label": `${text}: ${agency.name}`, onclick: run }, icon(sign), text);
  const turn = async () => {
    const changed = await trying(() => api("PUT", `agencies/${agency.id}`, { ...bare(agency), active: !agency.active }));
    if (!changed) return;
    toast(t(changed.active ? "agency_on" : "agency_off", { name: changed.name }));
    await load();
    document.querySelector(`[data-agency="${agency.id}"] [data-part="turn"]`)?.focus();
  };
  return el("li", { class: "list-group-item case-agency", "data-agency": agency.id },
    el("div", { class: "me-auto text-break" }, el("strong", {}, agency.name), agency.short ? ` · ${agency.short}` : "", " ",
      agency.outside ? el("span", { class: "badge bg-blue-lt" }, t("outside_sign")) : null, " ",
      agency.active ? null : el("span", { class: "badge bg-secondary-lt" }, t("inactive"))),
    el("div", { class: "btn-list" }, act("change", t("change"), "edit", () => edit(agency, load)), act("turn", t(agency.active ? "deactivate" : "activate"), agency.active ? "ban" : "check", turn)));
}

const bare = ({ id: _id, ...rest }) => rest;

async function edit(agency, load) {
  const content = [
    field({ name: "name", label: t("agency_name"), value: agency?.name ?? "", more: { maxlength: 160, autocomplete: "off" } }),
    field({ name: "short", label: t("short_name"), value: agency?.short ?? "", more: { maxlength: 40, autocomplete: "off" } }),
    field({ name: "outside", label: t("outside"), type: "checkbox", value: agency?.outside ?? false, help: t("outside_help") }),
    agency ? field({ name: "active", label: t("active"), type: "checkbox", value: agency.active }) : null,
  ];
  const once = crypto.randomUUID?.() ?? String(Math.random());
  const kept = await formDialog(agency ? agency.name : t("add_agency"), content, t("save"), (given) => (agency ? api("PUT", `agencies/${agency.id}`, given) : api("POST", "agencies", given, { once })));
  if (!kept) return;
  toast(t("saved"));
  await load();
}
