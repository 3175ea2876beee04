// One list of the desk: loaded with its revision, changed, kept over that revision; who was faster is told.

import { Refused, api, trying } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { complain } from "../staff/fields.js";
import { el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";

/**
 * A list in `place`. `make(body, {touched})` returns {node, read(), wrong?(body), reveal?()}: what shows it, what it
 * holds now, and what the form itself finds wrong, as {"body.names.3": sentence}, which is said at the fields as the
 * API's refusals are.
 */
export class ListPanel {
  constructor(name, place, make) {
    Object.assign(this, { path: `desk-lists/${name}`, place, make, list: null, editor: null, dirty: false, busy: false, asked: false });
    this.unsavedSign = el("span", { class: "badge bg-yellow-lt", role: "status", "data-role": "unsaved" });
    this.told = el("div", { "data-role": "told", tabindex: -1 });
    this.form = el("form", { novalidate: true, "data-list": name });
    this.form.addEventListener("input", (event) => event.target.name !== "find" && this.mark(true));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save(this.list.revision);
    });
  }

  /** It is looked at: load it the first time. */
  async seen() {
    if (this.asked) return;
    this.asked = true;
    this.asked = await this.load();
  }

  /** Tell whether something is typed that is not kept. */
  unsaved() {
    return this.dirty;
  }

  /** Somebody changed it; what is being typed is not touched. */
  async changed(author) {
    if (!this.list || this.busy) return;
    const newest = await api("GET", this.path).catch(() => null);
    if (!newest || newest.revision === this.list.revision || this.busy) return;
    if (!this.dirty) this.draw(newest);
    else if (!this.told.textContent) this.told.replaceChildren(el("div", { class: "alert alert-warning", role: "status" }, t("conflict", { author: newest.author || author || t("somebody") })));
  }

  async load() {
    const list = await trying(() => api("GET", this.path));
    if (list) this.draw(list);
    return Boolean(list);
  }

  draw(list) {
    this.list = list;
    this.editor = this.make(list.body, { touched: () => this.mark(true) });
    const by = list.revision ? t("by_author", { author: list.author || t("somebody") }) : t("default");
    this.discardButton = el("button", { class: "btn", type: "button", "data-role": "discard", onclick: () => this.discard() }, t("discard"));
    this.told.replaceChildren();
    this.form.replaceChildren(this.told, this.editor.node, el("div", { class: "case-save" },
      el("button", { class: "btn btn-primary", type: "submit", "data-role": "save" }, t("save")), this.discardButton,
      this.unsavedSign, el("span", { class: "text-secondary ms-auto", "data-role": "by" }, by)));
    if (!this.form.isConnected) this.place.replaceChildren(this.form);
    this.mark(false);
  }

  mark(dirty) {
    this.dirty = dirty;
    this.unsavedSign.textContent = dirty ? t("unsaved") : "";
    this.discardButton.hidden = !dirty;
  }

  async discard() {
    if (await sure(t("discard_sure"), t("discard"), { danger: true })) await this.load();
  }

  async save(revision) {
    if (this.busy) return;
    this.busy = true;
    this.told.replaceChildren();
    complain(this.form, {});
    try {
      const body = this.editor.read();
      const wrong = this.editor.wrong?.(body) ?? {};
      if (Object.keys(wrong).length) return this.wrongAt(wrong);
      this.draw(await api("PUT", this.path, { revision, body }));
      toast(t("saved"));
      this.form.querySelector('[data-role="save"]').focus();
    } catch (error) {
      await this.refused(error);
    } finally {
      this.busy = false;
    }
  }

  async refused(error) {
    if (!(error instanceof Refused)) {
      if (!(error instanceof TypeError)) console.error(error);
      return this.say("danger", t("connection_lost"));
    }
    if (Object.keys(error.fields).length) return this.wrongAt(error.fields);
    if (error.status === 409) return this.conflict();
    return this.say("danger", error.message);
  }

  /** Say what is wrong at the fields; what is wrong with the whole list, above it. */
  wrongAt(fields) {
    this.editor.reveal?.(); // a row that a search hides may be the wrong one
    const left = complain(this.form, fields).replace(/(^|; )body[\w.-]*: /g, "$1"); // its name tells people nothing
    this.told.replaceChildren(el("div", { class: "alert alert-danger", role: "alert" }, t("wrong"), left ? ` ${left}` : ""));
    if (!this.form.querySelector(".is-invalid")) this.told.focus();
  }

  /** Somebody kept the list meanwhile: say who, keep what was typed, let people choose. */
  async conflict() {
    const newest = await trying(() => api("GET", this.path));
    if (!newest) return;
    const author = newest.author || t("somebody");
    this.say("warning", t("conflict", { author }), el("p", { class: "mb-2" }, t("conflict_help")), el("div", { class: "btn-list" },
      el("button", { class: "btn", type: "button", onclick: () => this.load() }, t("see_theirs", { author })),
      el("button", { class: "btn btn-primary", type: "button", onclick: () => this.save(newest.revision) }, t("save_mine"))));
  }

  /** Say something above the list, and take the reader there. */
  say(kind, text, ...more) {
    this.told.replaceChildren(el("div", { class: `alert alert-${kind}`, role: "alert" }, el("div", {}, icon("alert-triangle"), " ", text), ...more));
    this.told.focus();
    this.told.scrollIntoView({ block: "nearest" });
  }
}
