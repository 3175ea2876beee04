// Spot orders: list, search, form.

import { Refused, api, trying } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { choices, field, formDialog } from "../staff/fields.js";
import { data, el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";

const at = (role) => document.querySelector(`[data-role="${role}"]`);
let shown = [];

export function showOrders() {
  at("add").hidden = !data.may;
  at("add").addEventListener("click", () => edit(null));
  let later = 0;
  document.getElementById("words").addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(load, 250);
  });
  at("more").querySelector("button").addEventListener("click", () => load(data.page.next));
  take(data.page, false);
}

async function load(after = "") {
  const words = encodeURIComponent(document.getElementById("words").value);
  const page = await trying(() => api("GET", `orders?words=${words}&after=${typeof after === "string" ? after : ""}`));
  if (page) take(page, typeof after === "string" && after !== "");
}

function take(page, further) {
  data.page = page;
  shown = further ? [...shown, ...page.orders] : page.orders;
  at("found").textContent = t("found", { n: page.total });
  at("more").hidden = !page.next;
  at("list").replaceChildren(...(shown.length ? shown.map(row) : [el("li", { class: "list-group-item text-secondary" }, t("none"))]));
}

const clock = (s) => `${String(Math.floor(s / 3600)).padStart(2, "0")}.${String(Math.floor(s / 60) % 60).padStart(2, "0")}`;
const hoursText = (hours) => hours.map(([from, to]) => `${clock(from)}-${clock(to)}`).join(", ");

function row(order) {
  const days = order.days.length === 7 ? "" : order.days.map((d) => data.weekdays[d].slice(0, 3)).join(", ");
  const about = [`${order.first} – ${order.last}`, days, hoursText(order.hours), t("a_day", { n: order.times_a_day }), order.channels.join(", "), order.assets.join(", ")];
  const acts = data.may ? el("div", { class: "btn-list" },
    el("button", { class: "btn btn-sm", type: "button", "aria-label": `${t("change")}: ${order.id}`, onclick: () => edit(order) }, icon("edit"), t("change")),
    el("button", { class: "btn btn-sm", type: "button", "aria-label": `${t("delete")}: ${order.id}`, onclick: () => remove(order) }, icon("trash"), t("delete"))) : null;
  return el("li", { class: "list-group-item d-flex flex-wrap gap-2 align-items-center", "data-order": order.id },
    el("div", { class: "me-auto text-break" }, el("strong", {}, order.advertiser), ` · ${order.id} `, el("span", { class: `badge ${order.kind === "ilm" ? "bg-green-lt" : "bg-blue-lt"}` }, t(order.kind)), el("div", { class: "text-secondary" }, about.filter(Boolean).join(" · "))), acts);
}

function readHours(text) {
  const parts = text.split(/[,;]/).map((p) => p.trim()).filter(Boolean).map((p) => /^(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})$/.exec(p));
  if (parts.some((m) => !m)) throw new Refused({ status: 422, errors: [{ field: "hours", detail: t("hours_wrong"), english: t("hours_wrong") }] });
  return parts.map((m) => [Number(m[1]) * 3600 + Number(m[2]) * 60, Number(m[3]) * 3600 + Number(m[4]) * 60]);
}

async function edit(order) {
  const o = order ?? { id: "", advertiser: "", kind: "niaga", product: "biasa", product_group: "", assets: [], first: data.today, last: data.today, days: [0, 1, 2, 3, 4, 5, 6], hours: [], times_a_day: 4, total: null, priority: 5, min_gap_minutes: 0, channels: [] };
  const half = (...fields) => el("div", { class: "row" }, ...fields.map((f) => el("div", { class: "col-sm" }, f)));
  const content = [
    half(field({ name: "advertiser", label: t("advertiser"), value: o.advertiser, more: { maxlength: 200 } }), field({ name: "id", label: t("id"), value: o.id, help: t("id_help"), more: { maxlength: 64, readonly: Boolean(order), autocapitalize: "none" } })),
    half(field({ name: "kind", label: t("kind"), value: o.kind, options: data.kinds.map((value) => ({ value, text: t(value) })) }), field({ name: "product", label: t("product"), value: o.product, options: data.products.map((value) => ({ value, text: t(value) })) })),
    field({ name: "assets", label: t("assets"), type: "textarea", value: o.assets.join("\n"), help: t("assets_help") }),
    half(field({ name: "first", label: t("first"), type: "date", value: o.first }), field({ name: "last", label: t("last"), type: "date", value: o.last })),
    choices({ name: "days", label: t("days"), value: o.days, options: data.weekdays.map((text, value) => ({ value, text })) }),
    field({ name: "hours", label: t("hours"), value: hoursText(o.hours), help: t("hours_help") }),
    half(field({ name: "times_a_day", label: t("times_a_day"), type: "number", value: o.times_a_day, more: { min: 1, max: 500 } }), field({ name: "total", label: t("total"), type: "number", value: o.total ?? "", more: { min: 1 } })),
    half(field({ name: "priority", label: t("priority"), type: "number", value: o.priority, more: { min: 1, max: 9 } }), field({ name: "min_gap_minutes", label: t("min_gap_minutes"), type: "number", value: o.min_gap_minutes, more: { min: 0, max: 1440 } })),
    field({ name: "product_group", label: t("product_group"), value: o.product_group, more: { maxlength: 200 } }),
    choices({ name: "channels", label: t("channels"), value: o.channels, options: data.channels.map((c) => ({ value: c.id, text: c.name })) }),
  ];
  const done = await formDialog(order ? `${t("change")}: ${order.id}` : t("add_order"), content, t("save"), (given) => {
    const body = { ...given, hours: readHours(given.hours), assets: given.assets.split("\n").map((line) => line.trim()).filter(Boolean) };
    return order ? api("PUT", `orders/${order.id}`, body) : api("POST", "orders", body);
  });
  if (done) {
    toast(t("saved"));
    await load();
  }
}

async function remove(order) {
  if (!(await sure(t("delete_sure", { name: order.id }), t("delete"), { danger: true, detail: t("delete_help") }))) return;
  if (await trying(async () => (await api("DELETE", `orders/${order.id}`)) ?? true)) await load();
}
