// A page on which notes are taken: form, store, line and what is shown of them, put together.

import "./notes.css";

import { sure } from "../staff/dialog.js";
import { data, el, root, t } from "../staff/page.js";
import { ASKED } from "./elsewhere.js";
import { NoteForm } from "./form.js";
import { guardLeaving } from "./leaving.js";
import { Line } from "./line.js";
import { clock, codeOf, emergencyOf, entry, ofToday } from "./list.js";
import { newToken, NoteStore } from "./store.js";

const one = (role) => document.querySelector(`[data-role="${role}"]`);
const BEGINS = 90;
const counted = (words, count) => t(count === 1 ? `${words}_one` : `${words}_count`, { count });

export class NoteDesk {
  #words;
  #store = new NoteStore();
  #line = new Line(this.#store, () => this.show());
  #begins = new Map(); // of what is kept only this page still knows how it began
  #newest = "";
  #alarms = null;
  #turn = 0;

  /** `words`: {code, urgent}, keys of what to say; `event()`: the event's name, or null when it is still missing. */
  constructor(words, event = () => "") {
    this.#words = words;
    this.event = event;
    this.form = new NoteForm(one("note"), data.source, () => this.#keep());
  }

  async open() {
    const notes = await this.#store.all();
    for (const note of notes) if (note.state === "kept" && !ofToday(note)) await this.#store.remove(note.token);
    this.form.settle(new Set(notes.filter((note) => note.state !== "refused").map((note) => note.token)));
    one("send").addEventListener("click", () => this.#line.flush());
    guardLeaving(this.#store, this.#line);
    await this.show();
    await this.#line.begin();
    if (location.hash === ASKED) document.querySelector('form[action$="kerja/keluar"]')?.requestSubmit();
  }

  async #keep() {
    const event = this.event();
    const { token: given, body } = this.form.read();
    if (!body.text) return this.form.complain({ text: t("empty") });
    if (event === null) return this.form.complain({ event: t("event_empty") });
    const mends = this.form.made;
    const made = mends || new Date().toISOString();
    // Emptied at once: who types on is not waited for, and Enter twice is still one note.
    this.form.clear();
    const token = mends && !(await this.#refused(given)) ? newToken() : given; // another tab may have mended it meanwhile
    this.#newest = token;
    this.#begins.set(token, body.text);
    await this.#store.put({ token, source: data.source, made, event, body, state: "waiting", code: "", urgent: false, told: false, reason: "", fields: {} });
    this.form.remember();
    await this.show();
    await this.#line.flush();
  }

  async #refused(token) {
    return (await this.#store.all()).some((note) => note.token === token && note.state === "refused");
  }

  /** Show everything as it is now; a later call wins over one that still reads. */
  async show() {
    const turn = (this.#turn += 1);
    const all = await this.#store.all();
    if (turn !== this.#turn) return;
    const mine = all.filter((note) => note.source === data.source);
    const entries = mine.map((note) => entry(note, this.#beginning(note), (n) => this.#mend(n), (n) => this.#drop(n)));
    one("notes").replaceChildren(...(entries.length ? entries.reverse() : [el("li", { class: "text-secondary" }, t("no_notes"))]));
    const newest = mine.find((note) => note.token === this.#newest);
    one("code").replaceChildren(...(newest ? [codeOf(newest, this.#words.code)] : []));
    const waiting = all.filter((note) => note.state === "waiting").length;
    one("waiting").textContent = waiting ? counted("waiting", waiting) : this.#unsaid(mine);
    one("send").hidden = !waiting;
    one("not-durable").hidden = this.#store.durable;
    one("mending").hidden = !this.form.made;
    one("mending").textContent = this.form.made ? t("mending", { time: clock(this.form.made) }) : "";
    this.#sayLine();
    this.#warn(all.filter((note) => note.urgent && !note.told));
  }

  #unsaid(notes) {
    const refused = notes.filter((note) => note.state === "refused").length;
    return refused ? counted("refused", refused) : notes.length ? t("waiting_none") : "";
  }

  #beginning(note) {
    const text = note.body?.text ?? this.#begins.get(note.token) ?? "";
    return text.length > BEGINS ? `${text.slice(0, BEGINS)}…` : text;
  }

  #sayLine() {
    const { state } = this.#line;
    const box = one("line-state");
    if (box.dataset.state === state) return;
    box.dataset.state = state;
    box.hidden = state === "open";
    const back = `${root}kerja/masuk?ke=${encodeURIComponent(location.pathname)}`;
    const parts = state === "open" ? [] : [t(`line_${state}`)];
    if (state === "session") parts.push(" ", el("a", { class: "btn btn-sm", href: back }, t("login")));
    box.replaceChildren(...parts);
  }

  #warn(urgent) {
    const alarms = urgent.map((note) => note.token).join();
    if (alarms === this.#alarms) return; // drawn again it would be read out again
    this.#alarms = alarms;
    one("urgent").replaceChildren(...urgent.map((note) => emergencyOf(note, this.#words.urgent, async () => {
      await this.#store.put({ ...note, told: true });
      await this.show();
      this.form.text.focus();
    })));
  }

  /** Only what was refused is changed: of what waits, the first try may have arrived, and a change would be lost. */
  #mend(note) {
    this.form.mend(note);
    this.show();
  }

  async #drop(note) {
    if (!(await sure(t("drop_sure"), t("drop"), { danger: true, detail: note.body.text.slice(0, BEGINS) }))) return;
    await this.#store.remove(note.token);
    if (this.form.read().token === note.token) {
      this.form.clear();
      this.form.remember();
    }
    await this.show();
  }
}
