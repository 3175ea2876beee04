// The pages for the audience: catch-up player, reminders, copying. Each page works without it.

import "./audience/audience.css";

import { Reminders } from "./audience/reminders.js";
import { Replay } from "./audience/replay.js";
import { Beacon } from "./portal/beacon.js";

const { root, lang } = document.body.dataset;
const all = (role) => document.querySelectorAll(`[data-role="${role}"]`);
const one = (role) => document.querySelector(`[data-role="${role}"]`);

if ("serviceWorker" in navigator) navigator.serviceWorker.register(`${root}sw.js`).catch(() => {}); // private windows refuse

// ---- no line: back to what was asked for, by itself once there is one

const again = one("again");
const asked = new URLSearchParams(location.search).get("ke");
if (again && asked) {
  const back = new URL(asked, location.href);
  if (back.origin === location.origin) again.href = back.href;
  // that there is a line again is said before the station can be reached by it
  const look = () => fetch(again.href, { method: "HEAD", cache: "no-store" }).then(() => again.click(), () => {});
  addEventListener("online", look);
  setInterval(look, 5000);
}

// ---- catch-up

const box = one("replay");
if (box) {
  const into = Number(new URLSearchParams(location.search).get("t")) || 0;
  const replay = new Replay(box, Math.max(0, into));
  const beacon = new Beacon(`${root}beacon`);
  setInterval(() => beacon.look(replay.playing ? { channel: box.dataset.channel, quality: replay.quality } : null), 500);
  for (const link of all("moment")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      replay.go(Number(link.dataset.into));
    });
  }
  const button = one("share");
  button.addEventListener("click", async () => {
    const { how, url } = await replay.share();
    one("share-box").hidden = how !== "shown" && how !== "copied";
    const field = one("share-link");
    field.value = url;
    if (how === "shown") field.select();
    button.textContent = how === "copied" || how === "shared" ? button.dataset.done : button.dataset.label;
  });
}

// ---- reminders

const reminders = new Reminders(root);

function show(button, on) {
  button.setAttribute("aria-pressed", String(on));
  button.querySelector('[data-role="remind-text"]').textContent = on ? button.dataset.on : button.dataset.off;
}

async function toggle(button) {
  const { channel, uid, programme, start, title } = button.dataset;
  const told = one("told");
  const on = button.getAttribute("aria-pressed") !== "true";
  button.disabled = true;
  try {
    if (on && !(await reminders.remind({ channel, uid, language: lang }))) {
      told.textContent = one("remind-words").dataset.denied;
      return;
    }
    if (!on) await reminders.forget({ channel, programme, start });
    show(button, on);
    told.textContent = (on ? one("remind-words").dataset.kept : one("remind-words").dataset.dropped).replace("{title}", title);
  } catch {
    told.textContent = one("remind-words").dataset.failed;
  } finally {
    button.disabled = false;
    button.focus();
  }
}

if (Reminders.possible && all("remind").length) {
  for (const button of all("remind")) {
    button.hidden = false;
    button.addEventListener("click", () => toggle(button));
  }
  reminders.known().then((known) => {
    for (const button of all("remind")) {
      const { channel, programme, start } = button.dataset;
      show(button, known.has(`${channel}|${programme}|${Date.parse(start)}`));
    }
  }).catch(() => {}); // the station is away: the buttons say so when they are pressed
}

// ---- snippets of the widget

for (const button of all("copy-snippet")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.for);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.firstChild.textContent = button.dataset.done;
    } catch {
      field.focus(); // selected: ready for the visitor to copy
    }
  });
}
