// Sends notes that wait, one after the other, until the service has said for each that it is kept, or why not.
//
// Only an answer that is plainly the service's own counts: the sign-in page of a guest network answers 200 to anything.

import { csrf as first, language, root, t } from "../staff/page.js";

const EVERY_MS = 20_000;
const PATIENCE_MS = 15_000;
const LATER = new Set([408, 425, 429]);

export class Line {
  #store;
  #changed;
  #csrf = first;
  #sending = null;
  #asked = false;
  /** "open", "away" (no line, or no service), "session" (log in again), "denied" (the right is gone). */
  state = "open";

  /** `changed()` is called when a note or the state of the line has changed. */
  constructor(store, changed) {
    this.#store = store;
    this.#changed = changed;
  }

  /** Send what waits now, and from now on whenever there may be a line again. */
  begin() {
    addEventListener("online", () => this.flush());
    addEventListener("offline", () => this.#is("away"));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.flush());
    setInterval(() => this.flush(), EVERY_MS);
    return this.flush();
  }

  /** Send what waits; who asks while it is being sent waits for that, and for what was added meanwhile. */
  flush() {
    this.#asked = true;
    this.#sending ??= this.#sendAll();
    return this.#sending;
  }

  async #sendAll() {
    try {
      let open = true;
      while (open && this.#asked) {
        this.#asked = false;
        open = await this.#sendWaiting();
      }
    } finally {
      this.#sending = null; // at once: who asks from now on begins anew
    }
  }

  /** Send what waits; return whether the line held. */
  async #sendWaiting() {
    const waiting = (await this.#store.all()).filter((note) => note.state === "waiting");
    const unsure = this.state !== "open" && !waiting.length; // a note would show how the line is; else it is asked
    if (unsure || !this.#csrf) this.#is(await this.#renewed());
    if (!this.#csrf) return false;
    for (const note of waiting) {
      const answer = await this.#sent(note);
      this.#is(answer.line);
      if (answer.line !== "open") return false;
      await this.#store.put({ ...note, ...answer.note });
      this.#changed();
    }
    return true;
  }

  #is(state) {
    if (state === this.state) return;
    this.state = state;
    this.#changed();
  }

  /** Return {line, note}: how the line is, and what of the note has changed. */
  async #sent(note) {
    let response = await this.#posted(note);
    if (response?.status === 403) { // the page is older than the session: once more with the session's own token
      const line = await this.#renewed();
      if (line !== "open") return { line };
      response = await this.#posted(note);
      if (response?.status === 403) return { line: "denied" };
    }
    if (!response) return { line: "away" };
    if (response.status === 401) return { line: "session" };
    const said = read(response.text);
    if (response.ok && said?.code) {
      return { line: "open", note: { state: "kept", body: null, reason: "", fields: {}, code: said.code, urgent: said.urgent } };
    }
    const ours = said?.status === response.status && typeof said.detail === "string";
    if (!ours || response.status < 400 || response.status >= 500 || LATER.has(response.status)) return { line: "away" };
    const word = (each) => (language === "en" ? each.english : each.detail) || t("fault");
    const fields = Object.fromEntries((said.errors ?? []).map((each) => [each.field, word(each)]));
    return { line: "open", note: { state: "refused", reason: word(said), fields } };
  }

  async #posted(note) {
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": this.#csrf };
    const body = JSON.stringify({ ...note.body, token: note.token, source: note.source, said: note.made, event: note.event });
    return asked(`${root}api/v1/case-notes`, { method: "POST", headers, body });
  }

  /** Take the token of the session as it is now from this page as the service shows it; return how the line is. */
  async #renewed() {
    const response = await asked(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "manual" });
    if (response?.type === "opaqueredirect" || response?.status === 401) return "session";
    if (response?.status === 403) return "denied";
    const found = new DOMParser().parseFromString(response?.ok ? response.text : "", "text/html").querySelector('meta[name="csrf"]')?.content;
    if (!found) return "away";
    this.#csrf = found;
    for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = found;
    return "open";
  }
}

/** Ask the service; return {status, ok, type, text}, or null when nothing answers in time. */
async function asked(url, options) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(url, { ...options, credentials: "same-origin", signal: patience.signal });
    const { status, ok, type } = response;
    return { status, ok, type, text: await response.text() };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
