// Every page of staff: Tabler's styles and behaviour, and what all pages share.

import "@fontsource-variable/plus-jakarta-sans/wght.css";
import "@tabler/core/dist/css/tabler.min.css";
import "./staff/staff.css";

import "@tabler/core/dist/js/tabler.min.js";

import { guardElsewhere } from "./notes/elsewhere.js";
import { remindOfSetup } from "./staff/setup_banner.js";

remindOfSetup();
guardElsewhere();

for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.show);
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
}

for (const later of document.querySelectorAll("[data-retry]")) {
  setTimeout(() => location.reload(), Number(later.dataset.retry) * 1000);
}
