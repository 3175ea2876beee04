// Sela Darurat in two clicks: the first opens the prepared break-ins, the second puts one on the air of the channels
// chosen. A text of the moment can be typed there, and what is prepared made, changed and removed.

import { api, trying } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { field, formDialog, sending, values } from "../staff/fields.js";
import { data, el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { listen } from "../staff/live.js";
import { keys, wrongAt } from "./forms.js";

const READY_EVERY_MS = 2000;

/** Return the fields of a break-in; `short`: those that one types in a hurry. */
function textFields(value = {}, short = false) {
  const lines = field({ name: "lines", label: t("lines"), type: "textarea", value: (value.lines ?? []).join("\n"), help: t("lines_help") });
  const said = [
    field({ name: "headline", label: t("headline"), value: value.headline ?? "", more: { maxlength: 120, required: true, autocomplete: "off" } }),
    lines,
    field({ name: "source", label: t("source"), value: value.source ?? "", help: t("source_help"), more: { maxlength: 240 } }),
  ];
  const rest = [
    field({ name: "label", label: t("label"), value: value.label ?? "STOP PRESS", more: { maxlength: 24 } }),
    field({ name: "voice", label: t("voice"), value: value.voice ?? "", help: t("voice_help"), more: { maxlength: 200 } }),
    field({ name: "spoken", label: t("spoken"), type: "checkbox", value: value.spoken ?? true }),
    field({ name: "tone", label: t("tone"), type: "checkbox", value: value.tone ?? true }),
    field({ name: "repeats", label: t("repeats"), type: "number", value: value.repeats ?? 0, help: t("repeats_help"), more: { min: 0, max: 100, step: 1 } }),
  ];
  return short ? [...said, rest[0]] : [...said, ...rest];
}

/** Return what a form of a break-in says, as the API takes it. */
function bodyOf(given) {
  const lines = (given.lines ?? "").split("\n").map((line) => line.trim()).filter(Boolean);
  const body = { ...given, lines };
  if (body.repeats === null) body.repeats = 0;
  return body;
}

export class BreakIns {
  #room;
  #cards;
  #known = [];
  #box = null;
  #list = el("ul", { class: "ck-prepared" });
  #timer = null;

  constructor(room, cards) {
    this.#room = room;
    this.#cards = cards;
    this.button = document.querySelector('[data-role="break-in"]');
    this.button.addEventListener("click", () => this.open());
    for (const kind of ["state", "line"]) room.on(kind, () => this.#enabled());
    // after news was lost nobody knows what changed
    listen("plan", ({ channel, what }) => (channel === undefined || what === "break_in") && this.#look());
    this.#look();
  }

  #enabled() {
    const off = this.#room.lost || !this.#room.known;
    this.button.disabled = off;
    for (const button of this.#box?.querySelectorAll("[data-air]") ?? []) button.disabled = off;
  }

  async #look() {
    clearTimeout(this.#timer);
    try {
      this.#known = await api("GET", "break-ins");
      this.#draw();
    } catch {
      // what was known stays; it is asked for again while the list is open
    }
    if (this.#box) this.#timer = setTimeout(() => this.#look(), READY_EVERY_MS);
  }

  /** Open the list; it is there already, so that the second click can follow at once. */
  open() {
    if (this.#box || this.button.disabled) return;
    const before = document.activeElement;
    const chosen = data.channels.map((c) => el("label", { class: "form-check form-check-inline" }, el("input", { class: "form-check-input", type: "checkbox", name: "channel", value: c.id, checked: true }), el("span", { class: "form-check-label" }, c.name)));
    const channels = el("fieldset", {}, el("legend", { class: "form-label" }, t("choose_channels")), ...chosen, el("div", { class: "invalid-feedback", "data-role": "no-channel", role: "alert" }));
    const close = el("button", { class: "btn-close", type: "button", "aria-label": t("close"), onclick: () => this.#box.close() });
    this.#box = el("dialog", { class: "ask ck-break-box", "aria-labelledby": "ck-break-title" },
      el("div", { class: "modal-header" }, el("h2", { class: "modal-title", id: "ck-break-title" }, t("break_in")), close),
      el("div", { class: "modal-body" }, channels, this.#list, el("button", { class: "btn mb-3", type: "button", onclick: () => this.#edit(null) }, icon("plus"), t("prepare")), this.#typed()));
    this.#box.addEventListener("close", () => {
      this.#box.remove();
      this.#box = null;
      before?.focus?.();
    });
    document.body.append(this.#box);
    this.#draw();
    this.#enabled();
    this.#box.showModal();
    this.#list.querySelector("[data-air]")?.focus();
    this.#look();
  }

  #draw() {
    const focused = this.#list.contains(document.activeElement) ? document.activeElement.dataset.key : "";
    this.#list.replaceChildren(...this.#known.map((each) => this.#row(each)));
    if (focused) this.#list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    this.#enabled();
  }

  #row(each) {
    const ready = data.channels.map((c) => el("span", { class: `badge ${each.ready[c.id] ? "bg-green-lt" : "bg-yellow-lt"}` }, icon(each.ready[c.id] ? "check" : "clock"), t(each.ready[c.id] ? "ready" : "unready", { channel: c.name })));
    const own = { headline: each.headline };
    const small = (sign, label, run, key) => el("button", { class: "btn btn-icon", type: "button", "aria-label": label, title: label, "data-key": key, onclick: run }, icon(sign));
    return el("li", {},
      el("div", { class: "ck-prepared-text" }, el("small", { class: "text-secondary" }, each.label), el("strong", {}, each.headline), el("div", { class: "ck-ready" }, ...ready)),
      el("div", { class: "ck-prepared-acts" },
        each.fixed ? null : small("edit", t("change_this", own), () => this.#edit(each), `edit ${each.name}`),
        each.fixed ? null : small("trash", t("remove_this", own), () => this.#remove(each), `remove ${each.name}`),
        el("button", { class: "btn btn-danger", type: "button", "data-air": each.name, "data-key": `air ${each.name}`, "aria-label": t("air_this", own), onclick: () => this.#air({ prepared: each.name }) }, icon("broadcast"), t("air_it"))));
  }

  /** The channels that are ticked; says so when there is none. */
  #channels() {
    const chosen = [...this.#box.querySelectorAll('[name="channel"]:checked')].map((box) => box.value);
    const place = this.#box.querySelector('[data-role="no-channel"]');
    place.textContent = chosen.length ? "" : t("choose_a_channel");
    place.classList.toggle("d-block", !chosen.length);
    if (!chosen.length) this.#box.querySelector('[name="channel"]').focus();
    return this.#cards.filter((card) => chosen.includes(card.channel.id));
  }

  /** Put it on the air of every channel that is chosen, side by side. */
  async #air(body) {
    const cards = this.#channels();
    if (!cards.length) return;
    this.#box.close();
    await Promise.all(cards.map(({ channel }) => this.#room.order(channel.id, "break-in", body, `${t("break_in")} · ${channel.name}`)));
  }

  #typed() {
    const key = keys();
    const form = el("form", { novalidate: true }, el("p", { class: "text-secondary" }, t("typed_help")), ...textFields({}, true), el("button", { class: "btn btn-danger", type: "submit", "data-air": "" }, icon("broadcast"), t("air_it")));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const cards = this.#channels();
      if (!cards.length) return;
      const body = { text: bodyOf(values(form)) };
      const give = ({ channel }) => this.#room.send(channel.id, "break-in", body, `${t("break_in")} · ${channel.name}`, `${key(body)}-${channel.id}`);
      const done = await sending(form, async () => {
        try {
          await Promise.all(cards.map(give));
        } catch (error) {
          for (const each of error.problem?.errors ?? []) each.field = each.field.replace(/^text\./, "");
          throw error;
        }
      });
      this.#enabled();
      if (done !== undefined) this.#box?.close();
    });
    return el("details", { class: "ck-typed" }, el("summary", {}, t("typed")), form);
  }

  async #edit(each) {
    const content = textFields(each ?? {});
    if (!each) content.push(field({ name: "name", label: t("short_name"), help: t("short_name_help"), more: { maxlength: 64, autocapitalize: "none" } }));
    const key = keys();
    const kept = await formDialog(each ? each.headline : t("prepare"), content, t("save"), (given) => {
      const body = bodyOf(given);
      if (!body.headline.trim()) throw wrongAt("headline", t("write_headline"));
      if (each) return api("PUT", `break-ins/${each.name}`, body);
      body.name = body.name?.trim() || null;
      return api("POST", "break-ins", body, { once: key(body) });
    });
    if (!kept) return;
    toast(t("saved"));
    await this.#look();
  }

  async #remove(each) {
    if (!(await sure(t("remove_sure", { headline: each.headline }), t("delete"), { danger: true }))) return;
    await trying(() => api("DELETE", `break-ins/${each.name}`));
    await this.#look();
  }
}
