// The widget: takes what the page says now from the station once a minute. A reload would take a reader's place away.

import "./audience/widget.css";

const EVERY_MS = 60000;

async function renew() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { cache: "no-cache" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const role of ["now", "next", "clock"]) {
      const [old, fresh] = [document, page].map((d) => d.querySelector(`[data-role="${role}"]`));
      if (old && fresh && old.innerHTML !== fresh.innerHTML) old.replaceWith(document.adoptNode(fresh));
    }
  } catch {
    // the station is away: what is shown stays until it answers
  }
}

setInterval(renew, EVERY_MS);
document.addEventListener("visibilitychange", renew);
