// Logging out from a page without notes: what waits in this browser is shown and asked about where it was written.

import { NoteStore } from "./store.js";

export const ASKED = "#keluar";

/** Take whoever logs out while notes wait to the page of notes, which sends them or asks. */
export function guardElsewhere() {
  const there = document.querySelector('a[href$="kerja/catatan"]');
  if (!there || !self.indexedDB || document.querySelector('[data-role="note"]')) return; // the page of notes asks by itself
  for (const form of document.querySelectorAll('form[action$="kerja/keluar"]')) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const waits = (await new NoteStore().all()).some((note) => note.state !== "kept");
      if (waits) location.assign(there.href + ASKED);
      else form.submit();
    });
  }
}
