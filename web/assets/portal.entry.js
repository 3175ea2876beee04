// The portal page: starts a card for each channel, keeps the clock, the language and the news running.

import "@fontsource-variable/plus-jakarta-sans/wght.css";
import "./portal/portal.css";

import { later } from "./later.js";
import { Beacon } from "./portal/beacon.js";
import { Card } from "./portal/card.js";
import { follow } from "./portal/feed.js";
import { AirClock, Programme } from "./portal/programme.js";
import { Words } from "./portal/words.js";

const data = JSON.parse(document.getElementById("portal-data").textContent);
const words = new Words(data, document.documentElement.lang);
const clock = new AirClock();
clock.sample(data.server_ms, Date.now());

const role = (name) => document.querySelector(`[data-role="${name}"]`);
const cards = new Map();
const beacon = new Beacon("beacon");
let askAgain = null;

function setCookie(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; SameSite=Lax${secure}`;
}

function began(card) {
  // Two channels at once would be noise: the one that starts silences the others.
  for (const other of cards.values()) if (other !== card) other.pause();
  setCookie("channel", card.id); // the server puts it first next time
}

for (const info of data.channels) {
  const root = document.querySelector(`[data-channel="${CSS.escape(info.id)}"]`);
  const programme = new Programme();
  programme.update(data.programmes[info.id]);
  cards.set(info.id, new Card(root, info, { programme, clock, words, station: data.station, began }));
}

function tick() {
  role("clock").textContent = words.clock(clock.now());
  role("date").textContent = words.date(clock.now());
  for (const card of cards.values()) card.tick();
  beacon.look([...cards.values()].find((card) => card.playing)?.playing ?? null);
  if ([...cards.values()].some((card) => card.stale)) askAgain?.();
}

function setLanguage(language) {
  words.language = language;
  words.translate(document);
  for (const card of cards.values()) card.translate();
  tick();
}

for (const link of document.querySelectorAll("[data-lang]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault(); // the page need not be loaded again, so the sound goes on
    setCookie("lang", link.dataset.lang);
    const url = new URL(location.href);
    url.searchParams.delete("lang");
    history.replaceState(null, "", url);
    setLanguage(link.dataset.lang);
  });
}

// The players of a page opened in the background must not lose their supervision to a throttled timer,
// so everything is computed from clocks, never from the number of ticks.
setInterval(tick, 500);
document.addEventListener("visibilitychange", tick);

askAgain = follow({
  url: "events",
  poll: data.channels.map((c) => `api/programme/${encodeURIComponent(c.id)}`),
  onNews(news) {
    clock.sample(news.server_ms, Date.now());
    cards.get(news.channel)?.news(news);
  },
  onState(up) {
    words.put(role("link-state"), up ? "" : "offline");
  },
});

// htmx fetches the list of what has just been on when someone opens it; few do, so it comes only then.
for (const list of document.querySelectorAll('[data-role="aired"]')) {
  list.addEventListener("toggle", async () => {
    if (list.dataset.wired) return;
    const htmx = await later("htmx");
    if (list.dataset.wired) return; // opened twice meanwhile
    list.dataset.wired = "yes";
    htmx.process(list);
    if (list.open) htmx.trigger(list, "toggle");
  });
}

// A page for when there is no line, and reminders; private windows refuse, and nothing else needs it.
if ("serviceWorker" in navigator) addEventListener("load", () => navigator.serviceWorker.register("sw.js").catch(() => {}));

tick();
