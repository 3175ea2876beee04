// Proof of airing of an order: print-ready, with sums and where to sign.

import { api } from "../staff/api.js";
import { data, el, icon, root, t } from "../staff/page.js";
import { clock, length, longDay } from "../report/format.js";
import { table } from "../report/table.js";
import { chosen, files, query } from "./state.js";

const PAGE = 2000;

export async function load(place, summary, signal) {
  const { order } = chosen();
  if (!order) {
    files(root, "");
    summary.textContent = t("no_orders");
    return place.replaceChildren();
  }
  const span = query(["first", "last"]);
  files(root, `orders/${order}/proof/file?${span}`);
  const path = (offset) => `orders/${order}/proof?${span}&limit=${PAGE}&offset=${offset}`;
  const proof = await api("GET", path(0), undefined, { signal });
  while (proof.rows.length < proof.aired) {
    const more = await api("GET", path(proof.rows.length), undefined, { signal });
    if (!more.rows.length) break;
    proof.rows.push(...more.rows);
  }
  summary.textContent = t("proof_sums", proof);
  const period = t("period", { first: longDay(proof.first), last: longDay(proof.last) });
  for (const place_ of document.querySelectorAll('[data-role="print-period"]')) place_.textContent = period;
  const names = Object.fromEntries(data.channels.map((c) => [c.id, c.name]));
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: data.zone });
  const columns = [{ text: t("date") }, { text: t("time") }, { text: t("title"), wide: true }, { text: t("duration"), figure: true }, { text: t("channel") }, { text: t("complete") }, { text: t("actions"), screen: true }];
  const watch = (r) => el("a", { class: "btn btn-sm", href: `${root}tonton/${r.channel}/${r.span}`, "aria-label": t("watch_of", { title: r.title, time: clock(r.start) }) }, icon("player-play"), t("watch"));
  const cells = proof.rows.map((r) => [longDay(day.format(new Date(r.start))), clock(r.start), r.title, length(r.seconds), names[r.channel] ?? r.channel, r.complete ? t("yes") : t("no"), watch(r)]);
  place.replaceChildren(
    el("h2", { class: "h3" }, t("proof_of", proof)), el("p", {}, period),
    table(t("tab_proof"), columns, cells),
    el("div", { class: "proof-sign" },
      el("div", {}, t("known_by"), el("div", {}, t("head")), el("div", { class: "line" })),
      el("div", {}, "\u00a0", el("div", {}, t("signed_by")), el("div", { class: "line" }))));
}
