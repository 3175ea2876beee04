// Two people changed the same grid: what does not meet is put together; what does is shown, entry by entry, to choose.

import { ask } from "../staff/dialog.js";
import { el, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { merged, settled } from "./merge.js";
import { described } from "./said.js";

/** Resolve to the grid to keep, or null to take theirs. */
export async function conflict(base, mine, theirs, author) {
  const { grid, clashes } = merged(base, mine, theirs);
  if (!clashes.length) {
    toast(t("merged_theirs", { author }), "info");
    return grid;
  }
  const rows = clashes.map((clash, n) => row(clash, n, author));
  const content = [el("p", {}, t("conflict_help")), ...rows];
  const answer = await ask(t("conflict_title", { author }), content, [
    { text: t("take_theirs", { author }), value: "theirs" },
    { text: t("keep_mine"), value: "mine" },
    { text: t("merge"), value: "merge", class: "btn-primary" },
  ]);
  if (answer === "mine") return settled(grid, clashes, new Set(clashes.map((c) => c.id)));
  if (answer !== "merge") return null;
  const chosen = rows.map((r) => r.querySelector("input:checked")).filter((i) => i?.value === "mine");
  return settled(grid, clashes, new Set(chosen.map((i) => i.dataset.id)));
}

function row(clash, n, author) {
  const choice = (value, text, entry) => el("label", { class: "form-selectgroup-item conflict-side" },
    el("input", { type: "radio", class: "form-check-input", name: `clash-${n}`, value, "data-id": clash.id, checked: value === "theirs" }),
    el("span", {}, el("strong", {}, text), el("br"), entry ? described(entry) : t("gone")));
  return el("fieldset", { class: "conflict" }, el("legend", { class: "h4" }, name(clash)),
    choice("theirs", t("theirs", { author }), clash.theirs), choice("mine", t("mine"), clash.mine));
}

const name = (clash) => (clash.id === "" ? t("filler") : described(clash.theirs ?? clash.mine).split(",")[0]);
