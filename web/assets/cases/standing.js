// The case that the page shows: loaded anew after every change, and what others did with it told.

import { api } from "../staff/api.js";
import { data, el, icon, t } from "../staff/page.js";
import { sender, toldOf } from "./meanwhile.js";

const drawers = [];
const place = document.querySelector('[data-role="meanwhile"]');

/** The case as it stands (`now`), and a reporter's facts that were opened during this visit (`opened`). */
export const shown = { now: data.case, opened: null };

/** Call `draw(case)` now and after every change. */
export function onCase(draw) {
  drawers.push(draw);
  draw(shown.now);
}

/** Show a case that was loaded anew. */
export function take(found) {
  if (found.seq < shown.now.seq) return;
  shown.now = found;
  if (found.reporter?.erased) shown.opened = null; // by a colleague, perhaps
  for (const draw of drawers) draw(found);
}

export const reload = async () => take(await api("GET", `cases/${shown.now.id}`));

/** Load it anew, and tell what others did with it since. */
export async function look() {
  const before = shown.now.seq;
  await reload();
  const theirs = shown.now.events.filter((event) => event.seq > before && event.by !== data.my_name);
  if (theirs.length) tell(theirs);
}

/** Tell at the head of the page what others did; it stays until it is closed. */
export function tell(events) {
  const close = el("button", { class: "btn-close", type: "button", "aria-label": t("close"), onclick: () => place.replaceChildren() });
  place.replaceChildren(el("div", { class: "alert alert-warning case-meanwhile" }, icon("users"), el("span", {}, t("meanwhile_seen", { what: toldOf(events) })), close));
}

/** Return send(path, body) for the case as it is shown now; what others did meanwhile is shown, and told. */
export function sending() {
  const send = sender(shown.now.id, shown.now.seq, (found, theirs) => {
    take(found);
    tell(theirs);
  });
  return async (path, body) => {
    const done = await send(path, body);
    await reload().catch(() => {}); // it is done; news, or the next look, shows it
    return done ?? true;
  };
}
