// The form for a note: by keyboard alone, and what was typed so far survives a reload.

import { complain } from "../staff/fields.js";
import { newToken } from "./store.js";

const FACTS = ["text", "class", "phone", "name", "where", "kelurahan", "visibility"];

export class NoteForm {
  #form;
  #key;
  #token = newToken();
  #before = "";
  #touched = false;
  /** When the note was first taken down, while it is being mended; else "". */
  made = "";

  /** `source`: under which name what was typed is kept; `keep()`: somebody wants it kept. */
  constructor(form, source, keep) {
    this.#form = form;
    this.#key = `lppl-draf-${source}`;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      keep();
    });
    form.addEventListener("keydown", (event) => {
      const here = event.target.tagName === "TEXTAREA" || event.target.tagName === "SELECT"; // fields do so by themselves
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || !here) return;
      event.preventDefault();
      if (!event.repeat) keep();
    });
    form.addEventListener("input", () => {
      this.#touched = true;
      this.remember();
    });
    document.addEventListener("keydown", (event) => this.#pressed(event));
    this.#restore();
  }

  get text() {
    return this.#form.elements.text;
  }

  /** Return {token, body} of what stands in the form. */
  read() {
    const said = new FormData(this.#form);
    return { token: this.#token, body: Object.fromEntries(FACTS.map((name) => [name, String(said.get(name) ?? "").trim()])) };
  }

  /** Show a note that has to be mended, and what is wrong with it. */
  mend(note) {
    this.#fill(note.body);
    this.#token = note.token;
    this.made = note.made;
    this.remember();
    this.text.focus();
    complain(this.#form, note.fields ?? {});
  }

  /** Be empty, for the next note. What was typed is remembered until `remember` is called. */
  clear() {
    this.#fill({});
    this.#token = newToken();
    this.made = "";
    complain(this.#form, {});
    this.text.focus();
  }

  /** Say what is wrong, by field. */
  complain(fields) {
    complain(this.#form, fields);
  }

  /** Be empty if what was typed before a reload is among the notes already (`known`: tokens). */
  settle(known) {
    if (this.#touched || !known.has(this.#before)) return;
    this.clear();
    this.remember();
  }

  /**
   * Show what was typed before a reload; at once, since whoever opened the page may be typing already. It goes on under
   * a token of its own: a doubled tab holds the same text, and two notes with one token would be taken for one.
   */
  #restore() {
    let draft = null;
    try {
      draft = JSON.parse(sessionStorage.getItem(this.#key));
    } catch {
      return;
    }
    if (!draft?.body) return;
    this.#fill(draft.body);
    this.#before = draft.token;
    this.made = draft.made;
    if (draft.made) this.#token = draft.token;
  }

  #fill(body) {
    const { elements } = this.#form;
    for (const name of FACTS) elements[name].value = body[name] ?? (name === "visibility" ? "terbuka" : "");
  }

  /** Remember what stands in the form, over a reload. */
  remember() {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify({ ...this.read(), made: this.made }));
    } catch {
      // then a reload loses what was not kept yet
    }
  }

  #pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return this.text.focus();
    const writes = event.target.matches?.('textarea, select, input:not([type="radio"])');
    const choice = writes ? null : this.#form.querySelector(`input[name="class"][data-key="${CSS.escape(event.key)}"]`);
    if (!choice) return;
    choice.checked = true;
    choice.focus();
    this.remember();
  }
}
