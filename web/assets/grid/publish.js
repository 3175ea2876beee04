// From draft to air: what changes, what is wrong, what comes too late; and versions, old and new.

import { api, Refused, trying } from "../staff/api.js";
import { ask, sure } from "../staff/dialog.js";
import { data, el, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import { dialog, field } from "./form.js";
import { finding, late } from "./findings.js";
import { instant } from "./said.js";
import { channelPath, load, showVersion, state } from "./state.js";

const channelName = () => data.channels.find((c) => c.id === state.channel).name;

/** Show what publishing means, and do it. */
export async function publish() {
  const found = await trying(() => Promise.all([api("GET", channelPath("grid/changes")), api("POST", channelPath("grid/check"), {})]));
  if (!found) return;
  const [changes, checked] = found;
  const severe = checked.findings.filter((f) => f.severity === "berat");
  const warnings = checked.findings.filter((f) => f.severity === "peringatan");
  const reason = el("textarea", { class: "form-control", rows: "2", maxlength: "2000", required: true });
  const reasonField = field(t("reason"), reason, { name: "reason", help: t("reason_needed"), wide: true });
  reasonField.hidden = !severe.length;
  const content = [
    part("count_severe", severe), reasonField, checked.late.length ? late(checked.late) : null,
    el("h3", { class: "h4" }, t("publish_changes")), changeList(changes), part("count_warning", warnings),
  ].filter(Boolean);
  const done = await dialog(t("publish_title", { channel: channelName() }), content, async () => {
    try {
      return await api("POST", channelPath("draft/publish"), { revision: state.revision, reason: reason.value });
    } catch (error) {
      if (error instanceof Refused && error.problem.findings) reasonField.hidden = false;
      if (error instanceof Refused && error.problem.findings) error.problem.errors = [{ field: "reason", detail: t("reason_needed"), english: t("reason_needed") }];
      throw error;
    }
  }, { yes: t("publish_now") });
  if (!done) return;
  toast(t("publish_ok", { number: done.number }));
  await trying(load);
}

function part(word, those) {
  if (!those.length) return null;
  const shown = those.slice(0, 10).map((f) => finding(f));
  return el("section", { class: "findings" }, el("h3", { class: "h4" }, t(word, { n: those.length })), el("ul", { class: "finding-list" }, ...shown));
}

/** Return what differs, as a list in words. */
function changeList(changes) {
  if (!changes.length) return el("p", { class: "text-secondary" }, t("publish_nothing"));
  const line = (c) => {
    const kind = !c.before ? "added" : !c.after ? "removed" : "changed";
    return el("li", { class: `change change-${kind}` }, el("span", { class: "badge" }, t(kind)), c.before && el("del", {}, c.before), c.after && el("ins", {}, c.after));
  };
  return el("ul", { class: "change-list" }, ...changes.map(line));
}

/** Show what differs between what is in force and what is shown. */
export async function compare() {
  const query = state.version === null ? "" : `?new=${state.version}`;
  const changes = await trying(() => api("GET", channelPath(`grid/changes${query}`)));
  if (changes) await ask(t("compare"), [changeList(changes)], []);
}

/** Show the versions; look at one, or take one back. */
export async function versions() {
  const found = await trying(() => api("GET", channelPath("grid/versions")));
  if (!found) return;
  let chosen = null;
  const content = el("ul", { class: "version-list" }, ...found.map((v) => line(v)));
  const box = ask(t("versions"), found.length ? [content] : [el("p", { class: "text-secondary" }, t("none"))], []);
  for (const button of content.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      chosen = { number: Number(button.dataset.number), what: button.dataset.what };
      button.closest("dialog").close();
    });
  }
  await box;
  if (chosen?.what === "look") await showVersion(found.find((v) => v.number === chosen.number).state === "draft" ? null : chosen.number);
  if (chosen?.what === "withdraw") await withdraw(chosen.number);
}

function line(v) {
  const kind = v.in_force ? t("state_published") : v.state === "draft" ? t("state_draft") : v.state === "withdrawn" ? t("state_withdrawn") : t("state_published").split(",")[0];
  const button = (what, word) => el("button", { class: "btn btn-sm", type: "button", "data-number": v.number, "data-what": what }, t(word));
  return el("li", {},
    el("div", {}, el("strong", {}, t("version_no", { number: v.number })), ` · ${kind} · ${t("entries_n", { n: v.entries })}`),
    el("div", { class: "text-secondary" }, `${v.author}, ${instant(v.published ?? v.created)}`, v.note && ` · ${v.note}`),
    v.reason && el("div", {}, `${t("reason")}: ${v.reason}`),
    el("div", { class: "btn-list" }, button("look", "look"), data.may_publish && v.state === "published" && button("withdraw", "withdraw")));
}

async function withdraw(number) {
  const reason = el("textarea", { class: "form-control", rows: "2", maxlength: "2000" });
  const done = await dialog(t("withdraw_title", { number }), [el("p", {}, t("withdraw_help")), field(t("reason"), reason, { name: "reason", wide: true })],
    () => api("POST", channelPath(`grid/versions/${number}/withdraw`), { reason: reason.value }), { yes: t("withdraw") });
  if (!done) return;
  toast(t("withdrawn", { number }));
  await showVersion(null);
}

/** Throw the draft away. */
export async function discard() {
  if (!(await sure(t("discard_sure"), t("discard"), { danger: true, detail: t("discard_help") }))) return;
  await trying(async () => {
    await api("DELETE", channelPath(`draft?revision=${state.revision}`));
    toast(t("discarded"));
    await load();
  });
}
