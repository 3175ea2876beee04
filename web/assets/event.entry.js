// Words at an event: the page opens without a line, too; what was taken down is sent when there is one again.

import { NoteDesk } from "./notes/desk.js";
import { keepShell } from "./notes/shell.js";
import { t } from "./staff/page.js";

const KEY = "lppl-acara";
const event = document.querySelector('[name="event"]');
const shell = document.querySelector('[data-role="shell"]');

try {
  event.value = localStorage.getItem(KEY) ?? "";
} catch {
  // then it is typed again
}
event.addEventListener("change", () => {
  try {
    localStorage.setItem(KEY, event.value.trim());
  } catch {
    // then it holds until the page is left
  }
});
event.addEventListener("keydown", (pressed) => {
  if (pressed.key !== "Enter" || !event.value.trim()) return;
  pressed.preventDefault(); // the name alone is no note: on to the first one
  desk.form.text.focus();
});

const desk = new NoteDesk({ code: "code_event", urgent: "urgent_citizen" }, () => event.value.trim() || null);
if (!event.value) event.focus();
desk.open();
navigator.storage?.persist?.().catch(() => {}); // a browser short of space takes what is not promised
keepShell().then((state) => { shell.textContent = t(`shell_${state}`); });
