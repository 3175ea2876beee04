// Rundown: a day line by line, changed by hand, by several people at once.

import "./rundown/rundown.css";

import { data } from "./staff/page.js";
import { RundownPage } from "./rundown/rundown.js";

document.querySelector('[data-role="go-to-day"]').addEventListener("change", (event) => {
  if (event.target.value) location.assign(event.target.value);
});

new RundownPage(data).start();
