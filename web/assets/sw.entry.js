// The service worker: a page for when there is no line, reminders, and staff's page for events, which keeps itself once
// it was opened. Nothing else is kept: every playlist, segment and programme goes straight to the station.

const KEPT = "lppl-luring-1";
const OFFLINE = "luring";
const EVENT = "kerja/acara";
const EVENT_KEPT = "lppl-acara-1"; // filled by that page (notes/shell.js); logging out empties it
const EVENT_PATIENCE_MS = 5000;
const PARTS = new Set(["style", "script", "font", "image"]);

/** Keep the offline page and the style sheets that it names. */
async function keepOffline() {
  const cache = await caches.open(KEPT);
  const answer = await fetch(OFFLINE, { cache: "reload" });
  if (!answer.ok) throw new Error(`${OFFLINE}: ${answer.status}`);
  const page = await answer.clone().text();
  await cache.put(OFFLINE, answer);
  const styles = [...page.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map((found) => found[1]);
  for (const known of await cache.keys()) {
    const path = new URL(known.url).pathname;
    if (!path.endsWith(`/${OFFLINE}`) && !styles.some((style) => path.endsWith(`/${style}`))) await cache.delete(known);
  }
  await cache.addAll(styles);
}

/** Show the kept page in place of one that cannot be fetched; at its own place, where its addresses begin. */
async function withoutLine(request) {
  const kept = new URL(OFFLINE, self.registration.scope);
  const page = await caches.match(kept);
  if (!page) return Response.error();
  const asked = new URL(request.url);
  if (asked.pathname === kept.pathname) return page;
  kept.searchParams.set("ke", asked.pathname + asked.search);
  return Response.redirect(kept);
}

/** The page for events as the station has it; as it was kept when there is no line, or one that hangs. */
async function eventPage(request) {
  const kept = await caches.match(new URL(EVENT, self.registration.scope), { cacheName: EVENT_KEPT });
  if (!kept) return fetch(request).catch(() => withoutLine(request));
  const fresh = fetch(request).then((answer) => (answer.status >= 500 ? kept : answer), () => kept);
  const late = new Promise((resolve) => { setTimeout(() => resolve(kept), EVENT_PATIENCE_MS); });
  return Promise.race([fresh, late]);
}

/** A part of a page. Its name carries a hash of what is in it, so what the page for events kept is never too old. */
async function part(request) {
  const kept = await caches.match(request, { cacheName: EVENT_KEPT });
  return kept ?? fetch(request).catch(async () => (await caches.match(request)) ?? Response.error());
}

const isEventPage = ({ method, url }) => method === "GET" && new URL(url).pathname === new URL(EVENT, self.registration.scope).pathname;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepOffline());
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(isEventPage(request) ? eventPage(request) : fetch(request).catch(() => withoutLine(request)));
  } else if (PARTS.has(request.destination) && new URL(request.url).pathname.includes("/static/dist/")) {
    event.respondWith(part(request));
  }
});

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data?.json() ?? {};
  } catch {
    // shown without words of its own: browsers insist that something is shown
  }
  const { title = "Siaran", body = "", tag = "siaran", url = "./" } = said;
  event.waitUntil(self.registration.showNotification(title, { body, tag, icon: "icon-192.png", badge: "icon-192.png", data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "./", self.registration.scope);
  if (url.origin !== self.location.origin) return;
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window" });
    const there = open.find((client) => new URL(client.url).pathname === url.pathname);
    await (there ? there.focus() : self.clients.openWindow(url.href));
  })());
});
