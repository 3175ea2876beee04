// One case: its words, its history, its duties, and everything that may be done with it.

import "./cases/cases.css";
import "./cases/case.css";

import { sending as filling } from "./staff/fields.js";
import { listen } from "./staff/live.js";
import { data, root, t } from "./staff/page.js";
import { toast } from "./staff/toast.js";
import { drawActs, run } from "./cases/acts.js";
import { lookForAdvice } from "./cases/advice.js";
import { drawWords } from "./cases/conversation.js";
import { drawHistory } from "./cases/history.js";
import { shortcuts } from "./cases/keys.js";
import { keepOpened, neighbours } from "./cases/order.js";
import { drawReporter, open as openReporter } from "./cases/reporter.js";
import { drawSide, drawUrgent, mergedInto } from "./cases/side.js";
import { look, onCase, sending, shown } from "./cases/standing.js";
import { trying } from "./staff/api.js";

const BURST_MS = 300;
const POLL_MS = 30_000;
const role = (name) => document.querySelector(`[data-role="${name}"]`);
const queue = () => `${root}kerja/aduan${way.query ? `?${way.query}` : ""}`;
const way = neighbours(data.case.id);

function beginWay() {
  keepOpened(data.case.id);
  role("back").href = queue();
  for (const side of ["before", "after"]) {
    const link = role(side);
    link.hidden = way[side] === null;
    if (way[side] !== null) link.href = `${root}kerja/aduan/${way[side]}`;
  }
}

function beginNote() {
  const form = role("note-form");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = form.elements.text.value.trim();
    if (!text) return form.elements.text.focus();
    const send = sending();
    if (!(await filling(form, () => send("acts", { act: "catatan", data: { text } })))) return;
    form.reset();
    toast(t("act_catatan"));
  });
}

function beginKeys() {
  const act = (key, name) => ({ keys: [key], shown: key.toUpperCase(), text: t(`do_${name}`), run: () => run(name) });
  const go = (side) => () => (way[side] === null ? false : void location.assign(`${root}kerja/aduan/${way[side]}`));
  shortcuts([
    ...(data.may_act ? [
      act("v", "diverifikasi"), act("l", "minta-dilengkapi"), act("t", "diteruskan"), act("w", "dijawab"), act("s", "selesai"),
      { keys: ["a"], shown: "A", text: t("key_assign"), run: () => void assignMe() },
      act("g", "merge"),
      { keys: ["n"], shown: "N", text: t("note"), run: () => role("note-form").elements.text.focus() },
    ] : []),
    ...(data.may_personal ? [{ keys: ["b"], shown: "B", text: t("open_data"), run: () => void openReporter() }] : []),
    { keys: ["j"], shown: "J", text: t("next_case"), run: go("after") },
    { keys: ["k"], shown: "K", text: t("previous_case"), run: go("before") },
    { keys: ["u"], shown: "U", text: t("back_to_queue"), run: () => location.assign(queue()) },
  ], role("keys"));
}

async function assignMe() {
  const send = sending();
  if (await trying(() => send("acts", { act: "ditugaskan", data: { account: data.me } }))) toast(t("act_ditugaskan"));
}

let soon;
function later() {
  clearTimeout(soon);
  soon = setTimeout(() => look().catch(() => {}), BURST_MS); // the line's own bar says when it is lost
}

beginWay();
onCase(drawWords);
onCase(drawHistory);
onCase((found) => drawSide(found, run));
onCase((found) => drawUrgent(found, run));
onCase(drawActs);
onCase(drawReporter);
onCase((found) => role("merged").replaceChildren(...[mergedInto(found)].filter(Boolean)));
onCase(lookForAdvice);
beginNote();
beginKeys();
listen("case", (told) => (told.case === undefined || told.case === shown.now.id) && later());
listen("again", later);
setInterval(() => document.visibilityState === "visible" && later(), POLL_MS);
