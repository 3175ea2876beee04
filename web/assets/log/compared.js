// Planned against aired: every planned item and what became of it, what differs first of all.

import { api } from "../staff/api.js";
import { el, icon, language, root, t } from "../staff/page.js";
import { clock, length } from "../report/format.js";
import { table } from "../report/table.js";
import { chosen, files } from "./state.js";

let loaded = null;
const SIGNS = { sesuai: ["check", "good"], bergeser: ["clock", "some"], tambahan: ["plus", "some"], diperpanjang: ["clock", "some"], dipendekkan: ["scissors", "some"], diganti: ["repeat", "some"], tidak_tayang: ["x", "bad"], tidak_mengudara: ["alert-triangle", "bad"] };

export async function load(place, summary, signal) {
  const { channel, day } = chosen();
  loaded = null;
  files(root, `channels/${channel}/log/compared/file?day=${day}`);
  loaded = await api("GET", `channels/${channel}/log/compared?day=${day}`, undefined, { signal });
  show(place, summary);
}

export function show(place, summary) {
  if (!loaded) return;
  const { outcome } = chosen();
  const counts = Object.entries(loaded.counts).filter(([, n]) => n).map(([name, n]) => `${t(`outcome_${name}`)} ${n}`);
  summary.textContent = counts.join(" · ");
  const fits = (d) => !outcome || (outcome === "different" ? d.outcome !== "sesuai" : d.outcome === outcome);
  const found = loaded.differences.filter(fits);
  if (!found.length) return place.replaceChildren(el("p", { class: "empty-title" }, t(outcome === "different" ? "all_as_planned" : "nothing_fits")));
  const columns = [{ text: t("planned"), wide: true }, { text: t("aired"), wide: true }, { text: t("duration"), figure: true }, { text: t("outcome") }, { text: t("why"), wide: true }];
  const side = (s) => (s ? `${clock(s.start)} ${s.title}` : "–");
  const sign = (name) => el("span", { class: `sign sign-${SIGNS[name][1]}` }, icon(SIGNS[name][0]), t(`outcome_${name}`));
  const rows = found.map((d) => [side(d.planned), side(d.aired), d.aired ? length(d.aired.seconds) : "–", sign(d.outcome), language === "en" ? d.english : d.detail]);
  place.replaceChildren(table(t("tab_compared"), columns, rows));
}
