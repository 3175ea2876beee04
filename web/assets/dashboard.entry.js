// The head's page: asks every minute, sooner after an alarm; what was shown stays while it cannot ask.

import "./report/report.css";

import { api } from "./staff/api.js";
import { listen } from "./staff/live.js";
import { t } from "./staff/page.js";
import { air, audience, coming, incidents, jobs, now, queue, rights, storage } from "./dashboard/cards.js";
import { moment } from "./report/format.js";

const EVERY_MS = 60_000;
const NOW_MS = 15_000;
const put = (name, ...inside) => document.querySelector(`[data-card="${name}"]`).replaceChildren(...inside);
const stale = document.querySelector('[data-role="stale"]');
let shown = "";

const failing = new Set();

async function asking(name, work) {
  try {
    await work();
    failing.delete(name);
    stale.hidden = !failing.size;
  } catch (error) {
    if (error?.status === 401) return;
    failing.add(name);
    stale.hidden = false;
    if (!(error instanceof TypeError) && !error?.status) console.error(error);
  }
}

const present = () => asking("now", async () => put("now", ...now(await api("GET", "dashboard/now"))));

const board = () => asking("board", async () => {
  const found = await api("GET", "dashboard");
  if (found.made === shown) return;
  shown = found.made;
  const made = t("made_at", { time: moment(found.made) });
  document.querySelector('[data-role="made"]').textContent = made;
  document.querySelector('[data-role="print-period"]').textContent = moment(found.made);
  const cards = { air, coming, incidents, audience, storage, queue, rights, jobs };
  for (const [name, card] of Object.entries(cards)) put(name, ...card(found).filter(Boolean));
});

document.querySelector('[data-role="print"]').addEventListener("click", () => print());
listen("alarm", () => present());
listen("again", () => {
  present();
  board();
});
setInterval(board, EVERY_MS);
setInterval(present, NOW_MS);
present();
board();
