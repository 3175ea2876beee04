// Notes from one shift to the next, above the queue.

import { api } from "../staff/api.js";
import { sending } from "../staff/fields.js";
import { el, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { shortMoment } from "./said.js";

const SHOWN = 5;
const box = document.querySelector('[data-role="handover"]');
const list = box.querySelector("ul");
const form = box.querySelector("form");

/** Load and draw the newest notes. */
export async function showNotes() {
  const notes = await api("GET", `handover-notes?limit=${SHOWN}`).catch(() => null);
  if (!notes) return;
  const line = (note) => el("li", {}, el("div", { class: "handover-by" }, el("strong", {}, note.author), el("span", { class: "tabular text-secondary" }, shortMoment(note.at))), el("p", {}, note.text));
  list.replaceChildren(...(notes.length ? notes.map(line) : [el("li", { class: "text-secondary" }, t("handover_none"))]));
  const newest = box.querySelector('[data-role="handover-newest"]');
  newest.textContent = notes.length ? `${notes[0].author}, ${shortMoment(notes[0].at)}` : "";
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = form.elements.text.value.trim();
  if (!text) return form.elements.text.focus();
  const done = await sending(form, () => api("POST", "handover-notes", { text }));
  if (!done) return;
  form.reset();
  toast(t("handover_kept"));
  await showNotes();
});

box.open = matchMedia("(min-width: 992px)").matches;
