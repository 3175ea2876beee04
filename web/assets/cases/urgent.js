// Emergencies that nobody has given on yet: a loud block above everything else of the queue.

import { api } from "../staff/api.js";
import { data, el, icon, root, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { sender } from "./meanwhile.js";
import { shortMoment, source } from "./said.js";
import { handOver, notUrgent } from "./urgent_forms.js";

const PAGES = 10;
const place = document.querySelector('[data-role="urgent"]');
let drawn = "";

/** Return every emergency that waits. */
async function waiting() {
  const found = [];
  let after = "";
  for (let n = 0; n < PAGES; n += 1) {
    const told = await api("GET", `cases?${new URLSearchParams({ emergency: true, open: true, order: "newest", ...(after && { after }) })}`);
    found.push(...told.cases.filter((line) => !line.handed_over));
    ({ after } = told);
    if (!after) break;
  }
  return found;
}

/** Load and draw them; `changed` is called once one was dealt with. */
export async function showUrgent(changed) {
  const found = await waiting();
  const says = JSON.stringify(found);
  if (says === drawn) return;
  drawn = says;
  const held = document.activeElement?.closest?.("[data-urgent]")?.dataset.urgent;
  place.hidden = !found.length;
  const title = found.length === 1 ? t("urgent_one") : t("urgent_many", { n: found.length });
  const alert = place.querySelector('[role="alert"]');
  if (alert.textContent !== title) alert.textContent = found.length ? title : ""; // said aloud when it changes
  place.querySelector("ul").replaceChildren(...found.map((line) => item(line, changed)));
  if (held) (place.querySelector(`[data-urgent="${held}"] a`) ?? place.querySelector("a"))?.focus({ preventScroll: true });
}

function item(line, changed) {
  const post = sender(line.id, line.seq);
  const send = (act, given) => post("acts", { act, data: given });
  const after = (done, act) => {
    if (!done) return;
    toast(`${line.code}: ${t(`act_${act}`)}`);
    changed();
  };
  return el("li", { class: "urgent-item", "data-urgent": line.id },
    el("div", { class: "urgent-what" },
      el("a", { href: `${root}kerja/aduan/${line.id}` }, el("strong", { class: "tabular" }, line.code), " ", el("bdi", {}, line.title || t("no_title"))),
      el("span", { class: "urgent-under" }, el("span", {}, t("arrived_at", { when: shortMoment(line.arrived) })), line.kelurahan && el("span", {}, line.kelurahan), source(line.source))),
    data.may_act && el("div", { class: "btn-list" },
      el("button", { class: "btn btn-light", type: "button", onclick: async () => after(await handOver(send), "diserahkan-darurat") }, icon("ambulance"), t("do_diserahkan-darurat"), el("span", { class: "visually-hidden" }, ` ${line.code}`)),
      el("button", { class: "btn btn-outline-light", type: "button", onclick: async () => after(await notUrgent(send), "bukan-darurat") }, t("do_bukan-darurat"), el("span", { class: "visually-hidden" }, ` ${line.code}`))));
}
