// Logging out empties this browser. What was not received yet would be gone with it, so it is sent or asked about first.

import { ask } from "../staff/dialog.js";
import { el, t } from "../staff/page.js";
import { SHELL } from "./shell.js";

const PATIENCE_MS = 4000;

/** Ask before a logout that would delete notes. */
export function guardLeaving(store, line) {
  for (const form of document.querySelectorAll('form[action$="kerja/keluar"]')) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await Promise.race([line.flush(), new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); })]);
      const left = (await store.all()).filter((note) => note.state !== "kept").length;
      const text = el("p", { class: "mb-0" }, t("leave_help", { count: left }));
      if (left && !(await ask(t("leave_title"), [text], [{ text: t("leave_anyway"), value: "yes", class: "btn-danger" }]))) return;
      await forget(store);
      form.submit();
    });
  }
}

/** Forget everything: the service asks browsers to do so, but without HTTPS they do not listen. */
async function forget(store) {
  await store.clear();
  try {
    for (const kept of [localStorage, sessionStorage]) {
      for (const key of Object.keys(kept)) if (/^lppl-(draf-|acara$)/.test(key)) kept.removeItem(key);
    }
    await self.caches?.delete(SHELL);
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
}
